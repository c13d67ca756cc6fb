"""May this caller ask again already? One bucket per caller and class of routes, in Redis where there is one, else in memory."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

import structlog
from cachetools import LRUCache
from pyrate_limiter import GCRA, InMemoryStateStore, Rate, RedisStateStore, StateStore
from pyrate_limiter.abstracts.algorithm import Decision
from redis.asyncio import Redis
from redis.exceptions import RedisError

from gateway.problems import Problem, retry_after
from kernel.clock import Clock

_WINDOW_SECONDS = 60
_MOST_CALLERS = 10_000
_REDIS_PAUSE = 30.0
_BUSY = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one caller has left of one limit after this request."""

    policy: str
    limit: int
    remaining: int
    wait: timedelta

    def headers(self) -> dict[str, str]:
        """`RateLimit-Policy` and `RateLimit`, as in the IETF's draft."""
        policy = f'"{self.policy}";q={self.limit};w={_WINDOW_SECONDS}'
        left = ceil(self.wait.total_seconds()) or ceil((self.limit - self.remaining) * _WINDOW_SECONDS / self.limit)
        return {"ratelimit-policy": policy, "ratelimit": f'"{self.policy}";r={self.remaining};t={left}'}


class RateLimits:
    """Spends one request of a caller's allowance. With Redis silent or gone, each gateway counts for itself: never unlimited."""

    def __init__(self, per_minute: Mapping[str, int], *, clock: Clock, shared: Redis | None = None) -> None:
        self._rates = {name: Rate(limit, _WINDOW_SECONDS * 1000) for name, limit in per_minute.items() if limit}
        self._clock = clock
        self._shared = shared
        self._skip_shared_until = 0.0
        self._buckets: LRUCache[tuple[str, str], InMemoryStateStore] = LRUCache(_MOST_CALLERS)
        self._log = structlog.get_logger("gateway.limits")

    async def spend(self, policy: str, caller: str) -> Allowance | None:
        """What is left; None where there is no limit. Raises Problem too-many-requests with the time to wait."""
        rate = self._rates.get(policy)
        if rate is None:
            return None
        decision, owed = await self._check(policy, caller, rate)
        wait = timedelta(milliseconds=decision.retry_after_ms or 0)
        allowance = Allowance(policy, rate.limit, max(0, rate.limit - owed), wait)
        if not decision.allowed:
            headers = allowance.headers() | retry_after(wait)
            raise Problem("too-many-requests", f"At most {rate.limit} `{policy}` requests a minute.", headers=headers)
        return allowance

    async def _check(self, policy: str, caller: str, rate: Rate) -> tuple[Decision, int]:
        if self._shared is not None and self._clock.monotonic() >= self._skip_shared_until:
            try:
                return await self._check_shared(self._shared, policy, caller, rate)
            except (RedisError, OSError) as error:
                self._skip_shared_until = self._clock.monotonic() + _REDIS_PAUSE
                self._log.warning("shared limits unreachable, counting alone", error=type(error).__name__)
        store = self._buckets.get((policy, caller))
        if store is None:
            store = self._buckets[policy, caller] = InMemoryStateStore()
        return _spend(store, rate, ceil(self._clock.monotonic() * 1000))

    async def _check_shared(self, shared: Redis, policy: str, caller: str, rate: Rate) -> tuple[Decision, int]:
        name = hashlib.sha256(caller.encode()).hexdigest()[:32]
        store = RedisStateStore(shared, f"soniquebay:gateway:rate:{policy}:{name}")
        now = ceil(self._clock.now().timestamp() * 1000)
        decision: Decision = await store.check(_ALGORITHM, [rate], now, 1)  # type: ignore[no-untyped-call]
        state = await store.read(_ALGORITHM, [rate])  # type: ignore[no-untyped-call]
        return decision, _ALGORITHM.consumed([rate], state, now)


_ALGORITHM = GCRA()  # holds nothing; its state is in the stores


def _spend(store: StateStore, rate: Rate, now: int) -> tuple[Decision, int]:
    decision = store.check(_ALGORITHM, [rate], now, 1)
    return decision, _ALGORITHM.consumed([rate], store.read(_ALGORITHM, [rate]), now)  # type: ignore[arg-type,return-value]


class Load:
    """A bounded number of requests at once. One too many is turned away at once: a queue would only make all of them late."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.running = 0

    @contextmanager
    def admit(self) -> Iterator[None]:
        """Raises Problem unavailable when the house is full."""
        if self.running >= self._most:
            raise Problem("unavailable", "Too much is going on. Try again in a moment.", headers=retry_after(_BUSY))
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1
