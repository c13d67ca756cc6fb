"""What did an account's player tell ListenBrainz, and nobody else?"""

from bisect import bisect_left, insort
from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter

_by_time = attrgetter("listened_at")


@dataclass(frozen=True, slots=True)
class Listen:
    """One listen as it was submitted; `metadata` holds its names and whatever else the player said."""

    listened_at: int
    inserted_at: int
    artist: str
    track: str
    metadata: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Announced:
    """What a player said plays now; it is forgotten at `until`."""

    metadata: Mapping[str, object]
    until: float


class Submitted:
    """One account's submitted listens in order of time; those of the same second keep the order in which they came."""

    def __init__(self) -> None:
        self._listens: list[Listen] = []
        self._known: set[tuple[int, str, str]] = set()

    def __len__(self) -> int:
        return len(self._listens)

    def add(self, listen: Listen) -> bool:
        """Adds a listen; False when one of the same second, artist and track is there already."""
        identity = (listen.listened_at, listen.artist, listen.track)
        if identity in self._known:
            return False
        self._known.add(identity)
        insort(self._listens, listen, key=_by_time)
        return True

    def read_newest(self, count: int, *, until: int | None = None) -> list[Listen]:
        """Reads the last `count` listens before `until`, newest first."""
        end = len(self._listens) if until is None else bisect_left(self._listens, until, key=_by_time)
        return self._listens[max(0, end - count) : end][::-1]

    def read_oldest(self, count: int, *, since: int) -> list[Listen]:
        """Reads the first `count` listens from `since` on, oldest first."""
        first = bisect_left(self._listens, since, key=_by_time)
        return self._listens[first : first + count]
