"""Which titles are of one artist, from one album, of one track, however they are spelt?"""

import threading
from array import array
from collections.abc import Iterable

import sqlalchemy as sa

from services.tracker.storing.tables import titles

NONE = -1
"""Group of what is in none: a title without an album. No hash in Python is -1."""
_UNKNOWN = 0


class TitleGroups:
    """Three numbers for each title id: those of one artist, album or track have the same.

    Kept in memory, 24 bytes a title, since a title's names never change, and comparing them anew would take longer than all else
    that is asked of a year. The numbers are hashes of 64 bits, so that no name is kept: among a million names, two are taken for
    one in one of forty million libraries.
    """

    def __init__(self) -> None:
        self._growing = threading.Lock()  # guards the length of the arrays; what is in them is written whole, and always the same
        self.artists = array("q")
        self.albums = array("q")
        self.tracks = array("q")

    def learn(self, connection: sa.Connection, title_ids: Iterable[int]) -> None:
        """From now on these titles have numbers."""
        known, size = self.tracks, len(self.tracks)
        missing = [title_id for title_id in title_ids if title_id >= size or known[title_id] == _UNKNOWN]
        if not missing:
            return
        self._grow(max(missing) + 1)
        keys = sa.select(titles.c.id, titles.c.artist_key, titles.c.album_key, titles.c.track_key)
        for title_id, artist, album, track in connection.execute(keys.where(titles.c.id.between(min(missing), max(missing)))):
            self.artists[title_id] = hash(artist)
            self.albums[title_id] = hash((artist, album)) if album else NONE
            self.tracks[title_id] = hash((artist, track)) or 1

    def _grow(self, size: int) -> None:
        with self._growing:
            for numbers in (self.artists, self.albums, self.tracks):
                numbers.extend([_UNKNOWN] * (size - len(numbers)))
