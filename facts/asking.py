"""How is one provider asked one thing? The remembered answer first, else one guarded call; every ending is an outcome."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Generic, TypeVar

from kernel.clock import Clock
from kernel.errors import DeadlineSpent, NotFound, ProviderFault, ProviderThrottled, ProviderTimeout
from kernel.evidence import Absent, Ambiguous, Answer, Deferred, Fault, Found, Outcome, Reading, Source
from kernel.guard import Guard
from kernel.read_through import ReadThrough

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reply(Generic[T]):
    """One provider's outcome, and when it was obtained: a remembered answer is older than now."""

    provider: str
    outcome: Outcome[T]
    retrieved_at: datetime


@dataclass(frozen=True, slots=True)
class Asker(Generic[T]):
    """One kind of question to one provider. Any number of threads may ask; the same question at the same time is one call.

    A fault becomes a value here, so that a pipeline with several providers goes on with the rest.
    """

    provider: str
    operation: str
    _: KW_ONLY
    guard: Guard
    remembered: ReadThrough[Found[T] | Ambiguous[T]]
    clock: Clock

    def ask(self, key: str, question: Callable[[], Answer[T]], *, force: bool = False) -> Reply[T]:
        """Never raises a ProviderFault: the outcome says it. `key` names the question in the caches; `force` skips them."""
        recall = partial(self.remembered.get, key, ask=partial(self._call, question), force=force)
        return reply_to(self.provider, self.clock, recall)

    def _call(self, question: Callable[[], Answer[T]]) -> Reading[Found[T] | Ambiguous[T]]:
        answer = self.guard.call(self.operation, question)
        if isinstance(answer, Absent):
            raise NotFound(answer.reason)
        return Reading(answer, self.clock.now(), Source.PROVIDER)


def reply_to(provider: str, clock: Clock, ask: Callable[[], Reading[Found[T] | Ambiguous[T]]]) -> Reply[T]:
    """How asking ended, whatever it raised of what providers raise."""
    try:
        reading = ask()
        return Reply(provider, reading.value, reading.retrieved_at)
    except NotFound as error:
        return Reply(provider, Absent(str(error)), clock.now())
    except ProviderThrottled as error:
        return Reply(provider, Deferred(clock.now() + (error.retry_after or timedelta(0)), str(error)), clock.now())
    except ProviderFault as error:
        return Reply(provider, Fault(error), clock.now())
    except DeadlineSpent:
        # The budget of this question, not the caller's time: for the answer it is a provider that took too long.
        return Reply(provider, Fault(ProviderTimeout(provider, "did not answer in time")), clock.now())
