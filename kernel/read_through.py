"""Where does an answer come from? Memory, Redis, the store's row while fresh, the providers; else the older row, as stale."""

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from kernel import deadline
from kernel.cache import Cache, CacheEntry, CacheHit
from kernel.clock import Clock
from kernel.codec import JsonCodec
from kernel.errors import NotFound, OwnFault, ProviderFault
from kernel.evidence import Reading, Source
from kernel.single_flight import SingleFlight

T = TypeVar("T")


class CacheMeter(Protocol):
    """Counts the reads that caches could answer, and those they could not; forced reads are neither."""

    def hit(self, source: Source) -> None: ...

    def miss(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Stored(Generic[T]):
    """What the store holds; `fresh`: recent enough to be served without asking."""

    value: T
    retrieved_at: datetime
    fresh: bool


Look = Callable[[], Stored[T] | None]
Ask = Callable[[], Reading[T]]


@dataclass(slots=True, kw_only=True)
class ReadThrough(Generic[T]):
    """Reads of one kind of value. Any number of threads may read one key; together they cost one look into store and providers.

    Absence is remembered for `negative_ttl`, without Redis for no longer than `memory_ttl`. A fault is never remembered.
    Values are shared between callers, so they must be immutable. Keys come from the service: normalised, and its own.
    """

    cache: Cache
    codec: JsonCodec[T]
    clock: Clock
    memory_ttl: timedelta = timedelta(minutes=5)
    redis_ttl: timedelta = timedelta(hours=1)
    negative_ttl: timedelta = timedelta(hours=1)
    meter: CacheMeter | None = None
    _flights: SingleFlight[Reading[T]] = field(default_factory=SingleFlight, init=False)
    _generation: object = field(default_factory=object, init=False)  # another one after each invalidation

    def get(
        self, key: str, *, ask: Ask[T], stored: Look[T] = lambda: None, force: bool = False, flight: Hashable = None
    ) -> Reading[T]:
        """The nearest answer; with `force`, what the providers say now.

        `ask` returns a reading, which is cached unless marked stale, or raises NotFound, which is remembered, or a fault, upon
        which the store's row is served as stale. Raises NotFound, or the fault when there is no row.

        Reads that come while one of the same `key` is under way share its answer, unless their `flight` differs: it says what
        else this read asks for (a language, a choice of facts), which an answer to another question would not hold.
        """
        if not force and (reading := self._recall(key, self.meter)):
            return reading
        generation = self._generation

        def look_up() -> Reading[T]:
            # Once more: the flight before this one may have landed between our miss and our turn to lead.
            if not force and (reading := self._recall(key, None)):
                return reading
            return self._learn(key, lambda: _answer(stored, ask, force=force), generation)

        # A forced read must not land in the store with the others, none may board a flight from before an invalidation, and who
        # is waited for must not board one that gives way to everybody.
        return self._flights.do((key, flight, force, generation, deadline.is_background()), look_up)

    def invalidate(self, keys: Collection[str]) -> None:
        """Makes the next reads look past the caches; what is being looked up at this moment will not be cached.

        The memory of other processes may serve these keys for up to `memory_ttl` yet.
        """
        self._generation = object()
        self.cache.delete(keys)

    def _recall(self, key: str, meter: CacheMeter | None) -> Reading[T] | None:
        """Raises NotFound for a remembered absence."""
        hit = self.cache.get(key)
        known = self._open(hit) if hit else None
        if meter is not None:
            meter.hit(hit.source) if hit and known else meter.miss()
        if isinstance(known, NotFound):
            raise known
        return known

    def _open(self, hit: CacheHit) -> Reading[T] | NotFound | None:
        try:
            if hit.entry.is_absent:
                return NotFound(hit.entry.value.decode())
            return Reading(self.codec.decode(hit.entry.value), hit.entry.retrieved_at, hit.source)
        except ValueError:  # written by another version: as good as nothing
            return None

    def _learn(self, key: str, answer: Ask[T], generation: object) -> Reading[T]:
        try:
            reading = answer()
        except NotFound as absence:
            reason, now = str(absence).encode(errors="replace"), self.clock.now()
            entry = CacheEntry(reason, now, now + self.negative_ttl, self.memory_ttl, is_absent=True)
            self._remember(key, entry, generation)
            raise
        if not reading.stale:
            content, fresh_until = self.codec.encode(reading.value), self.clock.now() + self.redis_ttl
            self._remember(key, CacheEntry(content, reading.retrieved_at, fresh_until, self.memory_ttl), generation)
        return reading

    def _remember(self, key: str, entry: CacheEntry, generation: object) -> None:
        if generation is not self._generation:
            return
        self.cache.put(key, entry)
        if generation is not self._generation:  # invalidated just now: what we put is what was to be forgotten
            self.cache.delete([key])


def _answer(stored: Look[T], ask: Ask[T], *, force: bool) -> Reading[T]:
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
