"""What does a picture look like once it was decoded, and what of that is believed? What decoded it may have been taken over."""

import json
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self

from kernel.errors import OwnFault
from services.cover.domain import SIZES
from services.cover.imaging.headers import JPEG, MOST_BYTES, PNG, media_type_of
from untrusted.troubles import COME_BACK

LARGEST: Final = SIZES[0]
NO_ROOM: Final = "There is no room left for images."
MOST_WRITTEN: Final = 32 * 2**20
"""Bytes of one rendition; what anybody would make of a picture has a hundredth of that."""
STALLS: Final = "It ends or stalls the program that reads it."
PROBLEMS: Final = {
    "kind": "It is none of JPEG, PNG, WebP and GIF, or a JPEG of a kind that browsers do not show.",
    "empty": "It is empty.",
    "damaged": "It is damaged, or not what its first bytes say.",
    "small": "It is too small to be shown: an edge has less than 16 pixels.",
    "pixels": "It has too many pixels for its kind to be decoded safely.",
    "bytes": "It is larger than 20 MB.",
    "memory": "Decoding it takes more memory than a picture is given.",
    "disk": "Its disk failed while it was read.",
    "tags": "The tags of its file are damaged: no picture can be taken out.",
}
_NONSENSE: Final = "What was made of it made no sense."
_MAY_PASS: Final = ("disk",)
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_THUMB_HASH: Final = re.compile(r"[A-Za-z0-9+/]{4,80}={0,2}")


class Rejected(Exception):
    """The picture cannot be shown; `str(error)` is the reason, in one plain sentence.

    `may_pass`: it is the machine's fault rather than the picture's, and says nothing about it.
    """

    def __init__(self, reason: str, *, may_pass: bool = False) -> None:
        super().__init__(reason)
        self.may_pass = may_pass


@dataclass(frozen=True, slots=True)
class Rendition:
    """The picture in one size: its longest edge in pixels, and how many bytes it takes."""

    size: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Look:
    """What was made of a picture: `width` and `height` are those of the largest rendition, which come first."""

    width: int
    height: int
    media_type: str
    colour: str
    """The mean colour, `#rrggbb`."""
    thumb_hash: str
    digest: str
    """sha256, in hex, of the picture as it was found."""
    renditions: Sequence[Rendition]


@dataclass(slots=True)
class Embedded:
    """A picture that was in a file's tags: an open file in memory that belongs to this object."""

    descriptor: int
    digest: str
    """sha256, in hex."""
    media_type: str
    length: int
    _is_open: bool = field(default=True, repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            with suppress(OSError):
                os.close(self.descriptor)


def parse_look(answer: bytes, renditions: Sequence[int]) -> Look:
    """Raises Rejected for a problem that is told and for whatever no honest program answers, and OwnFault for a full disk."""
    said = _parse(answer, {"width", "height", "media_type", "colour", "thumb_hash", "digest", "sizes"})
    width, height, sizes, media_type = said["width"], said["height"], said["sizes"], said["media_type"]
    whole = [width, height, *sizes] if isinstance(sizes, list) else []
    if not whole or not all(type(each) is int and 0 < each <= LARGEST for each in whole) or not 0 < len(sizes) <= len(renditions):
        raise Rejected(_NONSENSE)
    if sizes[0] != max(width, height) or sizes[1:] != [each for each in SIZES if each < sizes[0]][: len(renditions) - 1]:
        raise Rejected(_NONSENSE)
    _expect(media_type in (JPEG, PNG))
    _expect(_matches(_COLOUR, said["colour"]) and _matches(_THUMB_HASH, said["thumb_hash"]) and _matches(_DIGEST, said["digest"]))
    kept = [Rendition(size, _length(file, media_type)) for size, file in zip(sizes, renditions, strict=False)]
    return Look(width, height, media_type, said["colour"], said["thumb_hash"], said["digest"], tuple(kept))


def parse_embedded(answer: bytes, descriptor: int) -> Embedded | None:
    """The picture in this file, if there is one; raises as `parse_look` does. The descriptor becomes its own."""
    said = _parse(answer, {"media_type", "digest"})
    media_type = said["media_type"]
    if media_type is None:
        return None
    _expect(_matches(_DIGEST, said["digest"]))
    return Embedded(descriptor, said["digest"], media_type, _length(descriptor, media_type, MOST_BYTES))


def _parse(answer: bytes, keys: set[str]) -> dict[str, Any]:
    try:
        said: Any = json.loads(answer)
    except (ValueError, RecursionError):
        said = None
    if isinstance(said, dict) and said.keys() == {"problem"}:
        problem = str(said["problem"])
        if problem == "room":
            raise OwnFault(NO_ROOM, retry_after=COME_BACK)
        raise Rejected(PROBLEMS.get(problem, _NONSENSE), may_pass=problem in _MAY_PASS)
    _expect(isinstance(said, dict) and said.keys() == keys)
    return dict(said)


def _length(file: int, media_type: str, most: int = MOST_WRITTEN) -> int:
    """Of what was written to it, which is to begin as its kind does."""
    length = os.fstat(file).st_size
    _expect(0 < length <= most and media_type_of(os.pread(file, 12, 0)) == media_type)
    return length


def _matches(pattern: re.Pattern[str], text: object) -> bool:
    return isinstance(text, str) and pattern.fullmatch(text) is not None


def _expect(is_so: bool) -> None:  # noqa: FBT001 - reads as a sentence where it is called
    if not is_so:
        raise Rejected(_NONSENSE)
