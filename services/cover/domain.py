"""What is a cover, where may it come from, and what became of asking? Values and the rules between them."""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final, NewType

ImageId = NewType("ImageId", str)
"""sha256, in hex, of the largest rendition's bytes: equal pictures are one image."""

SIZES: Final = (1200, 600, 300, 150)
"""Longest edges, in pixels, that every image is kept in, as far as it is that large."""


class Kind(StrEnum):
    """What has a cover; the value is the word in our URLs."""

    ALBUM = "albums"
    ARTIST = "artists"


@dataclass(frozen=True, slots=True, order=True)
class CoverRef:
    """Whose cover: `id` is our id of the album or artist."""

    kind: Kind
    id: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.id}"


class SourceName(StrEnum):
    """Where an image may come from."""

    UPLOAD = "upload"
    EMBEDDED = "embedded"
    LOCAL = "local"
    COVERARTARCHIVE = "coverartarchive"
    LASTFM = "lastfm"
    COMMONS = "commons"
    DEEZER = "deezer"


class Grade(IntEnum):
    """How sure it is that the image belongs to what was asked for; more is surer."""

    NAME = 1
    """Something of this name has it, and something else speaks for it (an album title in common)."""
    IDENTITY = 2
    """It is of this very artist, by an id."""
    RELEASE_GROUP = 3
    """Another edition of this very album has it."""
    RELEASE = 4
    """It is of this very edition."""
    OWN = 5
    """It lies with the music, or a person chose it."""


class Outcome(StrEnum):
    """What became of asking one source."""

    HIT = "hit"
    MISS = "miss"
    """It answered, and has none."""
    FAULT = "fault"
    """It gave no answer: says nothing about whether there is one."""
    REJECTED = "rejected"
    """It has one that cannot be shown: too large to be read, damaged, a placeholder of its own."""
    SKIPPED = "skipped"
    """It was not asked: it is off, or what it would be asked by is not known."""


@dataclass(frozen=True, slots=True)
class SubjectFile:
    """A file of the music folder; paths are relative to that. `has_picture`: what the last scan saw in its tags; `beside` is the
    picture that lies with it.
    """

    path: bytes
    has_picture: bool
    beside: bytes = b""


@dataclass(frozen=True, slots=True)
class PictureLink:
    """A picture that somebody has; width and height are 0 where they are not told."""

    url: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Subject:
    """What the house knows of an album or artist that helps to find its picture."""

    ref: CoverRef
    name: str
    artist_name: str = ""
    """Of an album."""
    files: Sequence[SubjectFile] = ()
    release_mbid: str = ""
    release_group_mbid: str = ""
    artist_mbid: str = ""
    wikidata_id: str = ""
    titles: Sequence[str] = ()
    """Of an artist: albums, the proof that somebody of that name is meant."""
    lastfm_images: Sequence[PictureLink] = ()


@dataclass(slots=True)
class Picture:
    """A picture that a source has found, not looked into yet: an open file that belongs to this object.

    `origin` is where it was found, for people: a path in the music folder, or a URL.
    """

    source: SourceName
    grade: Grade
    descriptor: int
    origin: str
    licence: str = ""
    attribution: str = ""
    held: int = 0
    """Of so many files that hold a picture …"""
    taken: int = 0
    """… it came out of so many."""
    _is_open: bool = field(default=True, repr=False)

    @classmethod
    def of_bytes(
        cls, source: SourceName, grade: Grade, content: bytes, origin: str, *, licence: str = "", attribution: str = ""
    ) -> "Picture":
        """One that was fetched. Its bytes lie in memory that is not this process's own."""
        descriptor = os.memfd_create("picture", os.MFD_CLOEXEC)
        picture = cls(source, grade, descriptor, origin, licence, attribution)
        try:
            with os.fdopen(descriptor, "wb", closefd=False) as file:
                file.write(content)
        except BaseException:
            picture.close()
            raise
        return picture

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            with suppress(OSError):
                os.close(self.descriptor)


@dataclass(frozen=True, slots=True)
class NoPicture:
    """Nothing to show from a source: MISS, REJECTED or SKIPPED, and the reason, for people. `held` files do hold a picture."""

    outcome: Outcome
    reason: str
    held: int = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """The last time one source was asked for one cover, and what came of it. `asked_again_at`: None where nothing is planned."""

    source: SourceName
    outcome: Outcome
    reason: str
    at: datetime
    asked_again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """One image of the store: what it looks like before it is loaded, and what it takes."""

    id: ImageId
    width: int
    height: int
    media_type: str
    colour: str
    """The mean colour, `#rrggbb`."""
    thumb_hash: str
    """A blurred preview in some 30 bytes, base64 (ThumbHash)."""
    sizes: Sequence[int]
    """Longest edges of the renditions that are kept."""
    bytes: int
    """Of all renditions."""


class State(StrEnum):
    """What is known of a cover."""

    PENDING = "pending"
    FOUND = "found"
    ABSENT = "absent"
    """Every source answered, and none has one."""
    GONE = "gone"
    """There is no such album or artist."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Which image is shown, and why. `digest` is that of the bytes its source gave."""

    image_id: ImageId
    source: SourceName
    grade: Grade
    origin: str
    licence: str
    attribution: str
    digest: str
    found_at: datetime


@dataclass(frozen=True, slots=True)
class Cover:
    """What is known of one cover. `name` is empty until its owner was asked; `revision` grows with all that can be seen of it."""

    ref: CoverRef
    name: str
    artist_name: str
    state: State
    shown: Shown | None
    is_locked: bool
    is_stale: bool
    asked_at: datetime | None
    checked_at: datetime | None
    next_check_at: datetime | None
    revision: int
    image: Image | None = None
    """Of what is shown."""
    versions: Sequence[tuple[Shown, Image]] = ()
    """What was shown before, latest first."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of asking one source just now. Of `held` files that hold a picture it came out of `taken`."""

    source: SourceName
    outcome: Outcome
    reason: str
    retry_after: timedelta | None = None
    held: int = 0
    taken: int = 0
