import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from kernel import deadline
from kernel.breaker import Breaker
from kernel.errors import (
    BreakerOpen,
    DeadlineSpent,
    ProviderFault,
    ProviderMalformed,
    ProviderRejected,
    ProviderThrottled,
    ProviderTimeout,
    ProviderUnavailable,
)
from kernel.evidence import Absent, Ambiguous, Found
from kernel.guard import Guard
from kernel.limiter import LimitReached, build_limiter
from kernel.retry import RetryPolicy
from tests.fakes.meter import ListMeter


@pytest.fixture
def meter():
    return ListMeter()


@pytest.fixture
def breaker(clock):
    return Breaker("upstream", threshold=3, probe_after=timedelta(minutes=5), clock=clock)


@pytest.fixture
def limiter(clock):
    built = build_limiter("upstream", rate_per_second=100, burst=100, folder=None, redis=None, clock=clock)
    yield built
    built.close()


@pytest.fixture
def build(clock, breaker, limiter, meter):
    def build_guard(*, attempts: int = 1, timeout: timedelta = timedelta(seconds=5)) -> Guard:
        return Guard(
            "upstream",
            breaker=breaker,
            limiter=limiter,
            retry=RetryPolicy(attempts=attempts),
            timeout=timeout,
            clock=clock,
            meter=meter,
        )

    return build_guard


def raising(*errors: Exception):
    left = list(errors)

    def ask():
        if left:
            raise left.pop(0)
        return Found("answer")

    return ask


def use_up_the_time():
    """Works until its deadline, as a hanging connection does."""
    threading.Event().wait(deadline.remaining())
    deadline.check()


def fault_of(guard: Guard, ask) -> ProviderFault:
    with pytest.raises(ProviderFault) as raised:
        guard.call("find", ask)
    return raised.value


def fault_times(guard: Guard, count: int, error: ProviderFault) -> None:
    for _ in range(count):
        fault_of(guard, raising(error))


@pytest.mark.parametrize("answer", [Found("it"), Absent(), Ambiguous(("a", "b"))])
def test_an_answer_is_handed_through(build, answer):
    assert build().call("find", lambda: answer) == answer


@pytest.mark.parametrize(
    "fault",
    [
        ProviderTimeout("upstream", "slow."),
        ProviderUnavailable("upstream", "down."),
        ProviderMalformed("upstream", "garbage."),
        ProviderRejected("upstream", "bad key."),
    ],
)
def test_three_faults_of_any_kind_are_raised_and_open_the_breaker(build, breaker, fault):
    guard = build()

    raised = [fault_of(guard, raising(fault)) for _ in range(3)]

    assert raised == [fault] * 3
    assert breaker.state == "open"


def test_an_open_breaker_is_a_fault_and_nobody_is_asked(build):
    guard = build()
    fault_times(guard, 3, ProviderMalformed("upstream", "garbage."))
    asked = []

    fault = fault_of(guard, lambda: asked.append(1))

    assert isinstance(fault, BreakerOpen)
    assert fault.retry_after == timedelta(minutes=5)
    assert asked == []


def test_absence_neither_counts_nor_clears(build, breaker):
    guard = build()
    fault_times(guard, 2, ProviderMalformed("upstream", "garbage."))
    guard.call("find", Absent)

    fault_times(guard, 1, ProviderMalformed("upstream", "garbage."))

    assert breaker.state == "open"


def test_a_passing_fault_is_retried_behind_the_same_door(build, meter):
    outcome = build(attempts=3).call("find", raising(ProviderUnavailable("upstream", "down.")))

    assert outcome == Found("answer")
    assert [call[:3] for call in meter.calls] == [("upstream", "find", "unavailable"), ("upstream", "find", "found")]


def test_a_breaker_that_opens_between_attempts_ends_the_retries(build, breaker):
    guard = build(attempts=5)
    fault = ProviderUnavailable("upstream", "down.")

    raised = fault_of(guard, raising(*[fault] * 4))

    assert isinstance(raised, BreakerOpen)
    assert breaker.state == "open"


def test_throttling_parks_everyone_and_is_not_counted(build, breaker, limiter, clock):
    guard = build()
    until = clock.now() + timedelta(seconds=79_892)

    fault = fault_of(guard, raising(ProviderThrottled("upstream", "busy", retry_after=timedelta(seconds=79_892))))

    assert (str(fault), fault.retry_after) == ("upstream: busy", timedelta(seconds=79_892))
    assert limiter.parked_until() == until
    assert breaker.state == "closed"


