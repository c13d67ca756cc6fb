"""How much time is left for the work at hand, and does anybody wait for it?

One deadline, spent downwards: whoever calls next gets what remains. The server sets it from the caller's RPC deadline; a guard
narrows it to the provider's own timeout; the HTTP client reads it at every socket operation. It travels in a context variable,
so work handed to another thread takes it along when it is run through `contextvars.copy_context()`. It is measured on the
machine's own monotonic clock, as sockets are: a fake clock in a test must not be able to hang a real connection. Whether the
work is background travels the same way.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import TypeVar

from kernel.errors import DeadlineSpent

T = TypeVar("T")

_ends_at: ContextVar[float | None] = ContextVar("deadline", default=None)
_given_up: ContextVar[threading.Event | None] = ContextVar("given_up", default=None)
_is_background: ContextVar[bool] = ContextVar("is_background", default=False)


def remaining() -> float | None:
    """Seconds left, never below zero, and zero once the caller has given up; None where nobody set a deadline."""
    given_up = _given_up.get()
    if given_up is not None and given_up.is_set():
        return 0.0
    ends_at = _ends_at.get()
    return None if ends_at is None else max(0.0, ends_at - time.monotonic())


def at_most(seconds: float) -> float:
    """So many seconds, or what the deadline leaves of them."""
    left = remaining()
    return seconds if left is None else min(seconds, left)


def check() -> None:
    """Raises DeadlineSpent when no time is left."""
    if remaining() == 0.0:
        raise DeadlineSpent("The time for this request is used up.")


def within(span: timedelta) -> AbstractContextManager[None]:
    """Narrows the deadline to at most `span` from now for the block; never widens the one already set."""
    return _during_block(_ends_at, time.monotonic() + at_most(span.total_seconds()))


def ended_by(given_up: threading.Event) -> AbstractContextManager[None]:
    """Ends the time of the block as soon as the event is set, whatever the deadline says: nobody waits for the answer."""
    return _during_block(_given_up, given_up)


def in_background() -> AbstractContextManager[None]:
    """Marks the block as work that nobody waits for: it gives way to all other, and has patience."""
    return _during_block(_is_background, True)


def is_background() -> bool:
    """Whether nobody waits for the work at hand."""
    return _is_background.get()


@contextmanager
def _during_block(variable: ContextVar[T], value: T) -> Iterator[None]:
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)
