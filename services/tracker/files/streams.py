"""How is an untrusted file read as text? Piece by piece, as clean UTF-8, and with its beginning seen before it is read."""

import codecs
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from kernel.errors import InvalidArgument

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK = 1 << 16

HEAD = 1 << 20
"""Bytes of a file that are looked at to tell its kind."""

MAX_VALUE = 1 << 20
"""Bytes of one row; players write a few hundred, the chattiest of them a few thousand."""

MAX_RAW = 2000

DAMAGED = "the file is cut off or damaged here: nothing after this could be read"
TOO_LONG = "is longer than a row can be (1 MiB)"

_BYTES_PER_FAULT = 10_000
"""One byte in so many may not be UTF-8: a slip of a tool. More is another encoding, and every accent in it would be lost."""

_BOM = "\ufeff"


class Damaged(Exception):
    """The packing ends or breaks here; what came before it is good."""


class Stopped(Exception):
    """Nothing more can be read, and why; `rest` is what could not be."""

    def __init__(self, reason: str, rest: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.rest = rest


class Row(NamedTuple):
    """One row as it stands in a file: its value and its text, or the cells of its line. `problem` is why it has no value."""

    value: object
    raw: str | list[str]
    problem: str = ""


class Member:
    """One file of an upload. `fault` tells, once its text has ended, that it ended early."""

    def __init__(self, chunks: Iterator[bytes], *, name: str = "", size: int | None = None) -> None:
        self.name = name
        self.size = size
        self.fault = ""
        self.stream = io.BufferedReader(_Chunks(self._clean(chunks)), HEAD)

    def head(self) -> bytes:
        """The first bytes, which stay to be read."""
        return self.stream.peek()

    def _clean(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        seen = bad = 0
        has_begun = False
        try:
            for chunk in chunks:
                text = decoder.decode(chunk)
                bad += max(0, text.count("\ufffd") - chunk.count(b"\xef\xbf\xbd"))
                if bad > (seen + len(chunk)) // _BYTES_PER_FAULT:
                    raise InvalidArgument.of("file", "its text is not UTF-8; save it as UTF-8 and send it again")
                yield (text if has_begun else text.removeprefix(_BOM)).encode()
                seen += len(chunk)
                has_begun = has_begun or bool(text)
        except Damaged as damage:
            self.fault = str(damage)
        if decoder.getstate()[0]:
            self.fault = self.fault or DAMAGED


class _Chunks(io.RawIOBase):
    """The pieces of an iterator as a stream. Fills what it is given: the first buffer of a reader is the head of the file."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer).cast("B")
        filled = 0
        while filled < len(view):
            if not self._left:
                chunk = next(self._chunks, None)
                if chunk is None:
                    break
                self._left = memoryview(chunk)
            size = min(len(self._left), len(view) - filled)
            view[filled : filled + size] = self._left[:size]
            self._left = self._left[size:]
            filled += size
        return filled
