"""What does the whole REST surface look like to a tool? OpenAPI 3.1, derived from the routes, the messages and their comments."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from gateway import openapi_fixed, query, template
from gateway.json_in import is_required
from gateway.openapi_schema import Schema, Schemas
from gateway.problems import JSON_TYPE
from gateway.routes import WILDCARD, Answer, Route, field_at

_UPLOAD_TYPES = "*/*"
_WILDCARD = re.compile(r"\*\*|\*")


def describe(routes: Sequence[Route], comments: Mapping[str, str], *, needs_token: bool) -> dict[str, Any]:
    """The document. Every route is in it; so are the gateway's own few."""
    schemas = Schemas(comments)
    paths: dict[str, dict[str, Any]] = {}
    seen: dict[str, int] = {}
    for route in routes:
        _success(route, schemas)
    schemas.sent = frozenset(schemas.components)
    for route in routes:
        path, _ = openapi_path(route)
        paths.setdefault(path, {})[route.verb.lower()] = _operation(route, schemas, comments, seen)
    services = {route.method.containing_service.full_name: route.method.containing_service.name for route in routes}
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": openapi_fixed.INFO,
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": comments.get(full, "")} for full, name in sorted(services.items())],
        "paths": dict(sorted({**paths, **openapi_fixed.PATHS}.items())),
        "components": openapi_fixed.components(schemas.components),
    }
    if needs_token:
        document["security"] = [{"token": []}, {"session": []}]
    return document


def openapi_path(route: Route) -> tuple[str, list[tuple[str, FieldDescriptor | None]]]:
    """The template as OpenAPI writes it, and its parameters with the fields they fill (None: a bare wildcard).

    Every wildcard is a parameter: `{name=shelves/*/books/*}` becomes `shelves/{name_1}/books/{name_2}`.
    """
    path, parameters = "", []
    position = 0
    for variable, found in zip(route.path.variables, template.VARIABLE.finditer(route.path.text), strict=True):
        field = (field_at(route.method.input_type, variable.field) or (None,))[-1]
        # A path parameter's name is a label only, and tools trip over a dot in it.
        segments, names = _named(variable.segments, variable.field.replace(".", "_"))
        parameters += [(name, field) for name in names]
        path += route.path.text[position : found.start()] + segments
        position = found.end()
    rest, names = _named(route.path.text[position:], "wildcard")
    return path + rest, [*parameters, *((name, None) for name in names)]


def _named(segments: str, name: str) -> tuple[str, list[str]]:
    """The segments with each wildcard named, and the names."""
    parts = _WILDCARD.split(segments)
    names = [name] if len(parts) == 2 else [f"{name}_{index}" for index in range(1, len(parts))]  # noqa: PLR2004
    return parts[0] + "".join(f"{{{name}}}{part}" for name, part in zip(names, parts[1:], strict=True)), names


def _operation(route: Route, schemas: Schemas, comments: Mapping[str, str], seen: dict[str, int]) -> dict[str, Any]:
    service = route.method.containing_service
    name = f"{service.name}_{route.method.name}"
    seen[name] = seen.get(name, 0) + 1
    comment = comments.get(route.method.full_name, "")
    operation: dict[str, Any] = {
        "operationId": name if seen[name] == 1 else f"{name}_{seen[name]}",
        "tags": [service.name],
        "summary": comment.split("\n\n")[0].split(". ")[0].replace("\n", " ").rstrip("."),
        "description": comment,
        "parameters": [*_parameters(route, schemas), *openapi_fixed.header_parameters(route)],
        "responses": {**_success(route, schemas), **openapi_fixed.failures(route)},
    }
    if route.body:
        operation["requestBody"] = _request_body(route, schemas)
    return operation


def _parameters(route: Route, schemas: Schemas) -> Iterator[dict[str, Any]]:
    for name, field in openapi_path(route)[1]:
        schema: Schema = schemas.field(field, incoming=True) if field is not None else {"type": "string"}
        description = schema.pop("description", "")
        if schema.get("type") == "string" and "enum" not in schema:
            schema["minLength"] = 1
        yield {"name": name, "in": "path", "required": True, "schema": schema, "description": description}
    if route.body != WILDCARD:
        closed = route.path_fields | {route.body}
        yield from _query_parameters(route.method.input_type, schemas, closed)


def _query_parameters(message: Descriptor, schemas: Schemas, closed: frozenset[str]) -> Iterator[dict[str, Any]]:
    for steps in _leaves(message, closed, ()):
        field = steps[-1]
        schema = schemas.field(field, incoming=True)
        description = schema.pop("description", "")
        parameter = {"name": ".".join(step.name for step in steps), "in": "query", "schema": _never_null(schema)}
        yield {**parameter, "required": len(steps) == 1 and is_required(field), "description": description}


def _leaves(
    message: Descriptor, closed: frozenset[str], above: tuple[FieldDescriptor, ...]
) -> Iterator[tuple[FieldDescriptor, ...]]:
    for field in message.fields:
        path = ".".join(step.name for step in (*above, field))
        if path in closed or (field.is_repeated and not query.is_spelt(field)):
            continue
        if query.is_spelt(field):
            yield (*above, field)
        elif field.message_type is not None and not query.is_opaque(field) and field.message_type not in _around(above):
            yield from _leaves(field.message_type, closed, (*above, field))


def _around(steps: tuple[FieldDescriptor, ...]) -> list[Descriptor]:
    """The messages one is inside of; entering one of them again would never end."""
    return [step.containing_type for step in steps if step.containing_type is not None]


def _never_null(schema: Schema) -> Schema:
    """A query has no null."""
    if isinstance(schema.get("type"), list):
        return {**schema, "type": schema["type"][0]}
    return dict(schema["anyOf"][0]) if "anyOf" in schema else schema


def _request_body(route: Route, schemas: Schemas) -> dict[str, Any]:
    kind = route.method.input_type
    if route.upload_field is not None:
        return {"required": True, "content": {_UPLOAD_TYPES: {"schema": {"type": "string", "format": "binary"}}}}
    if route.body == WILDCARD:
        own = frozenset(name for name in route.path_fields if "." not in name)
        return {"required": True, "content": {JSON_TYPE: {"schema": schemas.message(kind, incoming=True, without=own)}}}
    schema = schemas.field(kind.fields_by_name[route.body], incoming=True)
    return {"required": True, "content": {JSON_TYPE: {"schema": _never_null(schema)}}}


def _success(route: Route, schemas: Schemas) -> dict[str, Any]:
    kind = route.method.output_type
    if route.answer is Answer.BYTES:
        return openapi_fixed.BYTES
    if route.response_body:
        schema = schemas.field(kind.fields_by_name[route.response_body], incoming=False)
    else:
        schema = schemas.message(kind)
    if route.answer is Answer.EVENTS:
        return openapi_fixed.events(schema)
    return {"200": {"description": "The answer.", "content": {JSON_TYPE: {"schema": schema}}}}
