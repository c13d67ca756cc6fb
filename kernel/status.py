"""Which google.rpc.Status does an error become?"""

import grpc
from google.rpc import error_details_pb2, status_pb2

from kernel import errors
from kernel.errors import InvalidArgument, ProviderFault, SoniqueBayError, Violation

DOMAIN = "soniquebay"
"""`ErrorInfo.domain` of every error of ours; its `reason` is the class name, `ProviderTimeout` → `PROVIDER_TIMEOUT`."""

DETAILS_KEY = "grpc-status-details-bin"
"""Trailing metadata that carries the serialised Status."""

BUG_MESSAGE = "Something went wrong on our side. The log has the details under this request's id."

# A status travels in HTTP/2 trailers, and those over 8 KiB are dropped at random: a longer text would turn a 400 into a 429.
_TEXT_LIMIT = 256
_STATUS_LIMIT = 3072

_CODES = {
    errors.InvalidArgument: grpc.StatusCode.INVALID_ARGUMENT,
    errors.NotFound: grpc.StatusCode.NOT_FOUND,
    errors.AlreadyExists: grpc.StatusCode.ALREADY_EXISTS,
    errors.Conflict: grpc.StatusCode.ABORTED,
    errors.Unauthenticated: grpc.StatusCode.UNAUTHENTICATED,
    errors.PermissionDenied: grpc.StatusCode.PERMISSION_DENIED,
    errors.FailedPrecondition: grpc.StatusCode.FAILED_PRECONDITION,
    errors.ProviderFault: grpc.StatusCode.UNAVAILABLE,
    errors.Overloaded: grpc.StatusCode.RESOURCE_EXHAUSTED,
    errors.DeadlineSpent: grpc.StatusCode.DEADLINE_EXCEEDED,
    errors.OwnFault: grpc.StatusCode.UNAVAILABLE,
}


def code_of(error: BaseException) -> grpc.StatusCode:
    """The code for an error, by its nearest listed ancestor; INTERNAL for everything that was not raised on purpose."""
    return next((_CODES[kind] for kind in type(error).__mro__ if kind in _CODES), grpc.StatusCode.INTERNAL)


def status_of(error: BaseException) -> status_pb2.Status:
    """The public Status of an error: message, ErrorInfo, and where they apply RetryInfo and BadRequest; within 3 KiB.

    Whatever is not a SoniqueBayError becomes INTERNAL with one fixed sentence: its own text may hold keys, hosts or SQL.
    """
    ours = isinstance(error, SoniqueBayError)
    status = status_pb2.Status(code=code_of(error).value[0], message=_clipped(str(error)) if ours else BUG_MESSAGE)
    reason = error.reason if isinstance(error, SoniqueBayError) else "INTERNAL"
    provider = {"provider": _clipped(error.provider)} if isinstance(error, ProviderFault) else {}
    status.details.add().Pack(error_details_pb2.ErrorInfo(reason=reason, domain=DOMAIN, metadata=provider))
    if isinstance(error, SoniqueBayError) and error.retry_after is not None:
        status.details.add().Pack(error_details_pb2.RetryInfo(retry_delay=error.retry_after))
    if isinstance(error, InvalidArgument) and error.violations:
        status.details.add().Pack(_bad_request(error.violations, _STATUS_LIMIT - status.ByteSize()))
    return status


def _bad_request(violations: tuple[Violation, ...], limit: int) -> error_details_pb2.BadRequest:
    bad = error_details_pb2.BadRequest()
    for violation in violations:
        bad.field_violations.add(field=_clipped(violation.field), description=_clipped(violation.description))
        if bad.ByteSize() > limit:
            del bad.field_violations[-1]
            break
    return bad


def _clipped(text: str) -> str:
    whole = text.encode("utf-8", "replace").decode()  # a lone surrogate cannot be put into a protobuf string
    return whole if len(whole) <= _TEXT_LIMIT else whole[: _TEXT_LIMIT - 1] + "…"
