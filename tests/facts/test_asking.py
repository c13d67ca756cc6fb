"""Every ending of one question, as the outcome a pipeline sees."""

from datetime import timedelta
from typing import Any

import pytest

from facts.asking import Asker
from kernel.breaker import Breaker
from kernel.cache import MemoryCache
from kernel.codec import JsonCodec
from kernel.errors import DeadlineSpent, ProviderThrottled, ProviderTimeout, ProviderUnavailable
from kernel.evidence import Absent, Ambiguous, Deferred, Fault, Found
from kernel.guard import Guard
from kernel.limiter import build_limiter
from kernel.read_through import ReadThrough
from kernel.retry import RetryPolicy
from tests.fakes.meter import NullMeter


@pytest.fixture
def asker(clock):
    limiter = build_limiter("north", rate_per_second=100, burst=100, folder=None, redis=None, clock=clock)
    guard = Guard(
        "north",
        breaker=Breaker("north", threshold=3, probe_after=timedelta(minutes=5), clock=clock),
        limiter=limiter,
        retry=RetryPolicy(attempts=1),
        timeout=timedelta(seconds=5),
        clock=clock,
        meter=NullMeter(),
    )
    codec: JsonCodec[Any] = JsonCodec(Found[str] | Ambiguous[str])
    yield Asker(
        "north",
        "find",
        guard=guard,
        remembered=ReadThrough(cache=MemoryCache(2**20, clock), codec=codec, clock=clock),
        clock=clock,
    )
    limiter.close()


def raising(error: Exception):
    def ask():
        raise error

    return ask


@pytest.mark.parametrize("answer", [Found("it"), Absent("nothing"), Ambiguous(("a", "b"))])
def test_an_answer_is_remembered_with_the_time_it_was_given(asker, clock, answer):
    given_at = clock.now()
    asker.ask("key", lambda: answer)
    clock.advance(60)

    reply = asker.ask("key", raising(AssertionError("asked again")))

    assert reply.outcome == answer
    assert isinstance(answer, Absent) or reply.retrieved_at == given_at


def test_a_fault_is_an_outcome_and_is_not_remembered(asker):
    down = ProviderUnavailable("north", "is down")

    replies = [asker.ask("key", raising(down)), asker.ask("key", lambda: Found("it"))]

    assert [reply.outcome for reply in replies] == [Fault(down), Found("it")]


def test_throttling_says_when_to_come_back(asker, clock):
    reply = asker.ask("key", raising(ProviderThrottled("north", "too many", retry_after=timedelta(hours=2))))

    assert reply.outcome == Deferred(clock.now() + timedelta(hours=2), "north: too many")


def test_a_parked_provider_is_not_asked_by_the_next_question_either(asker, clock):
    asker.ask("key", raising(ProviderThrottled("north", "too many", retry_after=timedelta(hours=2))))

    reply = asker.ask("other", raising(AssertionError("asked")))

    assert isinstance(reply.outcome, Deferred)
    assert reply.outcome.not_before == clock.now() + timedelta(hours=2)


def test_a_question_without_time_is_a_provider_that_took_too_long(asker):
    reply = asker.ask("key", raising(DeadlineSpent("The time for this request is used up.")))

    assert isinstance(reply.outcome, Fault)
    assert isinstance(reply.outcome.error, ProviderTimeout)
