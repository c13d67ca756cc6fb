"""May we ask this provider now? One rate, and one "not before", for all threads and processes that share a store."""

from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path

from pyrate_limiter import Rate
from redis import Redis

from kernel import deadline
from kernel.clock import Clock
from kernel.errors import ProviderThrottled
from kernel.limiter_stores import FallbackStore, LimiterStore, RedisStore, SqliteStore

LONGEST_WAIT = timedelta(days=7)
"""What a provider asks for is believed up to here; Retry-After values of 30,000 years have been seen."""


class LimitReached(ProviderThrottled):
    """Our own limiter says no, on the provider's behalf."""


class Limiter:
    """Grants calls at the provider's rate; `park` stops all of them until a time, which survives a restart."""

    def __init__(self, name: str, *, store: LimiterStore, clock: Clock) -> None:
        self._name = name
        self._store = store
        self._clock = clock

    def acquire(self, *, max_wait: float) -> None:
        """Returns when one call may be made, after at most `max_wait` seconds and never beyond the deadline.

        Raises LimitReached at once if that is not long enough, with the time to wait: no thread waits in vain.
        """
        left = deadline.remaining()
        gives_up_at = self._clock.monotonic() + (max_wait if left is None else min(max_wait, left))
        while (wait := self._take()) > 0:
            if self._clock.monotonic() + wait > gives_up_at:
                raise LimitReached(self._name, "may not be asked yet.", retry_after=timedelta(seconds=wait))
            self._clock.sleep(wait)

    def park(self, until: datetime) -> None:
        """Nobody asks before `until`, at most a week from now; an earlier time never shortens a later one."""
        now = self._clock.now()
        if until > now:
            self._store.park(_to_ms(min(until, now + LONGEST_WAIT)))

    def parked_until(self) -> datetime | None:
        """When the provider may be asked again; None if it may be asked now."""
        now = self._clock.now()
        until = self._store.parked_until()
        # Beyond the longest wait it cannot be ours: the wall clock was set back since.
        if _to_ms(now) < until <= _to_ms(now + LONGEST_WAIT):
            return datetime.fromtimestamp(until / 1000, UTC)
        return None

    def close(self) -> None:
        """Closes the store's file."""
        self._store.close()

    def _take(self) -> float:
        parked = self.parked_until()
        if parked is not None:
            return (parked - self._clock.now()).total_seconds()
        return self._store.take(lambda: _to_ms(self._clock.now())) / 1000


def build_limiter(
    name: str, *, rate_per_second: float, burst: int, folder: Path | None, redis: Redis | None, clock: Clock
) -> Limiter:
    """A limiter that lets `burst` calls through in any `burst / rate_per_second` seconds, counted in Redis, else in `folder`."""
    rate = Rate(burst, ceil(burst * 1000 / rate_per_second))
    own = SqliteStore(rate, None)
    if redis is not None:
        shared: LimiterStore = RedisStore(rate, redis, f"limit:{name}")
    elif folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        shared = SqliteStore(rate, folder / f"{name}.sqlite")
    else:
        return Limiter(name, store=own, clock=clock)
    return Limiter(name, store=FallbackStore(shared, own, clock=clock), clock=clock)


def _to_ms(moment: datetime) -> int:
    return ceil(moment.timestamp() * 1000)
