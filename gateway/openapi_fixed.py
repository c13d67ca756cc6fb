"""Which parts of the OpenAPI document are the gateway's own, the same whatever the contracts hold?"""

from typing import Any

from gateway import session_cookie
from gateway.problems import JSON_TYPE, KINDS, PROBLEM_TYPE
from gateway.routes import Answer, Route

INFO = {
    "title": "SoniqueBay",
    "version": "1",
    "description": (
        "What a self-hosted music server knows: artists, albums, covers and every play.\n\n"
        "Fields are snake_case, times RFC 3339, whole numbers JSON numbers; unset fields are null. Errors are problem documents "
        "(RFC 9457) with a `request_id`. Unknown parameters and fields are refused by name, and text that "
        "holds a NUL."
    ),
    "license": {"name": "MIT", "identifier": "MIT"},
}

_PROBLEM = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail", "instance", "request_id"],
    "properties": {
        "type": {"type": "string", "description": "The kind of problem; leads to its description.", "format": "uri-reference"},
        "title": {"type": "string", "description": "The kind of problem, in words."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {"type": "string", "description": "What is wrong this time."},
        "instance": {"type": "string", "description": "The address that was asked."},
        "request_id": {"type": "string", "description": "Finds this request in the logs."},
        "errors": {
            "type": "array",
            "description": "Every wrong field of the request.",
            "items": {
                "type": "object",
                "required": ["field", "description"],
                "properties": {"field": {"type": "string"}, "description": {"type": "string"}},
            },
        },
    },
}
_PROBLEM_CONTENT = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_RETRY_AFTER = {"Retry-After": {"description": "Seconds until it is worth trying again.", "schema": {"type": "integer"}}}
_STATUSES = (400, 401, 403, 404, 405, 408, 409, 413, 414, 415, 416, 422, 429, 431, 500, 501, 503, 504)
_BY_STATUS = {status: next(kind for kind in KINDS.values() if kind.status == status) for status in _STATUSES}

_COOKIE = (
    "Of the web app that comes from this gateway; `POST /api/v1/auth/session` sets it. Over https its name begins with "
    "`__Host-`. It does not count for pages of other origins, nor beside an `Authorization` header."
)

_BINARY = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
BYTES: dict[str, Any] = {
    "200": {"description": "The bytes.", "content": _BINARY},
    "206": {"description": "The bytes of the range asked for.", "content": _BINARY},
    "304": {"description": "Unchanged since the ETag given."},
}


def components(schemas: dict[str, Any]) -> dict[str, Any]:
    """The schemas of the contracts, and ours."""
    responses = {
        f"Problem{status}": {
            "description": f"{kind.title}. {kind.sentence}",
            "content": _PROBLEM_CONTENT,
            **({"headers": _RETRY_AFTER} if status in (429, 503) else {}),
        }
        for status, kind in _BY_STATUS.items()
    }
    return {
        "schemas": {"Problem": _PROBLEM, **dict(sorted(schemas.items()))},
        "responses": responses,
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            "session": {"type": "apiKey", "in": "cookie", "name": session_cookie.NAME, "description": _COOKIE},
        },
    }


_ENDINGS = [{"$ref": "#/components/schemas/Problem"}, {"type": "object", "maxProperties": 0}]


def events(schema: dict[str, Any]) -> dict[str, Any]:
    """A stream of events; the schema, which OpenAPI 3.1 has no rule for, is that of one event as tools have come to read it."""
    event = {
        "type": "object",
        "required": ["data"],
        "properties": {
            "id": {"type": "string", "description": "Where to go on from, sent back as Last-Event-ID."},
            "event": {"type": "string", "description": "What happened; `error` carries a problem, `end` is the last."},
            "data": {"type": "string", "contentMediaType": JSON_TYPE, "contentSchema": {"anyOf": [schema, *_ENDINGS]}},
        },
    }
    return {"200": {"description": "Server-Sent Events.", "content": {"text/event-stream": {"schema": event}}}}


def failures(route: Route) -> dict[str, Any]:
    """Every status a problem may come with on this route."""
    left_out = {
        405,
        *(() if route.body else (413, 415)),
        *(() if route.answer is Answer.BYTES else (416,)),
        *(() if route.verb == "POST" else (422,)),
    }
    return _refer(*(status for status in _STATUSES if status not in left_out))


