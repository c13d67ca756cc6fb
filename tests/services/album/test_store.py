"""services/album/store.py, on an SQLite file and on PostgreSQL: a name is one track, whoever names it and how often."""

import random
import unicodedata
from typing import cast

import pytest
import sqlalchemy as sa

from kernel.database import Database
from services.album.domain import Album, AlbumId, ArtistId, Ensured, EnsuredTrack, Track, TrackId, TrackName
from services.album.store import AlbumStore
from services.album.storing.tables import tracks
from services.album.storing.writing import Pen
from tests.fakes.clock import FakeClock
from tests.services.album.known import MBIDS, artist_id_of, count, ensure, ensured, named, on_compilation, open_store
from tests.services.artist.known import together

ONE, OTHER = MBIDS[:2]
RECORDING = MBIDS[5]


@pytest.fixture
def store(database: Database, clock: FakeClock) -> AlbumStore:
    return open_store(database, clock)


def album_of(store: AlbumStore, each: EnsuredTrack) -> Album:
    album = store.load_album(each.album_id or AlbumId(""))
    assert album is not None
    return album


def track_of(store: AlbumStore, each: EnsuredTrack) -> Track:
    track = store.load_track(each.track_id)
    assert track is not None
    return track


def test_a_thousand_names_are_a_thousand_tracks_and_the_same_ones_the_next_time(store: AlbumStore, database: Database):
    wanted = [named(f"Band {n % 50}", f"Song {n}", f"Record {n % 100}") for n in range(1000)]

    first = ensure(store, *wanted)
    again = ensure(store, *reversed(wanted))

    assert len({each.track_id for each in first.tracks}) == 1000
    assert again.tracks == first.tracks[::-1]
    assert (len(first.new_albums), again.new_albums) == (100, [])
    assert (count(database, "tracks"), count(database, "albums"), count(database, "artist_names")) == (1000, 100, 50)


def test_what_is_made_says_what_was_named(store: AlbumStore, clock: FakeClock):
    wanted = named("Sigur Rós", "Starálfur", "Ágætis byrjun", mbid=RECORDING, album_mbid=ONE)

    (each,) = ensured(store, wanted)

    artist_id, now = artist_id_of("Sigur Rós"), clock.now()
    assert each.artist_id == artist_id
    assert album_of(store, each) == Album(
        each.album_id or AlbumId(""), "Ágætis byrjun", artist_id, "Sigur Rós", now, now, ONE, track_count=1
    )
    assert track_of(store, each) == Track(each.track_id, "Starálfur", artist_id, "Sigur Rós", now, now, each.album_id, RECORDING)


def test_case_unicode_form_and_white_space_do_not_make_two(store: AlbumStore, database: Database):
    texts = ["Ágætis byrjun", unicodedata.normalize("NFD", "Ágætis byrjun"), "ÁGÆTIS BYRJUN", "  ágætis   byrjun "]

    answers = ensured(store, *(named(text, text, text) for text in texts))

    assert len(set(answers)) == 1
    assert [count(database, table) for table in ("albums", "album_titles", "tracks", "artist_names")] == [1, 1, 1, 1]


def test_accents_and_punctuation_make_two(store: AlbumStore):
    answers = ensured(store, *(named("X", title, title) for title in ("Volta", "Voltá", "Volta!")))

    assert len({each.album_id for each in answers}) == len({each.track_id for each in answers}) == 3


def test_one_title_of_two_artists_is_two_albums(store: AlbumStore):
    one, other = ensured(store, named("Weezer", "X", "Weezer"), named("Somebody", "X", "Weezer"))

    assert one.album_id != other.album_id
    assert one.track_id != other.track_id


def test_the_same_track_on_two_albums_is_two_tracks(store: AlbumStore):
    one, other = ensured(store, named("Queen", "Innuendo", "Innuendo"), named("Queen", "Innuendo", "Greatest Hits II"))

    assert one.track_id != other.track_id
    assert [album_of(store, each).track_count for each in (one, other)] == [1, 1]


def test_another_release_of_the_same_title_is_the_same_album_with_the_first_ones_id(store: AlbumStore):
    first, second = (ensured(store, named("X", "Song", "Record", album_mbid=mbid))[0] for mbid in (ONE, OTHER))

    assert first == second
    assert album_of(store, first).mbid == ONE


