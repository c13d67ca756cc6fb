"""Who looks into pictures that anybody may have made? A process of its own, one picture at a time: what they take is bounded."""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Final, Self

from kernel import deadline
from kernel.errors import Overloaded
from services.cover.imaging.looks import MOST_WRITTEN, STALLS, Embedded, Look, Rejected, parse_embedded, parse_look
from untrusted.child import Child, Limits, Unanswered
from untrusted.troubles import COME_BACK, raise_if_ours

_LIMITS: Final = Limits(memory=256 * 2**20, computing=10.0, wall=30.0, written=MOST_WRITTEN)
_FRESH_AFTER: Final = 500
_FOREVER: Final = -1.0


class Workshop:
    """Makes renditions, and takes pictures out of sound files; for any thread, one after the other.

    Everything is written to open files: no picture is ever in this process's memory.
    """

    def __init__(self, *, limits: Limits = _LIMITS, command: Sequence[str] = ()) -> None:
        """Its process is started when it is first needed."""
        program = command or "services.cover.imaging.program"
        self._child = Child("The program that reads pictures", program, limits, fresh_after=_FRESH_AFTER)
        self._slot = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends its process, once nobody is at it; another question starts it again."""
        with self._slot:
            self._child.close()

    def look_into(self, picture: int, renditions: Sequence[int]) -> Look:
        """Writes renditions of this open picture to these open, empty files, the largest to the first; some may stay empty.

        Raises Rejected, with the reason; OwnFault when there is no room for them or the process cannot be started; DeadlineSpent.
        """
        return parse_look(self._ask("look", [picture, *renditions]), renditions)

    def find_embedded(self, file: int, suffix: str) -> Embedded | None:
        """The front in this open sound file, or a picture of no kind; None where there is neither. Raises as `look_into` does.

        `suffix` is that of its name, with the dot, in any case.
        """
        try:
            found = os.memfd_create("embedded", os.MFD_CLOEXEC)
        except OSError as error:
            raise_if_ours(error)
            raise
        try:
            embedded = parse_embedded(self._ask(f"find {_plain(suffix)}", [file, found]), found)
        except BaseException:
            os.close(found)
            raise
        if embedded is None:
            os.close(found)
        return embedded

    def _ask(self, word: str, files: Sequence[int]) -> bytes:
        with self._alone():
            try:
                return self._child.ask(word, files)
            except Unanswered:
                raise Rejected(STALLS) from None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """The one place at the bench, waited for as long as the caller has time."""
        left = deadline.remaining()
        if not self._slot.acquire(timeout=_FOREVER if left is None else left):
            deadline.check()
            raise Overloaded("Too many pictures are waiting to be looked into.", retry_after=COME_BACK)
        try:
            yield
        finally:
            self._slot.release()


def _plain(suffix: str) -> str:
    """Only what the suffix of a sound file can be: it is part of what the process is told."""
    small = suffix.lower()
    return small if small.isascii() and small[1:].isalnum() and len(small) < 8 else ""  # noqa: PLR2004 - the longest has five
