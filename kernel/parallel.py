"""How are independent questions asked at the same time? On a bounded pool, each with the asker's deadline and trace."""

from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Fanout:
    """At most `max_workers` threads named `name`, beside the asking ones, for all that is asked through it.

    The asker works too: it takes the first question, then whatever the pool has not begun. So a full pool makes an answer
    later but never stuck, even where questions fan out again on the same pool.
    """

    def __init__(self, max_workers: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(max_workers, thread_name_prefix=name)

    def run(self, calls: Mapping[K, Callable[[], T]], *, failed: Callable[[K, Exception], T] | None = None) -> dict[K, T]:
        """The result of each call under its name, in the order given, once all have ended; the deadline is theirs to keep.

        `failed` makes a result of an exception. Without it the first one in that order is raised, after all have ended.
        """
        endings = {name: self._pool.submit(copy_context().run, call) for name, call in list(calls.items())[1:]}
        for name, call in calls.items():
            if name not in endings or endings[name].cancel():
                endings[name] = _run_here(call)
        wait(endings.values())
        return {name: _result(name, endings[name], failed) for name in calls}

    def close(self) -> None:
        """Returns once every thread has ended; what was asked is finished first."""
        self._pool.shutdown()


def _run_here(call: Callable[[], T]) -> Future[T]:
    ending: Future[T] = Future()
    try:
        ending.set_result(copy_context().run(call))
    except Exception as error:  # noqa: BLE001 - kept until the other calls have ended
        ending.set_exception(error)
    return ending


def _result(name: K, ending: Future[T], failed: Callable[[K, Exception], T] | None) -> T:
    error = ending.exception()
    return failed(name, error) if failed is not None and isinstance(error, Exception) else ending.result()
