"""How does a line of log look, and what never gets into one?"""

import json
import logging
import re
import sys
from collections.abc import Iterable
from functools import partial
from typing import TextIO
from urllib.parse import quote

import structlog
from opentelemetry import trace
from pydantic import SecretStr
from structlog.typing import EventDict, Processor, WrappedLogger

FIELDS = (
    *("timestamp", "level", "logger", "service", "event", "error", "exception"),
    *("request_id", "trace_id", "method", "path", "status", "seconds", "subject", "count"),
    *("provider", "operation", "outcome", "state", "retry_at", "job_id", "kind", "lane", "attempt", "setting", "url"),
    *("port", "health_port", "metrics_port", "signal"),
)
"""The field names of our lines, in reading order: one name per thing, so that the lines of all apps are searched alike."""

_SHORTEST_SECRET = 6  # shorter ones would blot out ordinary words
_NAMED = r"\b(?:token|sk)|api_?(?:key|sig|token)|(?:access|refresh)_token|secret|password"
_PATTERNS = (
    re.compile(rf"(?i)((?:{_NAMED})[\\\"']*\s*[=:]\s*[\\\"']*)[^\s&\"'\\,}}]+"),
    re.compile(r"(?i)(\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]+"),
    re.compile(r"(\w://[^\s/:@\"]*:)[^\s/@\"]+(?=@)"),
)
_CHATTY = ("httpx", "httpcore", "httpx2", "httpcore2", "urllib3", "celery", "kombu", "alembic.runtime")
"""Libraries whose INFO lines hold whole URLs, keys and all, or say of each job and table what our own lines say already."""


def configure_logging(
    service: str, *, level: str = "INFO", secrets: Iterable[SecretStr] = (), stream: TextIO | None = None
) -> None:
    """One JSON line per event on `stream` (stdout), from structlog and the standard library alike, without the secrets."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        partial(_with_origin, service),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    output = logging.StreamHandler(stream or sys.stdout)
    output.setFormatter(_Redacting(secrets, shared))
    logging.basicConfig(level=level, handlers=[output], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def _spellings(secret: str) -> tuple[str, ...]:
    quoted = json.dumps(secret)[1:-1]
    return secret, quoted, json.dumps(quoted)[1:-1], quote(secret, safe="")


class _Redacting(structlog.stdlib.ProcessorFormatter):
    """Blots secrets out of the finished line, tracebacks and nested values included, whoever wrote them: the given ones in every
    spelling a line may hold, and whatever stands where a secret would.
    """

    def __init__(self, secrets: Iterable[SecretStr], shared: list[Processor]) -> None:
        remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
        super().__init__(processors=[remove, _in_order, structlog.processors.JSONRenderer()], foreign_pre_chain=shared)
        values = {secret.get_secret_value() for secret in secrets}
        spellings = {s for v in values if len(v) >= _SHORTEST_SECRET for s in _spellings(v)}
        self._known = re.compile("|".join(re.escape(s) for s in sorted(spellings, key=len, reverse=True)) or r"(?!)")

    def format(self, record: logging.LogRecord) -> str:
        line = self._known.sub("***", super().format(record))
        for pattern in _PATTERNS:
            line = pattern.sub(r"\1***", line)
        return line


def _with_origin(service: str, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Adds which service wrote the line, and in the course of which trace."""
    event["service"] = service
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        event["trace_id"] = trace.format_trace_id(span.trace_id)
    return event


def _in_order(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {**{name: event.pop(name) for name in FIELDS if name in event}, **event}
