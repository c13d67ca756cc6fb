"""How does JSON become a message? Readers are compiled once per message type; all that is wrong is said at once, by field.

Refused: unknown fields, wrong types, numbers out of range, two members of one oneof, missing REQUIRED fields, and text that is
not strict JSON (duplicate names, NaN, half surrogates, nesting beyond 32, bytes that are not UTF-8). `null` means unset.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from google.api import field_behavior_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from gateway import scalars, well_known
from gateway.scalars import Unreadable, printable
from kernel.errors import InvalidArgument, Violation

MAX_DEPTH = 32
_MOST_VIOLATIONS = 20
# Possessive, and an unfinished string matches too: otherwise a megabyte of `"\\"\\"…` is scanned once per quote.
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+\\?(?:"|\Z)', re.DOTALL)

Report = Callable[[str, str], None]
"""Takes the field's path and what is wrong with it."""

_Fill = Callable[[object, Any, str, Report], None]
"""Puts a JSON value into a message, or into the field of a message."""


def parse(text: bytes) -> object:
    """The JSON value. Raises InvalidArgument (field `body`) for what is not strict JSON."""
    try:
        decoded = text.decode("utf-8")
        if (text.count(b"[") + text.count(b"{")) > MAX_DEPTH:
            _check_depth(decoded)
        return json.loads(decoded, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise InvalidArgument.of("body", "must be UTF-8") from None
    except json.JSONDecodeError as error:
        raise InvalidArgument.of("body", f"is not JSON at line {error.lineno}, column {error.colno}") from None
    except Unreadable as error:
        raise InvalidArgument.of("body", str(error)) from None
    except ValueError:  # an integer of thousands of digits
        raise InvalidArgument.of("body", "holds a number that is too long") from None


def _check_depth(text: str) -> None:
    depth = 0
    for sign in re.findall(r"[\[\]{}]", _STRING.sub("", text)):
        depth += 1 if sign in "[{" else -1
        if depth > MAX_DEPTH:
            raise Unreadable(f"is nested more than {MAX_DEPTH} deep")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    content = dict(pairs)
    if len(content) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Unreadable(f"names {printable(twice)} twice in one object")
    return content


def _refuse_constant(name: str) -> NoReturn:
    raise Unreadable(f"holds {name}, which is not JSON")


class Violations:
    """Collects what is wrong with one request, and raises it at once."""

    def __init__(self) -> None:
        self._found: list[Violation] = []

    def add(self, field: str, description: str) -> None:
        if len(self._found) < _MOST_VIOLATIONS:
            self._found.append(Violation(printable(field), description))

    def check(self) -> None:
        """Raises InvalidArgument when anything was added."""
        if self._found:
            raise InvalidArgument(*self._found)


class JsonReader:
    """The compiled readers of one contract. Made at start; afterwards only read, so any task may use it."""

    def __init__(self) -> None:
        self._fills: dict[str, _Fill] = {}

    def compile(self, message: Descriptor, *, without: frozenset[str] = frozenset()) -> Callable[[object, Message, Report], None]:
        """What fills a message of this type from a JSON object. The fields in `without` are not the body's to set."""
        fill = self._object(message, without) if without else self._message(message)
        return lambda value, target, report: fill(value, target, "", report)

    def compile_field(self, field: FieldDescriptor) -> Callable[[object, Message, Report], None]:
        """What fills just this field from a JSON value of its own."""
        fill = self._field(field)
        return lambda value, target, report: fill(value, target, field.name, report)

    def _message(self, message: Descriptor) -> _Fill:
        known = self._fills.get(message.full_name)
        if known is not None:
            return known
        if message.full_name in well_known.WRAPPERS:
            return self._remember(message, _scalar(message.fields_by_name["value"]))
        if message.full_name in well_known.READERS:
            return self._remember(message, _well_known(well_known.READERS[message.full_name]))
        compiled: list[_Fill] = []
        # Remembered before its fields are known: a message may hold itself.
        self._remember(message, lambda value, target, path, report: compiled[0](value, target, path, report))  # noqa: PLW0108
        compiled.append(self._object(message, frozenset()))
        return self._remember(message, compiled[0])

    def _remember(self, message: Descriptor, fill: _Fill) -> _Fill:
        self._fills[message.full_name] = fill
        return fill

    def _object(self, message: Descriptor, without: frozenset[str]) -> _Fill:
        fields = {field.name: self._field(field) for field in message.fields if field.name not in without}
        required = frozenset(name for name in fields if is_required(message.fields_by_name[name]))
        keeps_null = frozenset(name for name in fields if _is_value(message.fields_by_name[name]))
        members = {f.name: o.name for o in message.oneofs for f in o.fields if len(o.fields) > 1}

        def fill(value: object, target: Any, path: str, report: Report) -> None:
            if not isinstance(value, Mapping):
                report(path or "body", "must be an object")
                return
            begin = f"{path}." if path else ""
            given = {name: content for name, content in value.items() if content is not None or name in keeps_null}
            for name in value.keys() - fields.keys():
                report(begin + name, "comes from the path" if name in without else "is not a known field")
            for name in sorted(required - given.keys()):
                report(begin + name, "is required")
            _refuse_rivals(given, members, begin, report)
            for name, content in given.items():
                if name in fields:
                    fields[name](content, target, begin + name, report)

        return fill

    def _field(self, field: FieldDescriptor) -> _Fill:
        if field.message_type is None:
            return _repeated_scalar(field) if field.is_repeated else _scalar(field)
        if field.message_type.GetOptions().map_entry:
            return self._map(field, field.message_type)
        fill = self._message(field.message_type)
        return _repeated_message(field.name, fill) if field.is_repeated else _one_message(field.name, fill)

    def _map(self, field: FieldDescriptor, entry: Descriptor) -> _Fill:
        key, content = entry.fields_by_name["key"], entry.fields_by_name["value"]
        read_key = scalars.reader(key)
        read = None if content.message_type is not None else scalars.reader(content)
        fill = self._message(content.message_type) if content.message_type is not None else None

        def fill_map(value: object, target: Any, path: str, report: Report) -> None:
            if not isinstance(value, Mapping):
                report(path, "must be an object")
                return
            entries = getattr(target, field.name)
            for name, item in value.items():
                where = f"{path}.{printable(name)}"
                with _Guarded(where, report):
                    spelt = read_key(scalars.from_text(key, name))
                    if fill is not None:
                        entries.get_or_create(spelt)
                        fill(item, entries[spelt], where, report)
                    elif read is not None:
                        entries[spelt] = read(item)

        return fill_map


class _Guarded:
    """Turns Unreadable inside the block into a report about one field."""

    __slots__ = ("_path", "_report")

    def __init__(self, path: str, report: Report) -> None:
        self._path, self._report = path, report

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> bool:
        if isinstance(error, Unreadable):
            self._report(self._path, str(error))
            return True
        return False


def is_required(field: FieldDescriptor) -> bool:
    """Whether the contract says REQUIRED."""
    return field_behavior_pb2.REQUIRED in field.GetOptions().Extensions[field_behavior_pb2.field_behavior]


def _is_value(field: FieldDescriptor) -> bool:
    return field.message_type is not None and field.message_type.full_name == "google.protobuf.Value"


def _refuse_rivals(given: Mapping[str, object], members: Mapping[str, str], begin: str, report: Report) -> None:
    chosen: dict[str, str] = {}
    for name in given:
        rival = chosen.setdefault(members[name], name) if name in members else name
        if rival != name:
            report(begin + name, f"cannot be given together with {rival}")


def _scalar(field: FieldDescriptor) -> _Fill:
    read, name = scalars.reader(field), field.name

    def fill(value: object, target: Any, path: str, report: Report) -> None:
        with _Guarded(path, report):
            setattr(target, name, read(value))

    return fill


def _repeated_scalar(field: FieldDescriptor) -> _Fill:
    read, name = scalars.reader(field), field.name

    def fill(value: object, target: Any, path: str, report: Report) -> None:
        if not isinstance(value, list):
            report(path, "must be a list")
            return
        items = getattr(target, name)
        for index, item in enumerate(value):
            with _Guarded(f"{path}[{index}]", report):
                items.append(read(item))

    return fill


def _one_message(name: str, fill: _Fill) -> _Fill:
    def fill_one(value: object, target: Any, path: str, report: Report) -> None:
        part = getattr(target, name)
        part.SetInParent()
        fill(value, part, path, report)

    return fill_one


def _repeated_message(name: str, fill: _Fill) -> _Fill:
    def fill_all(value: object, target: Any, path: str, report: Report) -> None:
        if not isinstance(value, list):
            report(path, "must be a list")
            return
        items = getattr(target, name)
        for index, item in enumerate(value):
            fill(item, items.add(), f"{path}[{index}]", report)

    return fill_all


def _well_known(read: Callable[[object, Any], None]) -> _Fill:
    def fill(value: object, target: Any, path: str, report: Report) -> None:
        with _Guarded(path, report):
            read(value, target)

    return fill
