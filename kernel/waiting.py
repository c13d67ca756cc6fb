"""How may callers wait for something to change, without taking every thread there is?"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from threading import BoundedSemaphore, Event

from kernel import deadline
from kernel.clock import Clock
from kernel.errors import Overloaded, OwnFault

ending: ContextVar[Event] = ContextVar("ending", default=Event())  # noqa: B039 - never set: nobody ends
"""Set once the server that this call came to is asked to end."""


class Waiting:
    """Places for those who wait: each holds one of the service's threads meanwhile, and were all to wait, nobody was answered."""

    def __init__(self, places: int, clock: Clock) -> None:
        self._places = BoundedSemaphore(max(1, places))
        self._clock = clock

    @contextmanager
    def place(self) -> Iterator[bool]:
        """Whether there is a place; it is free again after the block."""
        has_place = self._places.acquire(blocking=False)
        try:
            yield has_place
        finally:
            if has_place:
                self._places.release()

    def rounds(self, pause: float) -> Iterator[None]:
        """Round after round, `pause` seconds apart, for a caller who looks whether something has changed.

        Raises Overloaded when too many wait already, DeadlineSpent when the caller's time is up or nobody listens any more, and
        OwnFault when the server is to end: it would wait for those who wait as long as it may.
        """
        with self.place() as has_place:
            if not has_place:
                raise Overloaded("Too many are waiting at the moment.", retry_after=timedelta(seconds=10))
            while True:
                yield
                deadline.check()
                if ending.get().is_set():
                    raise OwnFault("This service is about to end; another one goes on.", retry_after=timedelta(seconds=1))
                self._clock.sleep(deadline.at_most(pause))