def header_parameters(route: Route) -> list[dict[str, Any]]:
    """Request headers that change what this route does."""
    parameters = []
    if route.verb == "POST" and route.answer is Answer.JSON:
        text = "Makes a repeat safe for a day: the same key and request get the same answer, and only one effect."
        parameters.append(_header("Idempotency-Key", text, minLength=1, maxLength=255, pattern="^[ -~]+$"))
    if route.answer is Answer.EVENTS:
        parameters.append(_header("Last-Event-ID", "The id of the last event seen; what came since is sent first."))
    if route.answer is Answer.BYTES:
        parameters += [
            _header("If-None-Match", "ETag of the copy at hand; 304 when it is still right."),
            _header("Range", "One range of bytes, as in `bytes=0-1023`."),
        ]
    return parameters


def _header(name: str, description: str, **rules: Any) -> dict[str, Any]:
    schema = {"type": "string", **rules}
    return {"name": name, "in": "header", "required": False, "description": description, "schema": schema}


def _refer(*statuses: int) -> dict[str, Any]:
    return {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in statuses}


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {JSON_TYPE: {"schema": schema}}}


def _text(*names: str) -> dict[str, Any]:
    return {"type": "object", "required": list(names), "properties": {name: {"type": "string"} for name in names}}


_READY = {
    "type": "object",
    "required": ["status", "services"],
    "properties": {
        "status": {"type": "string", "enum": ["ready", "degraded", "unavailable"]},
        "services": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
_TOKEN = {
    "type": "object",
    "required": ["access_token", "token_type", "expires_in", "scope"],
    "properties": {
        "access_token": {"type": "string"},
        "token_type": {"type": "string", "enum": ["Bearer"]},
        "expires_in": {"type": "integer", "description": "Seconds."},
        "scope": {"type": "string"},
    },
}
_PASSWORD = {
    "type": "object",
    "required": ["password"],
    "additionalProperties": False,
    "properties": {"password": {"type": "string", "minLength": 1, "maxLength": 1024}},
}
_SESSION = {
    "type": "object",
    "required": ["needed", "signed_in", "takes_password", "scopes"],
    "properties": {
        "needed": {"type": "boolean", "description": "Whether this gateway answers only who shows a token or has a session."},
        "signed_in": {"type": "boolean", "description": "Whether there is a session, and it is good."},
        "takes_password": {"type": "boolean", "description": "Whether one signs in here; else tokens are made elsewhere."},
        "scopes": {
            "type": "array",
            "description": "How far the caller may reach; empty for a stranger.",
            "items": {"type": "string", "enum": ["admin", "read", "write"]},
        },
    },
}


def _session(verb: str, summary: str, description: str, responses: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {
        "operationId": f"{verb}Session",
        "tags": ["Gateway"],
        "summary": summary,
        "description": description,
        "security": [],
        **rest,
        "responses": responses,
    }


PATHS: dict[str, Any] = {
    "/api/v1/auth/session": {
        "get": _session(
            "Get",
            "Tells whether one must sign in, and is signed in",
            "Never 401: a session that ran out is none.",
            {"200": _answer("The state of things.", _SESSION), **_refer(403, 431, 503)},
        ),
        "post": _session(
            "Create",
            "Signs a browser in for the owner's password",
            "The token goes into a cookie that no script can read, until it expires. For the gateway's own pages only. Throttled "
            "per address, together with `/api/v1/auth/token`. 404 while no password is configured.",
            {"200": _answer("Signed in.", _SESSION), **_refer(400, 401, 403, 404, 408, 413, 415, 429, 431, 500)},
            requestBody={"required": True, "content": {JSON_TYPE: {"schema": _PASSWORD}}},
        ),
        "delete": _session(
            "Delete",
            "Signs a browser out",
            "The browser forgets the cookie, whether there was one or not.",
            {"200": _answer("Signed out.", _SESSION), **_refer(403, 431)},
        ),
    },
    "/api/v1/auth/token": {
        "post": {
            "operationId": "CreateToken",
            "tags": ["Gateway"],
            "summary": "Gives a token for the owner's password",
            "description": "Throttled per address. 404 while no password is configured.",
            "security": [],
            "requestBody": {"required": True, "content": {JSON_TYPE: {"schema": _PASSWORD}}},
            "responses": {"200": _answer("The token.", _TOKEN), **_refer(400, 401, 403, 404, 408, 413, 415, 429, 431, 500)},
        }
    },
    "/healthz": {
        "get": {
            "operationId": "GetHealth",
            "tags": ["Gateway"],
            "summary": "Tells that the gateway lives",
            "security": [],
            "responses": {"200": _answer("It does.", _text("status")), **_refer(403, 431)},
        }
    },
    "/readyz": {
        "get": {
            "operationId": "GetReadiness",
            "tags": ["Gateway"],
            "summary": "Tells which services answer",
            "security": [],
            "responses": {
                "200": _answer("At least one does.", _READY),
                "503": _answer("None does.", _READY),
                **_refer(403, 431),
            },
        }
    },
}
