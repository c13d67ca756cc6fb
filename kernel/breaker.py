"""Circuit breaker: stop asking a provider that has stopped answering."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import Literal

from pybreaker import STATE_CLOSED, STATE_OPEN, CircuitBreaker

from kernel.clock import Clock
from kernel.errors import BreakerOpen

State = Literal["closed", "open", "half_open"]

_PROBE_TAKES = timedelta(seconds=1)
"""When to come back while somebody else's probe is on its way: it is usually answered by then."""


class Verdict(Enum):
    """What one call told us about the provider."""

    ANSWERED = auto()
    FAULT = auto()
    NEUTRAL = auto()
    """Nothing: absence, throttling, our own cancellation or bug. Neither counts nor clears."""


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to make one call, to be reported exactly once; worthless when the breaker has moved on meanwhile."""

    generation: int


class Breaker:
    """Opens after `threshold` faults in a row; after `probe_after` exactly one probe goes through, and closes it if answered.

    Decides under its lock and lets the call run outside it: pybreaker's own `call()` would hold the lock throughout, so
    that ten calls queue up and one that hangs stops everybody. It only keeps the count here. Time is monotonic, because
    pybreaker's wall clock stays open for a month on a machine whose clock was set back by one. A probe nobody reports
    (its thread died) is given up after `probe_after`. Calls let in before the last change of state report late and are
    ignored.

    `on_change` hears each new state, in order and under the lock: it must note it and return.
    """

    def __init__(
        self,
        name: str,
        *,
        threshold: int,
        probe_after: timedelta,
        clock: Clock,
        on_change: Callable[[str], None] | None = None,
    ) -> None:
        self._name = name
        self._probe_after = probe_after.total_seconds()
        self._clock = clock
        self._on_change = on_change
        self._lock = threading.Lock()  # guards all below
        self._circuit = CircuitBreaker(fail_max=threshold, name=name, throw_new_error_on_trip=False)
        self._generation = 0
        self._probe_at = 0.0

    @property
    def state(self) -> State:
        stored = self._circuit.current_state
        if stored == STATE_CLOSED:
            return "closed"
        return "open" if stored == STATE_OPEN else "half_open"

    def admit(self) -> Permit:
        """Leave to ask now. Raises BreakerOpen, with the time after which asking is worth while again."""
        with self._lock:
            if self.state != "closed":
                self._let_probe_through()
            return Permit(self._generation)

    def report(self, permit: Permit, verdict: Verdict) -> None:
        """Tells how the permitted call went."""
        with self._lock:
            if permit.generation != self._generation:
                return
            if verdict is not Verdict.NEUTRAL:
                self._count(verdict)
            elif self.state == "half_open":
                self._probe_at = self._clock.monotonic()  # the probe learnt nothing: whoever comes next is the probe

    def _let_probe_through(self) -> None:
        now = self._clock.monotonic()
        if now < self._probe_at:
            wait = timedelta(seconds=self._probe_at - now) if self.state == "open" else _PROBE_TAKES
            raise BreakerOpen(self._name, "is not asked for a while, after repeated failures.", retry_after=wait)
        self._probe_at = now + self._probe_after
        self._generation += 1
        if self.state == "open":
            self._circuit.half_open()
            self._announce()

    def _count(self, verdict: Verdict) -> None:
        before = self.state
        with suppress(_Failed):
            self._circuit.call(_fail if verdict is Verdict.FAULT else _succeed)
        if self.state == before:
            return
        self._generation += 1
        self._probe_at = self._clock.monotonic() + self._probe_after
        self._announce()

    def _announce(self) -> None:
        if self._on_change is not None:
            self._on_change(self.state)


class _Failed(Exception):
    """Never seen outside: it is how pybreaker is told of a fault."""


def _fail() -> None:
    raise _Failed


def _succeed() -> None:
    pass
