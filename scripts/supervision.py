"""How are several processes kept running together, and ended together?"""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from kernel.clock import Clock, SystemClock

_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 30.0
_STEADY_AFTER = 60.0
_GRACE = 28.0  # a service drains for 25 s
_GLANCE = 0.05
_CLOCK = SystemClock()


class StartFailed(Exception):
    """A process ended before it was ever healthy; the message is what it last said."""


class Process(Protocol):
    """One that was started."""

    def is_alive(self) -> bool: ...
    def terminate(self) -> None:
        """SIGTERM, unless it has ended; `kill` likewise."""

    def kill(self) -> None: ...
    def join(self) -> None:
        """Waits for its end."""


class Startable(Protocol):
    """What a process is to run."""

    def start(self, log: Path, *, anew: bool = False) -> Process:
        """In a session of its own, so that Ctrl-C reaches us alone; it writes to the end of `log`. `anew`: as it is by now.

        Raises OSError.
        """


@dataclass(slots=True)
class Child:
    """One process of ours, its log, and when it may be started again."""

    name: str
    program: Startable
    log_path: Path
    process: Process | None = None
    started_at: float = 0.0
    pause: float = field(default=_FIRST_PAUSE / 2)
    retry_at: float | None = None

    def start(self) -> None:
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        self.process = self.program.start(self.log_path, anew=self.process is not None)
        self.started_at = time.monotonic()
        self.retry_at = None

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.is_alive()

    def last_words(self, lines: int = 15) -> str:
        text = self.log_path.read_text("utf-8", errors="replace") if self.log_path.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def revive(self) -> None:
        """Starts it again after a pause that doubles as long as it keeps falling over."""
        now = time.monotonic()
        if self.retry_at is None:
            self.pause = _FIRST_PAUSE if now - self.started_at > _STEADY_AFTER else min(self.pause * 2, _LONGEST_PAUSE)
            self.retry_at = now + self.pause
            sys.stderr.write(f"{self.name} ended unexpectedly; starting it again in {self.pause:.0f} s (see {self.log_path})\n")
        elif now >= self.retry_at:
            try:
                self.start()
            except OSError as error:  # no memory for it, or no process: the others go on
                self.retry_at = now + self.pause
                sys.stderr.write(f"{self.name} could not be started: {error.strerror}\n")

    def ask_to_end(self) -> None:
        if self.process is not None:
            self.process.terminate()

    def end_now(self) -> None:
        """Unless it has ended."""
        if self.process is not None:
            self.process.kill()
            self.process.join()


def end(ranks: Sequence[Sequence[Child]], is_urgent: Callable[[], bool], clock: Clock = _CLOCK) -> None:
    """Ends rank after rank, callers before those they call, and those of a rank together; all at once as soon as it is urgent.

    A rank has its grace, and then it ends anyway.
    """
    for rank in ranks:
        for child in rank:
            child.ask_to_end()
        until = clock.monotonic() + _GRACE
        while any(child.is_running for child in rank) and clock.monotonic() < until and not is_urgent():
            clock.sleep(_GLANCE)
        for child in rank:
            child.end_now()
