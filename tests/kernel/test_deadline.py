"""Narrowing, leaving and handing on a deadline; none of it waits."""

import threading
from contextlib import suppress
from contextvars import copy_context
from datetime import timedelta

import pytest

from kernel import deadline
from kernel.errors import DeadlineSpent, OwnFault

HOUR = timedelta(hours=1)


def test_without_a_deadline_nothing_is_remaining_and_nothing_is_spent():
    assert deadline.remaining() is None

    deadline.check()


def test_remaining_counts_down_from_the_span():
    with deadline.within(HOUR):
        first = deadline.remaining()
        second = deadline.remaining()

    assert first is not None
    assert second is not None
    assert 3590 < second <= first <= 3600


def test_an_inner_span_narrows_the_deadline():
    with deadline.within(HOUR), deadline.within(timedelta(minutes=1)):
        left = deadline.remaining()

    assert left is not None
    assert 50 < left <= 60


def test_an_inner_span_never_widens_the_deadline():
    with deadline.within(timedelta(minutes=1)), deadline.within(HOUR):
        left = deadline.remaining()

    assert left is not None
    assert left <= 60


def test_leaving_the_block_restores_the_outer_deadline():
    with deadline.within(HOUR):
        with deadline.within(timedelta(seconds=1)):
            pass
        left = deadline.remaining()

    assert left is not None
    assert left > 3590
    assert deadline.remaining() is None


def test_leaving_the_block_by_an_error_restores_it_too():
    with suppress(KeyError), deadline.within(HOUR):
        raise KeyError

    assert deadline.remaining() is None


@pytest.mark.parametrize("span", [timedelta(0), timedelta(seconds=-5), timedelta(days=-400)])
def test_a_spent_deadline_raises_and_never_counts_below_zero(span):
    with deadline.within(span):
        assert deadline.remaining() == 0.0
        with pytest.raises(DeadlineSpent):
            deadline.check()


def test_a_spent_deadline_is_our_own_fault_not_a_providers():
    with deadline.within(timedelta(0)), pytest.raises(OwnFault, match="used up"):
        deadline.check()


def test_a_very_long_span_is_no_error():
    with deadline.within(timedelta.max):
        deadline.check()


def test_a_copied_context_takes_the_deadline_into_another_thread():
    seen: list[float | None] = []

    with deadline.within(HOUR):
        context = copy_context()
        thread = threading.Thread(target=context.run, args=(lambda: seen.append(deadline.remaining()),))
        thread.start()
        thread.join()

    assert seen[0] is not None
    assert 3590 < seen[0] <= 3600


def test_another_thread_without_the_context_has_no_deadline():
    seen: list[float | None] = []

    with deadline.within(HOUR):
        thread = threading.Thread(target=lambda: seen.append(deadline.remaining()))
        thread.start()
        thread.join()

    assert seen == [None]


def test_the_time_is_up_as_soon_as_the_caller_has_given_up():
    given_up = threading.Event()

    with deadline.within(HOUR), deadline.ended_by(given_up):
        deadline.check()
        given_up.set()

        assert deadline.remaining() == 0.0
        with pytest.raises(DeadlineSpent):
            deadline.check()
    assert deadline.remaining() is None


def test_another_thread_with_the_context_learns_that_the_caller_gave_up():
    given_up, seen = threading.Event(), []

    with deadline.ended_by(given_up):
        context = copy_context()
    given_up.set()
    thread = threading.Thread(target=lambda: seen.append(context.run(deadline.remaining)))
    thread.start()
    thread.join()

    assert seen == [0.0]


def test_work_is_background_inside_the_block_only():
    seen = [deadline.is_background()]
    with deadline.in_background():
        with deadline.in_background():
            seen.append(deadline.is_background())
        seen.append(deadline.is_background())
    seen.append(deadline.is_background())

    assert seen == [False, True, True, False]


def test_leaving_the_background_by_an_error_ends_it_too():
    with suppress(KeyError), deadline.in_background():
        raise KeyError

    assert not deadline.is_background()


def test_background_reaches_another_thread_only_with_the_context():
    seen: list[bool] = []

    def look() -> None:
        seen.append(deadline.is_background())

    with deadline.in_background():
        threads = [threading.Thread(target=look), threading.Thread(target=copy_context().run, args=(look,))]
    for thread in threads:
        thread.start()
        thread.join()

    assert seen == [False, True]
