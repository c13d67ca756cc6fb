"""kernel/logs.py"""

import io
import json
import logging
from urllib.parse import quote

import httpx
import pytest
import structlog
from opentelemetry import trace
from pydantic import SecretStr

from kernel.logs import FIELDS, configure_logging

CANARY = 'c4nary "quoted" \\ ü/&'


@pytest.fixture
def lines():
    """What was logged since, one dictionary a line; logging is as it was afterwards."""
    stream = io.StringIO()
    root = logging.getLogger()
    before = root.handlers, root.level
    configure_logging("probe", level="DEBUG", secrets=[SecretStr(CANARY), SecretStr("")], stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    root.handlers, root.level = before


def test_a_line_is_one_json_object_with_its_fields_in_reading_order(lines):
    structlog.get_logger("store").warning("slow", seconds=1.5, request_id="r1", error="x")

    (line,) = lines()
    assert list(line) == ["timestamp", "level", "logger", "service", "event", "error", "request_id", "seconds"]
    assert [line[name] for name in ("level", "logger", "service", "event")] == ["warning", "store", "probe", "slow"]
    assert set(line) <= set(FIELDS)


def test_the_standard_library_is_written_likewise(lines):
    logging.getLogger("some.library").error("went %s", "wrong")

    (line,) = lines()
    assert (line["logger"], line["event"], line["service"]) == ("some.library", "went wrong", "probe")


def test_a_traceback_is_one_field_of_one_line(lines):
    try:
        raise_with("bad\nthing")
    except RuntimeError:
        structlog.get_logger("server").exception("bug")

    (line,) = lines()
    assert "Traceback" in line["exception"]
    assert "RuntimeError: bad" in line["exception"]


def test_request_and_trace_are_on_every_line_in_their_course(lines):
    tracer = trace.get_tracer("test")
    parent = trace.set_span_in_context(trace.NonRecordingSpan(trace.SpanContext(trace_id=7, span_id=9, is_remote=True)))

    with structlog.contextvars.bound_contextvars(request_id="r1"), tracer.start_as_current_span("x", parent):
        structlog.get_logger("store").info("read")
        logging.getLogger("library").info("read")

    assert [(line["request_id"], line["trace_id"]) for line in lines()] == [("r1", f"{7:032x}")] * 2


def raise_with(text: str) -> None:
    raise RuntimeError(text)


@pytest.mark.parametrize(
    "spelled",
    [CANARY, quote(CANARY, safe=""), json.dumps(CANARY), f"https://x/?key={quote(CANARY, safe='')}&a=b"],
    ids=["as it is", "in a URL", "as JSON", "in a query"],
)
def test_a_registered_secret_never_gets_into_a_line(lines, spelled):
    structlog.get_logger("a").info(spelled, url=spelled, error={"deep": [spelled]})
    logging.getLogger("b").info("value %s", spelled)
    try:
        raise_with(spelled)
    except RuntimeError:
        logging.getLogger("c").exception("oops")

    text = json.dumps(lines())
    assert len(lines()) == 3
    assert "c4nary" not in text


@pytest.mark.parametrize(
    "text",
    [
        "GET https://api/?method=x&api_key=CANARY&format=json",
        "https://api/?token=CANARY",
        "Authorization: Bearer CANARY.CAN-ARY_x",
        "{'Authorization': 'Basic CANARY='}",
        '{"access_token": "CANARY", "token_type": "bearer"}',
        '{\\"refresh_token\\": \\"CANARY\\"}',
        "client_secret=CANARY",
        "LASTFM_API_SECRET=CANARY",
        "password='CANARY'",
        "postgresql+psycopg2://me:CANARY@db/x",
        "redis://:CANARY@redis:6379/0",
        "api_sig=CANARY&sk=CANARY",
    ],
)
def test_what_stands_where_a_secret_would_is_blotted_out(lines, text):
    structlog.get_logger("a").info(text)

    assert "CANARY" not in lines()[0]["event"]


@pytest.mark.parametrize(
    "text",
    [
        "The token is not valid.",
        "task=import page_token=abc",
        "http://127.0.0.1:8000/a",
        "2026-01-01T10:00:00Z",
        "secretary: Ann",
    ],
)
def test_ordinary_words_stay(lines, text):
    structlog.get_logger("a").info(text)

    assert lines()[0]["event"] == text


def test_a_redacted_line_is_still_json(lines):
    structlog.get_logger("a").info("x", url="https://api/?api_key=abc", error='{"token": "abc"}', exception="token='a\\b'")

    assert lines()[0]["url"] == "https://api/?api_key=***"


def test_the_http_client_does_not_write_the_addresses_it_calls(lines):
    transport = httpx.MockTransport(lambda request: httpx.Response(200))

    with httpx.Client(transport=transport) as client:
        client.get("https://api.test/?q=CANARY")

    assert lines() == []
