"""Where is an artist, an album or a track looked up, by whatever name or identifier a client has?"""

import json
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from pathlib import Path

from unidecode import unidecode

from sandbox.catalogue.fictional import BANDS, fictional_name, find_fictional
from sandbox.catalogue.model import Album, Artist, Track
from sandbox.catalogue.reading import make_up_mbid, parse_artist

_FILES = Path(__file__).parent / "artists"
_REMEMBERED_BANDS = 4096


class Library:
    """All artists of the sandbox. Names compare without regard to case; `is_lenient` also ignores accents and punctuation."""

    def __init__(self, artists: Iterable[Artist]) -> None:
        self.artists = tuple(artists)
        self._by_name = {_key(artist.name): artist for artist in self.artists}
        self._by_loose_name = {
            _loose_key(name): artist for artist in reversed(self.artists) for name in (*artist.aliases, artist.name)
        }
        self._by_mbid = {artist.mbid: artist for artist in self.artists if artist.mbid}
        self._find_fictional = lru_cache(maxsize=_REMEMBERED_BANDS)(find_fictional)

    def find_artist(self, name: str, *, is_lenient: bool = False) -> Artist | None:
        """Finds an artist by name; None when there is none."""
        found = self._by_name.get(_key(name)) or self._find_fictional(_key(name))
        if found or not is_lenient:
            return found
        return self._by_loose_name.get(_loose_key(name))

    def find_artist_by_mbid(self, mbid: str) -> Artist | None:
        """Finds an artist by identifier, fictional ones included."""
        found = self._by_mbid.get(mbid.lower())
        fictional = self._fictional_names.get(mbid.lower())
        return found or (self._find_fictional(fictional) if fictional else None)

    def search_artists(self, words: str) -> list[Artist]:
        """Finds the artists whose name holds the words, the most heard first."""
        wanted = _loose_key(words)
        found = [artist for artist in self.artists if wanted and wanted in _loose_key(artist.name)]
        fictional = self._find_fictional(_key(words))
        return sorted(found, key=lambda artist: -artist.listeners) + ([fictional] if fictional else [])

    def find_album(self, artist: Artist, title: str) -> Album | None:
        """Finds an artist's album by title."""
        return next((album for album in artist.albums if _key(album.title) == _key(title)), None)

    def find_album_by_mbid(self, mbid: str) -> tuple[Artist, Album] | None:
        """Finds an album and its artist by identifier, among the real artists."""
        return next(((artist, album) for artist, album in self.albums() if album.mbid == mbid.lower()), None)

    def find_track(self, artist: Artist, title: str) -> tuple[Album, Track] | None:
        """Finds an artist's track by title, on the first album that has it."""
        for album in artist.albums:
            for track in album.tracks:
                if _key(track.title) == _key(title):
                    return album, track
        return None

    def find_track_by_mbid(self, mbid: str) -> tuple[Artist, Album, Track] | None:
        """Finds a track with album and artist by identifier, among the real artists."""
        for artist, album in self.albums():
            for track in album.tracks:
                if track.mbid == mbid.lower():
                    return artist, album, track
        return None

    def albums(self) -> Iterator[tuple[Artist, Album]]:
        """Walks the albums of the real artists."""
        return ((artist, album) for artist in self.artists for album in artist.albums)

    @cached_property
    def _fictional_names(self) -> dict[str, str]:
        names = (fictional_name(number) for number in range(1, BANDS + 1))
        return {make_up_mbid(name): _key(name) for name in names}


def load_library() -> Library:
    """Reads every file of `artists/`, in the order of their names."""
    files = sorted(_FILES.glob("*.json"))
    return Library(parse_artist(written) for file in files for written in json.loads(file.read_text("utf-8")))


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _loose_key(name: str) -> str:
    loose = "".join(letter for letter in unidecode(name).casefold() if letter.isalnum())
    return loose or _key(name)
