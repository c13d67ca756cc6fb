"""How good are the sources, what waits, and what is kept? The figures of the stats RPC and of Prometheus alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

from kernel.clock import Clock
from kernel.jobs import Lane
from services.cover.chain import Sources
from services.cover.domain import Kind, Outcome, SourceName, State
from services.cover.store import CoverStore
from services.cover.storing.counting import Counted

_SETTLED = (Outcome.HIT, Outcome.MISS)
_KEPT = 10


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """What one source is good for, by its latest answer for each cover."""

    kind: Kind
    source: SourceName
    outcomes: Mapping[Outcome, int]
    off_reason: str

    @property
    def success_ratio(self) -> float | None:
        """Hits as a share of hits and misses: faults say nothing about what it has."""
        settled = sum(self.outcomes.get(each, 0) for each in _SETTLED)
        return self.outcomes.get(Outcome.HIT, 0) / settled if settled else None


@dataclass(frozen=True, slots=True)
class Figures:
    """All of it."""

    sources: tuple[SourceFigures, ...]
    covers: Mapping[tuple[Kind, State], int]
    queue: Mapping[Lane, int]
    oldest_age_seconds: float
    images: int
    bytes: int
    max_bytes: int
    quarantined: int
    embedded_ratio: float | None
    external_ratio: float | None


class Stats:
    """Any thread may ask."""

    def __init__(self, store: CoverStore, sources: Mapping[Kind, Sources], max_bytes: int, clock: Clock) -> None:
        self._store = store
        self._sources = sources
        self._max_bytes = max_bytes
        self._clock = clock
        self._lock = Lock()  # guards the two below, and lets one count for all
        self._counted: Counted | None = None
        self._kept_until = 0.0

    def figures(self) -> Figures:
        counted, queued = self._count(), self._store.count_queue()
        oldest = queued.oldest_due_at
        return Figures(
            sources=tuple(
                SourceFigures(kind, name, counted.outcomes.get((kind, name), {}), self._why_off(kind, name))
                for kind, sources in self._sources.items()
                for name in (*sources.order, *(each for each in sources.off if each not in sources.order))
            ),
            covers=counted.covers,
            queue=queued.by_lane,
            oldest_age_seconds=max(0.0, (self._clock.now() - oldest).total_seconds()) if oldest else 0.0,
            images=counted.images,
            bytes=counted.image_bytes,
            max_bytes=self._max_bytes,
            quarantined=counted.quarantined,
            embedded_ratio=counted.embedded_ratio,
            external_ratio=counted.external_ratio,
        )

    def _count(self) -> Counted:
        """Kept for ten times as long as counting took, so that who asks all the time costs no more than a tenth of it."""
        with self._lock:
            began = self._clock.monotonic()
            if self._counted is None or began >= self._kept_until:
                self._counted = self._store.count()
                ended = self._clock.monotonic()
                self._kept_until = ended + _KEPT * (ended - began)
            return self._counted

    def _why_off(self, kind: Kind, name: SourceName) -> str:
        sources = self._sources[kind]
        return "" if name in sources.on else sources.off.get(name, "It is off.")
