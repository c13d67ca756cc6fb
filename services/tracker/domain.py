"""What is a play, what is an import, and which rules hold for them?"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, NewType

AccountId = NewType("AccountId", int)
ImportId = NewType("ImportId", int)

MAX_NAME = 1000
"""Characters of a name that is stored; a row with a longer one is set aside."""

EARLIEST = int(datetime(2002, 10, 1, tzinfo=UTC).timestamp())
"""Nobody's plays were written down before: older dates are clocks that were never set."""

LATEST_AHEAD = 3600
"""Seconds a play may lie in the future: players' clocks are off, but not by years."""


@dataclass(frozen=True, slots=True)
class Title:
    """What was heard, to the letter as the source names it; `album` may be empty."""

    artist: str
    track: str
    album: str = ""


@dataclass(frozen=True, slots=True)
class Mbids:
    """MusicBrainz ids that came with a play; empty where none did. Never a key: sources leave them out at will."""

    artist: str = ""
    track: str = ""
    album: str = ""


@dataclass(frozen=True, slots=True)
class Play:
    """One listening as a source tells it: the second it began, what was heard, and what came with it."""

    uts: int
    title: Title
    mbids: Mbids = field(default_factory=Mbids)
    image_url: str = ""


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that cannot be a play: why, in plain words, and its raw values as JSON text."""

    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Page:
    """What a source answered: dated plays newest first, rows that cannot be plays, what plays now.

    `total` is how many plays the source says are in the window that was asked for; None where it does not say.
    """

    plays: tuple[Play, ...]
    rejects: tuple[Reject, ...] = ()
    total: int | None = None
    playing: Title | None = None
    playing_image_url: str = ""

    @property
    def row_count(self) -> int:
        """Dated rows, good or not."""
        return len(self.plays) + len(self.rejects)


@dataclass(frozen=True, slots=True)
class Account:
    """Whose plays: an account at a source, or whom a file speaks of."""

    source: str
    name: str


NETWORK = ("lastfm", "listenbrainz")
"""Sources that are asked; all others are kinds of files."""


class ImportState(StrEnum):
    """What an import is doing. RUNNING may be waiting for its source; the row says so."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"

    @property
    def is_over(self) -> bool:
        return self in (ImportState.SUCCEEDED, ImportState.FAILED, ImportState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Hole:
    """A window [since, until) in seconds that the source would not answer for."""

    since: int
    until: int
    reason: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What an import has counted so far; sums of its pages."""

    seen: int = 0
    imported: int = 0
    known: int = 0
    edited: int = 0
    removed: int = 0
    quarantined: int = 0
    requests: int = 0
    new_albums: int = 0
    albums_to_enrich: int = 0
    albums_enriched: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What was asked of an import. Windows are seconds; `limit` counts plays from the newest, 0 is all of them."""

    since: int | None = None
    until: int | None = None
    limit: int = 0
    skip_existing: bool = True
    enrich_albums: bool = True
    dry_run: bool = False
    albums_limit: int = 0
    """At most so many new albums are enriched; 0: as many as is usual."""


def play_of(row: Mapping[str, Any]) -> Play:
    """A play that was written down as `dataclasses.asdict` shows it."""
    return Play(row["uts"], Title(**row["title"]), Mbids(**row["mbids"]), row["image_url"])


def numbered(plays: Iterable[Play]) -> list[tuple[Play, int]]:
    """Each play with its ordinal among those alike in the same second: several plays of one second are all kept.

    The plays must come in the order of their seconds, either way, each second whole: however a page was cut, they count the same.
    """
    seen: Counter[Title] = Counter()
    second: int | None = None
    rows = []
    for play in plays:
        if play.uts != second:
            second = play.uts
            seen.clear()
        rows.append((play, seen[play.title]))
        seen[play.title] += 1
    return rows


def fault_of_date(uts: int, now: datetime) -> str:
    """Why a second cannot be when something was played; empty when it can."""
    if uts < EARLIEST:
        return "dated before 2002-10-01, when nothing was written down yet: a clock that was never set"
    if uts > now.timestamp() + LATEST_AHEAD:
        return "dated in the future"
    return ""


@lru_cache(maxsize=4096)
def fault_of_title(title: Title) -> str:
    """Why a title cannot be stored; empty when it can."""
    if not title.artist.strip():
        return "has no artist"
    if not title.track.strip():
        return "has no track"
    if any(len(name) > MAX_NAME for name in (title.artist, title.track, title.album)):
        return f"has a name longer than {MAX_NAME} characters"
    if any("\0" in name for name in (title.artist, title.track, title.album)):
        return "has a name with a NUL in it, which no database takes"
    return ""


def merge_windows(windows: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same seconds as fewest half-open windows, oldest first."""
    merged: list[tuple[int, int]] = []
    for since, until in sorted(window for window in windows if window[0] < window[1]):
        if merged and since <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(until, merged[-1][1])
        else:
            merged.append((since, until))
    return merged


def cut_windows(windows: Sequence[tuple[int, int]], gone: tuple[int, int]) -> list[tuple[int, int]]:
    """The windows without the seconds of `gone`."""
    left: list[tuple[int, int]] = []
    for since, until in windows:
        left += [(since, min(until, gone[0])), (max(since, gone[1]), until)]
    return merge_windows(left)
