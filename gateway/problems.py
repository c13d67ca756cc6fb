"""What does a caller see when something went wrong? RFC 9457 problem documents, the one shape of every error.

A problem's words are ours: a service's message is shown only when it comes as a google.rpc.Status made by its error table;
what gRPC, Python or a library says (hosts, ports, stack traces) stays in the log.
"""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from types import MappingProxyType
from typing import TypeVar

import grpc
import orjson
from google.protobuf.message import DecodeError, Message
from google.rpc import error_details_pb2, status_pb2

from kernel.errors import InvalidArgument, SoniqueBayError, Violation
from kernel.status import DETAILS_KEY, DOMAIN, code_of

JSON_TYPE = "application/json"
PROBLEM_TYPE = "application/problem+json"
_SOON = timedelta(seconds=5)
_DetailT = TypeVar("_DetailT", bound=Message)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its status, its title, and the sentence that stands in for words we do not show."""

    status: int
    title: str
    sentence: str


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "invalid-argument": Kind(400, "Invalid request", "The request is not valid."),
        "failed-precondition": Kind(400, "Not possible now", "The request does not fit the present state of things."),
        "unauthenticated": Kind(401, "Not signed in", "A valid token is needed."),
        "permission-denied": Kind(403, "Not allowed", "The token does not reach this far."),
        "foreign-origin": Kind(403, "Foreign origin", "Requests from this web page or under this host name are not answered."),
        "not-found": Kind(404, "Not found", "There is no such thing."),
        "method-not-allowed": Kind(405, "Method not allowed", "This address does not take this method."),
        "request-timeout": Kind(408, "Request too slow", "The request did not arrive in time."),
        "conflict": Kind(409, "Conflict", "Something else changed or made the thing meanwhile."),
        "content-too-large": Kind(413, "Body too large", "The body is larger than is taken here."),
        "uri-too-long": Kind(414, "Address too long", "The address is longer than is taken here."),
        "unsupported-media-type": Kind(415, "Unsupported media type", "The body's type is not taken here."),
        "range-not-satisfiable": Kind(416, "Range not satisfiable", "The range lies outside the content."),
        "idempotency-key-reused": Kind(422, "Key used for another request", "This Idempotency-Key came with another request."),
        "too-many-requests": Kind(429, "Too many requests", "Come back a little later."),
        "header-fields-too-large": Kind(431, "Headers too large", "The headers are larger than is taken here."),
        "internal": Kind(500, "Internal error", "Something went wrong here. The request id finds it in our log."),
        "unimplemented": Kind(501, "Not implemented", "The service does not do this yet."),
        "unavailable": Kind(503, "Not available", "The service does not answer now. Try again a little later."),
        "deadline-exceeded": Kind(504, "Out of time", "There was no answer in time."),
    }
)

_BY_CODE: Mapping[grpc.StatusCode, str] = MappingProxyType(
    {
        # Our own cancellations never get here; a stopping server answers so to calls it had not begun.
        grpc.StatusCode.CANCELLED: "unavailable",
        grpc.StatusCode.UNKNOWN: "internal",
        grpc.StatusCode.INVALID_ARGUMENT: "invalid-argument",
        grpc.StatusCode.DEADLINE_EXCEEDED: "deadline-exceeded",
        grpc.StatusCode.NOT_FOUND: "not-found",
        grpc.StatusCode.ALREADY_EXISTS: "conflict",
        grpc.StatusCode.PERMISSION_DENIED: "permission-denied",
        grpc.StatusCode.UNAUTHENTICATED: "unauthenticated",
        grpc.StatusCode.RESOURCE_EXHAUSTED: "too-many-requests",
        grpc.StatusCode.FAILED_PRECONDITION: "failed-precondition",
        grpc.StatusCode.ABORTED: "conflict",
        grpc.StatusCode.OUT_OF_RANGE: "invalid-argument",
        grpc.StatusCode.UNIMPLEMENTED: "unimplemented",
        grpc.StatusCode.INTERNAL: "internal",
        grpc.StatusCode.UNAVAILABLE: "unavailable",
        grpc.StatusCode.DATA_LOSS: "internal",
    }
)


class Problem(Exception):
    """An answer that is an error. `kind` is a key of KINDS; the detail is shown as it stands."""

    def __init__(
        self,
        kind: str,
        detail: str = "",
        *,
        errors: Sequence[Violation] = (),
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.kind = kind
        self.status = KINDS[kind].status
        self.detail = detail or KINDS[kind].sentence
        self.errors = errors
        self.headers = headers
        super().__init__(self.detail)

    def body(self, *, instance: str, request_id: str) -> bytes:
        """The document. `instance` is the path that was asked for."""
        kind = KINDS[self.kind]
        document: dict[str, object] = {
            "type": f"/problems/{self.kind}",
            "title": kind.title,
            "status": kind.status,
            "detail": self.detail,
            "instance": instance.encode("utf-8", "replace").decode(),
            "request_id": request_id,
        }
        if self.errors:
            document["errors"] = [{"field": v.field, "description": v.description} for v in self.errors]
        return orjson.dumps(document)


def retry_after(wait: timedelta) -> dict[str, str]:
    """The header that says so, in whole seconds, at least one."""
    return {"retry-after": str(max(1, ceil(wait.total_seconds())))}


def from_error(error: SoniqueBayError) -> Problem:
    """An error raised in this process."""
    kind = _BY_CODE[code_of(error)]
    errors = error.violations if isinstance(error, InvalidArgument) else ()
    wait: timedelta | None = getattr(error, "retry_after", None)
    return Problem(kind, "" if errors else str(error), errors=errors, headers=_headers(kind, wait))


def from_rpc(error: grpc.aio.AioRpcError) -> Problem:
    """A failed call to a service."""
    kind = _BY_CODE.get(error.code(), "internal")
    status = _status(error)
    info = _detail(status, error_details_pb2.ErrorInfo())
    if info.domain != DOMAIN or kind == "internal":
        return Problem(kind, headers=_headers(kind, None))
    errors = [Violation(v.field, v.description) for v in _detail(status, error_details_pb2.BadRequest()).field_violations]
    wait = _detail(status, error_details_pb2.RetryInfo()).retry_delay.ToTimedelta() or None
    return Problem(kind, "" if errors else status.message, errors=errors, headers=_headers(kind, wait))


def _status(error: grpc.aio.AioRpcError) -> status_pb2.Status:
    for name, value in error.trailing_metadata() or ():
        if name == DETAILS_KEY and isinstance(value, bytes):
            with contextlib.suppress(DecodeError):  # a proxy's own idea of it
                return status_pb2.Status.FromString(value)
    return status_pb2.Status()


def _detail(status: status_pb2.Status, detail: _DetailT) -> _DetailT:
    """The detail of this type, empty where the status has none."""
    next((packed for packed in status.details if packed.Unpack(detail)), None)
    return detail


def _headers(kind: str, wait: timedelta | None) -> dict[str, str]:
    if kind == "unauthenticated":
        return {"www-authenticate": "Bearer"}
    if kind in ("unavailable", "too-many-requests") or wait is not None:
        return retry_after(wait if wait is not None else _SOON)
    return {}
