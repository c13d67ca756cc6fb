"""What time is it, and how do we wait? Passed in everywhere, so tests turn the hands themselves."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Wall time for what is stored and shown, monotonic time for spans: a Pi without a real-time clock jumps by years at boot."""

    def now(self) -> datetime:
        """The wall time, aware, UTC."""

    def monotonic(self) -> float:
        """Seconds that only ever grow, comparable within this process."""

    def sleep(self, seconds: float) -> None:
        """Returns after so many seconds; at once for zero or less."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(max(0.0, seconds))
