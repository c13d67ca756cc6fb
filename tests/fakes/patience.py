"""Waiting for another process to get where it is going, for tests that drive real ones."""

import threading
from collections.abc import Callable

_PAUSE = 0.1


def eventually(holds: Callable[[], bool], *, within: float = 30.0) -> bool:
    """Whether it holds at last; asks again every tenth of a second, since other processes raise no events here."""
    never = threading.Event()
    for _ in range(int(within / _PAUSE)):
        if holds():
            return True
        never.wait(_PAUSE)
    return holds()
