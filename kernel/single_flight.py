"""Is somebody already fetching exactly this? Then wait for theirs instead of asking again."""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from typing import Generic, TypeVar

from kernel import deadline
from kernel.errors import DeadlineSpent

T = TypeVar("T")
_LEADERS = 3


class SingleFlight(Generic[T]):
    """However many threads want one key at the same time, one of them does the work, and all get its result or its failure.

    It works in its own thread, under its own deadline. A leader whose time is up, or whose caller has left, fails for itself
    only: one of those still waiting leads anew, and each waits for three leaders at most. Nothing is remembered: who comes
    later starts anew.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()  # guards _flights; never held while work is done
        self._flights: dict[Hashable, Future[T]] = {}

    def do(self, key: Hashable, work: Callable[[], T]) -> T:
        """What `work` returns or raises, done here or by whoever came first; DeadlineSpent if our own time ends before.

        `work` must not ask for its own key: it would wait for itself.
        """
        for _ in range(_LEADERS):
            deadline.check()
            flight, leads = self._join(key)
            if leads:
                return self._lead(key, work)
            if not wait([flight], timeout=deadline.remaining()).done:
                raise DeadlineSpent("The time for this request is used up.")
            if not isinstance(flight.exception(), DeadlineSpent):
                break
        return flight.result()

    def _join(self, key: Hashable) -> tuple[Future[T], bool]:
        with self._lock:
            leads = key not in self._flights
            return self._flights.setdefault(key, Future()), leads

    def _lead(self, key: Hashable, work: Callable[[], T]) -> T:
        try:
            result = work()
        except BaseException as error:  # an interrupt too, or those waiting would wait for ever
            self._land(key).set_exception(error)
            raise
        self._land(key).set_result(result)
        return result

    def _land(self, key: Hashable) -> Future[T]:
        """The flight, no longer to be joined: it is answered only then, or who tries again would find the same one."""
        with self._lock:
            return self._flights.pop(key)
