"""services/artist/merging.py: two rows that turn out to be one artist become one, and nothing known is lost."""

import pytest
import sqlalchemy as sa

from facts.values import Tag
from kernel.database import Database
from services.artist.asking.questions import Target
from services.artist.domain import ArtistField, ArtistId, ArtistName, ArtistRef, Kind, SimilarName
from services.artist.dossier import Dossier, Override
from services.artist.identity.merging import merge_artists
from services.artist.merge import Learned
from services.artist.store import ArtistStore
from services.artist.storing.tables import artists, redirects
from tests.fakes.clock import FakeClock
from tests.services.artist.known import (
    DAY,
    MBIDS,
    NOW,
    SPOTIFY,
    SPOTIFY_IDS,
    check,
    claim,
    count,
    ensured,
    evidence,
    fact,
    loaded,
    open_store,
    save,
    save_of,
)

ONE, OTHER = MBIDS[:2]
HERE = SPOTIFY_IDS[0]


@pytest.fixture
def store(database: Database, clock: FakeClock) -> ArtistStore:
    return open_store(database, clock)


@pytest.fixture
def pair(store: ArtistStore) -> tuple[ArtistId, ArtistId]:
    """Radiohead by its MusicBrainz id, and a second row made by its Spotify id."""
    kept = save(store, "Radiohead", Learned((fact(ArtistField.LISTENERS, 5),), claims=(claim(ONE),)), mbid=ONE)
    gone = save(store, "On a Friday", Learned(), spotify_id=HERE)
    for artist_id, name in ((kept, "Radiohead"), (gone, "On a Friday")):  # once asked for by these names alone
        store.save(Target(ArtistName(name), loaded(store, artist_id).artist), Learned(), is_more_due=lambda _: False)
    return kept, gone


def learn_that_they_are_one(store: ArtistStore, gone: ArtistId) -> ArtistId:
    """An answer about the second row shows that it has the first one's id."""
    return save_of(store, gone, Learned(claims=(claim(ONE), claim(HERE, "request", scheme=SPOTIFY))))


def absorb(store: ArtistStore, gone: ArtistId, kept: ArtistId) -> None:
    assert save_of(store, gone, Learned(claims=(claim(ONE),))) == kept


def similar_to(*names: str) -> Learned:
    return Learned(similar={"lastfm": tuple((SimilarName(name, 0.5, rank), evidence()) for rank, name in enumerate(names, 1))})


def edges(dossier: Dossier) -> list[ArtistId]:
    return [edge.artist_id for edge in dossier.similar]


def test_an_id_elsewhere_that_another_row_has_makes_both_one(store: ArtistStore, database: Database, pair):
    kept, gone = pair

    now_known_as = learn_that_they_are_one(store, gone)

    artist = loaded(store, kept).artist
    assert now_known_as == kept
    assert (artist.mbid, artist.spotify_id) == (ONE, HERE)
    assert count(database, artists) == 1
    assert store.load(gone) is None


def test_the_id_that_went_still_finds_the_artist(store: ArtistStore, pair):
    kept, gone = pair
    learn_that_they_are_one(store, gone)

    found = store.find(ArtistRef(id=gone))

    assert found == loaded(store, kept).artist
    assert store.find(ArtistRef(spotify_id=HERE)) == found


def test_both_names_find_the_artist(store: ArtistStore, pair):
    kept, gone = pair
    learn_that_they_are_one(store, gone)

    found = [store.find(ArtistRef(named=ArtistName(name))) for name in ("radiohead", "on a friday")]

    assert found == [loaded(store, kept).artist] * 2


def test_what_only_one_of_them_knew_is_known_of_both(store: ArtistStore, pair):
    kept, gone = pair
    tags = (Tag("rock", 9),)
    save_of(store, gone, Learned((fact(ArtistField.TAGS, tags), fact(ArtistField.LISTENERS, 8)), checks=(check(Kind.TAGS),)))
    store.save_override(gone, Override(ArtistField.PLAYCOUNT, 7, "I know them", NOW))

    learn_that_they_are_one(store, gone)

    dossier = loaded(store, kept)
    assert {(each.field, each.value) for each in dossier.facts} == {(ArtistField.LISTENERS, 5), (ArtistField.TAGS, tags)}
    assert [each.kind for each in dossier.checks] == [Kind.TAGS]
    assert (dossier.artist.lastfm_tags, dossier.artist.lastfm_playcount) == (("rock",), 7)


def test_of_two_persons_values_the_one_of_the_row_that_stays_is_kept(store: ArtistStore, pair):
    for artist_id, value in zip(pair, (1, 2), strict=True):
        store.save_override(artist_id, Override(ArtistField.PLAYCOUNT, value, "I know them", NOW))

    learn_that_they_are_one(store, pair[1])

    assert [each.value for each in loaded(store, pair[0]).overrides] == [1]


def test_who_is_in_the_library_stays_there(store: ArtistStore, pair):
    kept, gone = pair
    store.ensure([ArtistName("On a Friday", spotify_id=HERE)])
    before = loaded(store, kept).artist.in_library

    learn_that_they_are_one(store, gone)

    assert (before, loaded(store, kept).artist.in_library) == (False, True)


