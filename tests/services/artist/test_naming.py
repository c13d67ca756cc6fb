"""services/artist/naming.py: which artist a name means. Ids come first, and two artists are never made one."""

import random
import unicodedata

import pytest

from kernel.database import Database
from services.artist.domain import Artist, ArtistField, ArtistId, ArtistName, ArtistRef
from services.artist.merge import Learned
from services.artist.store import ArtistStore
from services.artist.storing.tables import artists, names
from tests.fakes.clock import FakeClock
from tests.services.artist.known import (
    MBIDS,
    SPOTIFY_IDS,
    claim,
    count,
    ensured,
    fact,
    loaded,
    merged,
    open_store,
    save,
    save_of,
    together,
)

ONE, OTHER = MBIDS[:2]
HERE, ELSEWHERE = SPOTIFY_IDS[:2]


@pytest.fixture
def store(database: Database, clock: FakeClock) -> ArtistStore:
    return open_store(database, clock)


def artist_of(store: ArtistStore, artist_id: ArtistId) -> Artist:
    return loaded(store, artist_id).artist


def found(store: ArtistStore, name: str, mbid: str | None = None, spotify_id: str | None = None) -> ArtistId | None:
    artist = store.find(ArtistRef(named=ArtistName(name, mbid, spotify_id)))
    return artist.id if artist else None


def test_a_thousand_names_are_a_thousand_artists_and_the_same_ones_the_next_time(store: ArtistStore, database: Database):
    wanted = [ArtistName(f"Band {number}") for number in range(1000)]

    first = store.ensure(wanted).ids
    again = store.ensure(list(reversed(wanted))).ids

    assert len(set(first)) == 1000
    assert again == list(reversed(first))
    assert count(database, artists) == 1000


def test_case_unicode_form_and_white_space_do_not_make_two_artists(store: ArtistStore, database: Database):
    composed = "Sigur Rós"
    spellings = [composed, unicodedata.normalize("NFD", composed), "SIGUR RÓS", "  sigur   rós "]

    ids = store.ensure([ArtistName(spelling) for spelling in spellings]).ids

    assert len(set(ids)) == 1
    assert count(database, artists) == 1


def test_accents_and_punctuation_make_two_artists(store: ArtistStore):
    assert len(set(store.ensure([ArtistName(name) for name in ("Björk", "Bjork", "!!!", "...")]).ids)) == 4


def test_those_that_join_the_library_are_told_once(store: ArtistStore):
    save(store, "Seen", Learned())

    first = store.ensure([ArtistName("Seen"), ArtistName("New"), ArtistName("new")])
    again = store.ensure([ArtistName("Seen")])

    assert set(first.joined) == set(first.ids)
    assert (len(first.joined), again.joined) == (2, [])


def test_an_artist_takes_the_musicbrainz_id_it_is_later_named_with(store: ArtistStore):
    plain = ensured(store, "Radiohead")

    identified = ensured(store, "radiohead", ONE)

    assert identified == plain
    assert artist_of(store, plain).mbid == ONE
    assert ensured(store, "On a Friday", ONE) == plain


def test_on_whose_word_an_artist_has_its_id_is_written_down(store: ArtistStore):
    artist_id = ensured(store, "Radiohead", ONE)

    (known,) = loaded(store, artist_id).claims

    assert (known.value, known.evidence.provider, known.evidence.confidence) == (ONE, "library", 0.9)
    assert known.evidence.matched_on == ("tags of the library's files",)


def test_an_id_from_files_stays_when_answers_come_that_claim_nothing(store: ArtistStore):
    artist_id = ensured(store, "Radiohead", ONE)

    save_of(store, artist_id, Learned((fact(ArtistField.LISTENERS, 5),)))

    assert artist_of(store, artist_id).mbid == ONE


def test_homonyms_with_different_musicbrainz_ids_stay_apart(store: ArtistStore):
    first, second = (ensured(store, "Nirvana", mbid) for mbid in (ONE, OTHER))

    assert first != second
    assert [ensured(store, "Nirvana", mbid) for mbid in (ONE, OTHER)] == [first, second]


@pytest.mark.parametrize("is_there_before", [True, False])
def test_homonyms_named_in_one_batch_stay_apart(store: ArtistStore, is_there_before):
    plain = [ensured(store, "Nirvana")] if is_there_before else []
    batch = [ArtistName("Nirvana"), ArtistName("Nirvana", ONE), ArtistName("nirvana", OTHER), ArtistName("Nirvana", ONE)]

    ids = store.ensure(batch).ids

    assert ids[1] == ids[3] != ids[2]
    assert ids[0] == ids[1]
    assert plain in ([], [ids[0]])
    assert [artist_of(store, ids[number]).mbid for number in (1, 2)] == [ONE, OTHER]


