"""Where do traces go?"""

import importlib
from collections.abc import Callable

import structlog
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


def start_tracing(service: str, endpoint: str) -> Callable[[], None]:
    """Sends traces by OTLP over HTTP to `endpoint`, and answers what flushes them at the end. Without an endpoint: nowhere.

    Trace ids are passed on and logged in either case.
    """
    if not endpoint:
        return lambda: None
    try:
        otlp = importlib.import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    except ImportError:
        log = structlog.get_logger("telemetry")
        log.warning("traces go nowhere: the `otlp` extra is not installed", setting="OTEL_EXPORTER_OTLP_ENDPOINT")
        return lambda: None
    tracing = TracerProvider(resource=Resource.create({"service.name": service}))
    tracing.add_span_processor(BatchSpanProcessor(otlp.OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")))
    trace.set_tracer_provider(tracing)
    return tracing.shutdown
