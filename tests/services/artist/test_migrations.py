"""services/artist/migrations: they make the tables of the code, and carry what is there up, down and up again."""

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from kernel.database import Database
from services.artist.domain import ArtistField, ArtistId, ArtistName, ArtistRef, Kind, SimilarName
from services.artist.dossier import Dossier, Override
from services.artist.merge import Learned
from services.artist.store import ArtistStore
from services.artist.storing.tables import artists, metadata
from services.artist.wiring import MIGRATIONS
from tests.fakes.clock import FakeClock
from tests.services.artist.known import (
    MBID,
    MBIDS,
    NOW,
    SPOTIFY,
    SPOTIFY_IDS,
    check,
    claim,
    evidence,
    fact,
    loaded,
    merged,
    open_store,
    save,
)
from tests.services.test_every_migration import differences, metadata_of

OF_FIRST_REVISION = ("artists", "artist_names", "artist_facts", "artist_checks", "artist_similar", "artist_overrides")
EVIDENCE = {"provider": "lastfm", "retrieved_at": NOW.isoformat(), "confidence": 0.8}
FIELDS_OF_FIRST_REVISION = {"url", "listeners", "playcount", "tags", "bio", "images", "mbid"}
KINDS_OF_FIRST_REVISION = {"profile", "tags", "similar"}
WRITTEN_BY_FIRST_REVISION: dict[str, list[dict[str, Any]]] = {
    "artists": [
        {"id": "radiohead", "name": "Radiohead", "match_key": "radiohead", "sort_key": "radiohead", "mbid": MBIDS[1]},
        {"id": "muse", "name": "Muse", "match_key": "muse", "sort_key": "muse", "mbid": None},
    ],
    "artist_names": [{"match_key": each, "artist_id": each} for each in ("radiohead", "muse")],
    "artist_facts": [
        {"artist_id": "radiohead", "field": "mbid", "value": MBIDS[1]},
        {"artist_id": "radiohead", "field": "listeners", "value": 5_000_000},
    ],
    "artist_checks": [{"artist_id": "radiohead", "kind": "tags"}],
    "artist_similar": [{"artist_id": "radiohead", "similar_artist_id": "muse"}],
    "artist_overrides": [{"artist_id": "muse", "field": "playcount", "value": 7}],
}
FILLED = {
    "created_at": NOW,
    "updated_at": NOW,
    "language": "",
    "provider": "lastfm",
    "evidence": EVIDENCE,
    "outcome": "found",
    "checked_at": NOW,
    "next_check_at": NOW,
    "answered_at": NOW,
    "faults": 0,
    "message": "",
    "name": "Muse",
    "url": "",
    "weight": 0.5,
    "rank": 1,
    "reason": "I know them",
}


@pytest.fixture
def migrations() -> None:
    """These databases have no tables at first."""


def migrated_store(database: Database, clock: FakeClock) -> ArtistStore:
    database.migrate(MIGRATIONS)
    return open_store(database, clock)


@pytest.fixture
def first(database: Database) -> Database:
    """With the tables and rows of an installation that never saw the second revision."""
    database.migrate(MIGRATIONS)
    database.downgrade(MIGRATIONS)
    with database.write() as connection:
        for name, rows in WRITTEN_BY_FIRST_REVISION.items():
            known = metadata.tables[name]
            filled = [{key: value for key, value in FILLED.items() if key in known.c} | row for row in rows]
            connection.execute(sa.insert(known), filled)
    return database


def tables_of(database: Database) -> set[str]:
    with database.read() as connection:
        return set(sa.inspect(connection).get_table_names()) - {"alembic_version"}


def rows_of(database: Database, table: str) -> list[dict[str, Any]]:
    """As the columns are at this revision."""
    with database.read() as connection:
        return [dict(row) for row in connection.execute(sa.text(f"SELECT * FROM {table}")).mappings()]  # noqa: S608 - names of ours


def found(store: ArtistStore, name: str) -> Dossier:
    artist = store.find(ArtistRef(named=ArtistName(name)))
    assert artist is not None
    return loaded(store, artist.id)


def test_the_lists_of_similar_artists_have_their_index(database: Database):
    database.migrate(MIGRATIONS)

    with database.read() as connection:
        assert "ix_artist_similar_weight" in {index["name"] for index in sa.inspect(connection).get_indexes("artist_similar")}


def test_what_the_first_revision_knew_is_known_after_the_second(first: Database, clock: FakeClock):
    store = migrated_store(first, clock)

    radiohead, muse = found(store, "Radiohead"), found(store, "Muse")

    assert radiohead.artist.mbid == MBIDS[1]
    assert [(each.field, each.value, each.rests_on) for each in radiohead.facts] == [(ArtistField.LISTENERS, 5_000_000, None)]
    assert [each.kind for each in radiohead.checks] == [Kind.TAGS]
    assert [edge.artist_id for edge in radiohead.similar] == [muse.artist.id]
    assert [each.value for each in muse.overrides] == [7]


