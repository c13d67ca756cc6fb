"""A clock whose hands the test turns."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta


class FakeClock:
    """Satisfies kernel.clock.Clock. `sleep` moves the hands itself and never waits."""

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._lock = threading.Lock()  # guards both hands: threads under test sleep at the same time
        self._now = start
        self._monotonic = 1000.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        with self._lock:
            return self._now

    def monotonic(self) -> float:
        with self._lock:
            return self._monotonic

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._now += timedelta(seconds=max(0.0, seconds))
            self._monotonic += max(0.0, seconds)

    def set_wall(self, moment: datetime) -> None:
        """The wall clock jumps (no real-time clock, NTP); monotonic time does not."""
        with self._lock:
            self._now = moment


class StandingClock(FakeClock):
    """Can be made to stand still: who sleeps then does so until the test has moved the hands that far."""

    def __init__(self) -> None:
        super().__init__()
        self._moved = threading.Condition(self._lock)
        self._stands = False

    @contextmanager
    def standing(self) -> Iterator[None]:
        """Stands still for the block; whoever sleeps at its end moves the hands himself, as always."""
        self._stands = True
        try:
            yield
        finally:
            with self._moved:
                self._stands = False
                self._moved.notify_all()

    def sleep(self, seconds: float) -> None:
        with self._moved:
            wakes_at = self._monotonic + seconds
            self._moved.wait_for(lambda: not self._stands or self._monotonic >= wakes_at)
            left = wakes_at - self._monotonic
        super().sleep(max(0.0, left))

    def advance(self, seconds: float) -> None:
        super().advance(seconds)
        with self._moved:
            self._moved.notify_all()
