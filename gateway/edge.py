"""The outermost layer of every request: ids, trace, who may speak to us, one shape for all errors, figures, one log line."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import grpc
import structlog
from opentelemetry import propagate, trace
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, TraceFlags
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway import problems
from gateway.exchange import ClientGone, Exchange
from gateway.origins import Origins
from gateway.problems import Problem
from kernel.errors import SoniqueBayError

MOST_HEADER_BYTES = 8192
_CLIENT_GONE = 499
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_HEADERS = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


class Meter:
    """What Prometheus sees of the gateway. Routes are templates: an address with an id in it would be a series of its own."""

    def __init__(self, registry: CollectorRegistry) -> None:
        labels = ["method", "route", "status"]
        self._requests = Counter("gateway_requests", "Requests answered.", labels, registry=registry)
        self._seconds = Histogram(
            "gateway_request_seconds", "Seconds per request.", ["route"], buckets=_BUCKETS, registry=registry
        )
        self.running = Gauge("gateway_requests_running", "Requests being answered.", registry=registry)

    def answered(self, exchange: Exchange, seconds: float) -> None:
        method = exchange.method if exchange.method in _METHODS else "other"
        self._requests.labels(method, exchange.route, str(exchange.status or _CLIENT_GONE)).inc()
        self._seconds.labels(exchange.route).observe(seconds)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Edge:
    """ASGI middleware; what is inside answers through the Exchange in `scope["state"]`, and raises what goes wrong."""

    def __init__(self, app: ASGIApp, origins: Origins, meter: Meter) -> None:
        self._app = app
        self._origins = origins
        self._meter = meter
        self._log = structlog.get_logger("gateway")
        self._tracer = trace.get_tracer("soniquebay.gateway")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._serve(Exchange.open(scope, receive, send))
        else:
            await send({"type": "websocket.close"})

    async def _serve(self, exchange: Exchange) -> None:
        started = time.monotonic()
        exchange.scope.setdefault("state", {})["exchange"] = exchange
        with structlog.contextvars.bound_contextvars(request_id=exchange.request_id), self._traced(exchange):
            self._meter.running.inc()
            try:
                await self._answer(exchange)
            finally:
                self._meter.running.dec()
                self._finish(exchange, time.monotonic() - started)

    async def _answer(self, exchange: Exchange) -> None:
        try:
            await self._admit(exchange)
        except ClientGone:
            return
        except Problem as problem:
            await self._refuse(exchange, problem)
        except SoniqueBayError as error:
            await self._refuse(exchange, problems.from_error(error))
        except grpc.aio.AioRpcError as error:
            await self._refuse(exchange, problems.from_rpc(error))
        except Exception as error:  # noqa: BLE001 - the server's own answer would be no problem document
            self._log.error("bug", exc_info=error)
            await self._refuse(exchange, Problem("internal"))

    async def _admit(self, exchange: Exchange) -> None:
        exchange.added |= _HEADERS
        _check_sizes(exchange)
        self._origins.check(exchange.scope["scheme"], exchange.path, exchange.headers)
        exchange.added |= self._origins.grants(exchange.headers)
        preflight = self._origins.preflight(exchange.headers) if exchange.method == "OPTIONS" else None
        if preflight is not None:
            await exchange.answer(204, preflight)
            return
        await self._app(exchange.scope, exchange.receive, exchange.send)

    async def _refuse(self, exchange: Exchange, problem: Problem) -> None:
        if exchange.has_begun():
            # Half an answer is out; returning makes the server cut the connection, so that nobody takes it for whole.
            self._log.warning("answer cut off", kind=problem.kind)
            return
        await exchange.answer_problem(problem)

    def _finish(self, exchange: Exchange, seconds: float) -> None:
        self._meter.answered(exchange, seconds)
        self._log.info(
            "request",
            method=exchange.method,
            path=exchange.route,
            status=exchange.status or _CLIENT_GONE,
            seconds=round(seconds, 4),
        )

    @contextmanager
    def _traced(self, exchange: Exchange) -> Iterator[None]:
        parent = propagate.extract(dict(exchange.headers))
        with self._tracer.start_as_current_span(
            f"{exchange.method} gateway", parent, SpanKind.SERVER, record_exception=False, set_status_on_exception=False
        ) as span:
            if span.get_span_context().is_valid:
                yield
                return
            # Nobody collects traces and the caller began none: an id of our own still joins the log lines of all services.
            with trace.use_span(NonRecordingSpan(_new_trace()), record_exception=False, set_status_on_exception=False):
                yield


def _new_trace() -> SpanContext:
    ids = RandomIdGenerator()
    return SpanContext(
        ids.generate_trace_id(), ids.generate_span_id(), is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED)
    )


def _check_sizes(exchange: Exchange) -> None:
    if len(exchange.scope["raw_path"]) + len(exchange.scope["query_string"]) > MOST_HEADER_BYTES:
        raise Problem("uri-too-long", f"At most {MOST_HEADER_BYTES} bytes are taken.")
    if sum(len(name) + len(value) + 4 for name, value in exchange.scope["headers"]) > MOST_HEADER_BYTES:
        raise Problem("header-fields-too-large", f"At most {MOST_HEADER_BYTES} bytes are taken.")