def test_a_release_under_another_title_or_artist_is_the_album_it_was(store: AlbumStore):
    first, edition, guest = (
        ensured(store, named(artist, "Song", title, album_mbid=ONE))[0]
        for artist, title in (("X", "Record"), ("X", "Record (Deluxe)"), ("Y", "Record"))
    )

    assert first.album_id == edition.album_id == guest.album_id
    assert first.track_id == edition.track_id != guest.track_id
    assert album_of(store, first).title == "Record"
    assert album_of(store, first).track_count == 2


def test_a_title_that_once_led_to_an_album_leads_there_without_the_release_as_well(store: AlbumStore):
    first, *_ = ensured(store, named("X", "Song", "Record", album_mbid=ONE), named("X", "Song", "Deluxe", album_mbid=ONE))

    (again,) = ensured(store, named("X", "Song", "Deluxe"))

    assert again == first


def test_ids_are_taken_when_they_are_named_later_and_that_is_a_change(store: AlbumStore, clock: FakeClock):
    (plain,) = ensured(store, named("X", "Song", "Record"))
    clock.advance(60)

    (identified,) = ensured(store, named("X", "Song", "Record", mbid=RECORDING, album_mbid=ONE))
    ensured(store, named("X", "Song", "Record", mbid=MBIDS[6], album_mbid=OTHER))

    assert identified == plain
    album, track = album_of(store, plain), track_of(store, plain)
    assert (album.mbid, track.mbid) == (ONE, RECORDING)
    assert album.updated_at == track.updated_at == clock.now() != album.created_at


def test_a_release_is_never_two_albums(store: AlbumStore):
    first, second, _ = ensured(
        store,
        named("X", "Song", "Record"),
        named("X", "Song", "Other", album_mbid=ONE),
        named("X", "Song", "Record", album_mbid=ONE),
    )

    assert (album_of(store, first).mbid, album_of(store, second).mbid) == (None, ONE)


def test_one_track_more_is_a_change_of_the_album_and_a_known_one_is_none(store: AlbumStore, clock: FakeClock):
    (first,) = ensured(store, named("X", "Song", "Record"))
    made_at = clock.now()
    clock.advance(60)
    ensured(store, named("X", "Song", "Record"))
    untouched = album_of(store, first)

    ensured(store, named("X", "Other Song", "Record"))

    assert (untouched.updated_at, untouched.track_count) == (made_at, 1)
    assert (album_of(store, first).updated_at, album_of(store, first).track_count) == (clock.now(), 2)


def test_without_an_album_the_artists_only_track_of_the_title_is_meant(store: AlbumStore, database: Database):
    (on_album,) = ensured(store, named("X", "Song", "Record"))

    (plain,) = ensured(store, named("X", "song", mbid=RECORDING))

    assert plain == EnsuredTrack(on_album.artist_id, on_album.track_id, None)
    assert track_of(store, plain).mbid == RECORDING
    assert count(database, "tracks") == 1


def test_without_an_album_and_with_several_of_the_title_it_is_a_track_of_its_own(store: AlbumStore, database: Database):
    on_albums = ensured(store, named("X", "Song", "Record"), named("X", "Song", "Live"))

    plain, again = (ensured(store, named("X", "Song"))[0] for _ in range(2))

    assert plain == again
    assert plain.track_id not in {each.track_id for each in on_albums}
    assert track_of(store, plain).album_id is None
    assert count(database, "tracks") == 3


def test_a_track_that_was_first_heard_without_an_album_stays_the_one_without(store: AlbumStore):
    (plain,) = ensured(store, named("X", "Song"))

    (on_album,) = ensured(store, named("X", "Song", "Record"))

    assert plain.track_id != on_album.track_id
    assert ensured(store, named("X", "Song")) == [plain]


def test_what_a_name_without_album_means_does_not_hang_on_its_place_in_the_request(store: AlbumStore, database: Database):
    plain, on_album = ensured(store, named("X", "Song"), named("X", "Song", "Record"))

    assert plain.track_id == on_album.track_id
    assert ensured(store, named("X", "Song"), named("X", "Song", "Record")) == [plain, on_album]
    assert count(database, "tracks") == 1


def test_of_two_that_learn_of_an_artist_at_once_the_first_is_believed(store: AlbumStore, database: Database):
    wanted = [named("X", "Song", "Record")]

    first, second = (store.ensure(wanted, {}, {("x", ""): ArtistId(artist_id)}) for artist_id in ("first", "second"))

    assert first.tracks == second.tracks
    assert store.load_artists({("x", ""), ("x", ONE)}) == {("x", ""): "first"}


