"""Who goes first at a provider: those who are waited for, or the background? Between threads and processes that share a store."""

from collections.abc import Callable, Iterator
from contextvars import Context
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import redis as redis_py
from redis.backoff import NoBackoff
from redis.retry import Retry

from kernel import deadline
from kernel.breaker import Breaker
from kernel.errors import BreakerOpen, ProviderMalformed
from kernel.evidence import Found
from kernel.guard import Guard
from kernel.limiter import Limiter, LimitReached, build_limiter
from kernel.retry import RetryPolicy
from tests.fakes.clock import FakeClock
from tests.fakes.meter import ListMeter


class EventfulClock(FakeClock):
    """Lets something happen while somebody sleeps for the first time."""

    meanwhile: Callable[[], None] | None = None

    def sleep(self, seconds: float) -> None:
        happening, self.meanwhile = self.meanwhile, None
        if happening is not None:
            Context().run(happening)  # as another thread would: in a context of its own
        super().sleep(seconds)


@pytest.fixture
def clock() -> EventfulClock:
    return EventfulClock()


@pytest.fixture
def meter() -> ListMeter:
    return ListMeter()


@pytest.fixture(params=["file", "redis"])
def place(request, tmp_path):
    """Where all processes count."""
    if request.param == "file":
        yield {"folder": tmp_path, "redis": None}
        return
    client = redis_py.Redis.from_url(request.getfixturevalue("redis_server").url, socket_timeout=0.1, retry=Retry(NoBackoff(), 0))
    yield {"folder": None, "redis": client}
    client.close()


@pytest.fixture
def build_one(clock) -> Iterator[Callable[..., Limiter]]:
    built = []

    def build(name: str, rate: float, **place: Any) -> Limiter:
        limiter = build_limiter(name, rate_per_second=rate, burst=1, clock=clock, **({"folder": None, "redis": None} | place))
        built.append(limiter)
        return limiter

    yield build
    for limiter in built:
        limiter.close()


@pytest.fixture
def build(clock, meter, build_one):
    """Guards as one process builds them: a call a second, and in the background one in two."""

    def build_guard(*, rate: float = 1.0, has_background: bool = True, **place: Any) -> Guard:
        return Guard(
            "upstream",
            breaker=Breaker("upstream", threshold=1, probe_after=timedelta(minutes=5), clock=clock),
            limiter=build_one("upstream", rate, **place),
            retry=RetryPolicy(attempts=1),
            timeout=timedelta(seconds=5),
            clock=clock,
            meter=meter,
            background=build_one("upstream.background", 0.5, **place) if has_background else None,
        )

    return build_guard


def ask(guard: Guard) -> float:
    """When the provider was asked, by the clock."""
    answer = guard.call("find", lambda: Found(guard.clock.monotonic()))
    assert isinstance(answer, Found)
    return answer.value


def ask_in_background(guard: Guard) -> float:
    with deadline.in_background():
        return ask(guard)


def test_after_a_call_that_is_waited_for_the_background_waits_two_seconds(build, clock):
    guard = build()

    waited_for = ask(guard)
    behind = ask_in_background(guard)

    assert behind - waited_for == pytest.approx(2.0, abs=0.01)


def test_and_so_does_the_background_of_every_other_process(build, place):
    here, elsewhere = build(**place), build(**place)

    waited_for = ask(here)
    behind = ask_in_background(elsewhere)

    assert behind - waited_for == pytest.approx(2.0, abs=0.01)


def test_who_comes_while_the_background_waits_goes_first(build, clock):
    guard = build()
    first = ask(guard)
    second: list[float] = []
    clock.meanwhile = lambda: second.append(ask(guard))

    behind = ask_in_background(guard)

    assert first < second[0] < behind
    assert behind - second[0] >= 1.0


def test_the_background_waits_for_its_own_rate_and_never_parks_itself(build, clock):
    guard = build()

    asked = [ask_in_background(guard) for _ in range(3)]

    assert [later - earlier for earlier, later in pairwise(asked)] == pytest.approx([2.0, 2.0], abs=0.01)
    assert guard.background.parked_until() is None


def test_who_is_waited_for_is_not_held_up_by_a_background_that_must_wait(build, clock):
    guard = build()
    guard.background.park(clock.now() + timedelta(minutes=30))

    ask(guard)

    assert clock.slept == []


def test_only_the_background_has_patience_with_the_provider(build, clock):
    guard = build()
    guard.limiter.park(clock.now() + timedelta(seconds=30))
    began = clock.monotonic()

    with pytest.raises(LimitReached):
        ask(guard)
    slept_in_front = list(clock.slept)
    clock.advance(2)
    behind = ask_in_background(guard)

    assert slept_in_front == []
    assert behind - began == pytest.approx(30.0, abs=0.01)


def test_without_a_limiter_of_its_own_the_background_has_patience_all_the_same(build, clock):
    guard = build(has_background=False)
    guard.limiter.park(clock.now() + timedelta(seconds=30))
    began = clock.monotonic()

    behind = ask_in_background(guard)

    assert behind - began == pytest.approx(30.0, abs=0.01)


def test_a_background_call_that_would_wait_over_a_minute_is_put_off_at_once(build, clock, meter):
    guard = build()
    guard.background.park(clock.now() + timedelta(seconds=61))

    with pytest.raises(LimitReached) as refusal:
        ask_in_background(guard)

    assert refusal.value.retry_after == timedelta(seconds=61)
    assert (clock.slept, [call[2] for call in meter.calls]) == ([], ["deferred"])


def test_the_background_does_not_wait_beyond_its_deadline(build, clock):
    guard = build()
    ask(guard)

    with deadline.within(timedelta(seconds=1)), pytest.raises(LimitReached):
        ask_in_background(guard)

    assert clock.slept == []


def test_calls_that_follow_close_do_not_each_write_that_the_background_must_wait(build, clock):
    guard = build(rate=100.0)
    parked_for = []
    began = clock.now()

    for pause in (0.0, 0.5, 0.75):
        clock.advance(pause)
        ask(guard)
        parked_for.append((guard.background.parked_until() - began).total_seconds())

    assert parked_for == [2.0, 2.0, 3.25]


def test_a_background_call_that_waits_does_not_keep_out_the_probe_of_who_is_waited_for(build, clock):
    guard = build()
    ask(guard)
    break_open(guard)
    clock.advance(299)
    refused(guard)
    clock.advance(1)
    probed: list[float] = []
    clock.meanwhile = lambda: probed.append(ask(guard))

    behind = ask_in_background(guard)

    assert probed[0] < behind
    assert guard.breaker.state == "closed"


def break_open(guard: Guard) -> None:
    def answer_garbage() -> Found[float]:
        raise ProviderMalformed("upstream", "garbage.")

    with pytest.raises(ProviderMalformed):
        guard.call("find", answer_garbage)


def refused(guard: Guard) -> None:
    """Somebody asks in vain, and keeps the background away by it."""
    with pytest.raises(BreakerOpen):
        ask(guard)
