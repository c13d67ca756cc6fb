"""How are the tags of hostile files read? By this program, in a process of its own that is given open files and little else.

Over the socket at descriptor 0 come open files, one at a time, each with its suffix; back goes one answer each: a length and so
many bytes of JSON. It can hold and compute only so much, write no byte to any file, and gain no rights. It could still do what
the service's user may (list, open, delete); what keeps it from that is that nothing in it does: mutagen is Python, and whatever a
file says is data to it.
"""

import codecs
import ctypes
import gc
import io
import json
import resource
import signal
import socket
import sys
from typing import Any

from services.album.scanning.tagging import read_tags
from services.album.scanning.wire import LENGTH, READY, SUFFIX_BYTES

_MEMORY = 256 * 2**20
"""Bytes of address space; it starts with 18 MB."""
_DESCRIPTORS = 24
_NO_NEW_PRIVILEGES = 38  # PR_SET_NO_NEW_PRIVS
_ENCODINGS = ("ascii", "latin-1", "utf-8", "utf-16", "utf-16-le", "utf-16-be")
"""All that tags are written in; otherwise looked up when they are first met."""


def main() -> None:
    """Answers until the other side hangs up. The argument: seconds of computing that one file is given."""
    seconds = float(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _step_down()
    _confine()
    gc.freeze()  # what was imported is never garbage
    with socket.socket(fileno=0) as line:
        line.sendall(READY)
        while True:
            suffix, files, _, _ = socket.recv_fds(line, SUFFIX_BYTES, 1)
            if not files:
                return
            _limit(resource.RLIMIT_CPU, _computed() + max(1, round(seconds)), for_good=False)
            answer = _answer(files[0], suffix.rstrip(b"\0").decode("ascii"))
            line.sendall(LENGTH.pack(len(answer)) + answer)
            gc.collect()  # or what is left of this file is in the next one's way


def _step_down() -> None:
    """Cannot gain any rights from now on; and what is looked up when it is first met is looked up before there are limits."""
    for encoding in _ENCODINGS:
        codecs.lookup(encoding)
    ctypes.CDLL(None).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)


def _confine() -> None:
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, _DESCRIPTORS)
    _limit(resource.RLIMIT_NPROC, 0)
    _limit(resource.RLIMIT_AS, _MEMORY)


def _limit(kind: int, most: int, *, for_good: bool = True) -> None:
    """Where we have been given less, that stays."""
    hard = resource.getrlimit(kind)[1]
    least = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (least, least if for_good else hard))


def _computed() -> int:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return int(usage.ru_utime + usage.ru_stime)


def _answer(descriptor: int, suffix: str) -> bytes:
    raw = _File(descriptor, "rb")
    problem = "damaged"
    try:
        found = read_tags(io.BufferedReader(raw), suffix)
        if not raw.has_failed:
            return json.dumps(found, ensure_ascii=False).encode("utf-8", "replace")
    except MemoryError:
        problem = "memory"
    except Exception:  # noqa: BLE001, S110 - mutagen raises whatever a damaged file leads it to, and all of it means the same
        pass
    finally:
        raw.close()
    return json.dumps({"problem": "disk" if raw.has_failed else problem}).encode()


class _File(io.FileIO):
    """Remembers whether it could not be read: mutagen makes a fault of the file of it."""

    has_failed = False

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


if __name__ == "__main__":
    main()