def test_names_longer_than_an_index_entry_are_kept(store: AlbumStore):
    longest = "".join(chr(0x10000 + n * 37) for n in range(500))
    wanted = named(longest, longest, longest)

    first, again = ensured(store, wanted), ensured(store, wanted)

    assert first == again
    assert track_of(store, first[0]).title == longest


def test_what_nobody_made_is_not_there(store: AlbumStore):
    assert (store.load_album(AlbumId("nobody")), store.load_track(TrackId("nobody"))) == (None, None)


def test_replicas_that_ensure_overlapping_pages_in_any_order_make_one_row_a_name(
    store: AlbumStore, database: Database, clock: FakeClock
):
    wanted = [
        named(
            f"Band {n % 5}",
            f"Song {n}",
            f"Record {n % 12}" if n % 7 else "",
            album_mbid=MBIDS[n % 12] if n % 7 and n % 12 < 4 else "",
        )
        for n in range(120)
    ]

    def ensure_page(number: int) -> tuple[dict[TrackName, EnsuredTrack], Ensured]:
        replica = AlbumStore(database, Pen(database), clock=clock)
        page = random.Random(number).sample(wanted, 100)  # noqa: S311 - an order, not a secret
        answer = ensure(replica, *page)
        return dict(zip(page, answer.tracks, strict=True)), answer

    with together(6) as run:
        answers = cast("list[tuple[dict[TrackName, EnsuredTrack], Ensured]]", run(ensure_page))

    now = dict(zip(wanted, ensured(store, *wanted), strict=True))
    on_albums = {name for name in wanted if name.album}
    made = [album_id for _, answer in answers for album_id in answer.new_albums]
    assert all(page[name] == now[name] for page, _ in answers for name in page.keys() & on_albums)
    assert (
        len(made) == len(set(made)) == count(database, "albums") == len({each.album_id for each in now.values() if each.album_id})
    )
    assert count(database, "tracks") == len({each.track_id for each in now.values()})
    assert count(database, "artist_names") == 5


def test_a_compilation_is_one_album_whoever_plays_on_it_and_plays_find_it_again(store: AlbumStore):
    songs = [named("Radiohead", "Creep", "Hits", mbid=""), named("Björk", "Jóga", "Hits")]

    filed = ensured(store, *map(on_compilation, songs))
    played = ensured(store, *songs)
    other = ensured(store, named("Björk", "Hunter", "Hits"))

    assert len({each.album_id for each in filed}) == 1
    assert album_of(store, filed[0]).artist_name == "Various Artists"
    assert [track_of(store, each).artist_name for each in filed] == ["Radiohead", "Björk"]
    assert played == filed
    assert other[0].album_id == filed[0].album_id, "what a play found the album by leads there from then on"


def test_a_release_of_a_compilation_keeps_the_id_it_was_named_with(store: AlbumStore):
    song = named("Radiohead", "Creep", "Hits", album_mbid=ONE)
    (filed,) = ensured(store, on_compilation(song))

    (played,) = ensured(store, named("Radiohead", "Creep", "Hits", album_mbid=OTHER))

    assert played == filed
    assert album_of(store, filed).mbid == ONE


def test_an_album_of_the_artists_own_is_no_compilation(store: AlbumStore):
    (filed,) = ensured(store, on_compilation(named("Radiohead", "Creep", "Hits")))

    (own,) = ensured(store, named("Radiohead", "Lucky", "Hits"))

    assert own.album_id != filed.album_id
    assert album_of(store, own).artist_name == "Radiohead"


def test_tracks_are_listed_in_the_order_of_the_record(store: AlbumStore, database: Database):
    made = ensured(store, *(named("Radiohead", f"Song {letter}", "Record") for letter in "abcd"))
    places = {made[0].track_id: (2, 1), made[1].track_id: (1, 2), made[2].track_id: (1, 1)}
    with database.write() as connection:
        for track_id, (disc, number) in places.items():
            placed = sa.update(tracks).where(tracks.c.id == track_id).values(disc_number=disc, track_number=number)
            connection.execute(placed)

    album_id = made[0].album_id or AlbumId("")
    first = store.list_tracks(album_id, after=None, limit=2)
    rest = store.list_tracks(album_id, after=first[-1][0], limit=5)

    assert [track.title for _, track in (*first, *rest)] == ["Song c", "Song b", "Song a", "Song d"]
