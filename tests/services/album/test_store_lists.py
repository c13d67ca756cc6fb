"""The lists of services/album/store.py: albums and an album's tracks by title, in pages."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

import pytest

from kernel.database import Database
from services.album.domain import Album, AlbumId
from services.album.store import AlbumStore
from services.album.storing.listing import AlbumFilter, Position
from tests.fakes.clock import FakeClock
from tests.services.album.known import artist_id_of, ensured, named, open_store

T = TypeVar("T")
P = TypeVar("P")
"""Where a page ends."""

TITLES = ["Zz", "Björk", "AC/DC", "北京", "Bjorn", "  acht  "]


@pytest.fixture
def store(database: Database, clock: FakeClock) -> AlbumStore:
    return open_store(database, clock)


def walk(list_page: Callable[[P | None], Sequence[tuple[P, T]]]) -> list[tuple[P, T]]:
    seen: list[tuple[P, T]] = []
    while page := list_page(seen[-1][0] if seen else None):
        seen += page
    return seen


def titles_of(albums: Sequence[tuple[Position, Album]]) -> list[str]:
    return [album.title for _, album in albums]


@pytest.mark.parametrize("size", [1, 2, 5, 50])
def test_every_album_is_listed_once_in_order_whatever_the_size_of_a_page(store: AlbumStore, size):
    ensured(store, *(named(artist, "Song", title) for title in TITLES for artist in ("X", "Y")))

    seen = walk(lambda after: store.list_albums(AlbumFilter(), after=after, limit=size))

    assert len(seen) == 2 * len(TITLES)
    assert all(one[0] < other[0] for one, other in pairwise(seen))
    assert titles_of(seen)[::2] == ["AC/DC", "acht", "北京", "Björk", "Bjorn", "Zz"]


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("bjo", ["Björk", "Bjorn"]),
        ("BJÖ", ["Björk", "Bjorn"]),
        ("ac/", ["AC/DC"]),
        ("北", ["北京"]),
        ("%", []),
        ("_", []),
        ("zzz", []),
    ],
)
def test_albums_are_found_by_their_beginning_case_and_accents_aside(store: AlbumStore, prefix, found):
    ensured(store, *(named("X", "Song", title) for title in TITLES))

    assert titles_of(store.list_albums(AlbumFilter(prefix), after=None, limit=10)) == found


def test_albums_are_listed_of_one_artist(store: AlbumStore):
    ensured(store, named("X", "Song", "B"), named("X", "Song", "A"), named("Y", "Song", "A"))

    of_x = store.list_albums(AlbumFilter(artist_id=artist_id_of("X")), after=None, limit=10)
    beginning = store.list_albums(AlbumFilter("b", artist_id_of("X")), after=None, limit=10)

    assert titles_of(of_x) == ["A", "B"]
    assert {album.artist_id for _, album in of_x} == {artist_id_of("X")}
    assert titles_of(beginning) == ["B"]
    assert store.list_albums(AlbumFilter(artist_id="nobody"), after=None, limit=10) == []


def test_the_tracks_of_an_album_are_listed_by_title_and_no_others(store: AlbumStore):
    first, *_ = ensured(
        store, *(named("X", title, "Record") for title in TITLES), named("X", "Else", "Other"), named("X", "None")
    )
    album_id = first.album_id or AlbumId("")

    seen = walk(lambda after: store.list_tracks(album_id, after=after, limit=4))

    assert [track.title for _, track in seen] == ["AC/DC", "acht", "北京", "Björk", "Bjorn", "Zz"]
    assert {track.album_id for _, track in seen} == {album_id}
