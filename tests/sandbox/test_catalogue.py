"""Is the catalogue what the sandbox says it is?"""

import uuid
from pathlib import Path

import pytest

from sandbox.catalogue import library as library_module
from sandbox.catalogue.library import Library, load_library
from sandbox.catalogue.model import Artist

SPECIAL = {"[unknown]", "Bare Sandbox Artist"}
NEEDED = [
    "Radiohead",
    "Thom Yorke",
    "Atoms for Peace",
    "Portishead",
    "Massive Attack",
    "Björk",
    "Sigur Rós",
    "AC/DC",
    "!!!",
    "K/DA",
    "Tyler, The Creator",
    "The The",
    "Queen",
    "Rush",
    "Genesis",
    "Nirvana",
    "Cher",
    "諏訪内晶子",
    "Los Pericos",
    "Foxing",
    "Cam",
    "Nicole",
    "Daft Punk",
    "Air",
    "Phoenix",
    "Portugal. The Man",
    "Miles Davis",
    "John Coltrane",
    "Nina Simone",
    "Aphex Twin",
    "Boards of Canada",
    "Kraftwerk",
    "Pixies",
    "Talking Heads",
    "David Bowie",
    "Pink Floyd",
    "Led Zeppelin",
    "The Beatles",
    "Fela Kuti",
    "Stromae",
    "Noir Désir",
    "Édith Piaf",
]


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def real(library: Library) -> list[Artist]:
    return [artist for artist in library.artists if artist.name not in SPECIAL]


def test_the_artists_that_other_tests_rely_on_are_there(library, real):
    assert len(real) >= 64
    assert {name for name in NEEDED if library.find_artist(name) is None} == set()


def test_every_real_artist_has_tags_neighbours_a_biography_and_albums(real):
    poor = [
        artist.name
        for artist in real
        if len(artist.tags) < 5 or len(artist.similar) < 5 or not artist.biographies.get("en") or not artist.albums
    ]

    assert poor == []
    assert sum(len(artist.albums) >= 3 for artist in real) >= 0.9 * len(real)


def test_neighbours_begin_with_one_and_descend_and_most_are_in_the_catalogue(library, real):
    links = [link for artist in real for link in artist.similar]

    assert all(artist.similar[0].match == 1 for artist in real)
    assert all([x.match for x in a.similar] == sorted((x.match for x in a.similar), reverse=True) for a in real)
    assert 0.5 < sum(library.find_artist(link.name) is not None for link in links) / len(links) < 1


def test_identifiers_are_unique_and_the_made_up_ones_are_said_to_be(library):
    artists = [artist for artist in library.artists if artist.mbid]
    made_up = {artist.name for artist in artists if uuid.UUID(artist.mbid).version == 5}

    assert len({artist.mbid for artist in artists}) == len(artists)
    assert made_up == {artist.name for artist in artists if not artist.is_mbid_real}


def test_every_track_has_a_title_and_a_plausible_length(library):
    lengths = [track.seconds for _, album in library.albums() for track in album.tracks if track.title]

    known = [album for artist, album in library.albums() if artist.name not in SPECIAL]
    assert all(album.tracks and album.released and album.label for album in known)
    assert all(seconds is not None and 10 <= seconds <= 1700 for seconds in lengths)


def test_files_stay_small():
    folder = Path(library_module.__file__).parent / "artists"

    assert max(file.stat().st_size for file in folder.glob("*.json")) < 200_000
