"""How do programs of ours start without each of them reading the same libraries? As copies of a process that has read them.

Reading is most of a start: a second and a half of computing for each service, and memory of its own. A copy shares both, until
it writes to it. Where copies of a process are not to be trusted (macOS) each reads for itself; so does one that fell over, since
what is on the disk may be another version by then.
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
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from setproctitle import setproctitle

from kernel.settings import change_environment

_IS_COPIED = sys.platform == "linux"
_CONTEXT = multiprocessing.get_context("fork") if _IS_COPIED else multiprocessing.get_context("spawn")
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_ARENA_MAX = -8  # M_ARENA_MAX of <malloc.h>


@dataclass(frozen=True, slots=True)
class Program:
    """One of our modules, as `python -m` runs it with these arguments, in our environment with these changes."""

    module: str
    changes: Mapping[str, str]
    arguments: tuple[str, ...] = ()

    def start(self, log: Path, *, anew: bool = False) -> BaseProcess:
        """A process in a session of its own, so that Ctrl-C reaches us alone, that writes to the end of `log`.

        `anew`: it reads everything for itself, as it is on the disk by now. For a process without threads; raises OSError.
        """
        is_copied = _IS_COPIED and not anew
        process = _CONTEXT.Process(target=_become if is_copied else _run_anew, args=(self, log))
        with _unwritten(), _held_back():
            if is_copied:
                self._read()
            process.start()
        return process

    def _read(self) -> None:
        with suppress(Exception):  # the copy will fail in the same way, and say so in its log
            importlib.import_module(f"{self.module}.__main__")
        sys.modules.pop(f"{self.module}.__main__", None)  # it is run there, under another name
        gc.freeze()


def limit_arenas(count: int) -> None:
    """Threads that decode and send pictures would else keep an arena each: the C library's default is eight a core.

    Said to the library itself, as it reads MALLOC_ARENA_MAX at the start of a process only.
    """
    with suppress(AttributeError):  # there are libraries without arenas
        ctypes.CDLL(None).mallopt(_ARENA_MAX, count)


@contextmanager
def _unwritten() -> Iterator[None]:
    """Reading makes no garbage, and a collection would write to every page and share none."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _held_back() -> Iterator[None]:
    """No signal that was meant for the copy is noted by what it has inherited of us."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _run_anew(program: Program, log: Path) -> None:
    _settle_in(program, log)
    os.execv(sys.executable, [sys.executable, "-m", program.module, *program.arguments])  # noqa: S606 - our own modules


def _become(program: Program, log: Path) -> None:
    gc.enable()
    _settle_in(program, log)
    setproctitle(" ".join(["python", "-m", program.module, *program.arguments]))
    sys.argv[1:] = program.arguments
    try:
        runpy.run_module(program.module, run_name="__main__", alter_sys=True)
    finally:
        threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 - as at the end of any program; a copy ends without it
        atexit._run_exitfuncs()  # noqa: SLF001 - likewise


def _settle_in(program: Program, log: Path) -> None:
    """Nothing of ours but the environment: no session, no open file, no way to take signals."""
    os.setsid()
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    with Path(os.devnull).open() as nothing, log.open("a") as file:
        os.dup2(nothing.fileno(), 0)
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - as long as the process
    change_environment(program.changes)
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
