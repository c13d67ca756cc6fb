"""How do programs of ours start without each of them reading the same libraries? As copies of a process that has read them.

Reading is most of a start: a second and a half of computing for each service, and memory of its own. A copy shares both, until
it writes to it. Where copies of a process are not to be trusted (macOS) each reads for itself.
"""

import atexit
import ctypes
import gc
import importlib
import multiprocessing
import os
import runpy
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from kernel.settings import change_environment

_IS_COPIED = sys.platform == "linux"
_CONTEXT = multiprocessing.get_context("fork") if _IS_COPIED else multiprocessing.get_context("spawn")
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_ARENA_MAX = -8  # M_ARENA_MAX of <malloc.h>
_ARG_START = 45  # in /proc/self/stat, counted after the name; the next one is where they end


@dataclass(frozen=True, slots=True)
class Program:
    """One of our modules, as `python -m` runs it with these arguments, in our environment with these changes."""

    module: str
    changes: Mapping[str, str]
    arguments: tuple[str, ...] = ()

    def start(self, log: Path) -> BaseProcess:
        """A process in a session of its own, so that Ctrl-C reaches us alone, that writes to the end of `log`.

        For a process without threads.
        """
        gc.disable()  # reading makes no garbage, and a collection would write to every page and share none
        if _IS_COPIED:
            importlib.import_module(f"{self.module}.__main__")
            del sys.modules[f"{self.module}.__main__"]  # it is run there, under another name
            gc.freeze()
        process = _CONTEXT.Process(target=_become, args=(self, log))
        with _held_back():
            process.start()
        gc.enable()
        return process


def limit_arenas(count: int) -> None:
    """Threads that decode and send pictures would else keep an arena each: the C library's default is eight a core.

    Said to the library itself, as it reads MALLOC_ARENA_MAX at the start of a process only.
    """
    with suppress(AttributeError):  # there are libraries without arenas
        ctypes.CDLL(None).mallopt(_ARENA_MAX, count)


@contextmanager
def _held_back() -> Iterator[None]:
    """No signal that was meant for the copy is noted by what it has inherited of us."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _become(program: Program, log: Path) -> None:
    gc.enable()
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666), 1)
    os.dup2(1, 2)
    change_environment(program.changes)
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    _call_ourselves("python", "-m", program.module, *program.arguments)
    sys.argv[1:] = program.arguments
    try:
        runpy.run_module(program.module, run_name="__main__", alter_sys=True)
    finally:
        atexit._run_exitfuncs()  # noqa: SLF001 - a copy ends without them


def _call_ourselves(*command: str) -> None:
    """What `ps` shows: over the command line we were started by, as far as that reaches."""
    if not _IS_COPIED:
        return
    try:
        fields = Path("/proc/self/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:  # a system that shows nothing of its processes
        return
    begin, end = map(int, fields[_ARG_START : _ARG_START + 2])
    shown = b"\0".join(map(os.fsencode, command)) + b"\0"
    ctypes.memmove(begin, shown[: end - begin].ljust(end - begin, b"\0"), end - begin)
