"""kernel/interceptors.py"""

import threading
from contextlib import contextmanager
from datetime import timedelta

import grpc
import pytest
import structlog
from google.protobuf.wrappers_pb2 import StringValue
from opentelemetry import trace
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from kernel import deadline
from kernel.auth import Scope, TokenVerifier
from kernel.errors import NotFound
from kernel.status import BUG_MESSAGE
from tests.fakes.probe_service import SERVICE, Answer, call_raw, calling, serving

SECRET = "correct horse battery staple, thrice over"
VERIFIER = TokenVerifier(secret=SECRET, audience="soniquebay", issuer="soniquebay")
TRACE = "0af7651916cd43dd8448eb211c80319c"


class Stage:
    """What the service under test does is changed by each test; the server stays."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.act: Answer = lambda request, context: request
        self.runs = 0

    def get(self, request, context):
        self.runs += 1
        return self.act(request, context)

    def handled(self, method: str, code: str) -> float:
        labels = {"method": f"/{SERVICE}/{method}", "code": code}
        return self.registry.get_sample_value("grpc_server_handled_total", labels) or 0.0


@pytest.fixture(scope="module")
def running():
    stage = Stage()
    with serving({"Get": stage.get, "Watch": stage.get}, registry=stage.registry) as server:
        yield stage, server


@pytest.fixture
def stage(running):
    running[0].act = lambda request, context: request
    running[0].runs = 0
    return running[0]


@pytest.fixture
def ask(running):
    with calling(running[1]) as get:
        yield get


@pytest.fixture
def watch(running):
    with calling(running[1], "Watch") as stream:
        yield stream


@contextmanager
def fails(code):
    with pytest.raises(grpc.RpcError) as caught:
        yield caught
    assert caught.value.code().name == code


def test_a_bug_shows_its_caller_a_fixed_sentence_and_our_log_the_traceback(stage, ask):
    def act(request, context):
        raise RuntimeError("GET https://api/?api_key=CANARY failed")

    stage.act = act
    with capture_logs() as lines, fails("INTERNAL") as caught:
        ask(StringValue(), timeout=5)

    assert caught.value.details() == BUG_MESSAGE
    assert "CANARY" not in repr(caught.value)
    assert [(line["event"], str(line["exc_info"])) for line in lines] == [("bug", "GET https://api/?api_key=CANARY failed")]


def test_a_bug_in_the_middle_of_a_stream_is_hidden_likewise(stage, watch):
    def act(request, context):
        yield StringValue(value="one")
        raise RuntimeError("CANARY")

    stage.act = act
    stream = watch(StringValue(), timeout=5)

    assert next(stream).value == "one"
    with capture_logs(), fails("INTERNAL") as caught:
        next(stream)
    assert caught.value.details() == BUG_MESSAGE


def test_bytes_that_are_no_message_are_the_callers_mistake(stage, running):
    with fails("INVALID_ARGUMENT"):
        call_raw(running[1], b"\xff\xff\xff")

    assert stage.runs == 0


def test_the_callers_deadline_is_the_handlers(stage, ask):
    seen = []

    def act(request, context):
        seen.append(deadline.remaining() or 0.0)
        return request

    stage.act = act
    ask(StringValue(), timeout=7)

    assert 6 < seen[0] < 7.1  # the library measures by the wall clock


@pytest.mark.parametrize("timeout", [None, 1e6])
def test_a_call_without_a_deadline_of_its_own_gets_ten_minutes(stage, ask, timeout):
    seen = []

    def act(request, context):
        seen.append(deadline.remaining() or 0.0)
        return request

    stage.act = act
    ask(StringValue(), timeout=timeout)

    assert 590 < seen[0] <= 600


def test_a_stream_without_a_deadline_gets_ten_minutes(stage, watch):
    def act(request, context):
        yield StringValue(value=str(deadline.remaining()))

    stage.act = act
    (answer,) = watch(StringValue())

    assert 590 < float(answer.value) <= 600


def test_the_work_of_a_caller_that_gave_up_stops_at_the_next_check(stage, ask):
    begun, gone, stopped = threading.Event(), threading.Event(), threading.Event()

    def act(request, context):
        context.add_callback(gone.set)
        begun.set()
        gone.wait(10)
        try:
            deadline.check()
        finally:
            stopped.set()
        raise AssertionError("the work went on")

    stage.act = act
    call = ask.future(StringValue(), timeout=30)
    assert begun.wait(10)
    call.cancel()

    assert stopped.wait(10)


def test_a_watcher_that_leaves_ends_the_stream_and_is_counted_as_cancelled():
    gone = threading.Event()
    stage = Stage()

    def act(request, context):
        context.add_callback(gone.set)
        yield StringValue(value="snapshot")
        gone.wait(10)
        yield StringValue(value="too late")

    with serving({"Watch": act}, registry=stage.registry, max_workers=1) as server:
        with calling(server, "Watch") as watch:
            stream = watch(StringValue(), timeout=30)
            next(stream)
            stream.cancel()
        with calling(server) as ask:
            ask(StringValue(), timeout=30)  # by the same one worker, so the stream has ended

    assert stage.handled("Watch", "CANCELLED") == 1


def test_calls_are_counted_by_method_and_code_and_timed(stage, ask):
    def act(request, context):
        raise NotFound("No.")

    before = stage.handled("Get", "OK"), stage.handled("Get", "NOT_FOUND")
    ask(StringValue(), timeout=5)
    stage.act = act
    with fails("NOT_FOUND"):
        ask(StringValue(), timeout=5)

    assert (stage.handled("Get", "OK"), stage.handled("Get", "NOT_FOUND")) == (before[0] + 1, before[1] + 1)
    assert stage.registry.get_sample_value("grpc_server_handling_seconds_count", {"method": f"/{SERVICE}/Get"})


def test_a_request_id_is_bound_to_our_log_and_sent_back_with_success_and_failure(stage, ask):
    def act(request, context):
        if request.value:
            raise NotFound(structlog.contextvars.get_contextvars()["request_id"])
        return StringValue(value=structlog.contextvars.get_contextvars()["request_id"])

    stage.act = act
    answer, call = ask.with_call(StringValue(), timeout=5, metadata=(("x-request-id", "abc-1.2_3"),))
    with fails("NOT_FOUND") as caught:
        ask(StringValue(value="fail"), timeout=5, metadata=(("x-request-id", "abc-4"),))

    assert answer.value == dict(call.trailing_metadata())["x-request-id"] == "abc-1.2_3"
    assert caught.value.details() == dict(caught.value.trailing_metadata())["x-request-id"] == "abc-4"


@pytest.mark.parametrize("given", [(), (("x-request-id", "a b"),), (("x-request-id", "x" * 65),), (("x-request-id", ""),)])
def test_a_missing_or_unfit_request_id_is_made_anew(stage, ask, given):
    _, call = ask.with_call(StringValue(), timeout=5, metadata=given)

    made = dict(call.trailing_metadata())["x-request-id"]
    assert len(made) == 32
    assert made.isalnum()


def test_the_callers_trace_goes_on_in_the_handler(stage, ask):
    def act(request, context):
        return StringValue(value=trace.format_trace_id(trace.get_current_span().get_span_context().trace_id))

    stage.act = act
    answer = ask(StringValue(), timeout=5, metadata=(("traceparent", f"00-{TRACE}-b7ad6b7169203331-01"),))

    assert answer.value == TRACE


def bearer(*scopes: Scope) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {VERIFIER.mint('ann', scopes, ttl=timedelta(minutes=1))}"),)


@pytest.fixture(scope="module")
def guarded():
    with serving({}, verifier=VERIFIER) as server:
        yield server


MATRIX = [
    (method, caller, code)
    for method, codes in {
        "Get": ("UNAUTHENTICATED", "PERMISSION_DENIED", "OK", "OK", "OK"),
        "Change": ("UNAUTHENTICATED", "PERMISSION_DENIED", "PERMISSION_DENIED", "OK", "OK"),
        "Ensure": ("UNAUTHENTICATED", "PERMISSION_DENIED", "PERMISSION_DENIED", "PERMISSION_DENIED", "OK"),
    }.items()
    for caller, code in zip(("nobody", "no scope", "read", "write", "admin"), codes, strict=True)
]


@pytest.mark.parametrize(("method", "caller", "code"), MATRIX)
def test_a_method_is_open_to_callers_whose_scope_reaches_it(guarded, method, caller, code):
    scopes = {"no scope": ()} | {scope.name.lower(): (scope,) for scope in Scope}
    metadata = () if caller == "nobody" else bearer(*scopes[caller])

    with calling(guarded, method) as ask:
        if code == "OK":
            assert ask(StringValue(value="x"), timeout=5, metadata=metadata).value == "x"
        else:
            with fails(code):
                ask(StringValue(value="x"), timeout=5, metadata=metadata)


@pytest.mark.parametrize(
    "headers", [bearer(Scope.READ) * 2, (("authorization", "Basic YTpi"),), (("authorization", "Bearer x.y.z"),)]
)
def test_two_tokens_another_scheme_or_a_forgery_are_refused(guarded, headers):
    with calling(guarded) as ask, fails("UNAUTHENTICATED"):
        ask(StringValue(), timeout=5, metadata=headers)


def test_a_caller_without_a_token_cannot_make_us_parse_its_bytes(guarded):
    with fails("UNAUTHENTICATED"):
        call_raw(guarded, b"\xff\xff\xff")
