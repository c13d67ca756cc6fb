"""Which titles are of one artist, from one album, of one track, however they are spelt?"""

import threading
from array import array
from collections.abc import Collection, Iterable, Sequence

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
        self._artists = array("q")
        self._albums = array("q")
        self._tracks = array("q")

    def numbers(self, connection: sa.Connection, title_ids: Collection[int]) -> tuple[list[int], list[int], list[int]]:
        """The numbers of the titles' artists, albums and tracks, each in the order of the ids."""
        self._grow(max(title_ids, default=-1) + 1)
        tracks = _picked(self._tracks, title_ids)
        if _UNKNOWN in tracks:
            self._learn(connection, [title_id for title_id, number in zip(title_ids, tracks, strict=True) if number == _UNKNOWN])
            tracks = _picked(self._tracks, title_ids)
        return _picked(self._artists, title_ids), _picked(self._albums, title_ids), tracks

    def _learn(self, connection: sa.Connection, missing: Collection[int]) -> None:
        """These, and all between them: the first time that is nearly all there are, later the few that are new."""
        keys = sa.select(titles.c.id, titles.c.artist_key, titles.c.album_key, titles.c.track_key)
        for title_id, artist, album, track in connection.execute(keys.where(titles.c.id.between(min(missing), max(missing)))):
            self._artists[title_id] = hash(artist)
            self._albums[title_id] = hash((artist, album)) if album else NONE
            self._tracks[title_id] = hash((artist, track)) or 1  # written last: it tells whether all are

    def _grow(self, size: int) -> None:
        with self._growing:
            for numbers in (self._artists, self._albums, self._tracks):
                numbers.extend([_UNKNOWN] * (size - len(numbers)))


def _picked(numbers: Sequence[int], title_ids: Iterable[int]) -> list[int]:
    return [numbers[title_id] for title_id in title_ids]
