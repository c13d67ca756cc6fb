"""services/artist/legacy/: from an SQLite file into one, and from PostgreSQL into PostgreSQL."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kernel.database import Database
from kernel.evidence import Evidence
from services.artist.domain import ArtistField, ArtistName
from services.artist.dossier import Fact
from services.artist.identity.naming import resolve
from services.artist.legacy.report import Report
from services.artist.legacy.source import OldArtists
from services.artist.legacy.walk import Walk, progress
from services.artist.storing import numbers, rows
from services.artist.storing.tables import artists, checks, claims, facts, metadata, overrides, similar
from services.artist.storing.values import facts_of_artists
from tests.fakes.clock import FakeClock
from tests.services.artist.older import FETCHED_AT, RADIOHEAD, OlderDatabase, open_older
from upstreams.older import Unreadable

PICTURE = "https://lastfm.freetls.fastly.net/i/u/300x300/abc.png"
FETCHED = FETCHED_AT.replace(tzinfo=UTC)


class Stopped(BaseException):
    """What a signal does to a walk."""


@pytest.fixture
def older(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Iterator[OlderDatabase]:
    """On the same kind of database as ours, which has its tables."""
    with open_older(database, request, tmp_path) as opened:
        yield opened


@pytest.fixture
def walk(older: OlderDatabase, database: Database, clock: FakeClock) -> Iterator[Any]:
    """Takes over what the older database holds; answers the report."""
    opened: list[OldArtists] = []

    def run(*, is_dry: bool = False, after_batch: Any = lambda _: None, batch: int = 500) -> Report:
        opened.append(OldArtists.at(older.url, batch=batch))
        return Walk(opened[-1], database, clock=clock, language="en", is_dry=is_dry).run(after_batch)

    yield run
    for old in opened:
        old.close()


def many(count: int) -> list[dict[str, Any]]:
    return [{"id": n, "name": f"artist {n}", "lastfm_listeners": n} for n in range(1, count + 1)]


def contents(database: Database) -> dict[str, list[Any]]:
    with database.read() as connection:
        return {name: sorted(map(repr, connection.execute(sa.select(table)))) for name, table in metadata.tables.items()}


def counts(database: Database) -> dict[str, int]:
    return {name: len(kept) for name, kept in contents(database).items() if kept}


def only(database: Database, table: sa.Table, *where: Any) -> Any:
    with database.read() as connection:
        return connection.execute(sa.select(table).where(*where)).one()


def put_fact(database: Database, name: str, fact: Fact) -> None:
    with database.write() as connection:
        (artist_id,) = resolve(connection, [ArtistName(name)], FETCHED)
        connection.execute(sa.insert(facts), facts_of_artists.rows_of_facts(artist_id, (fact,)))


def held(database: Database, field: ArtistField) -> Fact:
    return facts_of_artists.fact_of(only(database, facts, facts.c.field == field))


def test_every_column_finds_its_place(older: OlderDatabase, database: Database, walk: Any):
    older.put("artists", [RADIOHEAD])

    report = walk()

    artist = rows.artist_of(only(database, artists))
    assert (report.read, report.made, report.matched, report.facts, report.failed) == (1, 1, 0, 4, [])
    assert (artist.mbid, artist.spotify_id) == (RADIOHEAD["musicbrainz_artistid"], RADIOHEAD["spotify_id"])
    assert (artist.lastfm_url, artist.lastfm_tags) == (RADIOHEAD["lastfm_url"], ("alternative", "rock"))
    assert (artist.lastfm_listeners, artist.lastfm_playcount) == (5_000_000, 900_000_000)
    assert (artist.lastfm_info_fetched_at, artist.lastfm_similar_artists_fetched) == (FETCHED, True)


def test_imported_facts_are_as_old_as_they_are_and_due_at_once(older: OlderDatabase, database: Database, walk: Any):
    older.put("artists", [RADIOHEAD])

    walk()

    evidence = held(database, ArtistField.LISTENERS).evidence
    assert (evidence.provider, evidence.confidence, evidence.retrieved_at) == ("lastfm", 0.6, FETCHED)
    asked = only(database, checks, checks.c.kind == "profile")
    assert (asked.language, asked.answered_at, asked.next_check_at) == ("en", FETCHED, FETCHED)


def test_imported_ids_are_claims_on_the_word_of_the_import(older: OlderDatabase, database: Database, walk: Any):
    older.put("artists", [RADIOHEAD])

    walk()

    with database.read() as connection:
        said = connection.execute(sa.select(claims.c.scheme, claims.c.provider).order_by(claims.c.scheme)).all()
    assert [tuple(row) for row in said] == [("mbid", "import"), ("spotify_id", "import")]


def test_imported_counts_begin_a_curve_only_where_their_time_is_known(older: OlderDatabase, database: Database, walk: Any):
    undated = {**RADIOHEAD, "id": 2, "name": "Blur", "musicbrainz_artistid": None, "spotify_id": None}
    older.put("artists", [RADIOHEAD, undated | {"lastfm_info_fetched_at": None}])

    walk()

    with database.read() as connection:
        told = connection.execute(sa.select(numbers.numbers.c.metric, numbers.numbers.c.observed_at)).all()
    assert sorted(map(tuple, told)) == [("listeners", FETCHED), ("playcount", FETCHED)]


def test_a_second_time_changes_nothing(older: OlderDatabase, database: Database, walk: Any, clock: FakeClock):
    older.put("artists", [RADIOHEAD, {**RADIOHEAD, "id": 2, "name": "Blur", "musicbrainz_artistid": None, "spotify_id": "x"}])
    older.put("covers", [{"entity_type": "artist", "entity_id": 1, "url": f"lastfm://{PICTURE}"}])
    older.put("artist_similar", [{"artist_id": 1, "similar_artist_id": 2, "weight": 0.5}])
    walk()
    before = contents(database)
    clock.advance(3600)

    report = walk()

    assert (report.read, report.made, report.matched) == (2, 0, 2)
    assert (report.facts, report.similar, report.references, report.references_held) == (0, 0, 0, 1)
    assert contents(database) == before


def test_a_dry_run_writes_nothing_and_says_what_a_real_one_will(older: OlderDatabase, database: Database, walk: Any):
    older.put(
        "artists", [*many(7), {"id": 8, "name": "", "lastfm_listeners": 1}, {"id": 9, "name": "Artist 1", "lastfm_listeners": 5}]
    )
    older.put("covers", [{"entity_type": "artist", "entity_id": 1, "url": f"lastfm://{PICTURE}"}])

    dry = walk(is_dry=True, batch=3)
    written = counts(database)
    real = walk(batch=3)

    assert written == {}
    assert list(dry.lines())[1:] == list(real.lines())[1:]
    assert (real.made, real.matched, len(real.failed)) == (7, 1, 1)


def test_a_walk_that_was_stopped_goes_on_after_the_last_whole_batch(older: OlderDatabase, database: Database, walk: Any):
    older.put("artists", many(8))

    def stop(report: Report) -> None:
        if report.read == 6:
            raise Stopped

    with suppress(Stopped):
        walk(after_batch=stop, batch=3)
    halfway = counts(database)
    report = walk()

    assert halfway["artists"] == 6
    assert (report.resumed_after, report.read, report.made) == (6, 2, 2)
    assert counts(database)["artists"] == counts(database)["artist_facts"] == 8


def test_a_finished_walk_leaves_no_progress_behind(older: OlderDatabase, database: Database, walk: Any):
    older.put("artists", many(2))

    walk()

    assert progress.name not in counts(database)


def test_a_value_that_is_newer_here_stays(older: OlderDatabase, database: Database, walk: Any):
    newer = Evidence("lastfm", FETCHED + timedelta(seconds=1))
    put_fact(database, "Radiohead", Fact(ArtistField.LISTENERS, 1, newer))
    older.put("artists", [RADIOHEAD])

    report = walk()

    assert (report.made, report.matched, report.facts) == (0, 1, 3)
    assert held(database, ArtistField.LISTENERS).value == 1


def test_a_value_that_is_older_here_gives_way(older: OlderDatabase, database: Database, walk: Any):
    put_fact(database, "Radiohead", Fact(ArtistField.LISTENERS, 1, Evidence("lastfm", FETCHED - timedelta(seconds=1))))
    older.put("artists", [RADIOHEAD])

    walk()

    assert held(database, ArtistField.LISTENERS).value == only(database, artists).lastfm_listeners == 5_000_000


def test_what_a_person_set_stays_shown(older: OlderDatabase, database: Database, walk: Any):
    with database.write() as connection:
        (artist_id,) = resolve(connection, [ArtistName("Radiohead")], FETCHED)
        row = {"artist_id": artist_id, "field": "listeners", "value": 3, "reason": "mine", "created_at": FETCHED}
        connection.execute(sa.insert(overrides), row)
        connection.execute(sa.update(artists).values(lastfm_listeners=3))
    older.put("artists", [RADIOHEAD])

    walk()

    assert only(database, artists).lastfm_listeners == 3


def test_of_two_rows_about_one_artist_the_newer_values_stay(older: OlderDatabase, database: Database, walk: Any):
    later = {**RADIOHEAD, "id": 2, "lastfm_listeners": 9, "lastfm_info_fetched_at": FETCHED_AT + timedelta(days=1)}
    older.put("artists", [later, {**RADIOHEAD, "id": 3}])

    report = walk()

    assert (report.made, report.matched) == (1, 1)
    artist = only(database, artists)
    assert (artist.lastfm_listeners, artist.lastfm_info_fetched_at) == (9, FETCHED + timedelta(days=1))


def test_namesakes_with_spotify_ids_of_their_own_stay_two(older: OlderDatabase, database: Database, walk: Any):
    one, other = "4Z8W4fKeB5YxbusRsdQVPb", "5Z8W4fKeB5YxbusRsdQVPc"
    named = [{"id": n, "name": "Nirvana", "spotify_id": spotify_id} for n, spotify_id in enumerate((one, other, one), 1)]
    older.put("artists", named)

    reports = walk(), walk()

    assert [(report.made, report.matched) for report in reports] == [(2, 1), (0, 3)]
    with database.read() as connection:
        assert set(connection.execute(sa.select(artists.c.spotify_id)).scalars()) == {one, other}


def test_a_spotify_id_goes_to_the_artist_of_that_name_that_has_none(older: OlderDatabase, database: Database, walk: Any):
    with database.write() as connection:
        resolve(connection, [ArtistName("Radiohead")], FETCHED)
    older.put("artists", [{"id": 1, "name": "Radiohead", "spotify_id": RADIOHEAD["spotify_id"]}])

    report = walk()

    assert (report.made, only(database, artists).spotify_id) == (0, RADIOHEAD["spotify_id"])


def test_cover_references_become_images_or_are_dropped_with_a_reason(older: OlderDatabase, database: Database, walk: Any):
    older.put("artists", many(2))
    urls = [f"lastfm://{PICTURE}", "lastfm://artist/Somebody", "lastfm://https://x.org/2a96cbd8b46e442fc41c2b86b821562f.png"]
    covers = [{"entity_type": "artist", "entity_id": 1, "url": url} for url in (*urls, "https://example.org/kept-elsewhere.png")]
    strays = [("album", 1), ("artist", 77)]
    older.put("covers", [*covers, *({"entity_type": kind, "entity_id": n, "url": urls[0]} for kind, n in strays)])

    report = walk()

    assert (report.references, report.dropped) == (
        1,
        {
            "it holds no address of an image": 1,
            "it is the placeholder": 1,
            "it is not an artist's": 1,
            "its artist is not there": 1,
        },
    )
    assert [image.url for image in held(database, ArtistField.IMAGES).value] == [PICTURE]  # type: ignore[union-attr]
    assert "lastfm://" not in str(contents(database))


def test_cover_references_are_read_from_the_other_column_too(older: OlderDatabase, walk: Any):
    older.put("artists", many(1))
    older.put("covers", [{"entity_type": "Artist", "entity_id": 1, "cover_url": f"lastfm://{PICTURE}"}])

    assert walk().references == 1


def test_similar_artists_come_with_their_weights(older: OlderDatabase, database: Database, walk: Any):
    older.put("artists", many(3))
    older.put(
        "artist_similar",
        [
            {"artist_id": 1, "similar_artist_id": other, "weight": weight}
            for other, weight in ((1, 1.0), (2, 0.2), (3, 0.7), (9, 0.9))
        ],
    )

    report = walk()

    with database.read() as connection:
        query = sa.select(similar.c.name, similar.c.weight, similar.c.rank, similar.c.provider).order_by(similar.c.rank)
        edges = [tuple(row) for row in connection.execute(query)]
    assert edges == [("artist 3", 0.7, 1, "lastfm"), ("artist 2", 0.2, 2, "lastfm")]
    assert (report.made, report.similar) == (3, 2)


def test_bad_rows_are_reported_and_stop_nothing(older: OlderDatabase, database: Database, walk: Any):
    older.put("artists", [{"id": 1, "name": None}, {"id": 2, "name": "Various Artists"}, {"id": 3, "name": "Blur"}])

    report = walk()

    assert report.failed == [(1, "it has no name"), (2, "its name stands for nobody in particular")]
    assert only(database, artists).name == "Blur"
    assert "  failed, id 1: it has no name" in list(report.lines())


def test_a_row_that_our_database_refuses_is_found_and_the_others_are_kept(older: OlderDatabase, database: Database, walk: Any):
    with database.write() as connection:
        forbidding = sa.text(
            "CREATE TRIGGER no_five BEFORE INSERT ON artist_facts WHEN CAST(NEW.value AS TEXT) = '5' "
            "BEGIN SELECT RAISE(ABORT, 'no'); END"
            if connection.dialect.name == "sqlite"
            else "ALTER TABLE artist_facts ADD CONSTRAINT no_five CHECK (value::text <> '5')"
        )
        connection.execute(forbidding)
    older.put("artists", many(9))

    report = walk()

    assert report.failed == [(5, "the database refused it")]
    assert (report.read, report.made, counts(database)["artists"]) == (9, 8, 8)


def test_the_older_database_stays_as_it_is(older: OlderDatabase, walk: Any):
    older.put("artists", [RADIOHEAD])
    before = older.contents()

    walk()

    assert older.contents() == before


@pytest.mark.parametrize("names", [["id", "name"], ["id", "name", "mbid"]])
def test_missing_columns_are_simply_absent(older: OlderDatabase, walk: Any, names: list[str]):
    older.put("artists", [dict.fromkeys(names, "1") | {"id": 1}])

    assert walk().made == 1


def test_ids_may_be_text(older: OlderDatabase, database: Database, walk: Any):
    keys = [f"{n:08d}-aaaa-4aaa-8aaa-aaaaaaaaaaaa" for n in range(7)]
    older.run(f"CREATE TABLE artists (id {'uuid' if 'postgres' in older.url else 'text'} PRIMARY KEY, name text)")
    for key in keys:
        older.run(f"INSERT INTO artists VALUES ('{key}', 'artist {key}')")  # noqa: S608

    with suppress(Stopped):
        walk(after_batch=_stop, batch=3)
    report = walk()

    assert (report.resumed_after, report.read, counts(database)["artists"]) == (keys[2], 4, 7)


def _stop(_report: Report) -> None:
    raise Stopped


def test_bytes_that_are_no_text_fail_their_row_only(database: Database, tmp_path: Path, clock: FakeClock):
    older = OlderDatabase(f"sqlite:///{tmp_path / 'bytes.sqlite'}")
    older.run("CREATE TABLE artists (id, name, lastfm_info_fetched_at DATETIME)")
    older.run("INSERT INTO artists VALUES (1, CAST(x'ff41' AS TEXT), NULL), (2, 'Blur', 'some day'), (3, x'00', 1.5)")
    with database.write() as connection:
        metadata.create_all(connection)
    old = OldArtists.at(str(tmp_path / "bytes.sqlite"))

    report = Walk(old, database, clock=clock, language="en").run()
    old.close()

    assert [old_id for old_id, _ in report.failed] == [1, 3]
    assert only(database, artists).name == "Blur"


def test_a_database_without_artists_is_refused(older: OlderDatabase):
    older.put("albums", [{"id": 1, "name": "OK Computer"}])

    with pytest.raises(Unreadable, match="no table of artists"):
        OldArtists.at(older.url)


def test_a_database_of_this_version_is_refused(older: OlderDatabase, database_url: str):
    with pytest.raises(Unreadable, match="not an older installation"):
        OldArtists.at(database_url)
