"""How are questions asked at the same time, some of them only once others are answered? On a bounded pool, context and all."""

from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from queue import Empty, SimpleQueue
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Fanout:
    """At most `max_workers` threads named `name` for all that is asked through it.

    What is asked must not itself ask through it: on a full pool it would wait for itself.
    """

    def __init__(self, max_workers: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(max_workers, thread_name_prefix=name)

    def run(
        self, next_calls: Callable[[Mapping[K, T]], Mapping[K, Callable[[], T]]], *, patience: Callable[[], float] | None = None
    ) -> dict[K, T]:
        """The result of each call under its name, in the order in which they were begun.

        `next_calls` says what can be asked, given the results so far: none at first, then once more whenever a call has ended.
        Each name is begun once, however often it is said, in the asker's context; its deadline is its own to keep.

        `patience`, asked before each wait, answers how many seconds more to wait in all; without it, until everything has ended.
        When it is over, what has ended is the result, and the rest is let go: what waits for a thread is never begun, and what
        runs goes on unobserved, its result or exception dropped.

        The first exception in order of ending is raised, once all that was begun has ended or patience is over; nothing new is
        begun meanwhile. What `next_calls` itself raises is raised at once, and the rest let go.
        """
        begun: dict[Future[T], K] = {}
        endings: SimpleQueue[Future[T]] = SimpleQueue()
        results: dict[K, T] = {}
        failures: list[BaseException] = []
        try:
            self._begin(next_calls(results), begun, endings)
            while len(results) + len(failures) < len(begun) and (ending := _next_of(endings, patience)):
                if (failure := ending.exception()) is not None:
                    failures.append(failure)
                    continue
                results[begun[ending]] = ending.result()
                if not failures:
                    self._begin(next_calls(results), begun, endings)
        finally:
            for future in begun:
                future.cancel()
        if failures:
            raise failures[0]
        return {name: results[name] for name in begun.values() if name in results}

    def close(self) -> None:
        """Returns once every thread has ended; what was asked is finished first."""
        self._pool.shutdown()

    def _begin(self, calls: Mapping[K, Callable[[], T]], begun: dict[Future[T], K], endings: SimpleQueue[Future[T]]) -> None:
        for name in [name for name in calls if name not in begun.values()]:
            future = self._pool.submit(copy_context().run, calls[name])
            begun[future] = name
            future.add_done_callback(endings.put)


def _next_of(endings: SimpleQueue[Future[T]], patience: Callable[[], float] | None) -> Future[T] | None:
    """None when patience is over first."""
    try:
        return endings.get(timeout=None if patience is None else max(0.0, patience()))
    except Empty:
        return None
