"""A provider without an upstream, and a pipeline around it."""

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from kernel.asking import Asker
from kernel.breaker import Breaker
from kernel.cache import MemoryCache, TwoLevelCache
from kernel.codec import JsonCodec
from kernel.database import Database
from kernel.errors import ProviderFault
from kernel.evidence import Absent, Ambiguous, Answer, Found
from kernel.guard import Guard
from kernel.jobs import JobStore
from kernel.limiter import build_limiter
from kernel.parallel import Fanout
from kernel.read_through import ReadThrough
from kernel.retry import RetryPolicy
from services.artist.domain import Biography, Kind, Profile, SimilarName, Tag
from services.artist.dossier import Dossier
from services.artist.merge import Freshness
from services.artist.pipeline import ArtistPipeline, Policy
from services.artist.providers import ArtistProvider
from services.artist.questions import AskedProvider
from services.artist.store import ArtistStore
from tests.fakes.clock import FakeClock
from tests.fakes.meter import NullMeter

FRESH = {Kind.PROFILE: timedelta(days=1), Kind.TAGS: timedelta(days=14), Kind.SIMILAR: timedelta(days=14)}
ABSENT_FOR = timedelta(days=7)

_SHAPES: dict[Kind, Any] = {
    Kind.PROFILE: Found[Profile] | Ambiguous[Profile],
    Kind.TAGS: Found[tuple[Tag, ...]] | Ambiguous[tuple[Tag, ...]],
    Kind.SIMILAR: Found[tuple[SimilarName, ...]] | Ambiguous[tuple[SimilarName, ...]],
}

Says = Answer[Any] | ProviderFault


def profile(name: str, language: str, *, listeners: int = 1000, mbid: str | None = None) -> Profile:
    text = f"About {name} in {language}."
    return Profile(name, f"https://example.org/{name}", mbid, listeners, 2 * listeners, Biography(language, text, text))


class FakeArtists:
    """Satisfies ArtistProvider. Knows every artist unless `says` has another answer, or a fault, for the kind.

    `meanwhile` is called with the kind while the answer is being made, for tests that order threads.
    """

    def __init__(self) -> None:
        self.says: dict[Kind, Says] = {}
        self.meanwhile: Callable[[Kind], None] = lambda kind: None
        self._lock = threading.Lock()  # guards asked
        self.asked: list[tuple[Kind, str, str]] = []

    def find_profile(self, name: str, *, mbid: str | None, language: str) -> Answer[Profile]:
        return self._answer(Kind.PROFILE, name, language, profile(name, language))

    def find_tags(self, name: str) -> Answer[tuple[Tag, ...]]:
        return self._answer(Kind.TAGS, name, "", (Tag("rock", 100),))

    def find_similar_artists(self, name: str, *, limit: int) -> Answer[tuple[SimilarName, ...]]:
        return self._answer(Kind.SIMILAR, name, "", (SimilarName(f"{name} Tribute", 0.9, 1),)[:limit])

    @property
    def kinds(self) -> list[Kind]:
        """What it was asked for, sorted."""
        return sorted(kind for kind, _, _ in self.asked)

    def says_everywhere(self, answer: Says) -> None:
        self.says = dict.fromkeys(Kind, answer)

    def _answer(self, kind: Kind, name: str, language: str, usual: Any) -> Answer[Any]:
        with self._lock:
            self.asked.append((kind, name, language))
        self.meanwhile(kind)
        said = self.says.get(kind, Found(usual, 0.8, ("name",)))
        if isinstance(said, ProviderFault):
            raise said
        return said


class CountingMeter:
    """Satisfies PipelineMeter."""

    def __init__(self) -> None:
        self.copies = 0
        self.past_copies = 0
        self.profiles: list[tuple[str, Profile]] = []

    def answered_from_copy(self) -> None:
        self.copies += 1

    def asked_past_copies(self, provider: str) -> None:
        self.past_copies += 1

    def profile_found(self, provider: str, profile: Profile) -> None:
        self.profiles.append((provider, profile))


class Workshop:
    """Builds pipelines on one database, each with caches of its own, as so many restarts of the service would."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.store = ArtistStore(database, JobStore(database, clock), clock=clock, priority=("fake",))
        self.meter = CountingMeter()
        self._clock = clock
        self._open = ExitStack()

    def build(
        self, *providers: ArtistProvider, budget: timedelta = timedelta(seconds=30), names: Sequence[str] = ("fake", "other")
    ) -> ArtistPipeline:
        fanout = Fanout(8, "ask")
        self._open.callback(fanout.close)
        cache = TwoLevelCache(MemoryCache(2**20, self._clock), None)
        return ArtistPipeline(
            store=self.store,
            providers=[self._asked(name, each, cache) for name, each in zip(names, providers, strict=False)],
            dossiers=self._reads(Dossier, cache),
            fanout=fanout,
            clock=self._clock,
            policy=Policy(Freshness(FRESH, ABSENT_FOR), budget),
            meter=self.meter,
        )

    def close(self) -> None:
        self._open.close()

    def _reads(self, shape: Any, cache: TwoLevelCache) -> ReadThrough[Any]:
        return ReadThrough(cache=cache, codec=JsonCodec(shape), clock=self._clock)

    def _asked(self, name: str, provider: ArtistProvider, cache: TwoLevelCache) -> AskedProvider:
        clock = self._clock
        limiter = build_limiter(name, rate_per_second=1000, burst=1000, folder=None, redis=None, clock=clock)
        self._open.callback(limiter.close)
        guard = Guard(
            name,
            breaker=Breaker(name, threshold=100, probe_after=timedelta(minutes=5), clock=clock),
            limiter=limiter,
            retry=RetryPolicy(attempts=1),
            timeout=timedelta(seconds=20),
            clock=clock,
            meter=NullMeter(),
        )
        askers: dict[Kind, Asker[Any]] = {
            kind: Asker(name, kind, guard=guard, remembered=self._reads(shape, cache), clock=clock)
            for kind, shape in _SHAPES.items()
        }
        return AskedProvider(name, provider, askers, "en")


NOTHING = Absent("It knows nothing of this.")
