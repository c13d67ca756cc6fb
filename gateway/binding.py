"""How is one HTTP request turned into the message its route wants? Compiled per route: path, query, then body.

A field is set from one place only: the path's variables, the body (the rule's `body`), or, without `body: "*"`, the query.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from gateway import json_in, query
from gateway.json_in import JsonReader, Report, Violations
from gateway.problems import JSON_TYPE, Problem
from gateway.routes import WILDCARD, Route, field_at
from kernel.errors import InvalidArgument

# What a page elsewhere can send without asking first.
_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")

_ReadBody = Callable[[bytes, str, Any, Report], None]
"""Body, content type, target, report."""


@dataclass(frozen=True, slots=True)
class Binding:
    """What builds the request of one route."""

    make: Callable[[], Message]
    path_steps: Mapping[str, tuple[FieldDescriptor, ...]]
    required: tuple[FieldDescriptor, ...]
    closed: frozenset[str]
    has_open_query: bool
    read_body: _ReadBody

    def bind(self, path: Mapping[str, str], query_string: bytes, body: bytes, content_type: str) -> Message:
        """The request message. Raises InvalidArgument naming every wrong field, Problem for a wrong content type."""
        message, wrong = self.make(), Violations()
        self.read_body(body, content_type, message, wrong.add)
        given = query.parse(query_string)
        if self.has_open_query:
            query.fill(message, given, self.closed, wrong.add)
            self._check_required(given, wrong.add)
        else:
            for name in given:
                wrong.add(name, "is not a known parameter: everything comes in the body")
        for name, text in path.items():
            query.put(message, self.path_steps[name], [text], wrong.add)
        wrong.check()
        return message

    def _check_required(self, given: Mapping[str, object], report: Report) -> None:
        for field in self.required:
            if not any(name == field.name or name.startswith(f"{field.name}.") for name in given):
                report(field.name, "is required")


def compile_binding(route: Route, reader: JsonReader) -> Binding:
    """The binding of one route; nothing is looked up per request but what the request names."""
    kind = route.method.input_type
    from_path = frozenset(name.split(".")[0] for name in route.path_fields)
    closed = route.path_fields | ({route.body} if route.body else set())
    required = tuple(f for f in kind.fields if json_in.is_required(f) and f.name not in from_path | closed)
    return Binding(
        make=GetMessageClass(kind),
        path_steps={name: field_at(kind, name) or () for name in route.path_fields},
        required=required,
        closed=frozenset(closed),
        has_open_query=route.body != WILDCARD,
        read_body=_body_reader(route, reader),
    )


def _body_reader(route: Route, reader: JsonReader) -> _ReadBody:
    kind = route.method.input_type
    if not route.body:
        return _refuse_body
    if route.upload_field is not None:
        return _upload(route.upload_field)
    if route.body == WILDCARD:
        return _json(reader.compile(kind, without=frozenset(n for n in route.path_fields if "." not in n)), when_empty=b"{}")
    return _json(reader.compile_field(kind.fields_by_name[route.body]), when_empty=b"")


def _json(fill: Callable[[object, Message, Report], None], *, when_empty: bytes) -> _ReadBody:
    def read(body: bytes, content_type: str, target: Message, report: Report) -> None:
        if body and content_type != JSON_TYPE:
            raise Problem("unsupported-media-type", f"Send the body as {JSON_TYPE}.", headers={"accept-post": JSON_TYPE})
        if not (body or when_empty):
            raise InvalidArgument.of("body", "is required")
        fill(json_in.parse(body or when_empty), target, report)

    return read


def _upload(field: FieldDescriptor) -> _ReadBody:
    def read(body: bytes, content_type: str, target: Any, report: Report) -> None:
        if content_type in _FORM_TYPES or not _TYPE.fullmatch(content_type):
            raise Problem("unsupported-media-type", "Send the bytes as they are, with their own content type.")
        if not body:
            report("body", "is required")
        part = getattr(target, field.name)
        part.content_type, part.data = content_type, body

    return read


def _refuse_body(body: bytes, _type: str, _target: object, report: Report) -> None:
    """Clients that always send JSON send `{}` where nothing is wanted; that is nothing."""
    if body.strip() not in (b"", b"{}"):
        report("body", "is not wanted here")
