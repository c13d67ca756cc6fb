"""services/cover/legacy/: whatever stands in an older installation's rows, each reference counts once and none stops the rest."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.database import Database
from services.cover.domain import Kind
from services.cover.legacy.reading import read
from services.cover.legacy.report import Report
from services.cover.legacy.source import OldCovers, OldOwner
from services.cover.wiring import MIGRATIONS
from tests.fakes.clock import FakeClock
from tests.services.artist.older import OlderDatabase
from tests.services.cover.legacy_walking import Neighbourhood, Walking, cover, neighbourhood
from upstreams.older import SCHEME, Unreadable

UNREADABLE = "the reference is no readable text"


@pytest.fixture
def migrations() -> Path | None:
    return MIGRATIONS


@pytest.fixture
def older(tmp_path: Path) -> OlderDatabase:
    """On SQLite, which keeps whatever it is given."""
    older = OlderDatabase(f"sqlite:///{tmp_path / 'odd.sqlite'}")
    older.run("CREATE TABLE artists (id, name, mbid)")
    older.run("CREATE TABLE albums (id, title, artist_id, artist_name)")
    older.run("CREATE TABLE covers (entity_type, entity_id, url)")
    return older


@pytest.fixture
def neighbours(tmp_path: Path) -> Iterator[Neighbourhood]:
    with neighbourhood(tmp_path) as opened:
        yield opened


@pytest.fixture
def walk(older: OlderDatabase, neighbours: Neighbourhood, database: Database, clock: FakeClock) -> Walking:
    return Walking(older, neighbours, database, clock)


def insert(older: OlderDatabase, table: str, *rows: str) -> None:
    older.run(f"INSERT INTO {table} VALUES {', '.join(rows)}")  # noqa: S608 - rows of the tests


def counted(report: Report) -> int:
    return report.requested + report.noted + report.known + report.left.total() + len(report.failed)


def test_references_that_are_no_text_fail_alone(older: OlderDatabase, walk: Walking):
    odd = [
        "CAST(x'6c617374666d3a2f2fff' AS TEXT)",
        "x'6c617374666d3a2f2f61'",
        "'lastfm://' || char(0) || 'a'",
        "'lastfm://' || char(27) || '[2J'",
        "'lastfm://'",
        f"'lastfm://{'a' * 1_000_000}'",
    ]
    insert(older, "artists", *(f"({n}, 'artist {n}', NULL)" for n in range(len(odd) + 1)))
    insert(older, "covers", *(f"('artist', {n}, {each})" for n, each in enumerate([*odd, "'LASTFM://Fine'"])))

    report = walk()

    assert [reason for _, reason in report.failed] == [UNREADABLE] * len(odd)
    assert (report.requested, list(walk.references().values())) == (1, ["LASTFM://Fine"])
    assert counted(report) == report.read == len(odd) + 1


def test_of_two_references_the_readable_one_is_kept(older: OlderDatabase, walk: Walking):
    insert(older, "artists", "(1, 'Blur', 'no id')")
    insert(older, "covers", "('ARTIST', '1', 'lastfm://')", "('ARTIST', '1', 'lastfm://b')")

    report = walk()

    assert (report.failed, report.requested, counted(report)) == ([("artist 1", UNREADABLE)], 1, 2)
    assert list(walk.references().values()) == ["lastfm://b"]


def test_owners_that_cannot_be_named_fail_with_the_reason(older: OlderDatabase, walk: Walking, neighbours: Neighbourhood):
    insert(
        older, "artists", "(1, NULL, 5)", "(2, 'a' || char(0) || 'b', x'ff')", "(3, CAST(x'ff41' AS TEXT), '')", "(4, 311, NULL)"
    )
    insert(older, "albums", "(1, NULL, 4, 0)", f"(2, '{'a' * 501}', 4, 0)", "(3, '13', 1, NULL)", "(4, '13', 99, ' ')")
    insert(older, "covers", *(f"('{owner}', {n}, 'lastfm://a')" for owner in ("artist", "album") for n in range(1, 5)))

    report = walk()

    assert report.failed == [
        ("artist 1", "it has no name"),
        ("artist 2", "its name is no readable text"),
        ("artist 3", "its name is no readable text"),
        ("album 1", "it has no title"),
        ("album 2", "its title is no readable text"),
        ("album 3", "it has no artist"),
        ("album 4", "it has no artist"),
    ]
    assert (counted(report), report.read, neighbours.names()) == (8, 8, ["311"])


def test_references_of_nobody_are_left_and_say_why(older: OlderDatabase, walk: Walking):
    insert(older, "artists", "(1, 'Blur', NULL)", "(x'01', 'Bytes', NULL)", "(NULL, 'Nobody', NULL)")
    whose = [("'artist'", "99"), ("'artist'", "NULL"), ("'artist'", "x'01'"), ("'album'", "1.0"), ("'song'", "1"), ("NULL", "1")]
    insert(older, "covers", *(f"({owner}, {owner_id}, 'lastfm://a')" for owner, owner_id in whose), "('artist', 1, 5)")

    report = walk()

    assert report.left == {
        "its artist is not there": 3,
        "its album is not there": 1,
        "it is neither an artist's nor an album's": 2,
    }
    assert (counted(report), report.read, walk.references()) == (6, 6, {})


def test_covers_without_the_tables_of_their_owners_are_left(walk: Walking, older: OlderDatabase):
    older.run("DROP TABLE artists")
    older.run("DROP TABLE albums")
    insert(older, "covers", "('artist', 1, 'lastfm://a')", "('album', 1, 'lastfm://b')")

    assert walk().left == {"its artist is not there": 1, "its album is not there": 1}


@pytest.mark.parametrize(
    ("tables", "reason"),
    [
        (["CREATE TABLE artists (id, name)"], "no table of covers"),
        (["CREATE TABLE covers (id, url)"], "no table of covers"),
        (
            ["CREATE TABLE covers (entity_type, entity_id, url)", "CREATE TABLE cover_versions (kind)"],
            "not an older installation",
        ),
    ],
)
def test_a_database_of_something_else_is_refused(tmp_path: Path, tables: list[str], reason: str):
    older = OlderDatabase(f"sqlite:///{tmp_path / 'else.sqlite'}")
    for each in tables:
        older.run(each)

    with pytest.raises(Unreadable, match=reason):
        OldCovers.at(older.url)


def test_a_name_in_the_shape_of_an_order_is_only_a_name(older: OlderDatabase, walk: Walking, neighbours: Neighbourhood):
    name = "'; DROP TABLE covers; --%_"
    older.run("DELETE FROM covers")
    OlderDatabase(older.url).put("covers", [cover("album", 1, "lastfm://%_'")])
    quoted = name.replace("'", "''")
    insert(older, "artists", f"(1, '{quoted}', NULL)")
    insert(older, "albums", f"(1, '{quoted}', 1, NULL)")
    album = neighbours.add_album(name, name)

    walk()

    assert walk.references() == {album: "lastfm://%_'"}


anything: st.SearchStrategy[Any] = st.none() | st.integers() | st.binary() | st.text() | st.text().map(SCHEME.__add__)


@given(kind=st.sampled_from(Kind), references=st.lists(anything), names=st.tuples(*[st.none() | st.text()] * 3))
def test_whatever_a_row_holds_every_reference_is_wanted_or_refused(
    kind: Kind, references: list[Any], names: tuple[str | None, str | None, str | None]
):
    wanted, failed = read(OldOwner(kind, 1, *names, references=tuple(references)))

    assert len(failed) + (1 + wanted.spare if wanted else 0) == len(references)
    assert wanted is None or wanted.reference.isprintable()
