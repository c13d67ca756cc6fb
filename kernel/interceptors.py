"""What happens around every call, in this order: trace and request id, figures, errors, deadline, who may call."""

import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import grpc
import structlog
from google.protobuf import descriptor_pool
from google.protobuf.message import DecodeError
from opentelemetry import propagate, trace
from prometheus_client import CollectorRegistry, Counter, Histogram

from kernel import deadline, waiting
from kernel.auth import Scope, TokenVerifier, bearer_token, required_scope
from kernel.errors import InvalidArgument, OwnFault, ProviderFault
from kernel.status import DETAILS_KEY, code_of, status_of

REQUEST_ID_KEY = "x-request-id"
"""Metadata key, both ways."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_LONGEST = timedelta(minutes=10)


class Edge(grpc.ServerInterceptor):
    """The one interceptor of a server. Health checks pass untouched; reflection needs any good token."""

    def __init__(self, verifier: TokenVerifier, registry: CollectorRegistry) -> None:
        self.ending = threading.Event()
        self._verifier = verifier
        self._log = structlog.get_logger("server")
        self._tracer = trace.get_tracer("soniquebay.grpc")
        self._handled = Counter("grpc_server_handled", "RPCs ended.", ["method", "code"], registry=registry)
        self._seconds = Histogram("grpc_server_handling_seconds", "Time spent in RPCs.", ["method"], registry=registry)

    def intercept_service(
        self,
        continuation: "Callable[[grpc.HandlerCallDetails], grpc.RpcMethodHandler[Any, Any] | None]",
        details: grpc.HandlerCallDetails,
    ) -> "grpc.RpcMethodHandler[Any, Any] | None":
        handler = continuation(details)
        if handler is None or details.method.startswith("/grpc.health.v1.Health/"):
            return handler
        ways = ["stream" if streams else "unary" for streams in (handler.request_streaming, handler.response_streaming)]
        answer = getattr(handler, "_".join(ways))
        factory = getattr(grpc, "_".join([*ways, "rpc_method_handler"]))
        parse = (not handler.request_streaming and handler.request_deserializer) or (lambda request: request)

        def unary(request: Any, context: grpc.ServicerContext) -> Any:
            with self._around(details, context):
                return answer(_parsed(parse, request), context)

        def stream(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
            with self._around(details, context):
                yield from answer(_parsed(parse, request), context)

        return factory(  # type: ignore[no-any-return]
            stream if handler.response_streaming else unary,
            # Parsed inside, after the caller was judged; left to the library, bytes that do not parse are an INTERNAL.
            request_deserializer=handler.request_deserializer if handler.request_streaming else None,
            response_serializer=handler.response_serializer,
        )

    @contextmanager
    def _around(self, details: grpc.HandlerCallDetails, context: grpc.ServicerContext) -> Iterator[None]:
        name, started, code, request_id = details.method, time.monotonic(), grpc.StatusCode.OK, _request_id(details)
        context.set_trailing_metadata(((REQUEST_ID_KEY, request_id),))
        came_from = propagate.extract({str(key): str(value) for key, value in details.invocation_metadata})
        with (
            structlog.contextvars.bound_contextvars(request_id=request_id, method=name),
            # Errors end inside: the text of one may hold a key, and the trace gets the code only.
            self._tracer.start_as_current_span(name, came_from, trace.SpanKind.SERVER, record_exception=False) as span,
        ):
            try:
                waiting.ending.set(self.ending)
                with _deadline_of(context):
                    tokens = [str(value) for key, value in details.invocation_metadata if key == "authorization"]
                    self._verifier.verify(bearer_token(tokens)).require(_needed_scope(name))
                    yield
            except Exception as error:  # noqa: BLE001 - the library would send the text of any other exception to the caller
                self._report(error)
                code, status = code_of(error), status_of(error)
                context.set_trailing_metadata(((REQUEST_ID_KEY, request_id), (DETAILS_KEY, status.SerializeToString())))
                context.abort(code, status.message)
            finally:
                if not context.is_active() and code is grpc.StatusCode.OK:
                    code = grpc.StatusCode.CANCELLED
                span.set_attribute("rpc.grpc.status_code", code.value[0])
                self._handled.labels(name, code.name).inc()
                self._seconds.labels(name).observe(time.monotonic() - started)

    def _report(self, error: Exception) -> None:
        if code_of(error) is grpc.StatusCode.INTERNAL:
            self._log.error("bug", exc_info=error)
        elif isinstance(error, ProviderFault | OwnFault):
            self._log.warning("call not served", error=str(error), exc_info=error.__cause__)


@contextmanager
def _deadline_of(context: grpc.ServicerContext) -> Iterator[None]:
    left = context.time_remaining()
    span = _LONGEST if left is None else timedelta(seconds=min(left, _LONGEST.total_seconds()))
    given_up = threading.Event()
    if not context.add_callback(given_up.set):
        given_up.set()
    with deadline.within(span), deadline.ended_by(given_up):
        deadline.check()
        yield


def _parsed(parse: Callable[[Any], Any], request: Any) -> Any:
    try:
        return parse(request)
    except DecodeError as error:
        raise InvalidArgument.of("", "the request is not a message of this method") from error


def _request_id(details: grpc.HandlerCallDetails) -> str:
    given = next((str(value) for name, value in details.invocation_metadata if name == REQUEST_ID_KEY), "")
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _needed_scope(path: str) -> Scope:
    if path.startswith("/grpc.reflection."):
        return Scope.READ
    return required_scope(descriptor_pool.Default().FindMethodByName(path.strip("/").replace("/", ".")))
