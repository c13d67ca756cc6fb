"""Whatever becomes of a child, nothing of it is left: neither its line, nor the process."""

import gc
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import psutil
import pytest

from kernel import deadline
from kernel.errors import DeadlineSpent, OwnFault
from tests.untrusted.conftest import PROGRAM
from untrusted.child import Child, Limits, Unanswered


def asked(word: str, files: Sequence[int], command: str | Sequence[str] = PROGRAM, *, wall: float = 10) -> None:
    """By a child that nobody closes."""
    Child("The program", command, Limits(computing=1, wall=wall, written=10)).ask(word, files)


def of_a_spent_deadline(files: Sequence[int]) -> None:
    with deadline.within(timedelta(0)):
        asked("wait", files)


def of_time_running_out(files: Sequence[int]) -> None:
    with deadline.within(timedelta(seconds=0.3)):
        asked("wait", files)


def of_a_cycle(files: Sequence[int]) -> None:
    held: list[Any] = [Child("The program", PROGRAM, Limits())]
    held.append(held)
    held[0].ask("tell", files)


WAYS: dict[str, tuple[type[BaseException] | None, Callable[[Sequence[int]], None]]] = {
    "it was never closed": (None, lambda files: asked("tell", files)),
    "it was in a cycle": (None, of_a_cycle),
    "it is not there": (OwnFault, lambda files: asked("tell", files, ["/nonexistent"])),
    "it ends at once": (OwnFault, lambda files: asked("tell", files, [sys.executable, "-c", ""])),
    "it never says that it is ready": (OwnFault, lambda files: asked("tell", files, ["/bin/sleep", "60"], wall=0.2)),
    "it cannot be named": (ValueError, lambda files: asked("tell", files, ["a\0b"])),
    "it is no command": (TypeError, lambda files: asked("tell", files, [object()])),  # type: ignore[list-item]
    "the question is none": (UnicodeEncodeError, lambda files: asked("é", files)),
    "the file is none": (Unanswered, lambda files: asked("tell", [max(files) + 1000])),
    "Ctrl-C": (KeyboardInterrupt, lambda files: asked("interrupt", files)),
    "it computes for ever": (Unanswered, lambda files: asked("compute", files)),
    "it says too much": (Unanswered, lambda files: asked("talk", files)),
    "a spent deadline": (DeadlineSpent, of_a_spent_deadline),
    "time runs out": (DeadlineSpent, of_time_running_out),
}


@pytest.fixture
def pipe() -> Iterator[Sequence[int]]:
    """One that nothing ever comes out of."""
    ends = os.pipe()
    yield ends[:1]
    for each in ends:
        os.close(each)


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_left_of_a_child_when(way: str, pipe: Sequence[int], monkeypatch: pytest.MonkeyPatch):
    error, ask = WAYS[way]
    unraisable: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)
    gc.collect()
    before = len(os.listdir("/proc/self/fd")), psutil.Process().children()  # noqa: PTH208 - what is wanted is how many

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if error is None:
            ask(pipe)
        else:
            with pytest.raises(error):
                ask(pipe)
        gc.collect()

    assert [str(each.exc_value) for each in unraisable] == []
    assert (len(os.listdir("/proc/self/fd")), psutil.Process().children()) == before  # noqa: PTH208 - as above
