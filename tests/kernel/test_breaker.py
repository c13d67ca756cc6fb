import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from kernel.breaker import Breaker, Permit, Verdict
from kernel.errors import BreakerOpen
from tests.fakes.clock import FakeClock

PROBE_AFTER = timedelta(seconds=300)


@pytest.fixture
def heard():
    return []


@pytest.fixture
def breaker(clock, heard):
    return Breaker("upstream", threshold=3, probe_after=PROBE_AFTER, clock=clock, on_change=heard.append)


def report(breaker: Breaker, *verdicts: Verdict) -> None:
    for verdict in verdicts:
        breaker.report(breaker.admit(), verdict)


def open_it(breaker: Breaker) -> None:
    report(breaker, Verdict.FAULT, Verdict.FAULT, Verdict.FAULT)


def probe(breaker: Breaker, clock: FakeClock) -> Permit:
    clock.advance(PROBE_AFTER.total_seconds())
    return breaker.admit()


def test_it_opens_after_exactly_three_faults_in_a_row(breaker, heard):
    report(breaker, Verdict.FAULT, Verdict.FAULT)
    before = breaker.state

    report(breaker, Verdict.FAULT)

    assert (before, breaker.state, heard) == ("closed", "open", ["open"])


def test_an_answer_between_faults_starts_the_count_again(breaker):
    report(breaker, Verdict.FAULT, Verdict.FAULT, Verdict.ANSWERED, Verdict.FAULT, Verdict.FAULT)

    assert breaker.state == "closed"


def test_a_neutral_outcome_neither_counts_nor_clears(breaker):
    report(breaker, Verdict.NEUTRAL, Verdict.NEUTRAL, Verdict.NEUTRAL)
    after_neutrals = breaker.state

    report(breaker, Verdict.FAULT, Verdict.FAULT, Verdict.NEUTRAL, Verdict.FAULT)

    assert (after_neutrals, breaker.state) == ("closed", "open")


def test_an_open_breaker_refuses_and_says_when_to_come_back(breaker, clock):
    open_it(breaker)
    clock.advance(100)

    with pytest.raises(BreakerOpen) as refusal:
        breaker.admit()

    assert refusal.value.retry_after == timedelta(seconds=200)


def test_it_refuses_until_the_last_moment_before_the_probe(breaker, clock):
    open_it(breaker)
    clock.advance(PROBE_AFTER.total_seconds() - 0.001)

    with pytest.raises(BreakerOpen):
        breaker.admit()


def test_exactly_one_of_fifty_threads_is_the_probe(breaker, clock):
    open_it(breaker)
    clock.advance(PROBE_AFTER.total_seconds())
    all_ready = threading.Barrier(50)

    def try_to_pass(_: int) -> bool:
        all_ready.wait()
        try:
            breaker.admit()
        except BreakerOpen:
            return False
        return True

    with ThreadPoolExecutor(50) as threads:
        passed = list(threads.map(try_to_pass, range(50)))

    assert passed.count(True) == 1


def test_an_answered_probe_closes_it_for_everyone(breaker, clock, heard):
    open_it(breaker)

    breaker.report(probe(breaker, clock), Verdict.ANSWERED)

    breaker.admit()
    breaker.admit()
    assert heard == ["open", "half_open", "closed"]


def test_a_failed_probe_opens_it_for_the_whole_time_again(breaker, clock, heard):
    open_it(breaker)
    breaker.report(probe(breaker, clock), Verdict.FAULT)
    clock.advance(PROBE_AFTER.total_seconds() - 1)

    with pytest.raises(BreakerOpen):
        breaker.admit()

    assert heard == ["open", "half_open", "open"]


def test_closing_forgets_the_old_faults(breaker, clock):
    open_it(breaker)
    breaker.report(probe(breaker, clock), Verdict.ANSWERED)

    report(breaker, Verdict.FAULT, Verdict.FAULT)

    assert breaker.state == "closed"


def test_a_probe_that_learnt_nothing_hands_its_turn_on(breaker, clock):
    open_it(breaker)
    breaker.report(probe(breaker, clock), Verdict.NEUTRAL)

    breaker.report(breaker.admit(), Verdict.ANSWERED)

    assert breaker.state == "closed"


def test_who_comes_during_a_probe_is_told_to_come_back_soon(breaker, clock):
    open_it(breaker)
    probe(breaker, clock)

    with pytest.raises(BreakerOpen) as refusal:
        breaker.admit()

    assert refusal.value.retry_after == timedelta(seconds=1)


def test_a_probe_nobody_reports_does_not_block_for_ever(breaker, clock):
    open_it(breaker)
    lost = probe(breaker, clock)

    second = probe(breaker, clock)
    breaker.report(lost, Verdict.FAULT)
    breaker.report(second, Verdict.ANSWERED)

    assert breaker.state == "closed"


def test_answers_to_calls_let_in_before_the_opening_come_too_late(breaker, clock):
    early = [breaker.admit() for _ in range(4)]
    open_it(breaker)
    breaker.report(early[0], Verdict.ANSWERED)
    breaker.report(probe(breaker, clock), Verdict.ANSWERED)

    for permit in early[1:]:
        breaker.report(permit, Verdict.FAULT)

    assert breaker.state == "closed"


@pytest.mark.parametrize("jump", [timedelta(days=30), timedelta(days=-30)])
def test_a_jump_of_the_wall_clock_changes_nothing(breaker, clock, jump):
    open_it(breaker)
    clock.set_wall(datetime(2026, 1, 1, tzinfo=UTC) + jump)

    with pytest.raises(BreakerOpen):
        breaker.admit()

    assert probe(breaker, clock)


def test_ten_parallel_calls_do_not_wait_for_one_another(breaker):
    all_inside = threading.Barrier(10)

    def call(_: int) -> None:
        permit = breaker.admit()
        all_inside.wait(timeout=30)  # breaks unless all ten are let in before the first is done
        breaker.report(permit, Verdict.ANSWERED)

    with ThreadPoolExecutor(10) as threads:
        list(threads.map(call, range(10)))

    assert not all_inside.broken


def test_a_listener_may_ask_for_the_state(clock):
    seen = []
    asked = Breaker("upstream", threshold=1, probe_after=PROBE_AFTER, clock=clock, on_change=lambda _: seen.append(asked.state))

    report(asked, Verdict.FAULT)

    assert seen == ["open"]
