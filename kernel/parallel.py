"""How are independent questions asked at the same time? On a bounded pool, each with the asker's deadline and trace."""

from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Fanout:
    """At most `max_workers` threads named `name` for all that is asked through it.

    What is asked must not itself ask through it: on a full pool it would wait for itself.
    """

    def __init__(self, max_workers: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(max_workers, thread_name_prefix=name)

    def run(self, calls: Mapping[K, Callable[[], T]]) -> dict[K, T]:
        """The result of each call under its name, in the order given, once all have ended; the deadline is theirs to keep.

        The first exception in that order is raised, after all have ended.
        """
        endings = {name: self._pool.submit(copy_context().run, call) for name, call in calls.items()}
        wait(endings.values())
        return {name: ending.result() for name, ending in endings.items()}

    def close(self) -> None:
        """Returns once every thread has ended; what was asked is finished first."""
        self._pool.shutdown()
