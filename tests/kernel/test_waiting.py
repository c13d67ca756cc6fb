"""Who waits for a change holds a thread: how many may, and until when."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import grpc
import pytest
from google.protobuf.wrappers_pb2 import StringValue

from kernel import deadline
from kernel.clock import SystemClock
from kernel.errors import DeadlineSpent, Overloaded
from kernel.waiting import Waiting
from tests.fakes.probe_service import calling, serving


def test_whoever_finds_no_place_is_told_to_come_back(clock):
    waiting = Waiting(1, clock)

    with waiting.place(), pytest.raises(Overloaded) as refused:
        next(waiting.rounds(1))

    assert refused.value.retry_after == timedelta(seconds=10)
    assert next(waiting.rounds(1)) is None


def test_nobody_waits_beyond_the_time_of_the_caller(clock):
    with deadline.within(timedelta(0)), pytest.raises(DeadlineSpent):
        list(Waiting(1, clock).rounds(1))


def test_a_server_that_is_asked_to_end_does_not_wait_for_those_who_wait():
    waiting, is_waiting = Waiting(1, SystemClock()), threading.Event()

    def watch(request, context):
        for _ in waiting.rounds(0.1):
            yield request
            is_waiting.set()

    with serving({"Watch": watch}) as server, calling(server, "Watch") as ask, ThreadPoolExecutor(1) as listening:
        heard = listening.submit(heard_of, ask(StringValue(value="it"), timeout=60))
        assert is_waiting.wait(10)
        drained = server.stop(grace=10)

    assert drained
    assert heard.result()[-1] is grpc.StatusCode.UNAVAILABLE


def heard_of(call):
    """What is answered, and the code at the end."""
    heard = []
    with pytest.raises(grpc.RpcError) as ended:
        heard.extend(call)
    return [*heard, ended.value.code()]
