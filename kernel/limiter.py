"""May we ask this provider now? One rate, and one "not before", for all threads and processes that share a store."""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path

from pyrate_limiter import Rate
from redis import Redis

from kernel import deadline
from kernel.breaker import Breaker
from kernel.clock import Clock
from kernel.errors import BreakerOpen, ProviderThrottled
from kernel.limiter_stores import FAILURES, LimiterStore, RedisStore, SqliteStore

LONGEST_WAIT = timedelta(days=7)
"""What a provider asks for is believed up to here; Retry-After values of 30,000 years have been seen."""

_SKIP = timedelta(seconds=30)  # a store that failed is left alone: each further try would cost its time-out again

_NAP = 1.0  # seconds until a wait notices that nobody waits for its answer any more

_log = logging.getLogger(__name__)


class LimitReached(ProviderThrottled):
    """Our own limiter says no, on the provider's behalf: nothing was sent."""

    kind = "deferred"


class Limiter:
    """Grants calls at the provider's rate; `park` stops all of them until a time, which survives a restart.

    Counts in the store that is `shared`, and in this process's own while that one fails: counting alone beats not counting, and
    beats a halt.
    """

    def __init__(self, name: str, *, own: LimiterStore, shared: LimiterStore | None, clock: Clock) -> None:
        self._name = name
        self._own = own
        self._shared = shared
        self._clock = clock
        self._breaker = Breaker(name, threshold=1, probe_after=_SKIP, clock=clock)

    def acquire(self, *, max_wait: float) -> None:
        """Returns when one call may be made, after at most `max_wait` seconds and never beyond the deadline.

        Raises LimitReached at once if that is not long enough, with the time to wait: no thread waits in vain.
        """
        gives_up_at = self._clock.monotonic() + max_wait
        while (wait := self._take()) > 0:
            if wait > deadline.at_most(gives_up_at - self._clock.monotonic()):
                raise LimitReached(self._name, "may not be asked yet", retry_after=timedelta(seconds=wait))
            self._clock.sleep(min(wait, _NAP))

    def park(self, until: datetime) -> None:
        """Nobody asks before `until`, at most a week from now; an earlier time never shortens a later one."""
        kept = _to_ms(min(until, self._clock.now() + LONGEST_WAIT))
        self._own.park(kept)
        self._ask_shared(lambda store: store.park(kept))

    def parked_until(self) -> datetime | None:
        """When the provider may be asked again; None if it may be asked now."""
        now = self._clock.now()
        until = max(self._own.parked_until(), self._ask_shared(lambda store: store.parked_until()) or 0)
        # Beyond the longest wait it cannot be ours: the wall clock was set back since.
        if _to_ms(now) < until <= _to_ms(now + LONGEST_WAIT):
            return datetime.fromtimestamp(until / 1000, UTC)
        return None

    def close(self) -> None:
        """Closes the stores' files."""
        self._own.close()
        if self._shared is not None:
            self._shared.close()

    def _take(self) -> float:
        if (parked := self.parked_until()) is not None:
            return (parked - self._clock.now()).total_seconds()
        wait = self._ask_shared(lambda store: store.take(self._now))
        if not wait:  # counted here as well: else the process would begin with a fresh allowance when the shared store dies
            own = self._own.take(self._now)
            wait = own if wait is None else wait
        return wait / 1000

    def _now(self) -> int:
        return _to_ms(self._clock.now())

    def _ask_shared(self, question: Callable[[LimiterStore], int | None]) -> int | None:
        """None where there is no shared store, or none that answers."""
        try:
            with suppress(BreakerOpen), self._breaker.watching(*FAILURES):
                return question(self._shared) if self._shared else None
        except FAILURES as error:
            _log.warning("shared rate limit out of reach, counting alone: %s", type(error).__name__)
        return None


def build_limiter(
    name: str, *, rate_per_second: float, burst: int, folder: Path | None, redis: Redis | None, clock: Clock, realm: str = ""
) -> Limiter:
    """A limiter that lets `burst` calls through in any `burst / rate_per_second` seconds, counted in Redis, else in `folder`."""
    rate = Rate(burst, ceil(burst * 1000 / rate_per_second))
    shared: LimiterStore | None = None
    if redis is not None:
        shared = RedisStore(rate, redis, f"{realm}limit:{name}")
    elif folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        shared = SqliteStore(rate, folder / f"{name}.sqlite")
    return Limiter(name, own=SqliteStore(rate, None), shared=shared, clock=clock)


def _to_ms(moment: datetime) -> int:
    return ceil(moment.timestamp() * 1000)