def test_a_parked_provider_is_not_asked(build, limiter, clock):
    limiter.park(clock.now() + timedelta(hours=1))
    asked = []

    fault = fault_of(build(attempts=3), lambda: asked.append(1))

    assert fault.retry_after == timedelta(hours=1)
    assert (asked, clock.slept) == ([], [])


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        (None, timedelta(minutes=1)),
        (timedelta(seconds=-1), timedelta(0)),
        (timedelta(days=365_000), timedelta(days=7)),
        (timedelta.max, timedelta(days=7)),
    ],
)
def test_an_absurd_wait_is_cut_and_a_missing_one_is_a_minute(build, asked, kept):
    fault = fault_of(build(), raising(ProviderThrottled("upstream", "busy", retry_after=asked)))

    assert fault.retry_after == kept


def test_a_short_wait_named_by_a_busy_provider_is_waited_out(build, clock):
    throttled = ProviderThrottled("upstream", "busy.", retry_after=timedelta(seconds=3))

    outcome = build(attempts=3).call("find", raising(throttled))

    assert outcome == Found("answer")
    assert sum(clock.slept) >= 3


def test_our_own_limit_is_told_apart_and_parks_nobody(build, clock):
    slow = build_limiter("upstream", rate_per_second=0.1, burst=1, folder=None, redis=None, clock=clock)
    slow.acquire(max_wait=0)

    fault = fault_of(replace(build(), limiter=slow), lambda: Found("answer"))

    assert isinstance(fault, LimitReached)
    assert slow.parked_until() is None
    slow.close()


def test_the_provider_gets_its_own_time_and_running_out_is_its_fault(build, breaker):
    guard = build(timeout=timedelta(milliseconds=20))

    faults = [fault_of(guard, use_up_the_time) for _ in range(3)]

    assert all(isinstance(fault, ProviderTimeout) for fault in faults)
    assert breaker.state == "open"


@pytest.mark.parametrize("ends_in", [DeadlineSpent("late"), ProviderTimeout("upstream", "slow.")])
def test_the_callers_own_time_running_out_says_nothing_about_the_provider(build, breaker, ends_in):
    guard = build()

    def ask():
        threading.Event().wait(deadline.remaining())
        raise ends_in

    for _ in range(3):
        with deadline.within(timedelta(milliseconds=20)), pytest.raises(DeadlineSpent):
            guard.call("find", ask)

    assert breaker.state == "closed"


def test_nobody_is_asked_when_the_time_is_up_already(build):
    asked = []

    with deadline.within(timedelta(0)), pytest.raises(DeadlineSpent):
        build().call("find", lambda: asked.append(1))

    assert asked == []


def test_a_bug_in_a_parser_is_raised_and_says_nothing_about_the_provider(build, breaker, meter):
    guard = build(attempts=3)

    for _ in range(3):
        with pytest.raises(KeyError):
            guard.call("find", raising(KeyError("field")))

    assert breaker.state == "closed"
    assert [call[2] for call in meter.calls] == ["bug"] * 3


def test_one_hanging_call_delays_no_other(build):
    guard = build()
    hanging, release = threading.Event(), threading.Event()

    def hang():
        hanging.set()
        release.wait()
        return Found("late")

    thread = threading.Thread(target=guard.call, args=("find", hang))
    thread.start()
    hanging.wait()

    outcome = guard.call("find", lambda: Found("prompt"))

    release.set()
    thread.join()
    assert outcome == Found("prompt")


def test_every_kind_of_outcome_is_metered(build, meter, clock):
    guard = build()

    def slow():
        clock.advance(2.5)
        return Found("it")

    guard.call("find", slow)
    guard.call("find", Absent)
    guard.call("list", lambda: Ambiguous(()))
    fault_of(guard, raising(ProviderRejected("upstream", "bad key")))
    fault_of(guard, raising(ProviderThrottled("upstream", "busy")))
    fault_of(guard, lambda: Found("never sent: the provider is parked"))

    assert [call[1:3] for call in meter.calls] == [
        ("find", "found"),
        ("find", "absent"),
        ("list", "ambiguous"),
        ("find", "rejected"),
        ("find", "throttled"),
        ("find", "deferred"),
    ]
    assert meter.calls[0][3] == 2.5
