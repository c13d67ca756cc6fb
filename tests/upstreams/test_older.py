"""upstreams/older.py: which databases are read, in what order, and which references are found there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.fakes.servers import PostgresServer
from tests.services.artist.older import OlderDatabase
from upstreams.older import OldDatabase, OldId, Unreadable

OWNERS = {"artist": "artists", "album": ""}


@pytest.fixture
def older(database_url: str) -> OlderDatabase:
    return OlderDatabase(database_url)


@pytest.fixture
def opened(older: OlderDatabase) -> Iterator[Any]:
    """Opens it, once its tables are there."""
    every: list[OldDatabase] = []

    def open_now(batch: int = 2) -> OldDatabase:
        every.append(OldDatabase.at(older.url, batch=batch))
        return every[-1]

    yield open_now
    for each in every:
        each.close()


def walk(old: OldDatabase, table: str = "artists") -> list[list[OldId]]:
    """The ids on each page."""
    pages: list[list[OldId]] = []
    key = old.table(table).c.id
    while True:
        with old.reading() as connection:
            rows = old.page(connection, sa.select(key), key, pages[-1][-1] if pages else None)
        if not rows:
            return pages
        pages.append([row["id"] for row in rows])


def references(old: OldDatabase, owner: str, *ids: OldId) -> dict[str, list[Any]]:
    with old.reading() as connection:
        return dict(old.references(connection, owner, ids))


def cover(owner: Any, owner_id: Any, url: Any) -> dict[str, Any]:
    return {"entity_type": owner, "entity_id": owner_id, "url": url}


def test_a_path_that_is_not_there_is_not_made(tmp_path: Path):
    with pytest.raises(Unreadable, match="is not there"):
        OldDatabase.at(str(tmp_path / "missing.sqlite"))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "place",
    [
        "mysql://somebody:secret@127.0.0.1/x",
        "://",
        "postgresql://somebody:secret@127.0.0.1:1/x",
        "postgresql://somebody@127.0.0.1:1/x?password=secret&sslpassword=secret",
        "postgresql://somebody:secret@127.0.0.1:port/x",
        "/" + "long" * 1000,
    ],
)
def test_a_database_that_cannot_be_read_is_refused_without_its_password(place: str):
    with pytest.raises(Unreadable) as refused:
        OldDatabase.at(place)

    assert "secret" not in str(refused.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path):
    (tmp_path / "text.sqlite").write_text("not a database " * 100, "utf-8")

    with pytest.raises(Unreadable, match="cannot be read"):
        OldDatabase.at(str(tmp_path / "text.sqlite"))


def test_nothing_can_be_written_there(older: OlderDatabase, opened: Any):
    older.put("artists", [{"id": 1, "name": "Blur"}])
    old = opened()

    with pytest.raises(Unreadable), old.reading() as connection:
        connection.execute(sa.delete(old.table("artists")))

    assert older.contents() == {"artists": ["(1, 'Blur')"]}


def test_pages_follow_the_ids_and_show_each_once(older: OlderDatabase, opened: Any):
    older.put("artists", [{"id": each, "name": "x"} for each in (5, 3, 4, 1, 4, 2, None)])

    assert walk(opened()) == [[1, 2], [3, 4], [5]]


def test_a_column_that_is_not_there_is_not_asked_for(older: OlderDatabase, opened: Any):
    older.put("artists", [{"id": 1, "name": "Blur"}])
    old = opened()

    assert (old.has("artists", "id", "name"), old.has("artists", "mbid"), old.has("albums")) == (True, False, False)


def test_references_are_found_by_their_owners_in_whatever_case_they_are_written(older: OlderDatabase, opened: Any):
    urls = ["lastfm://b", "LastFM://a", "https://example.org/a.png", None, "", "xlastfm://c"]
    older.put(
        "covers", [*(cover("Artist", 1, url) for url in urls), cover("artist", 2, "lastfm://c"), cover("album", 1, "lastfm://d")]
    )

    found = references(opened(), "artist", 1, 3)

    assert {owner: sorted(each) for owner, each in found.items()} == {"1": ["LastFM://a", "lastfm://b"]}


def test_of_two_columns_of_addresses_the_one_that_holds_a_reference_counts(older: OlderDatabase, opened: Any):
    first = cover("artist", 1, "https://example.org/a.png") | {"cover_url": "lastfm://a"}
    older.put("covers", [first, cover("artist", 2, "lastfm://b") | {"cover_url": None}])

    assert references(opened(), "artist", 1, 2) == {"1": ["lastfm://a"], "2": ["lastfm://b"]}


def test_an_enumeration_of_kinds_is_read_as_its_words(postgres_server: PostgresServer):
    with postgres_server.fresh_database() as url:
        older = OlderDatabase(url)
        older.run("CREATE TYPE kind AS ENUM ('ARTIST', 'ALBUM')")
        older.run("CREATE TABLE covers (entity_type kind, entity_id bigint, cover_url varchar(200))")
        older.run("INSERT INTO covers VALUES ('ARTIST', 1, 'lastfm://a'), ('ALBUM', 1, 'lastfm://b'), (NULL, 1, 'lastfm://c')")
        old = OldDatabase.at(url)

        assert references(old, "album", 1) == {"1": ["lastfm://b"]}
        assert old.count_strays({"album": ""}) == {"album": 1, "": 2}
        old.close()


def test_every_reference_without_an_owner_is_counted_once(older: OlderDatabase, opened: Any):
    older.put("artists", [{"id": 1, "name": "Blur"}])
    whose = [("artist", 1), ("artist", 7), ("artist", None), ("album", 1), ("track", 1), (None, 1), ("", None)]
    older.put("covers", [cover(owner, owner_id, "lastfm://a") for owner, owner_id in whose])

    assert opened().count_strays(OWNERS) == {"artist": 2, "album": 1, "": 3}


def test_without_covers_there_are_no_references(older: OlderDatabase, opened: Any):
    older.put("artists", [{"id": 1, "name": "Blur"}])
    older.put("covers", [{"entity_type": "artist", "url": "lastfm://a"}])
    old = opened()

    assert (old.has_references, references(old, "artist", 1), old.count_strays(OWNERS)) == (False, {}, {})


def test_bytes_and_broken_text_as_ids_never_turn_a_walk_in_circles(tmp_path: Path):
    older = OlderDatabase(f"sqlite:///{tmp_path / 'odd.sqlite'}")
    older.run("CREATE TABLE artists (id, name)")
    ids = ["2", "x'01'", "x'ff'", "CAST(x'61ff' AS TEXT)", "CAST(x'6100' AS TEXT)", "'\U0001f3b8'", "1.5", "'b'", "1", "NULL"]
    older.run(f"INSERT INTO artists VALUES {', '.join(f'({each}, 1)' for each in ids)}")  # noqa: S608

    old = OldDatabase.at(older.url, batch=1)
    pages = walk(old)
    old.close()

    assert pages == [[1], [2], ["a\0"], ["b"]]
