"""Circuit breaker: stop asking a provider that has stopped answering."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import KW_ONLY, dataclass, field
from datetime import timedelta
from enum import Enum, auto
from typing import NewType

from pybreaker import CircuitBreaker

from kernel.clock import Clock
from kernel.errors import BreakerOpen

_PROBE_TAKES = timedelta(seconds=1)
"""When to come back while somebody else's probe is on its way: it is usually answered by then."""


class Verdict(Enum):
    """What one call told us about the provider."""

    ANSWERED = auto()
    FAULT = auto()
    NEUTRAL = auto()
    """Nothing: absence, throttling, our own cancellation or bug. Neither counts nor clears."""


Permit = NewType("Permit", int)
"""Leave to make one call, to be reported exactly once; worthless when the breaker has moved on to another generation."""


@dataclass
class Breaker:
    """Opens after `threshold` faults in a row; after `probe_after` exactly one probe goes through, and closes it if answered.

    Decides under its lock and lets the call run outside it: pybreaker's own `call()` would hold the lock throughout, so
    that ten calls queue up and one that hangs stops everybody. It only keeps the count here. Time is monotonic, because
    pybreaker's wall clock stays open for a month on a machine whose clock was set back by one. A probe nobody reports
    (its thread died) is given up after `probe_after`. Calls let in before the last change of state report late and are
    ignored.

    `on_change` hears each new state, in order and under the lock: it must note it and return.
    """

    name: str
    _: KW_ONLY
    threshold: int
    probe_after: timedelta
    clock: Clock
    on_change: Callable[[str], None] = lambda _: None
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)  # guards all below
    _generation: int = field(default=0, init=False)
    _probe_at: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self._circuit = CircuitBreaker(fail_max=self.threshold, name=self.name, throw_new_error_on_trip=False)

    @property
    def state(self) -> str:
        """`closed`, `open` or `half_open`."""
        return str(self._circuit.current_state).replace("-", "_")

    def admit(self) -> Permit:
        """Leave to ask now. Raises BreakerOpen, with the time after which asking is worth while again."""
        with self._lock:
            if self.state != "closed":
                self._let_probe_through()
            return Permit(self._generation)

    def report(self, permit: Permit, verdict: Verdict) -> None:
        """Tells how the permitted call went."""
        with self._lock:
            if permit != self._generation:
                return
            if verdict is not Verdict.NEUTRAL:
                self._count(verdict)
            elif self.state == "half_open":
                self._probe_at = self.clock.monotonic()  # the probe learnt nothing: whoever comes next is the probe

    @contextmanager
    def watching(self, *faults: type[Exception]) -> Iterator[None]:
        """One call as a block: these exceptions are faults, others say nothing. Raises BreakerOpen, as `admit` does."""
        permit, verdict = self.admit(), Verdict.NEUTRAL
        try:
            yield
            verdict = Verdict.ANSWERED
        except faults:
            verdict = Verdict.FAULT
            raise
        finally:
            self.report(permit, verdict)

    def _let_probe_through(self) -> None:
        now = self.clock.monotonic()
        if now < self._probe_at:
            wait = timedelta(seconds=self._probe_at - now) if self.state == "open" else _PROBE_TAKES
            raise BreakerOpen(self.name, "is not asked for a while, after repeated failures", retry_after=wait)
        self._probe_at = now + self.probe_after.total_seconds()
        self._generation += 1
        if self.state == "open":
            self._circuit.half_open()
            self.on_change(self.state)

    def _count(self, verdict: Verdict) -> None:
        before = self.state
        with suppress(_Failed), self._circuit.calling():
            if verdict is Verdict.FAULT:
                raise _Failed
        if self.state == before:
            return
        self._generation += 1
        self._probe_at = self.clock.monotonic() + self.probe_after.total_seconds()
        self.on_change(self.state)


class _Failed(Exception):
    """Never seen outside: it is how pybreaker is told of a fault."""
