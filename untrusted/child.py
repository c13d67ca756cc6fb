"""How is a file read that may do anything to whoever reads it? By another process, which is given little and may be lost."""

import signal
import socket
import subprocess
import sys
import weakref
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import structlog

from kernel import deadline
from kernel.errors import OwnFault
from untrusted.troubles import COME_BACK
from untrusted.wire import LENGTH, READY, WORD_BYTES

_log = structlog.get_logger(__name__)
_ROOT: Final = Path(__file__).parents[1]
_ENDED_BY_ITSELF: Final = 0.05
"""Seconds that a process is given to end once nobody asks it any more."""
_HUNG_UP: Final = 1.0
"""Seconds that one is given which hung up by itself: how it ends says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one question may take of the process that answers it."""

    memory: int = 256 * 2**20
    """Bytes of address space."""
    computing: float = 5.0
    """Seconds."""
    wall: float = 10.0
    """Seconds until the answer must be there."""
    written: int = 0
    """Bytes that any file may grow to, one of those it was given or another."""
    answer: int = 64 * 1024
    """Bytes."""

    def arguments(self) -> list[str]:
        """As the process is told them."""
        return [str(self.memory), str(self.computing), str(self.written)]


class Why(Enum):
    """Why there is no answer."""

    TOO_SLOW = "too slow"
    ENDED = "ended"
    """Twice, each time without an answer."""
    TOO_LONG = "too long"
    """The answer."""


class Unanswered(Exception):
    """The files asked about led to no answer. Except of TOO_LONG it may be the machine's fault rather than theirs."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


class _Lost(Exception):
    """The process ended without an answer."""


class Child:
    """Asks one process, one question at a time; for one thread. It is started when it is first needed, and again after a loss.

    `name` is what it is called before people: "The program that …".
    """

    def __init__(self, name: str, command: str | Sequence[str], limits: Limits, *, fresh_after: int = 2000) -> None:
        """`command`: a module of ours that calls `serving.serve`, or a whole command.

        What any question left behind in the process does not outlive `fresh_after` of them.
        """
        ours = [sys.executable, "-m", command, *limits.arguments()] if isinstance(command, str) else list(command)
        self._name, self._command, self._limits, self._fresh_after = name, ours, limits, fresh_after
        self._running: _Running | None = None
        self._asked = 0
        self._forgotten: weakref.finalize[..., Child] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """Of the process, while there is one."""
        return self._running.process.pid if self._running else None

    def ask(self, word: str, files: Sequence[int]) -> bytes:
        """What it answers about these open files, at least one; they stay the caller's.

        Raises Unanswered; OwnFault when no process can be started at all, which says nothing about the files; DeadlineSpent.
        """
        deadline.check()
        for is_last in (False, True):
            try:
                with deadline.within(timedelta(seconds=self._limits.wall)):
                    return self._ask(word, files)
            except _Lost as loss:  # by the files, or by whoever ends processes when there is no memory left: once is no proof
                ended = self._end(_HUNG_UP)
                _log.warning("program_lost", program=self._name, word=word, status=ended, reason=str(loss))
                if ended == -signal.SIGXCPU:
                    raise Unanswered(Why.TOO_SLOW) from None
                if is_last:
                    raise Unanswered(Why.ENDED) from None
            except TimeoutError:
                self.close()
                deadline.check()  # nobody waits for it any more
                raise Unanswered(Why.TOO_SLOW) from None
            except OwnFault:
                deadline.check()  # rather than that it does not start: it was not given the time
                raise
            except BaseException:  # whoever was interrupted must not take this answer for the next one's
                self.close()
                raise
        raise AssertionError  # the second round answers or raises

    def close(self) -> int | None:
        """How its process ended, if there was one; a negative number is the signal that ended it. Asked again, it starts anew."""
        return self._end(_ENDED_BY_ITSELF)

    def _end(self, patience: float) -> int | None:
        running, forgotten = self._running, self._forgotten
        self._running = self._forgotten = None
        if forgotten is not None:
            forgotten.detach()
        return running.end(patience) if running is not None else None

    def _ask(self, word: str, files: Sequence[int]) -> bytes:
        line = self._ready_line()
        try:
            socket.send_fds(line, [word.encode("ascii").ljust(WORD_BYTES, b"\0")], files)
            length: int = LENGTH.unpack(_receive(line, LENGTH.size))[0]
            if length <= self._limits.answer:
                return _receive(line, length)
        except TimeoutError:
            raise
        except OSError as error:
            raise _Lost(error) from None
        raise Unanswered(Why.TOO_LONG)

    def _ready_line(self) -> socket.socket:
        if self._running is None or self._asked >= self._fresh_after:
            self.close()
            running = self._start()
            # A child that nobody closed ends with the object, quietly.
            self._running, self._forgotten, self._asked = running, weakref.finalize(self, running.end), 0
        self._asked += 1
        return self._running.line

    def _start(self) -> "_Running":
        try:
            running = _Running.of(self._command)
        except OSError:
            raise self._does_not_start() from None
        try:
            if _receive(running.line, len(READY)) == READY:
                return running
        except (OSError, _Lost) as error:
            running.end()
            raise self._does_not_start() from error
        except BaseException:
            running.end()
            raise
        running.end()
        raise self._does_not_start()

    def _does_not_start(self) -> OwnFault:
        return OwnFault(f"{self._name} does not start.", retry_after=COME_BACK)


@dataclass(frozen=True, slots=True)
class _Running:
    """A process and the line to it, which belong together: both are there, or neither is."""

    process: subprocess.Popen[bytes]
    line: socket.socket

    @classmethod
    def of(cls, command: Sequence[str]) -> "_Running":
        """Raises OSError."""
        ours, theirs = socket.socketpair()
        theirs.setblocking(True)  # the program waits for questions, whatever this process's sockets are used to
        try:
            with theirs:
                # No environment: it has no need of our secrets. No terminal: Ctrl-C is for us to hear.
                process = subprocess.Popen(  # noqa: S603 - our own program
                    command,
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd=_ROOT,
                    env={},
                    start_new_session=True,
                )
            return cls(process, ours)
        except BaseException:
            ours.close()
            raise

    def end(self, patience: float = _ENDED_BY_ITSELF) -> int:
        """Its status. Once its line is closed a process that is well ends by itself."""
        self.line.close()
        try:
            with suppress(subprocess.TimeoutExpired):
                return self.process.wait(patience)
        finally:
            if self.process.returncode is None:
                self.process.kill()
                self.process.wait()
        return self.process.returncode


def _receive(line: socket.socket, count: int) -> bytes:
    received = bytearray()
    while len(received) < count:
        left = deadline.remaining()
        if left == 0.0:
            raise TimeoutError
        line.settimeout(left)
        part = line.recv(count - len(received))
        if not part:
            raise _Lost("hung up")
        received += part
    return bytes(received)
