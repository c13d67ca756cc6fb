"""What an upstream is asked and what it says: plain values, no sockets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import orjson

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Request:
    """One request as an upstream sees it; `path` starts behind the upstream's prefix, `target` is the whole path and query."""

    http_method: str
    path: str
    target: str
    host: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    form: Mapping[str, str]

    @property
    def params(self) -> dict[str, str]:
        """Query and form merged; the form wins, as Last.fm has it."""
        return {**self.query, **self.form}

    def link(self, path: str) -> str:
        """Writes the address of a path of the sandbox, by the host that this client has reached it under."""
        return f"http://{self.host}{path}"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, whole: the body is bytes exactly as they go over the wire, sent `after_seconds` of waiting."""

    body: bytes
    content_type: str = "application/json"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    after_seconds: float = 0


def json_answer(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Writes a value as JSON."""
    return Answer(orjson.dumps(body), status=status, headers=headers or {})


def parse_json(request: Request) -> object:
    """Reads the body as JSON whatever its content type says; None when it is none."""
    try:
        parsed: object = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        return None
    return parsed


def parse_request(scope: Mapping[str, object], body: bytes, *, prefix: str) -> Request:
    """Reads an ASGI scope; header names become lower case, the last of repeated parameters wins."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in _header_pairs(scope)}
    path = str(scope["path"])
    query_string = _text(scope["query_string"])
    is_form = headers.get("content-type", "").startswith(_FORM)
    return Request(
        http_method=str(scope["method"]),
        path=path.removeprefix(prefix) or "/",
        target=_text(scope["raw_path"]) + (f"?{query_string}" if query_string else ""),
        host=headers.get("host", ""),
        query=_pairs(query_string),
        headers=headers,
        body=body,
        form=_pairs(body.decode("utf-8", "replace")) if is_form else {},
    )


def _header_pairs(scope: Mapping[str, object]) -> list[tuple[bytes, bytes]]:
    pairs = scope["headers"]
    return pairs if isinstance(pairs, list) else []


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _pairs(encoded: str) -> dict[str, str]:
    return dict(parse_qsl(encoded, keep_blank_values=True))
