"""Is a failed call worth repeating, and when? The only place that repeats provider calls: layers of retries multiply."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from tenacity import Retrying, retry_if_exception, wait_exception, wait_random_exponential

from kernel import deadline
from kernel.clock import Clock
from kernel.errors import ProviderFault, ProviderThrottled, ProviderTimeout, ProviderUnavailable
from kernel.limiter import LimitReached

T = TypeVar("T")

_PATIENCE = timedelta(seconds=5)
"""No thread sleeps longer than this because a provider asked for it: a Retry-After can be a day."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """At most `attempts` calls: at once, then after up to `factor`, `factor`², … seconds, drawn at random (full jitter).

    Repeats time-outs and unavailability, and a throttled call whose provider named a wait of 5 s or less (some busy ones
    name zero to callers who keep to their rate). Never waits beyond the deadline: the last fault is raised instead.
    """

    attempts: int = 3
    factor: float = 2.0

    def run(self, ask: Callable[[], T], *, clock: Clock) -> T:
        """The answer of `ask`, or what its last attempt raised."""
        backoff, asked = wait_random_exponential(multiplier=self.factor, exp_base=self.factor), wait_exception(_seconds_asked)
        retrying = Retrying(
            sleep=clock.sleep,
            stop=lambda state: state.attempt_number >= self.attempts or state.upcoming_sleep >= deadline.at_most(math.inf),
            wait=lambda state: max(backoff(state), asked(state)),
            retry=retry_if_exception(_is_passing),
            reraise=True,
        )
        return retrying(ask)


def _is_passing(error: BaseException) -> bool:
    if not isinstance(error, ProviderTimeout | ProviderUnavailable | ProviderThrottled) or isinstance(error, LimitReached):
        return False
    if error.retry_after is None:
        return not isinstance(error, ProviderThrottled)
    return error.retry_after <= _PATIENCE


def _seconds_asked(error: BaseException) -> float:
    return error.retry_after.total_seconds() if isinstance(error, ProviderFault) and error.retry_after else 0.0
