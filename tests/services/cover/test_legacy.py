"""services/cover/legacy/: from an SQLite file into one, and from PostgreSQL into PostgreSQL, beside real neighbours."""

import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kernel.database import Database
from kernel.errors import OwnFault
from kernel.jobs import Lane
from services.cover.domain import CoverRef, Grade, Image, ImageId, Kind, Shown, SourceName, State
from services.cover.legacy.report import Report
from services.cover.legacy.standing import progress
from services.cover.storing import changes
from services.cover.wiring import MIGRATIONS
from tests.fakes.clock import FakeClock
from tests.services.artist.older import OlderDatabase, open_older
from tests.services.cover.legacy_walking import Neighbourhood, Stopped, Walking, cover, neighbourhood, put_albums, put_artists

MBIDS = [f"{n:08d}-0000-4000-8000-000000000000" for n in range(3)]
AT = datetime(2026, 1, 1, tzinfo=UTC)
IMAGE = Image(ImageId("a" * 64), 600, 600, "image/jpeg", "#102030", "hash", (600, 300, 150), 1000)
SHOWN = Shown(IMAGE.id, SourceName.LOCAL, Grade.OWN, "Blur/artist.jpg", "", "", "b" * 64, AT)


@pytest.fixture
def migrations() -> Path | None:
    return MIGRATIONS


