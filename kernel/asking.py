"""How is one provider asked one thing? The remembered answer first, else one guarded call; every ending is an outcome."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from kernel.clock import Clock
from kernel.errors import DeadlineSpent, NotFound, ProviderFault, ProviderThrottled, ProviderTimeout
from kernel.evidence import Absent, Ambiguous, Answer, Deferred, Fault, Found, Outcome, Reading, Source
from kernel.guard import Guard
from kernel.read_through import ReadThrough

T = TypeVar("T")

_DEFERRED_WITHOUT_A_TIME = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Reply(Generic[T]):
    """One provider's outcome, and when it was obtained: a remembered answer is older than now."""

    provider: str
    outcome: Outcome[T]
    retrieved_at: datetime


class Asker(Generic[T]):
    """One kind of question to one provider. Any number of threads may ask; the same question at the same time is one call."""

    def __init__(
        self, provider: str, operation: str, *, guard: Guard, remembered: ReadThrough[Found[T] | Ambiguous[T]], clock: Clock
    ) -> None:
        self._provider = provider
        self._operation = operation
        self._guard = guard
        self._remembered = remembered
        self._clock = clock

    def ask(self, key: str, question: Callable[[], Answer[T]], *, force: bool = False) -> Reply[T]:
        """Never raises a ProviderFault: the outcome says it. `key` names the question in the caches; `force` skips them."""
        try:
            reading = self._remembered.get(key, stored=_nothing_stored, ask=lambda: self._call(question), force=force)
        except NotFound as error:
            return self._reply(Absent(str(error)))
        except ProviderThrottled as error:
            return self._reply(Deferred(self._clock.now() + (error.retry_after or _DEFERRED_WITHOUT_A_TIME), str(error)))
        except ProviderFault as error:
            return self._reply(Fault(error))
        except DeadlineSpent:
            # The budget of this question, not the caller's time: for the answer it is a provider that took too long.
            return self._reply(Fault(ProviderTimeout(self._provider, "did not answer in time")))
        return Reply(self._provider, reading.value, reading.retrieved_at)

    def forget(self, keys: Sequence[str]) -> None:
        """Drops the remembered answers to these questions."""
        self._remembered.invalidate(keys)

    def _call(self, question: Callable[[], Answer[T]]) -> Reading[Found[T] | Ambiguous[T]]:
        outcome = self._guard.call(self._operation, question)
        now = self._clock.now()
        match outcome:
            case Fault(error):
                raise error
            case Deferred(not_before, reason):
                raise ProviderThrottled(self._provider, reason or "wants to be asked later", retry_after=not_before - now)
            case Absent(reason):
                raise NotFound(reason)
            case _:
                return Reading(outcome, now, Source.PROVIDER)

    def _reply(self, outcome: Outcome[T]) -> Reply[T]:
        return Reply(self._provider, outcome, self._clock.now())


def _nothing_stored() -> None:
    return None