def test_claims_of_both_are_kept(store: ArtistStore, pair):
    kept, gone = pair
    save_of(store, kept, Learned(claims=(claim(ONE), claim(ONE, "lastfm", 0.3))))

    learn_that_they_are_one(store, gone)

    told = {(each.evidence.provider, each.value) for each in loaded(store, kept).claims}
    assert told == {("musicbrainz", ONE), ("lastfm", ONE), ("request", HERE)}


def test_numbers_of_both_are_one_series(store: ArtistStore, clock: FakeClock, pair):
    kept, gone = pair
    save_of(store, gone, Learned((fact(ArtistField.LISTENERS, 6, at=NOW + DAY), fact(ArtistField.FOLLOWERS, 3, "spotify"))))
    clock.advance(2 * DAY.total_seconds())

    learn_that_they_are_one(store, gone)

    series = {each.metric: [point.value for point in each.points] for each in store.list_numbers(kept, None)}
    assert series == {ArtistField.LISTENERS: [5, 6], ArtistField.FOLLOWERS: [3]}


def test_places_in_other_artists_lists_move_over_and_are_never_doubled(store: ArtistStore, pair):
    kept, _ = pair
    of_gone = save(store, "Muse", similar_to("On a Friday"))
    of_both = save(store, "Blur", similar_to("Radiohead", "On a Friday"))
    assert edges(loaded(store, of_gone)) == [ensured(store, "On a Friday")]

    absorb(store, ensured(store, "On a Friday"), kept)

    assert edges(loaded(store, of_gone)) == [kept]
    assert edges(loaded(store, of_both)) == [kept]


def test_nobody_is_like_itself_after_a_merger(store: ArtistStore, pair):
    kept, _ = pair
    save_of(store, kept, similar_to("Twin", "Muse"))
    twin = ensured(store, "Twin")

    absorb(store, twin, kept)

    assert edges(loaded(store, kept)) == [ensured(store, "Muse")]


def test_the_list_of_a_row_that_had_none_is_taken_over(store: ArtistStore, pair):
    kept, gone = pair
    save_of(store, gone, similar_to("Muse"))

    learn_that_they_are_one(store, gone)

    assert edges(loaded(store, kept)) == [ensured(store, "Muse")]


def test_lists_of_one_provider_are_not_mixed(store: ArtistStore, pair):
    kept, gone = pair
    save_of(store, kept, similar_to("Blur"))
    save_of(store, gone, similar_to("Muse"))

    learn_that_they_are_one(store, gone)

    assert edges(loaded(store, kept)) == [ensured(store, "Blur")]


def test_two_that_were_like_each_other_are_not_like_themselves(store: ArtistStore, pair):
    kept, gone = pair
    save_of(store, gone, similar_to("Radiohead", "Muse"))

    learn_that_they_are_one(store, gone)

    assert edges(loaded(store, kept)) == [ensured(store, "Muse")]


def test_ids_that_went_earlier_lead_to_the_artist_of_today(store: ArtistStore, database: Database, pair):
    kept, gone = pair
    third = ensured(store, "Thom's Band", OTHER)
    learn_that_they_are_one(store, gone)

    with database.write() as connection:
        merge_artists(connection, kept=third, gone=kept, now=NOW)

    assert [store.find(ArtistRef(id=old)) for old in (gone, kept)] == [loaded(store, third).artist] * 2
    assert count(database, redirects) == 2


def test_an_answer_about_a_row_that_went_meanwhile_is_written_down_with_the_one_that_stays(store: ArtistStore, pair):
    kept, gone = pair
    read_before = store.find(ArtistRef(id=gone))
    learn_that_they_are_one(store, gone)

    target = Target(ArtistName("On a Friday", spotify_id=HERE), read_before)
    written = store.save(target, Learned((fact(ArtistField.FOLLOWERS, 3, "spotify"),)), is_more_due=lambda _: False)

    assert written == kept
    assert ArtistField.FOLLOWERS in {each.field for each in loaded(store, kept).facts}


def test_nothing_of_the_row_that_went_is_left(store: ArtistStore, database: Database, pair):
    kept, gone = pair
    save_of(store, gone, similar_to("Muse"))
    learn_that_they_are_one(store, gone)

    with database.read() as connection:
        tables = (table for table in artists.metadata.sorted_tables if "artist_id" in table.c)
        left = {table.name for table in tables for row in connection.execute(sa.select(table)) if row.artist_id == gone}

    assert left == set()
    assert store.find(ArtistRef(id=kept)) is not None


def test_rows_that_no_id_joins_stay_two(store: ArtistStore, database: Database, pair):
    _, gone = pair

    save_of(store, gone, Learned(claims=(claim(ONE, "lastfm", 0.3), claim(HERE, "request", scheme=SPOTIFY))))

    assert count(database, artists) == 2
    assert count(database, redirects) == 0