def test_a_bare_name_among_homonyms_means_the_librarys_most_heard(store: ArtistStore):
    quiet, loud = (ensured(store, "Nirvana", mbid) for mbid in (ONE, OTHER))
    save_of(store, loud, Learned((fact(ArtistField.LISTENERS, 5_000_000),)))

    assert found(store, "Nirvana") == loud != quiet


def test_a_bare_name_means_the_librarys_own_before_a_more_heard_one(store: ArtistStore):
    save(store, "Nirvana", Learned((fact(ArtistField.LISTENERS, 5_000_000),), claims=(claim(OTHER),)), mbid=OTHER)
    own = ensured(store, "Nirvana", ONE)

    assert found(store, "Nirvana") == own


def test_who_is_called_so_comes_before_who_is_also_called_so(store: ArtistStore):
    band = save(store, "Prince", Learned(named=ArtistName("Prince & The Revolution", ONE)))
    alone = ensured(store, "Prince", OTHER)

    assert found(store, "Prince") == alone != band


def test_an_artist_is_found_by_every_name_it_was_asked_by(store: ArtistStore):
    artist_id = save(store, "Guns and Roses", Learned(claims=(claim(ONE),), named=ArtistName("Guns N' Roses", ONE)))

    assert [found(store, name) for name in ("guns and roses", "GUNS N' ROSES")] == [artist_id] * 2
    assert artist_of(store, artist_id).name == "Guns N' Roses"


def test_an_artist_is_found_by_its_spotify_id_and_by_ours(store: ArtistStore):
    artist_id = ensured(store, "Radiohead", spotify_id=HERE)

    assert [store.find(ref) for ref in (ArtistRef(spotify_id=HERE), ArtistRef(id=artist_id))] == [artist_of(store, artist_id)] * 2
    assert [store.find(ref) for ref in (ArtistRef(spotify_id=ELSEWHERE), ArtistRef(id=ArtistId("nobody")))] == [None, None]


def test_a_musicbrainz_id_means_more_than_a_spotify_id_and_that_more_than_a_name(store: ArtistStore):
    by_name, by_spotify, by_mbid = ensured(store, "X"), ensured(store, "Y", spotify_id=HERE), ensured(store, "Z", ONE)

    assert found(store, "X", ONE, HERE) == by_mbid
    assert found(store, "X", OTHER, HERE) == by_spotify
    assert found(store, "X") == by_name


def test_a_name_does_not_make_one_of_a_spotify_id_and_an_artist_without_any(store: ArtistStore):
    plain = ensured(store, "Nirvana")

    linked = save(store, "Nirvana", Learned(claims=(), named=ArtistName("Nirvana")), spotify_id=HERE)

    assert linked != plain
    assert (found(store, "Nirvana", spotify_id=HERE), found(store, "Nirvana", spotify_id=ELSEWHERE)) == (linked, None)


def test_a_merged_musicbrainz_id_still_means_the_artist(store: ArtistStore):
    artist_id = save(store, "Radiohead", Learned(claims=(claim(ONE), merged(OTHER, ONE))), mbid=ONE)

    assert found(store, "On a Friday", OTHER) == artist_id
    assert ensured(store, "On a Friday", OTHER) == artist_id


def test_a_musicbrainz_id_that_was_merged_twice_still_means_the_artist(store: ArtistStore):
    chain = (claim(MBIDS[3]), merged(ONE, OTHER), merged(OTHER, MBIDS[3]))
    artist_id = save(store, "Radiohead", Learned(claims=chain), mbid=MBIDS[3])

    assert [found(store, "Whoever", mbid) for mbid in (OTHER, ONE)] == [artist_id] * 2


def test_what_is_claimed_of_one_id_does_not_lead_another_artist_there(store: ArtistStore):
    save(store, "Radiohead", Learned(claims=(claim(ONE), claim(OTHER, "lastfm", 0.3))), mbid=ONE)

    assert found(store, "Whoever", OTHER) is None


def test_eight_threads_that_ensure_the_same_names_in_any_order_make_one_row_a_name(store: ArtistStore, database: Database):
    wanted = [ArtistName(f"Band {number}") for number in range(60)]

    def ensure(number: int) -> object:
        shuffled = random.Random(number).sample(wanted, len(wanted))  # noqa: S311 - an order, not a secret
        return dict(zip([name.name for name in shuffled], store.ensure(shuffled).ids, strict=True))

    with together(8) as run:
        answers = run(ensure)

    assert all(answer == answers[0] for answer in answers)
    assert count(database, artists) == 60
    assert count(database, names) == 60


def test_readers_that_make_the_same_unknown_artist_at_once_make_one(store: ArtistStore, database: Database):
    with together(8) as run:
        ids = run(lambda _: save(store, "Radiohead", Learned(claims=(claim(ONE),), named=ArtistName("Radiohead", ONE))))

    assert len(set(ids)) == 1
    assert count(database, artists) == 1
