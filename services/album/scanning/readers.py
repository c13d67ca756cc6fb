"""How is a file read that may do anything to whoever reads it? By another process, which is given little and may be lost."""

import hashlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from kernel import deadline
from kernel.errors import OwnFault
from services.album.scanning.tags import Tags, Unreadable, parse_answer
from services.album.scanning.troubles import COME_BACK
from services.album.scanning.wire import LENGTH, READY, SUFFIX_BYTES

LONGEST_ANSWER: Final = 64 * 1024
_ROOT: Final = Path(__file__).parents[3]
_PART: Final = 64 * 1024
_FRESH_AFTER: Final = 2000
"""Files read by one process: what any of them left behind in it does not outlive that."""
_COMPUTING: Final = 5.0
_WALL: Final = 10.0

_TOO_SLOW: Final = "Reading its tags took too long."
_ENDED: Final = "Reading its tags ended the program that reads them."
_TOO_LONG: Final = "Its tags are too long."


class _Lost(Exception):
    """The process ended without an answer."""


class TagReader:
    """Reads tags, one file at a time; for one thread. Its process is started when it is first needed, and again after a loss."""

    def __init__(self, *, computing: float = _COMPUTING, wall: float = _WALL, command: Sequence[str] = ()) -> None:
        """Seconds that one file is given: of computing, and until its answer must be there."""
        self._command = list(command) or [sys.executable, "-m", "services.album.scanning.reader", str(computing)]
        self._wall = timedelta(seconds=wall)
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._read = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()

    def read(self, descriptor: int, suffix: str) -> Tags:
        """What this open file says; the descriptor stays the caller's.

        Raises Unreadable, and OwnFault when no reader can be started at all: that says nothing about the file.
        """
        for is_last in (False, True):
            try:
                with deadline.within(self._wall):
                    answer = self._ask(descriptor, suffix)
                return parse_answer(answer)
            except _Lost:  # by the file, or by whoever ends processes when the machine has no memory left: once is no proof
                ended = self._end()
                if is_last or ended == -signal.SIGXCPU:
                    raise Unreadable(_TOO_SLOW if ended == -signal.SIGXCPU else _ENDED, may_pass=True) from None
            except TimeoutError:
                self._end()
                deadline.check()  # nobody waits for it any more
                raise Unreadable(_TOO_SLOW, may_pass=True) from None
        raise AssertionError  # the second round answers or raises

    def _ask(self, descriptor: int, suffix: str) -> bytes:
        line = self._ready_line()
        try:
            socket.send_fds(line, [suffix.encode("ascii").ljust(SUFFIX_BYTES, b"\0")], [descriptor])
            length: int = LENGTH.unpack(_receive(line, LENGTH.size))[0]
            if length <= LONGEST_ANSWER:
                return _receive(line, length)
        except TimeoutError:
            raise
        except OSError:
            raise _Lost from None
        self._end()
        raise Unreadable(_TOO_LONG)

    def _ready_line(self) -> socket.socket:
        if self._line is not None and self._read < _FRESH_AFTER:
            self._read += 1
            return self._line
        self._end()
        try:
            ours, theirs = socket.socketpair()
            self._line, self._read = ours, 1
            with theirs:
                # No environment: it has no need of our secrets. No terminal: Ctrl-C is for us to hear.
                self._process = subprocess.Popen(  # noqa: S603 - our own program
                    self._command,
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd=_ROOT,
                    env={},
                    start_new_session=True,
                )
            if _receive(ours, len(READY)) == READY:
                return ours
        except (OSError, _Lost):
            pass
        self._end()
        raise OwnFault("The program that reads tags does not start.", retry_after=COME_BACK)

    def _end(self) -> int | None:
        """How its process ended, if there was one; a negative number is the signal that ended it."""
        process, line = self._process, self._line
        self._process = self._line = None
        if line is not None:
            line.close()
        if process is None:
            return None
        with suppress(subprocess.TimeoutExpired):
            return process.wait(0.05)
        process.kill()
        return process.wait()


def fingerprint(descriptor: int, size: int) -> str:
    """Of the size and the first and last 64 KiB: enough to find a moved file again. Whole bodies are not read."""
    digest = hashlib.sha256(size.to_bytes(8, "big"))
    digest.update(os.pread(descriptor, _PART, 0))
    if size > _PART:
        digest.update(os.pread(descriptor, _PART, max(_PART, size - _PART)))
    return digest.hexdigest()


def _receive(line: socket.socket, count: int) -> bytes:
    received = bytearray()
    while len(received) < count:
        left = deadline.remaining()
        if left == 0.0:
            raise TimeoutError
        line.settimeout(left)
        part = line.recv(count - len(received))
        if not part:
            raise _Lost
        received += part
    return bytes(received)
