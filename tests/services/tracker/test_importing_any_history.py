"""Whatever the history, whatever happens meanwhile, and wherever the process dies: what is stored is what Last.fm has."""

import random
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.database import Database
from services.tracker.domain import ImportId, ImportState, Play, Title
from services.tracker.storing.tables import coverage, plays, titles
from services.tracker.walking import Ask
from services.tracker.wiring import MIGRATIONS
from tests.fakes.clock import FakeClock
from tests.services.tracker.workshop import Killed, Workshop

NOW = int(FakeClock().now().timestamp())
TITLES = [Title(artist, track, album) for artist in ("Air", "air", "Can") for track in ("One", "Two") for album in ("", "LP")]
PAGES = st.sampled_from([4, 15, 60, 1000])
DEATHS = (titles, plays, coverage)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One database for all examples; each begins with empty tables."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path_factory.mktemp('any') / 'store.sqlite'}", schema="public")
        database.migrate(MIGRATIONS)
        yield database
        database.close()
        return
    server = request.getfixturevalue("postgres_server")
    with server.fresh_database() as url:
        database = Database(url, schema="public")
        database.migrate(MIGRATIONS)
        yield database
        database.close()


@st.composite
def histories(draw: st.DrawFn) -> list[Play]:
    """Some plays; many share their second, a few are alike."""
    chance = random.Random(draw(st.integers(0, 2**32)))  # noqa: S311 - reproducible, not secret
    count = draw(st.integers(0, 100))
    span = draw(st.sampled_from([3, 60, 5_000, 2_000_000]))
    return [Play(NOW - 3_000_000 + chance.randrange(span), chance.choice(TITLES)) for _ in range(count)]


def begin(opened: Database, history: list[Play], largest: int) -> Workshop:
    """Empty tables, and a source that shows so many plays a page."""
    workshop = Workshop(opened, FakeClock())
    workshop.empty()
    workshop.history.plays = history
    workshop.history.largest = largest
    return workshop


class Weather:
    """What happens to a history while it is read: drawn for each question anew."""

    def __init__(self, workshop: Workshop, import_id: ImportId, chance: random.Random, *, is_wild: bool) -> None:
        self._workshop = workshop
        self._import_id = import_id
        self._chance = chance
        self._is_wild = is_wild
        self._recover = lambda: None

    def strike(self, _ask: Ask) -> None:
        self.calm()
        chance, history = self._chance, self._workshop.history
        history.is_down = chance.random() < 0.1
        history.is_refusing = chance.random() < 0.1
        if chance.random() < 0.1:
            self._recover = self._workshop.die_at(chance.choice(DEATHS))
        if chance.random() < 0.2:
            now = int(self._workshop.clock.now().timestamp())
            history.plays.append(Play(now - chance.randrange(600), chance.choice(TITLES)))
        if not self._is_wild or not history.plays:
            return
        at = chance.randrange(len(history.plays))
        if chance.random() < 0.1:
            del history.plays[at]
        elif chance.random() < 0.1:
            history.plays[at] = Play(history.plays[at].uts, chance.choice(TITLES))

    def calm(self) -> None:
        self._recover()
        self._recover = lambda: None


def walk_through(workshop: Workshop, import_id: ImportId, weather: Weather) -> None:
    """Attempt after attempt until the import has ended; what dies is taken up by the next."""
    workshop.history.before = weather.strike
    for number in range(200):
        if number == 40:
            workshop.history.before = lambda _: None
            workshop.history.is_down = workshop.history.is_refusing = False
            weather.calm()
        try:
            run = workshop.run(import_id)
        except Killed:
            weather.calm()
        else:
            if run.state.is_over:
                assert run.state is ImportState.SUCCEEDED
                break
        workshop.clock.advance(3600)
    weather.calm()
    workshop.history.before = lambda _: None
    workshop.history.is_down = workshop.history.is_refusing = False


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories(), largest=PAGES, seed=st.integers(0, 2**32))
def test_arrivals_outages_and_deaths_lose_nothing_and_double_nothing(
    opened: Database, history: list[Play], largest: int, seed: int
):
    workshop = begin(opened, history, largest)
    import_id = workshop.begin()

    walk_through(workshop, import_id, Weather(workshop, import_id, random.Random(seed), is_wild=False))  # noqa: S311
    again = workshop.finish(workshop.begin())

    run = workshop.store.get_import(import_id)
    assert workshop.stored() == workshop.history.multiset()
    assert run.counts.imported + again.counts.imported == len(workshop.history.plays)
    assert run.counts.known == 0


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories(), largest=PAGES, seed=st.integers(0, 2**32))
def test_edits_and_removals_meanwhile_are_followed_by_reading_again(
    opened: Database, history: list[Play], largest: int, seed: int
):
    workshop = begin(opened, history, largest)
    import_id = workshop.begin()

    walk_through(workshop, import_id, Weather(workshop, import_id, random.Random(seed), is_wild=True))  # noqa: S311
    workshop.clock.advance(60)
    workshop.finish(workshop.begin(skip_existing=False))

    assert workshop.stored() == workshop.history.multiset()
    with opened.read() as connection:
        first = (
            sa.select(titles.c.first_uts, sa.func.min(plays.c.uts))
            .join(plays, plays.c.title_id == titles.c.id, isouter=True)
            .group_by(titles.c.id)
        )
        assert all(known == seen for known, seen in connection.execute(first))


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories(), where=st.integers(0, 2_000_000), span=st.sampled_from([1, 100, 10_000, 500_000]))
def test_what_is_refused_for_ever_is_one_hole_around_it(opened: Database, history: list[Play], where: int, span: int):
    workshop = begin(opened, history, 50)
    since = NOW - 3_000_000 + where
    workshop.history.poison = since, since + span
    refused = [play for play in history if since <= play.uts < since + span]

    run = workshop.finish(workshop.begin())
    missing = workshop.history.multiset() - workshop.stored()
    workshop.history.poison = (0, 0)
    if run.holes:
        workshop.store.retry_import(run.id)
        workshop.finish(run.id)

    assert len(run.holes) == bool(refused)
    assert all(run.holes[0].since <= uts < run.holes[0].until for uts, _ in missing)
    assert workshop.stored() == workshop.history.multiset()
