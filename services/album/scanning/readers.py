"""How are tags read of files that may do anything to whoever reads them? By a process that is asked one file at a time."""

import hashlib
import os
from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self

from services.album.scanning.tags import Tags, Unreadable, parse_answer
from untrusted.child import Child, Limits, Unanswered, Why

_PROGRAM: Final = "services.album.scanning.reader"
_PART: Final = 64 * 1024
_COMPUTING: Final = 5.0
_WALL: Final = 10.0
_REASONS: Final = {
    Why.TOO_SLOW: "Reading its tags took too long.",
    Why.ENDED: "Reading its tags ended the program that reads them.",
    Why.TOO_LONG: "Its tags are too long.",
}


class TagReader:
    """Reads tags, one file at a time; for one thread. Its process can write no byte to any file."""

    def __init__(self, *, computing: float = _COMPUTING, wall: float = _WALL, command: Sequence[str] = ()) -> None:
        """Seconds that one file is given: of computing, and until its answer must be there."""
        self._child = Child("The program that reads tags", command or _PROGRAM, Limits(computing=computing, wall=wall))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._child.close()

    def read(self, descriptor: int, suffix: str) -> Tags:
        """What this open file says; the descriptor stays the caller's.

        Raises Unreadable, and OwnFault when no reader can be started at all: that says nothing about the file.
        """
        try:
            return parse_answer(self._child.ask(suffix, [descriptor]))
        except Unanswered as error:
            raise Unreadable(_REASONS[error.why], may_pass=error.why is not Why.TOO_LONG) from None


def fingerprint(descriptor: int, size: int) -> str:
    """Of the size and the first and last 64 KiB: enough to find a moved file again. Whole bodies are not read."""
    digest = hashlib.sha256(size.to_bytes(8, "big"))
    digest.update(os.pread(descriptor, _PART, 0))
    if size > _PART:
        digest.update(os.pread(descriptor, _PART, max(_PART, size - _PART)))
    return digest.hexdigest()
