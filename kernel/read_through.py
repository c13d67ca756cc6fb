"""Where does an answer come from? Memory, Redis, the store's row while fresh, the providers; else the older row, as stale."""

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Generic, Protocol, TypeVar

from kernel.cache import Cache, CacheEntry
from kernel.clock import Clock
from kernel.errors import NotFound, OwnFault, ProviderFault
from kernel.evidence import Reading, Source
from kernel.single_flight import SingleFlight

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Codec(Protocol[T]):
    """Turns a value into bytes and back."""

    def encode(self, value: T) -> bytes: ...

    def decode(self, content: bytes) -> T:
        """Raises ValueError, TypeError or KeyError for what `encode` did not write."""
        ...


class CacheMeter(Protocol):
    """Counts the reads that caches could answer, and those they could not; forced reads are neither."""

    def hit(self, source: Source) -> None: ...

    def miss(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Stored(Generic[T_co]):
    """What the store holds; `fresh`: recent enough to be served without asking."""

    value: T_co
    retrieved_at: datetime
    fresh: bool


class ReadThrough(Generic[T]):
    """Reads of one kind of value. Any number of threads may read one key; together they cost one look into store and providers.

    Absence is remembered for `negative_ttl`, without Redis for no longer than `memory_ttl`. A fault is never remembered.
    Values are shared between callers, so they must be immutable. Keys come from the service: normalised, and its own.
    """

    def __init__(
        self,
        *,
        cache: Cache,
        codec: Codec[T],
        clock: Clock,
        memory_ttl: timedelta = timedelta(minutes=5),
        redis_ttl: timedelta = timedelta(hours=1),
        negative_ttl: timedelta = timedelta(hours=1),
        meter: CacheMeter | None = None,
    ) -> None:
        self._cache = cache
        self._codec = codec
        self._clock = clock
        self._memory_ttl = memory_ttl
        self._redis_ttl = redis_ttl
        self._negative_ttl = negative_ttl
        self._meter = meter or _Uncounted()
        self._flights: SingleFlight[Reading[T]] = SingleFlight()
        self._lock = threading.Lock()  # guards _generation
        self._generation = 0

    def get(
        self, key: str, *, stored: Callable[[], Stored[T] | None], ask: Callable[[], Reading[T]], force: bool = False
    ) -> Reading[T]:
        """The nearest answer; with `force`, what the providers say now.

        `ask` returns a reading, which is cached unless marked stale, or raises NotFound, which is remembered, or a fault, upon
        which the store's row is served as stale. Raises NotFound, or the fault when there is no row.
        """
        if not force and (reading := self._recall(key, self._meter)):
            return reading
        generation = self._generation

        def look_up() -> Reading[T]:
            # Once more: the flight before this one may have landed between our miss and our turn to lead.
            if not force and (reading := self._recall(key, _Uncounted())):
                return reading
            return self._learn(key, partial(_answer, stored, ask, force=force), generation)

        # A forced read must not land in the store with the others, and none may board a flight from before an invalidation.
        return self._flights.do((key, force, generation), look_up)

    def invalidate(self, keys: Collection[str]) -> None:
        """Makes the next reads look past the caches; what is being looked up at this moment will not be cached.

        The memory of other processes may serve these keys for up to `memory_ttl` yet.
        """
        with self._lock:
            self._generation += 1
        self._cache.delete(keys)

    def _recall(self, key: str, meter: CacheMeter) -> Reading[T] | None:
        """Raises NotFound for a remembered absence."""
        hit = self._cache.get(key)
        known = None if hit is None else self._open(hit.entry)
        if hit is None or known is None:
            meter.miss()
            return None
        meter.hit(hit.source)
        if isinstance(known, NotFound):
            raise known
        return Reading(known, hit.entry.retrieved_at, hit.source)

    def _open(self, entry: CacheEntry) -> T | NotFound | None:
        try:
            return NotFound(entry.value.decode()) if entry.is_absent else self._codec.decode(entry.value)
        except (ValueError, TypeError, KeyError):  # written by another version: as good as nothing
            return None

    def _learn(self, key: str, answer: Callable[[], Reading[T]], generation: int) -> Reading[T]:
        try:
            reading = answer()
        except NotFound as absence:
            now = self._clock.now()
            entry = CacheEntry(
                str(absence).encode(errors="replace"), now, now + self._negative_ttl, self._memory_ttl, is_absent=True
            )
            self._remember(key, entry, generation)
            raise
        if not reading.stale:
            content, fresh_until = self._codec.encode(reading.value), self._clock.now() + self._redis_ttl
            self._remember(key, CacheEntry(content, reading.retrieved_at, fresh_until, self._memory_ttl), generation)
        return reading

    def _remember(self, key: str, entry: CacheEntry, generation: int) -> None:
        if generation != self._generation:
            return
        self._cache.put(key, entry)
        if generation != self._generation:  # invalidated just now: what we put is what was to be forgotten
            self._cache.delete([key])


def _answer(stored: Callable[[], Stored[T] | None], ask: Callable[[], Reading[T]], *, force: bool) -> Reading[T]:
    """From the store's row while fresh, else from the providers; from the row whatever its age when they fail."""
    row = stored()
    if row is not None and row.fresh and not force:
        return Reading(row.value, row.retrieved_at, Source.STORE)
    try:
        return ask()
    except (ProviderFault, OwnFault):
        if row is None:
            raise
        return Reading(row.value, row.retrieved_at, Source.STORE, stale=True)


class _Uncounted:
    def hit(self, source: Source) -> None: ...

    def miss(self) -> None: ...
