"""How does a process answer about hostile files, and what keeps it from anything else?

Over the socket at descriptor 0 come open files, with a word that says what is asked about them; back goes one answer each: a
length and so many bytes. It can hold, compute and write only so much, and gain no rights. It could still do what the service's
user may (list, open, delete); what keeps it from that is that nothing in it does.
"""

import codecs
import ctypes
import gc
import io
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

from untrusted.wire import LENGTH, MOST_FILES, NOT_ASKED, READY, WORD_BYTES

_DESCRIPTORS: Final = 24
_NO_NEW_PRIVILEGES: Final = 38  # PR_SET_NO_NEW_PRIVS
_ENCODINGS: Final = ("ascii", "latin-1", "utf-8", "utf-16", "utf-16-le", "utf-16-be")
"""All that texts in files are written in; otherwise looked up when they are first met."""

Answers = Callable[[str, Sequence[int]], bytes]
"""What is to be said to a word and its files; closes them. It raises nothing: what it lets through ends the process."""


def serve(answer: Answers) -> None:
    """Answers until the other side hangs up. The arguments, as `Limits` gives them: bytes of memory, seconds, bytes of a file."""
    memory, seconds, written = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _step_down()
    _confine(memory, written)
    gc.freeze()  # what was imported is never garbage
    with socket.socket(fileno=0) as line:
        line.sendall(READY)
        while True:
            word, files, _, _ = socket.recv_fds(line, WORD_BYTES, MOST_FILES)
            if not files and word:
                sys.exit(NOT_ASKED)
            if not files:
                return
            _limit(resource.RLIMIT_CPU, _computed() + max(1, round(seconds)), for_good=False)
            said = answer(word.rstrip(b"\0").decode("ascii"), files)
            line.sendall(LENGTH.pack(len(said)) + said)
            gc.collect()  # or what is left of this file is in the next one's way


class Source(io.FileIO):
    """An open file, from its beginning, that remembers whether it could not be read: libraries make a fault of the file of it."""

    has_failed = False

    def __init__(self, descriptor: int) -> None:
        super().__init__(descriptor, "rb")
        os.lseek(descriptor, 0, os.SEEK_SET)  # where it stands is shared with whoever opened it

    def readinto(self, buffer: Any, /) -> int | None:
        try:
            return super().readinto(buffer)
        except OSError:
            self.has_failed = True
            raise

    def readall(self) -> bytes:
        try:
            return super().readall() or b""
        except OSError:
            self.has_failed = True
            raise


def _step_down() -> None:
    """Cannot gain any rights from now on; and what is looked up when it is first met is looked up before there are limits."""
    for encoding in _ENCODINGS:
        codecs.lookup(encoding)
    ctypes.CDLL(None).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)


def _confine(memory: int, written: int) -> None:
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, written)
    _limit(resource.RLIMIT_NOFILE, _DESCRIPTORS)
    _limit(resource.RLIMIT_NPROC, 0)
    _limit(resource.RLIMIT_AS, memory)


def _limit(kind: int, most: int, *, for_good: bool = True) -> None:
    """Where we have been given less, that stays."""
    hard = resource.getrlimit(kind)[1]
    least = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (least, least if for_good else hard))


def _computed() -> int:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return int(usage.ru_utime + usage.ru_stime)
