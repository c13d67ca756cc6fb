"""A program as they are asked by untrusted.child, that does what it is told: what a hostile file might lead one to."""

import errno
import json
import os
import resource
import signal
import sys
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from untrusted.serving import Source, serve

_LONG = 2**20


def answer(word: str, files: Sequence[int]) -> bytes:
    asked, _, number = word.partition(" ")
    try:
        return _DOES[asked](int(number or 0), files)
    finally:
        for each in files:
            os.close(each)


def _read(_: int, files: Sequence[int]) -> bytes:
    with Source(os.dup(files[0])) as source:
        try:
            return source.readall()
        except OSError:
            return b"failed" if source.has_failed else b"?"


def _hold(size: int, _: Sequence[int]) -> bytes:
    try:
        return str(len(bytearray(size))).encode()
    except MemoryError:
        return b"no memory"


def _write(size: int, files: Sequence[int]) -> bytes:
    try:
        return str(os.write(files[0], bytes(size))).encode()
    except OSError as error:
        return errno.errorcode[error.errno or 0].encode()


def _compute(_: int, __: Sequence[int]) -> bytes:
    return str(sum(count())).encode()


def _wait(_: int, files: Sequence[int]) -> bytes:
    return os.read(files[0], 1)


def _die(times: int, files: Sequence[int]) -> bytes:
    """So often: each time leaves a byte in the file."""
    if os.fstat(files[0]).st_size < times:
        os.write(files[0], b"x")
        os.kill(os.getpid(), signal.SIGKILL)
    return b"alive"


def _interrupt(_: int, files: Sequence[int]) -> bytes:
    """Whoever asks hears Ctrl-C, and no answer."""
    os.kill(os.getppid(), signal.SIGINT)
    return _wait(0, files)


def _tell(_: int, __: Sequence[int]) -> bytes:
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text("utf-8").splitlines())
    held = sorted(int(name) for name in os.listdir("/proc/self/fd"))  # noqa: PTH208 - the numbers are wanted
    told = {"pid": os.getpid(), "rights": status["NoNewPrivs"].strip(), "environment": dict(os.environ), "held": held}
    return json.dumps(told | {"descriptors": resource.getrlimit(resource.RLIMIT_NOFILE)}).encode()


def _talk(_: int, __: Sequence[int]) -> bytes:
    return b"x" * _LONG


_DOES = {
    "read": _read,
    "hold": _hold,
    "write": _write,
    "compute": _compute,
    "wait": _wait,
    "die": _die,
    "interrupt": _interrupt,
    "tell": _tell,
    "talk": _talk,
}

if __name__ == "__main__":
    if sys.argv[1:2] != ["never"]:
        serve(answer)
