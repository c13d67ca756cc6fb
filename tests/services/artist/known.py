"""Small pieces of what is known of artists, for tests of the rules and of the store."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any, cast

import sqlalchemy as sa

from facts.asking import Asker, Reply
from facts.known import CheckOutcome
from kernel.clock import Clock
from kernel.database import Database
from kernel.evidence import Absent, Answer, Evidence, Outcome
from kernel.jobs import JobStore
from services.artist.asking.questions import NAME, Question, Subject, Target
from services.artist.domain import ArtistField, ArtistId, ArtistName, ArtistRef, IdScheme, Kind
from services.artist.dossier import Check, Dossier, Fact, FactValue, Trust
from services.artist.identity.judging import Basis, Claim
from services.artist.merge import Learned
from services.artist.store import ArtistStore

NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""When a test's clock begins."""
DAY = timedelta(days=1)
MBIDS = [f"{n:08d}-0000-4000-8000-000000000000" for n in range(10)]
SPOTIFY_IDS = [f"{n:022d}" for n in range(10)]
MBID, SPOTIFY, WIKIDATA = IdScheme.MBID, IdScheme.SPOTIFY, IdScheme.WIKIDATA
TRUST = Trust(("lastfm", "spotify", "musicbrainz", "wikidata"))


def evidence(provider: str = "lastfm", confidence: float = 0.8, at: datetime = NOW) -> Evidence:
    return Evidence(provider, at, at + DAY, confidence, ("name",), "https://example.org/", "licence")


def claim(value: str, provider: str = "musicbrainz", confidence: float = 0.95, **rest: Any) -> Claim:
    """Of a MusicBrainz id, unless a scheme is given."""
    scheme = rest.pop("scheme", MBID)
    return Claim(scheme, value, evidence(provider, confidence), **rest)


def merged(old: str, now: str) -> Claim:
    return claim(old, basis=Basis.MERGED, now=now)


def fact(about: ArtistField, value: FactValue, provider: str = "lastfm", confidence: float = 0.8, **rest: Any) -> Fact:
    at = rest.pop("at", NOW)
    return Fact(about, value, evidence(provider, confidence, at), **rest)


def check(kind: Kind, outcome: CheckOutcome = CheckOutcome.FOUND, *, provider: str = "lastfm", **rest: Any) -> Check:
    """One of now, asked again in a day."""
    at = rest.pop("at", NOW)
    answered = at if outcome in (CheckOutcome.FOUND, CheckOutcome.ABSENT, CheckOutcome.AMBIGUOUS) else None
    due = rest.pop("next_check_at", at + DAY)
    return Check(provider, kind, outcome, at, due, **{"answered_at": answered, "message": "why", **rest})


def open_store(database: Database, clock: Clock) -> ArtistStore:
    return ArtistStore(database, JobStore(database, clock), clock=clock, trust=TRUST)


def ensured(store: ArtistStore, name: str, mbid: str | None = None, spotify_id: str | None = None) -> ArtistId:
    return store.ensure([ArtistName(name, mbid, spotify_id)]).ids[0]


def save(store: ArtistStore, name: str, learned: Learned, **how: Any) -> ArtistId:
    """What a read by name writes down: of whom the name means, or of a new artist; `mbid`, `spotify_id` or `more` may be said."""
    asked = ArtistName(name, how.get("mbid"), how.get("spotify_id"))
    target = Target(asked, store.find(ArtistRef(named=asked)))
    return store.save(target, learned, is_more_due=lambda _: how.get("more", False))


def save_of(store: ArtistStore, artist_id: ArtistId, learned: Learned) -> ArtistId:
    """What a read by our id writes down."""
    artist = store.find(ArtistRef(id=artist_id))
    assert artist is not None
    return store.save(Target(ArtistName(artist.name), artist, is_named=False), learned, is_more_due=lambda _: False)


def loaded(store: ArtistStore, artist_id: ArtistId) -> Dossier:
    dossier = store.load(artist_id)
    assert dossier is not None
    return dossier


def count(database: Database, table: sa.Table) -> int:
    with database.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


@contextmanager
def together(count: int) -> Iterator[Callable[..., list[object]]]:
    """Runs one function `count` times at once, each with its number; their results in order."""
    barrier = Barrier(count)

    def run(act: Callable[[int], object]) -> list[object]:
        def begin(number: int) -> object:
            barrier.wait(10)
            return act(number)

        return list(pool.map(begin, range(count)))

    with ThreadPoolExecutor(count) as pool:
        yield run


@dataclass(frozen=True, slots=True)
class DirectAsker:
    """Stands for an Asker: asks at once, remembers nothing, and writes down under which key it was asked."""

    provider: str
    keys: list[tuple[str, bool]] = field(default_factory=list)

    def ask(self, key: str, question: Callable[[], Answer[Any]], *, force: bool = False) -> Reply[Any]:
        self.keys.append((key, force))
        return Reply(self.provider, question(), NOW)


def question(name: str, find: Callable[[Subject], Answer[Any]] = lambda _: Absent(), **rest: Any) -> Question:
    """Named `provider/kind` or `provider/kind/step`; needs the artist's name unless something else is said."""
    provider, kind, *step = name.split("/")
    asker = cast("Asker[Any]", rest.pop("asker", DirectAsker(provider)))
    needs = rest.pop("needs", (NAME,))
    return Question(provider, Kind(kind), find, lambda s: s.who.name, asker, needs=needs, step="".join(step), **rest)


def reply(provider: str, outcome: Outcome[Any], at: datetime = NOW) -> Reply[Any]:
    return Reply(provider, outcome, at)
