"""kernel/client.py"""

import asyncio
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from google.protobuf.wrappers_pb2 import StringValue
from opentelemetry import trace

from kernel import deadline
from kernel.client import ask, call_metadata, open_aio_channel, open_channel
from kernel.errors import DeadlineSpent, NotFound, OwnFault
from kernel.settings import environment_for_child
from tests.fakes.probe_service import SERVICE, serving, stub

ROOT = Path(__file__).parents[2]


def test_a_job_gets_the_answer_of_its_neighbour():
    with serving({}) as server, open_channel(f"127.0.0.1:{server.port}") as channel:
        assert ask(stub(channel), StringValue(value="x")).value == "x"


def test_the_event_loop_gets_the_same():
    async def call(port: int) -> StringValue:
        async with open_aio_channel(f"127.0.0.1:{port}") as channel:
            answer: StringValue = await stub(channel)(StringValue(value="x"), timeout=5)
            return answer

    with serving({}) as server:
        assert asyncio.run(call(server.port)).value == "x"


def test_the_neighbours_refusal_is_raised_here():
    def refuse(request, context):
        raise NotFound("It is not known.")

    with (
        serving({"Get": refuse}) as server,
        open_channel(f"127.0.0.1:{server.port}") as channel,
        pytest.raises(NotFound, match="not known"),
    ):
        ask(stub(channel), StringValue())


def test_a_neighbour_that_is_not_there_is_an_own_fault(free_port):
    with open_channel(f"127.0.0.1:{free_port}") as channel, pytest.raises(OwnFault) as caught:
        ask(stub(channel), StringValue(), timeout=timedelta(seconds=5))

    assert caught.value.retry_after


def test_the_neighbour_gets_what_is_left_of_our_time():
    seen = []

    def act(request, context):
        seen.append(deadline.remaining() or 0.0)
        return request

    with serving({"Get": act}) as server, open_channel(f"127.0.0.1:{server.port}") as channel:
        with deadline.within(timedelta(seconds=3)):
            ask(stub(channel), StringValue())
        ask(stub(channel), StringValue())

    assert 2 < seen[0] < 3.1
    assert 9 < seen[1] < 10.1


def test_with_no_time_left_nobody_is_called():
    with serving({}) as server, open_channel(f"127.0.0.1:{server.port}") as channel:  # noqa: SIM117
        with deadline.within(timedelta(0)), pytest.raises(DeadlineSpent):
            ask(stub(channel), StringValue())


def test_request_id_trace_and_token_go_along():
    seen = {}

    def act(request, context):
        seen.update(context.invocation_metadata())
        return request

    parent = trace.set_span_in_context(trace.NonRecordingSpan(trace.SpanContext(trace_id=7, span_id=9, is_remote=True)))
    with serving({"Get": act}) as server, open_channel(f"127.0.0.1:{server.port}") as channel:  # noqa: SIM117
        with structlog.contextvars.bound_contextvars(request_id="r1"), trace.get_tracer("t").start_as_current_span("x", parent):
            ask(stub(channel), StringValue(), token="abc")

    assert seen["x-request-id"] == "r1"
    assert f"{7:032x}" in seen["traceparent"]
    assert seen["authorization"] == "Bearer abc"


def test_nothing_goes_along_where_there_is_nothing():
    assert call_metadata() == []


@contextmanager
def refusing_at_first(times):
    """A server whose first calls end with UNAVAILABLE before any answer, as those of one that is leaving do."""
    calls = []

    def act(request, context):
        calls.append(request)
        if len(calls) <= times:
            raise OwnFault("Not now.")
        return request

    with serving({"Get": act, "Change": act}) as server:
        yield server, calls


def test_only_methods_named_idempotent_are_asked_again():
    with refusing_at_first(2) as (server, calls):
        target = f"127.0.0.1:{server.port}"
        with open_channel(target, retried=[f"{SERVICE}/Get"]) as channel:
            ask(stub(channel), StringValue())
        after_get = len(calls)
    with refusing_at_first(2) as (server, calls), open_channel(f"127.0.0.1:{server.port}", retried=[f"{SERVICE}/Get"]) as channel:
        with pytest.raises(OwnFault):
            ask(stub(channel, "Change"), StringValue())
        after_change = len(calls)

    assert (after_get, after_change) == (3, 1)


def test_proxies_of_the_environment_are_not_asked(free_port):
    code = "import grpc, sys; from kernel.client import open_channel as o; grpc.channel_ready_future(o(sys.argv[1])).result(10)"
    proxy = dict.fromkeys(("http_proxy", "grpc_proxy", "https_proxy"), f"http://127.0.0.1:{free_port}")
    environment = environment_for_child(proxy | {"no_proxy": "", "PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}"})

    with serving({}) as server:
        ready = subprocess.run([sys.executable, "-c", code, f"127.0.0.1:{server.port}"], env=environment, timeout=30, check=False)

    assert ready.returncode == 0
