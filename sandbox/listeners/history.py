"""What has one account listened to? Two flat arrays, so that a million plays cost twelve megabytes."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sandbox.listeners.plays import Play


@dataclass(frozen=True, slots=True)
class Played:
    """What was heard, as the player named it; identifiers and the album may be empty."""

    artist: str
    track: str
    album: str = ""
    artist_mbid: str = ""
    track_mbid: str = ""
    album_mbid: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Some plays, newest first, of `total` within the asked range."""

    plays: list[tuple[int, Played]]
    total: int


class History:
    """One account's plays in order of time; plays of the same second keep the order in which they came."""

    def __init__(self, titles: list[Played], plays: Iterable[tuple[int, int]]) -> None:
        self._titles = titles
        self._seconds = array("q")
        self._heard = array("I")
        for second, heard in plays:
            self._seconds.append(second)
            self._heard.append(heard)
        self._own_titles: dict[Played, int] = {}

    def __len__(self) -> int:
        return len(self._seconds)

    def add(self, second: int, played: Played) -> None:
        """Adds a play wherever its time puts it."""
        index = self._index(played)
        place = bisect_right(self._seconds, second)
        self._seconds.insert(place, second)
        self._heard.insert(place, index)

    def find(self, play: Play, taken: Collection[int] = ()) -> int | None:
        """Finds the place of a play, none of those `taken`; None when it is not there. A place holds until the next change."""
        first, end = bisect_left(self._seconds, play.second), bisect_right(self._seconds, play.second)
        places = (place for place in range(first, end) if place not in taken)
        return next((place for place in places if _is_meant(play, self._titles[self._heard[place]])), None)

    def remove(self, places: Iterable[int]) -> None:
        """Removes the plays at these places."""
        for place in sorted(places, reverse=True):
            del self._seconds[place]
            del self._heard[place]

    def replace(self, place: int, second: int, played: Played) -> None:
        """Makes another play of the one at this place; in the same second it stays where it is."""
        if second == self._seconds[place]:
            self._heard[place] = self._index(played)
            return
        self.remove([place])
        self.add(second, played)

    def read_page(self, page: int, size: int, *, since: int | None = None, until: int | None = None) -> Page:
        """Reads page `page` (from 1), newest first, of the plays in `since` <= time < `until`."""
        first = 0 if since is None else bisect_left(self._seconds, since)
        end = len(self._seconds) if until is None else bisect_left(self._seconds, until)
        newest = end - (page - 1) * size
        places = range(newest - 1, max(first, newest - size) - 1, -1)
        return Page([(self._seconds[place], self._titles[self._heard[place]]) for place in places], max(0, end - first))

    def read_oldest(self, count: int, *, since: int) -> list[tuple[int, Played]]:
        """Reads the first `count` plays from `since` on, oldest first."""
        first = bisect_left(self._seconds, since)
        places = range(first, min(first + count, len(self._seconds)))
        return [(self._seconds[place], self._titles[self._heard[place]]) for place in places]

    def count_distinct(self) -> tuple[int, int, int]:
        """Counts the artists, albums and tracks heard at least once."""
        heard = [self._titles[index] for index in set(self._heard)]
        return (
            len({played.artist for played in heard}),
            len({(played.artist, played.album) for played in heard if played.album}),
            len({(played.artist, played.track) for played in heard}),
        )

    def _index(self, played: Played) -> int:
        index = self._own_titles.setdefault(played, len(self._titles))
        if index == len(self._titles):
            self._titles.append(played)
        return index


def _is_meant(play: Play, played: Played) -> bool:
    return (play.artist, play.track) == (played.artist, played.track) and play.album in (None, played.album)
