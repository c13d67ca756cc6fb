"""One call for many callers, ordered by events: the leader is held until everybody else waits."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest

from kernel import deadline
from kernel.errors import DeadlineSpent, ProviderTimeout
from kernel.single_flight import SingleFlight

PATIENCE = 30  # seconds until a test that hangs is said to hang


class Work:
    """Counts its runs; each says that it has begun, and goes on when it is let."""

    def __init__(self, outcome: Callable[[int], str] = lambda run: f"result {run}") -> None:
        self.begun = threading.Event()
        self.go_on = threading.Event()
        self.runs = 0
        self._outcome = outcome

    def __call__(self) -> str:
        self.runs += 1
        self.begun.set()
        assert self.go_on.wait(PATIENCE)
        return self._outcome(self.runs)


class CountedFlights(SingleFlight[str]):
    """Says when so many callers have joined a flight, so that a test need not guess."""

    def __init__(self, expected: int) -> None:
        super().__init__()
        self.all_joined = threading.Event()
        self._left = expected
        self._counting = threading.Lock()  # guards _left

    def expect_again(self, expected: int) -> None:
        with self._counting:
            self.all_joined.clear()
            self._left = expected

    def _join(self, key: object) -> tuple[Future[str], bool]:
        joined = super()._join(key)
        with self._counting:
            self._left -= 1
            if self._left == 0:
                self.all_joined.set()
        return joined


class LedByOthers(SingleFlight[str]):
    """Somebody else always leads, and ends like this."""

    def __init__(self, ending: Exception) -> None:
        super().__init__()
        self.joined = 0
        self._ending = ending

    def _join(self, _key: object) -> tuple[Future[str], bool]:
        self.joined += 1
        flight = Future[str]()
        flight.set_exception(self._ending)
        return flight, False


@contextmanager
def crowd(size: int) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(size) as pool:
        yield pool


def fails(_run: int) -> str:
    raise ProviderTimeout("north", "too slow")


def test_a_thousand_concurrent_callers_are_one_call():
    flights, work = CountedFlights(expected=1000), Work()

    with crowd(1000) as pool:
        callers = [pool.submit(flights.do, "key", work) for _ in range(1000)]
        assert flights.all_joined.wait(PATIENCE)
        work.go_on.set()
        results = {caller.result(PATIENCE) for caller in callers}

    assert results == {"result 1"}
    assert work.runs == 1


def test_a_thousand_concurrent_callers_get_one_failure_from_one_call():
    flights, work = CountedFlights(expected=1000), Work(fails)

    with crowd(1000) as pool:
        callers = [pool.submit(flights.do, "key", work) for _ in range(1000)]
        assert flights.all_joined.wait(PATIENCE)
        work.go_on.set()
        failures = {id(caller.exception(PATIENCE)) for caller in callers}

    assert isinstance(callers[0].exception(), ProviderTimeout)
    assert len(failures) == 1
    assert work.runs == 1


def test_a_leader_whose_time_is_up_fails_for_itself_only():
    def run_out_of_time_once(run: int) -> str:
        if run == 1:
            flights.expect_again(99)
            raise DeadlineSpent("The time for this request is used up.")
        assert flights.all_joined.wait(PATIENCE)
        return f"result {run}"

    flights, work = CountedFlights(expected=100), Work(run_out_of_time_once)

    with crowd(100) as pool:
        callers = [pool.submit(flights.do, "key", work) for _ in range(100)]
        assert flights.all_joined.wait(PATIENCE)
        work.go_on.set()
        failures = [caller.exception(PATIENCE) for caller in callers]

    assert [type(failure) for failure in failures if failure] == [DeadlineSpent]
    assert {caller.result() for caller, failure in zip(callers, failures, strict=True) if not failure} == {"result 2"}
    assert work.runs == 2


def test_a_caller_waits_for_three_leaders_at_most():
    flights = LedByOthers(DeadlineSpent("The time for this request is used up."))

    with pytest.raises(DeadlineSpent):
        flights.do("key", lambda: "never asked")

    assert flights.joined == 3


def test_a_failure_that_is_no_lack_of_time_is_everybodys():
    flights = LedByOthers(ProviderTimeout("north", "too slow"))

    with pytest.raises(ProviderTimeout):
        flights.do("key", lambda: "never asked")

    assert flights.joined == 1


def test_different_keys_do_not_wait_for_each_other():
    flights, held = SingleFlight[str](), Work()

    with crowd(1) as pool:
        other = pool.submit(flights.do, "held", held)
        assert held.begun.wait(PATIENCE)
        result = flights.do("free", lambda: "at once")
        held.go_on.set()

    assert result == "at once"
    assert other.result() == "result 1"


def test_the_key_is_forgotten_after_a_result():
    flights, work = SingleFlight[str](), Work()
    work.go_on.set()

    results = [flights.do("key", work), flights.do("key", work)]

    assert results == ["result 1", "result 2"]


def test_the_key_is_forgotten_after_a_failure():
    flights, work = SingleFlight[str](), Work(fails)
    work.go_on.set()

    for _ in range(2):
        with pytest.raises(ProviderTimeout):
            flights.do("key", work)

    assert work.runs == 2


def test_an_interrupted_leader_leaves_nobody_waiting():
    def interrupt(_run: int) -> str:
        raise KeyboardInterrupt

    flights, work = CountedFlights(expected=2), Work(interrupt)

    with crowd(2) as pool:
        callers = [pool.submit(flights.do, "key", work) for _ in range(2)]
        assert flights.all_joined.wait(PATIENCE)
        work.go_on.set()
        endings = [caller.exception(PATIENCE) for caller in callers]

    assert all(isinstance(ending, KeyboardInterrupt) for ending in endings)


def test_a_caller_waits_no_longer_than_its_own_deadline():
    flights, work = SingleFlight[str](), Work()

    with crowd(1) as pool:
        leader = pool.submit(flights.do, "key", work)
        assert work.begun.wait(PATIENCE)
        with pytest.raises(DeadlineSpent), deadline.within(timedelta(milliseconds=20)):
            flights.do("key", work)
        work.go_on.set()

    assert leader.result() == "result 1"


def test_a_caller_without_time_starts_nothing():
    work = Work()

    with pytest.raises(DeadlineSpent), deadline.within(timedelta(0)):
        SingleFlight[str]().do("key", work)

    assert work.runs == 0
