"""A clock whose hands the test turns."""

import threading
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
