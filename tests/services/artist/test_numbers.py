"""services/artist/numbers.py, on an SQLite file and on PostgreSQL."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.database import Database
from kernel.evidence import Evidence
from services.artist.domain import ArtistField, ArtistId, ArtistName, Biography
from services.artist.dossier import Fact
from services.artist.identity.naming import resolve
from services.artist.storing import numbers
from services.artist.storing.numbers import Point, Series, series_of
from services.artist.storing.tables import artists, metadata

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def artist_id(database: Database) -> ArtistId:
    return with_artist(database)


def with_artist(database: Database) -> ArtistId:
    with database.write() as connection:
        metadata.create_all(connection)
        return resolve(connection, [ArtistName("Radiohead")], START)[0]


def at(day: float) -> datetime:
    return START + day * DAY


def listeners(value: int, day: float, provider: str = "lastfm") -> Fact:
    return Fact(ArtistField.LISTENERS, value, Evidence(provider, at(day)))


def record(database: Database, artist_id: ArtistId, *facts: Fact) -> None:
    with database.write() as connection:
        numbers.record(connection, artist_id, facts)


def load(database: Database, artist_id: ArtistId, day: float = 100) -> list[Series]:
    with database.read() as connection:
        return numbers.load(connection, artist_id, at(day))


def curve(database: Database, artist_id: ArtistId) -> list[tuple[datetime, int]]:
    (series,) = load(database, artist_id)
    return [(point.observed_at, point.value) for point in series.points]


def changes(points: Iterable[tuple[float, int]], *, as_of: float, now: float) -> dict[int, tuple[int, float | None] | None]:
    made = [Point(at(day), value) for day, value in points]
    told = series_of(ArtistField.LISTENERS, "lastfm", made, as_of=at(as_of), now=at(now)).changes
    return {days: (change.absolute, change.relative) if change else None for days, change in told.items()}


def test_a_number_that_changed_is_a_new_point(database: Database, artist_id: ArtistId):
    record(database, artist_id, listeners(10, 0))
    record(database, artist_id, listeners(12, 1))

    (series,) = load(database, artist_id)
    assert series.points == (Point(at(0), 10), Point(at(1), 12))
    assert (series.metric, series.provider, series.value, series.as_of) == (ArtistField.LISTENERS, "lastfm", 12, at(1))


def test_a_number_that_stayed_only_moves_when_it_was_seen(database: Database, artist_id: ArtistId):
    record(database, artist_id, listeners(10, 0))
    record(database, artist_id, listeners(10, 5))

    (series,) = load(database, artist_id)
    assert (series.points, series.as_of) == ((Point(at(0), 10),), at(5))


@pytest.mark.parametrize("day", [0, 2, 5])
def test_an_answer_older_than_what_was_seen_is_ignored(database: Database, artist_id: ArtistId, day: int):
    record(database, artist_id, listeners(10, 1), listeners(10, 5))

    record(database, artist_id, listeners(99, day))

    assert curve(database, artist_id) == [(at(1), 10)]


def test_each_provider_and_each_count_has_a_curve_of_its_own(database: Database, artist_id: ArtistId):
    plays = Fact(ArtistField.PLAYCOUNT, 500, Evidence("lastfm", at(0)))

    record(database, artist_id, listeners(10, 0), plays, listeners(7, 0, "other"))

    told = [(series.metric, series.provider, series.value) for series in load(database, artist_id)]
    assert told == [("listeners", "lastfm", 10), ("listeners", "other", 7), ("playcount", "lastfm", 500)]


def test_what_is_no_count_is_passed_over(database: Database, artist_id: ArtistId):
    page = Fact(ArtistField.URL, "https://www.last.fm/music/Radiohead", Evidence("lastfm", at(0)))
    text = Fact(ArtistField.BIO, Biography("en", "short", "long"), Evidence("lastfm", at(0)), "en")

    record(database, artist_id, page, text)

    assert load(database, artist_id) == []


def test_the_largest_count_fits(database: Database, artist_id: ArtistId):
    record(database, artist_id, listeners(2**63 - 1, 0))

    assert load(database, artist_id)[0].value == 2**63 - 1


def test_a_series_holds_its_newest_points_only(database: Database, artist_id: ArtistId):
    record(database, artist_id, *(listeners(day, day) for day in range(numbers.MAX_POINTS + 5)))

    (series,) = load(database, artist_id, day=2000)
    assert len(series.points) == numbers.MAX_POINTS
    assert (series.points[0].value, series.value) == (5, numbers.MAX_POINTS + 4)


def test_the_numbers_go_with_their_artist(database: Database, artist_id: ArtistId):
    record(database, artist_id, listeners(10, 0))

    with database.write() as connection:
        connection.execute(sa.delete(artists).where(artists.c.id == artist_id))

    assert load(database, artist_id) == []


def test_a_change_is_today_minus_the_value_that_held_when_the_span_began():
    told = changes([(0, 100), (50, 150), (95, 200)], as_of=100, now=100)

    assert told == {7: (50, 50 / 150), 30: (50, 50 / 150), 90: (100, 1.0)}


def test_a_change_from_nothing_has_no_share():
    assert changes([(0, 0), (99, 5)], as_of=100, now=100)[7] == (5, None)


def test_a_span_longer_than_what_is_known_has_no_change():
    assert changes([(80, 100), (99, 110)], as_of=100, now=100) == {7: (10, 0.1), 30: None, 90: None}


def test_a_number_that_was_seen_again_and_stayed_did_not_change():
    assert changes([(0, 100)], as_of=100, now=100) == dict.fromkeys((7, 30, 90), (0, 0.0))


def test_of_a_time_in_which_nobody_asked_nothing_is_claimed():
    assert changes([(0, 100)], as_of=80, now=100) == {7: None, 30: (0, 0.0), 90: (0, 0.0)}


def test_a_change_says_since_when_the_earlier_value_held():
    series = series_of(ArtistField.LISTENERS, "lastfm", [Point(at(0), 1), Point(at(9), 2)], as_of=at(10), now=at(10))

    change = series.changes[7]
    assert change is not None
    assert change.since == at(0)


answers = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), unique_by=lambda each: each[0], max_size=12)
few = settings(max_examples=50)
"""Each writes to a real file, answer by answer."""


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterable[Database]:
    """One file for all examples: each takes an artist of its own."""
    file = tmp_path_factory.mktemp("numbers") / "numbers.sqlite"
    opened = Database(f"sqlite:///{file}", schema="public")
    with opened.write() as connection:
        metadata.create_all(connection)
    yield opened
    opened.close()


def another(database: Database) -> ArtistId:
    with database.write() as connection:
        known = connection.scalar(sa.select(sa.func.count()).select_from(artists))
        return resolve(connection, [ArtistName(f"artist {known}")], START)[0]


def changes_in(said: Iterable[tuple[int, int]]) -> list[tuple[datetime, int]]:
    """The curve as it must be: in the order of time, whatever equals its predecessor left out."""
    kept: list[tuple[datetime, int]] = []
    for day, value in sorted(said):
        if not kept or kept[-1][1] != value:
            kept.append((at(day), value))
    return kept


@few
@given(said=answers.filter(bool))
def test_in_the_order_of_time_every_change_is_kept_and_nothing_else(lasting: Database, said: list[tuple[int, int]]):
    artist_id = another(lasting)

    for day, value in sorted(said):
        record(lasting, artist_id, listeners(value, day))

    assert curve(lasting, artist_id) == changes_in(said)


@few
@given(said=answers.filter(bool), seed=st.randoms())
def test_it_does_not_matter_in_which_order_facts_are_told_together(lasting: Database, said: list[tuple[int, int]], seed):
    artist_id, facts = another(lasting), [listeners(value, day) for day, value in said]
    seed.shuffle(facts)

    record(lasting, artist_id, *facts)

    assert curve(lasting, artist_id) == changes_in(said)


@few
@given(said=answers.filter(bool))
def test_in_any_order_points_are_only_ever_added(lasting: Database, said: list[tuple[int, int]]):
    artist_id = another(lasting)
    before: list[tuple[datetime, int]] = []

    for day, value in said:
        record(lasting, artist_id, listeners(value, day))
        after = curve(lasting, artist_id)

        assert after[: len(before)] == before
        before = after


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 10**12)), min_size=1, unique_by=lambda each: each[0]))
def test_a_change_added_to_the_earlier_value_is_the_present_one(said: list[tuple[int, int]]):
    points = [Point(at(day), value) for day, value in sorted(said)]

    series = series_of(ArtistField.LISTENERS, "lastfm", points, as_of=at(200), now=at(200))

    for change in filter(None, series.changes.values()):
        earlier = next(point.value for point in points if point.observed_at == change.since)
        assert earlier + change.absolute == series.value