def test_an_id_known_to_the_first_revision_is_believed_by_the_second(first: Database, clock: FakeClock):
    store = migrated_store(first, clock)

    save(store, "Radiohead", Learned((fact(ArtistField.PLAYCOUNT, 9),)))

    radiohead = found(store, "Radiohead")
    assert radiohead.artist.mbid == MBIDS[1]
    assert radiohead.verdicts()[MBID].confidence == 0.9
    assert found(store, "Muse").claims == ()


def written_by_second_revision(database: Database, clock: FakeClock) -> tuple[ArtistId, ...]:
    """A named artist in full, and two namesakes that only Spotify tells apart."""
    store = migrated_store(database, clock)
    learned = Learned(
        facts=(fact(ArtistField.LISTENERS, 6), fact(ArtistField.GENRES, ("rock",), "spotify", rests_on=(MBID, MBIDS[1]))),
        similar={"lastfm": ((SimilarName("Muse", 0.9, 1), evidence()),)},
        checks=(check(Kind.TAGS), check(Kind.LINKS, provider="musicbrainz")),
        claims=(claim(MBIDS[1]), claim(SPOTIFY_IDS[1], scheme=SPOTIFY), merged(MBIDS[2], MBIDS[1])),
    )
    artist_id = save(store, "Radiohead", replace(learned, named=ArtistName("Radiohead", MBIDS[1])))
    store.save_override(artist_id, Override(ArtistField.GENRES, ("art rock",), "I know them", NOW))
    return artist_id, *(save(store, "Twins", Learned(checks=learned.checks), spotify_id=each) for each in SPOTIFY_IDS[2:4])


def test_down_to_the_first_revision_keeps_what_it_can_hold(database: Database, clock: FakeClock):
    artist_id, *_ = written_by_second_revision(database, clock)

    database.downgrade(MIGRATIONS)

    known = {row["name"]: row for row in rows_of(database, "artists")}
    assert set(known) == {"Radiohead", "Muse", "Twins"}
    assert (known["Radiohead"]["id"], known["Radiohead"]["spotify_id"]) == (artist_id, SPOTIFY_IDS[1])
    assert set(OF_FIRST_REVISION) <= tables_of(database)
    assert "artist_claims" not in tables_of(database)
    assert len(rows_of(database, "artist_similar")) == 1


def test_down_to_the_first_revision_leaves_nothing_that_it_cannot_read(database: Database, clock: FakeClock):
    written_by_second_revision(database, clock)

    database.downgrade(MIGRATIONS)

    assert {row["field"] for row in rows_of(database, "artist_facts")} <= FIELDS_OF_FIRST_REVISION
    assert {row["field"] for row in rows_of(database, "artist_overrides")} <= FIELDS_OF_FIRST_REVISION
    assert {row["kind"] for row in rows_of(database, "artist_checks")} <= KINDS_OF_FIRST_REVISION


def test_down_to_the_first_revision_leaves_nothing_of_those_it_lets_go(database: Database, clock: FakeClock):
    written_by_second_revision(database, clock)

    database.downgrade(MIGRATIONS)

    there = {row["id"] for row in rows_of(database, "artists")}
    for table in OF_FIRST_REVISION[1:]:
        assert {row["artist_id"] for row in rows_of(database, table)} <= there


def test_up_down_and_up_again_with_data_ends_where_it_began(first: Database, clock: FakeClock):
    written_by_second_revision(first, clock)

    first.downgrade(MIGRATIONS)
    store = migrated_store(first, clock)

    assert differences(first, metadata_of("artist")) == []
    radiohead = found(store, "Radiohead")
    assert (radiohead.artist.id, radiohead.artist.mbid) == ("radiohead", MBIDS[1])
    assert radiohead.artist.spotify_id == SPOTIFY_IDS[1]
    assert [edge.name for edge in radiohead.similar] == ["Muse"]
    with first.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(artists)).scalar_one() == 3


def test_an_id_that_went_down_and_up_again_stays_through_the_next_answers(first: Database, clock: FakeClock):
    written_by_second_revision(first, clock)
    first.downgrade(MIGRATIONS)
    store = migrated_store(first, clock)

    save(store, "Radiohead", Learned((fact(ArtistField.PLAYCOUNT, 9),)))

    assert (found(store, "Radiohead").artist.mbid, found(store, "Radiohead").artist.spotify_id) == (MBIDS[1], SPOTIFY_IDS[1])
