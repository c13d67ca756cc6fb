"""What is a scan of the music folder, and what is known of a file in it?"""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NewType

from services.album.domain import AlbumId, TrackId

ScanId = NewType("ScanId", int)


class ScanState(StrEnum):
    """What a scan is doing."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"

    @property
    def is_over(self) -> bool:
        return self not in (ScanState.QUEUED, ScanState.RUNNING)


@dataclass(frozen=True, slots=True)
class Counts:
    """`seen` are audio files, each of which is one of `added`, `changed`, `unchanged`, `moved` and `failed`.

    `failed` also counts links and folders that could not be looked at, and what failed before and is as it was.
    """

    seen: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    moved: int = 0
    missing: int = 0
    failed: int = 0
    new_albums: int = 0
    new_tracks: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    def to_json(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan as it was read; `revision` grows whenever something of it has changed."""

    id: ScanId
    state: ScanState
    error: str
    counts: Counts
    folder: bytes
    """Where it is, below MUSIC_DIR."""
    job_id: str
    revision: int
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class FileState(StrEnum):
    """MISSING: it was indexed, and is gone. FAILED: it could not be indexed when it was last looked at."""

    INDEXED = "indexed"
    FAILED = "failed"
    MISSING = "missing"


READER: Final = 1
"""Which version of ours read a file. It grows when files that could not be read may be: those are then read again."""


@dataclass(frozen=True, slots=True)
class IndexedFile:
    """A file of the music folder, or a link or folder there that failed; `path` is below MUSIC_DIR.

    One that cannot be read at the moment is FAILED, and keeps its track.
    """

    path: bytes
    size: int
    mtime_ns: int
    state: FileState
    reason: str = ""
    fingerprint: str | None = None
    said: str | None = None
    """A digest of all that its tags said."""
    track_id: TrackId | None = None
    album_id: AlbumId | None = None
    genres: tuple[str, ...] = ()
    released: str | None = None
    """YYYY, YYYY-MM or YYYY-MM-DD, as the file says."""
    release_group_mbid: str | None = None
    picture: str = "none"
    """Whether there is one in the file: `none`, `front`, `other`."""
    folder_picture: bytes | None = None
    """Path of the one beside it, or of the one beside the folders of a record's discs."""

    reader: int = READER

    def to_row(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True, slots=True)
class FileProblem:
    """What could not be indexed, and why."""

    path: bytes
    reason: str
    checked_at: datetime
