from datetime import timedelta

import pytest

from kernel import deadline
from kernel.errors import (
    BreakerOpen,
    ProviderFault,
    ProviderMalformed,
    ProviderRejected,
    ProviderThrottled,
    ProviderTimeout,
    ProviderUnavailable,
)
from kernel.limiter import LimitReached
from kernel.retry import RetryPolicy
from tests.fakes.clock import FakeClock


class Upstream:
    """Raises its faults one after the other, then answers."""

    def __init__(self, *faults: Exception) -> None:
        self._faults = list(faults)
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self._faults:
            raise self._faults.pop(0)
        return "answer"


def unavailable(retry_after: timedelta | None = None) -> ProviderUnavailable:
    return ProviderUnavailable("upstream", "is down.", retry_after=retry_after)


@pytest.mark.parametrize("fault", [ProviderTimeout("upstream", "slow."), unavailable()])
def test_a_passing_fault_is_tried_again(clock, fault):
    upstream = Upstream(fault, fault)

    answer = RetryPolicy().run(upstream, clock=clock)

    assert (answer, upstream.calls) == ("answer", 3)


def test_it_gives_up_after_three_attempts_with_the_last_fault(clock):
    last = unavailable()
    upstream = Upstream(unavailable(), unavailable(), last)

    with pytest.raises(ProviderUnavailable) as raised:
        RetryPolicy().run(upstream, clock=clock)

    assert raised.value is last
    assert upstream.calls == 3


@pytest.mark.parametrize("kind", [ProviderMalformed, ProviderRejected, ProviderThrottled, BreakerOpen])
def test_asking_again_is_pointless_where_the_answer_would_be_the_same(clock, kind: type[ProviderFault]):
    upstream = Upstream(kind("upstream", "no."))

    with pytest.raises(kind):
        RetryPolicy().run(upstream, clock=clock)

    assert upstream.calls == 1


def test_a_bug_is_not_retried(clock):
    upstream = Upstream(KeyError("parser"))

    with pytest.raises(KeyError):
        RetryPolicy().run(upstream, clock=clock)

    assert upstream.calls == 1


def test_waits_grow_and_differ_between_callers():
    waits = []
    for _ in range(200):
        clock = FakeClock()
        RetryPolicy().run(Upstream(unavailable(), unavailable()), clock=clock)
        waits.append(clock.slept)

    assert all(first <= 2.0 and second <= 4.0 for first, second in waits)
    assert max(second for _, second in waits) > 2.0
    assert len({first for first, _ in waits}) > 190


def test_a_short_wait_asked_for_is_kept(clock):
    RetryPolicy().run(Upstream(unavailable(timedelta(seconds=5))), clock=clock)

    assert clock.slept == [5.0]


def test_a_long_wait_asked_for_is_not_slept_through(clock):
    upstream = Upstream(unavailable(timedelta(seconds=79_892)))

    with pytest.raises(ProviderUnavailable):
        RetryPolicy().run(upstream, clock=clock)

    assert (upstream.calls, clock.slept) == (1, [])


def test_a_busy_provider_that_names_a_short_wait_is_asked_again(clock):
    upstream = Upstream(ProviderThrottled("upstream", "busy.", retry_after=timedelta(0)))

    assert RetryPolicy().run(upstream, clock=clock) == "answer"


def test_our_own_limit_is_not_retried(clock):
    upstream = Upstream(LimitReached("upstream", "not yet.", retry_after=timedelta(seconds=1)))

    with pytest.raises(LimitReached):
        RetryPolicy().run(upstream, clock=clock)

    assert upstream.calls == 1


def test_it_never_waits_beyond_the_deadline(clock):
    upstream = Upstream(unavailable(timedelta(seconds=3)))

    with deadline.within(timedelta(seconds=2)), pytest.raises(ProviderUnavailable):
        RetryPolicy().run(upstream, clock=clock)

    assert (upstream.calls, clock.slept) == (1, [])