@pytest.fixture
def older(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Iterator[OlderDatabase]:
    with open_older(database, request, tmp_path) as opened:
        yield opened


@pytest.fixture
def neighbours(tmp_path: Path) -> Iterator[Neighbourhood]:
    with neighbourhood(tmp_path) as opened:
        yield opened


@pytest.fixture
def walk(older: OlderDatabase, neighbours: Neighbourhood, database: Database, clock: FakeClock) -> Walking:
    return Walking(older, neighbours, database, clock)


def settle(database: Database, ref: CoverRef, shown: Shown | None, state: State) -> None:
    """As if its sources had been asked."""
    with database.write() as connection:
        changes.add(connection, [ref], AT)
        changes.keep_image(connection, IMAGE, AT)
        changes.show(connection, ref, shown, AT, state=str(state), checked_at=AT)


def test_an_artists_cover_is_looked_for_behind_all_other_work(older: OlderDatabase, walk: Walking, neighbours: Neighbourhood):
    put_artists(older, ["Blur"])
    blur = neighbours.add_artist("blur")

    report = walk()

    assert (report.read, report.requested, report.noted, report.known) == (1, 1, 0, 0)
    assert walk.references() == {blur: "lastfm://artist/1"}
    assert walk.lanes() == [Lane.LOW]


def test_an_artist_who_is_not_known_yet_is_made(older: OlderDatabase, walk: Walking, neighbours: Neighbourhood):
    put_artists(older, ["Blur", "Pulp"])

    walk()

    assert neighbours.names() == ["Blur", "Pulp"]
    assert set(walk.references()) == {neighbours.add_artist("Blur"), neighbours.add_artist("Pulp")}


def test_namesakes_are_told_apart_by_their_ids(older: OlderDatabase, walk: Walking, neighbours: Neighbourhood):
    ours = [neighbours.add_artist("Nirvana", mbid) for mbid in MBIDS[:2]]
    older.put("artists", [{"id": n, "name": "Nirvana", "mbid": mbid.upper()} for n, mbid in enumerate(MBIDS[:2])])
    older.put("covers", [cover("artist", n, f"lastfm://{n}") for n in range(2)])

    dry, report = walk(is_dry=True), walk()

    assert (dry.requested, dry.newcomers, report.requested) == (2, 0, 2)
    assert walk.references() == {ours[0]: "lastfm://0", ours[1]: "lastfm://1"}


def test_an_album_is_found_by_its_title_and_the_name_of_its_artist(
    older: OlderDatabase, walk: Walking, neighbours: Neighbourhood
):
    put_albums(older, "parklife", "13")
    ours = neighbours.add_album("BLUR", "Parklife"), neighbours.add_album("Blur", "13")
    for other in (("Pulp", "Parklife"), ("Blur", "Parklife (Live)"), ("Blur", "13th")):
        neighbours.add_album(*other)

    report = walk()

    assert (report.read, report.requested, report.left) == (2, 2, {})
    assert walk.references() == {ours[0]: "lastfm://album/1", ours[1]: "lastfm://album/2"}


def test_an_album_may_name_its_artist_itself(older: OlderDatabase, walk: Walking, neighbours: Neighbourhood):
    album = neighbours.add_album("Blur", "13")
    older.put("albums", [{"id": 1, "name": "13", "artist": "Blur"}])
    older.put("covers", [cover("album", 1, "lastfm://13")])

    walk()

    assert walk.references() == {album: "lastfm://13"}


def test_an_album_that_is_not_known_here_is_left_and_its_artist_is_not_made(
    older: OlderDatabase, walk: Walking, neighbours: Neighbourhood
):
    put_albums(older, "Parklife")

    report = walk()

    assert (report.requested, report.left) == (0, {"its album is not known here": 1})
    assert (neighbours.names(), walk.references()) == ([], {})


def test_an_album_is_found_among_more_of_its_title_than_a_page_holds(
    older: OlderDatabase, walk: Walking, neighbours: Neighbourhood
):
    put_albums(older, "Greatest Hits")
    others = [neighbours.add_album(f"Band {n}", "Greatest Hits") for n in range(205)]
    album = neighbours.add_album("Blur", "Greatest Hits")

    walk()

    assert len(others) == 205
    assert list(walk.references()) == [album]


def test_a_cover_that_has_an_image_only_gets_its_reference(
    older: OlderDatabase, walk: Walking, neighbours: Neighbourhood, database: Database
):
    put_artists(older, ["Blur", "Pulp"])
    settle(database, neighbours.add_artist("Blur"), SHOWN, State.FOUND)
    settle(database, neighbours.add_artist("Pulp"), None, State.ABSENT)
    before = walk.store.load(neighbours.add_artist("Blur"))

    report = walk()

    assert (report.requested, report.noted, walk.lanes()) == (0, 2, [])
    assert sorted(map(str, walk.references().values())) == ["lastfm://artist/1", "lastfm://artist/2"]
    assert walk.store.load(neighbours.add_artist("Blur")) == before


def test_a_cover_that_a_person_chose_stays_as_it_is(older: OlderDatabase, walk: Walking, neighbours: Neighbourhood):
    put_artists(older, ["Blur"])
    walk.store.keep_image(IMAGE)
    walk.store.choose(neighbours.add_artist("Blur"), SHOWN)

    report = walk()

    assert (report.requested, report.noted, walk.lanes()) == (0, 1, [])


def test_a_reference_is_kept_as_such_and_nowhere_else(older: OlderDatabase, walk: Walking):
    put_artists(older, ["Blur"])

    report = walk()

    assert [name for name, rows in walk.contents().items() if "lastfm://" in str(rows)] == ["covers"]
    (kept,) = map(walk.store.load, walk.references())
    assert kept is not None
    assert "lastfm://" not in str(kept)
    assert (report.figures.states, report.figures.served) == ({State.PENDING: 1}, 0)


def test_two_references_of_one_cover_count_as_one(older: OlderDatabase, walk: Walking):
    older.put("artists", [{"id": 1, "name": "Blur"}, {"id": 2, "name": "BLUR"}])
    older.put("covers", [cover("artist", owner, f"lastfm://{n}") for n, owner in enumerate([1, 1, 2])])

    dry, report = walk(is_dry=True), walk()

    assert (report.read, report.requested, report.known) == (3, 1, 2)
    assert dry.read == 3
    assert list(walk.references().values()) == ["lastfm://0"]


def test_a_second_time_changes_nothing(older: OlderDatabase, walk: Walking, neighbours: Neighbourhood, clock: FakeClock):
    put_artists(older, ["Blur", "Pulp"])
    neighbours.add_album("Blur", "13")
    older.put("albums", [{"id": 1, "title": "13", "artist_id": 1}])
    older.put("covers", [cover("album", 1, "lastfm://13")])
    walk()
    before = walk.contents()
    clock.advance(3600)

    report = walk()

    assert (report.read, report.requested, report.noted, report.known) == (3, 0, 0, 3)
    assert walk.contents() == before


def test_a_dry_run_writes_nothing_anywhere_and_says_what_a_real_one_will(
    older: OlderDatabase, walk: Walking, neighbours: Neighbourhood, database: Database
):
    put_artists(older, [*(f"artist {n}" for n in range(5)), "", "Blur"])
    older.put("albums", [{"id": n, "title": title, "artist_id": 7} for n, title in enumerate(["13", "Blur", "Unheard of"])])
    older.put("covers", [*(cover("album", n, f"lastfm://{n}") for n in range(3)), cover("song", 1, "lastfm://x")])
    neighbours.add_album("Blur", "13")
    settle(database, neighbours.add_album("Blur", "Blur"), None, State.ABSENT)
    before = walk.contents()

    dry = walk(is_dry=True, batch=2)

    assert (walk.contents(), neighbours.names()) == (before, ["Blur"])
    real = walk(batch=2)
    unsaid = (dry.newcomers, list(dry.lines())[-2])
    assert unsaid == (5, "  taken over so far: 0 pending, 0 found, 0 absent, 0 gone")
    assert [line for line in dry.lines() if "would be made" not in line][1:-2] == list(real.lines())[1:-2]
    assert (real.read, real.requested, real.noted, real.left.total(), len(real.failed)) == (11, 7, 1, 2, 1)


def test_running_it_again_tells_how_far_all_is(
    older: OlderDatabase, walk: Walking, neighbours: Neighbourhood, database: Database
):
    put_artists(older, ["Blur", "Pulp", "Suede"])
    walk()
    settle(database, neighbours.add_artist("Blur"), SHOWN, State.FOUND)
    settle(database, neighbours.add_artist("Pulp"), None, State.ABSENT)

    lines = list(walk().lines())

    assert lines[-2:] == ["  taken over so far: 1 pending, 1 found, 1 absent, 0 gone", "  served by a lastfm:// address: 0"]


@pytest.mark.parametrize("seed", range(3))
def test_however_often_it_is_stopped_all_is_taken_over_once(
    older: OlderDatabase, walk: Walking, neighbours: Neighbourhood, seed: int
):
    chance = random.Random(seed)  # noqa: S311 - no secret
    put_artists(older, [f"artist {n}" for n in range(9)])
    older.put("albums", [{"id": n, "title": f"album {n}", "artist_id": 1} for n in range(7)])
    older.put("covers", [cover("album", n, f"lastfm://album/{n}") for n in range(7)])
    for n in range(7):
        neighbours.add_album("artist 0", f"album {n}")
    parts: list[tuple[int, int]] = []

    def stop_at_times(report: Report) -> None:
        parts[-1] = report.read, report.requested
        if chance.random() < 0.6:
            raise Stopped

    is_whole = False
    while not is_whole:
        parts.append((0, 0))
        with suppress(Stopped):
            walk(batch=chance.randint(1, 4), after_batch=stop_at_times)
            is_whole = True

    assert [sum(each) for each in zip(*parts, strict=True)] == [16, 16]
    assert (len(walk.references()), len(walk.lanes()), walk.contents()[progress.name]) == (16, 16, [])
    assert None not in walk.references().values()


def test_what_was_looked_for_but_not_noted_yet_is_done_again(older: OlderDatabase, walk: Walking, neighbours: Neighbourhood):
    put_artists(older, ["Blur"])
    walk.store.request([neighbours.add_artist("Blur")], Lane.LOW)

    report = walk()

    assert (report.requested, walk.lanes()) == (1, [Lane.LOW])
    assert list(walk.references().values()) == ["lastfm://artist/1"]


def test_it_is_cut_short_while_a_neighbour_is_away_and_goes_on_later(
    older: OlderDatabase, walk: Walking, neighbours: Neighbourhood
):
    put_artists(older, ["Blur"])
    older.put("albums", [{"id": 1, "title": "13", "artist_id": 1}])
    older.put("covers", [cover("album", 1, "lastfm://13")])
    neighbours.add_album("Blur", "13")
    neighbours.albums.server.stop(grace=0)

    with pytest.raises(OwnFault, match="album service"):
        walk()
    halfway = [ref.kind for ref in walk.references()]
    neighbours.move_albums()
    report = walk()

    assert halfway == [Kind.ARTIST]
    assert (report.resumed_after, report.read, report.requested) == ("artist 1", 1, 1)


def test_the_older_database_stays_as_it_is(older: OlderDatabase, walk: Walking):
    put_artists(older, ["Blur"])
    before = older.contents()

    walk()

    assert older.contents() == before
