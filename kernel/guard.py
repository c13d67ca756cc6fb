"""What stands before every provider call? Each attempt: breaker, limiter, deadline, call; the retry goes around all four."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypeVar

from kernel import deadline
from kernel.breaker import Breaker, Verdict
from kernel.clock import Clock
from kernel.errors import DeadlineSpent, ProviderFault, ProviderThrottled, ProviderTimeout
from kernel.evidence import Absent, Answer, Deferred, Fault, Outcome
from kernel.limiter import LONGEST_WAIT, Limiter, LimitReached
from kernel.retry import RetryPolicy

T = TypeVar("T")

_UNNAMED_WAIT = timedelta(minutes=1)
"""How long a provider is left alone that says "too many" without saying until when."""


class CallMeter(Protocol):
    """Where calls are counted."""

    def called(self, provider: str, operation: str, outcome_kind: str, seconds: float) -> None:
        """One attempt ended, after so many seconds at the provider; each retry is an attempt of its own.

        `outcome_kind` is `found`, `absent`, `ambiguous`, the `kind` of a ProviderFault, `deadline_spent` or `bug`; and for what
        was never sent, `deferred` (our own limiter said no) or `breaker_open`.
        """
        ...

    def state(self, provider: str, state: str) -> None:
        """The breaker is now `closed`, `open` or `half_open`."""
        ...


class Guard:
    """Asks one provider, politely and not for ever.

    A fault becomes a value here, so that a pipeline with several providers goes on with the rest. Only two things leave as
    exceptions: DeadlineSpent, because then nobody waits for the rest either, and bugs.
    """

    def __init__(
        self,
        provider: str,
        *,
        breaker: Breaker,
        limiter: Limiter,
        retry: RetryPolicy,
        timeout: timedelta,
        clock: Clock,
        meter: CallMeter,
    ) -> None:
        self._provider = provider
        self._breaker = breaker
        self._limiter = limiter
        self._retry = retry
        self._timeout = timeout
        self._clock = clock
        self._meter = meter

    def call(self, operation: str, ask: Callable[[], Answer[T]], *, max_wait: float = 5.0) -> Outcome[T]:
        """The answer of `ask`, or why there is none. `max_wait`: seconds to wait for the limiter, per attempt.

        Raises DeadlineSpent when the caller's own time ran out during the call.
        """
        try:
            return self._retry.run(lambda: self._attempt(operation, ask, max_wait), clock=self._clock)
        except ProviderThrottled as error:
            return Deferred(self._clock.now() + _wait_of(error), str(error))
        except ProviderFault as error:
            return Fault(error)

    def _attempt(self, operation: str, ask: Callable[[], Answer[T]], max_wait: float) -> Answer[T]:
        deadline.check()
        with self._metered(operation) as metered:
            permit = self._breaker.admit()
            verdict = Verdict.NEUTRAL  # also of what is not caught here: a bug of ours says nothing about the provider
            try:
                self._limiter.acquire(max_wait=max_wait)
                metered.sent_at = self._clock.monotonic()
                answer = self._ask_in_time(ask)
                verdict = Verdict.NEUTRAL if isinstance(answer, Absent) else Verdict.ANSWERED
                metered.kind = type(answer).__name__.lower()
            except LimitReached:
                raise
            except ProviderThrottled as error:
                self._limiter.park(self._clock.now() + _wait_of(error))
                raise
            except ProviderFault:
                verdict = Verdict.FAULT
                raise
            finally:
                self._breaker.report(permit, verdict)
        return answer

    @contextmanager
    def _metered(self, operation: str) -> Iterator["_Metered"]:
        metered = _Metered(self._clock.monotonic())
        try:
            yield metered
        except LimitReached:
            metered.kind = "deferred"
            raise
        except ProviderFault as error:
            metered.kind = error.kind
            raise
        except DeadlineSpent:
            metered.kind = "deadline_spent"
            raise
        finally:
            self._meter.called(self._provider, operation, metered.kind, self._clock.monotonic() - metered.sent_at)

    def _ask_in_time(self, ask: Callable[[], Answer[T]]) -> Answer[T]:
        try:
            with deadline.within(self._timeout):
                return ask()
        except (ProviderTimeout, DeadlineSpent) as error:
            deadline.check()  # the caller's own time is up: that says nothing about the provider
            if isinstance(error, ProviderTimeout):
                raise
            raise ProviderTimeout(self._provider, "did not answer in time.") from error


def _wait_of(error: ProviderThrottled) -> timedelta:
    asked = _UNNAMED_WAIT if error.retry_after is None else error.retry_after
    return min(max(asked, timedelta(0)), LONGEST_WAIT)


@dataclass(slots=True)
class _Metered:
    sent_at: float
    kind: str = "bug"
