"""A pipeline around providers without an upstream."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from facts.asking import Asker
from facts.telling import NoteReason
from kernel.breaker import Breaker
from kernel.cache import MemoryCache, TwoLevelCache
from kernel.codec import JsonCodec
from kernel.database import Database
from kernel.evidence import Reading
from kernel.guard import Guard
from kernel.jobs import JobStore
from kernel.limiter import build_limiter
from kernel.parallel import Fanout
from kernel.read_through import ReadThrough
from kernel.retry import RetryPolicy
from services.artist.asking import sources
from services.artist.asking.questions import Question
from services.artist.asking.research import Policy, Research, Wish
from services.artist.batch_work import BatchWork
from services.artist.domain import ArtistField, ArtistName, ArtistRef, Kind
from services.artist.dossier import Dossier, Trust
from services.artist.jobs import Work
from services.artist.labels.resolving import LabelMethod
from services.artist.merge import Freshness
from services.artist.pipeline import ArtistPipeline
from services.artist.store import ArtistStore
from services.artist.view import Viewpoint
from tests.fakes.clock import FakeClock
from tests.fakes.meter import NullMeter
from tests.services.artist.fakes import Asked
from upstreams.providing import shape_of

DAY, FORTNIGHT, QUARTER = timedelta(days=1), timedelta(days=14), timedelta(days=90)
FRESH = dict.fromkeys(Kind, FORTNIGHT) | {
    Kind.PROFILE: DAY,
    Kind.MONTHLY_LISTENERS: DAY,
    Kind.IDENTITY: QUARTER,
    Kind.LINKS: QUARTER,
}
ABSENT_FOR = timedelta(days=7)
TRUST = Trust(("fake", "other"))


class CountingMeter:
    """Satisfies PipelineMeter and ResearchMeter."""

    def __init__(self) -> None:
        self.copies = 0
        self.past_copies = 0
        self.values: list[tuple[str, Kind, Any]] = []

    def answered_from_copy(self) -> None:
        self.copies += 1

    def asked_past_copies(self, provider: str) -> None:
        self.past_copies += 1

    def found(self, provider: str, kind: Kind, value: Any) -> None:
        self.values.append((provider, kind, value))


class Workshop:
    """Builds pipelines on one database, each with caches of its own, as so many restarts of the service would."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.store = ArtistStore(database, JobStore(database, clock), clock=clock, trust=TRUST)
        self.meter = CountingMeter()
        self._clock = clock
        self._open = ExitStack()

    def build(self, *providers: Asked, budget: timedelta = timedelta(seconds=30)) -> ArtistPipeline:
        return self.work(*providers, budget=budget).pipeline

    def work(self, *providers: Asked, budget: timedelta = timedelta(seconds=30), ahead: timedelta = timedelta(0)) -> Work:
        """A pipeline, and all that jobs need besides."""
        cache = TwoLevelCache(MemoryCache(2**20, self._clock), None)
        questions = self._questions(providers, cache)
        policy = Policy(Freshness(FRESH, ABSENT_FOR), budget)
        research = Research(questions, fanout=self._fanout("ask"), clock=self._clock, policy=policy, meter=self.meter)
        dossiers = self._reads(Dossier, cache)
        pipeline = ArtistPipeline(store=self.store, research=research, dossiers=dossiers, clock=self._clock, meter=self.meter)
        batch = BatchWork(pipeline, research, fanout=self._fanout("batch"))
        return Work(pipeline=pipeline, store=self.store, batch=batch, language="en", ahead=ahead, clock=self._clock)

    def viewpoint(self, *providers: Asked) -> Viewpoint:
        """What is shown while these are on."""
        questions = self._questions(providers, TwoLevelCache(MemoryCache(2**20, self._clock), None))
        return Viewpoint(
            trust=TRUST,
            language="en",
            off={},
            questions=questions,
            label_method=LabelMethod.LATEST_RELEASE,
            clock=self._clock,
        )

    def close(self) -> None:
        self._open.close()

    def _fanout(self, name: str) -> Fanout:
        fanout = Fanout(16, name)
        self._open.callback(fanout.close)
        return fanout

    def _questions(self, providers: Sequence[Asked], cache: TwoLevelCache) -> list[Question]:
        return [question for each in providers for question in each.questions(self._askers(each.name, cache))]

    def _reads(self, shape: Any, cache: TwoLevelCache) -> ReadThrough[Any]:
        return ReadThrough(cache=cache, codec=JsonCodec(shape), clock=self._clock)

    def _askers(self, name: str, cache: TwoLevelCache) -> sources.Askers:
        guard = self._guard(name)

        def asker(operation: str, value: Any) -> Asker[Any]:
            remembered = self._reads(shape_of(value), cache)
            return Asker(name, operation, guard=guard, remembered=remembered, clock=self._clock)

        return asker

    def _guard(self, name: str) -> Guard:
        limiter = build_limiter(name, rate_per_second=1000, burst=1000, folder=None, redis=None, clock=self._clock)
        self._open.callback(limiter.close)
        return Guard(
            name,
            breaker=Breaker(name, threshold=100, probe_after=timedelta(minutes=5), clock=self._clock),
            limiter=limiter,
            retry=RetryPolicy(attempts=1),
            timeout=timedelta(seconds=20),
            clock=self._clock,
            meter=NullMeter(),
        )


def by_name(name: str, mbid: str | None = None) -> ArtistRef:
    return ArtistRef(named=ArtistName(name, mbid))


def enrich(pipeline: ArtistPipeline, name: str = "Radiohead", mbid: str | None = None, **wish: Any) -> Reading[Dossier]:
    """In English, unless the wish names another language."""
    return pipeline.enrich(by_name(name, mbid), Wish(**({"language": "en"} | wish)))


def shown(reading: Reading[Dossier], field: ArtistField = ArtistField.LISTENERS, *languages: str) -> object:
    chosen = reading.value.chosen(field, trust=TRUST, languages=languages)
    return chosen.value if chosen else None


def notes(viewpoint: Viewpoint, reading: Reading[Dossier], language: str = "en") -> set[tuple[str, str, NoteReason]]:
    """Provider, kind and reason of everything that is missing."""
    return {(note.provider, note.kind, note.reason) for note in viewpoint.view(reading, language).missing}
