"""What stands before every provider call? Each attempt: breaker, limiter, deadline, call; the retry goes around all four."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from datetime import timedelta
from typing import Protocol, TypeVar

from kernel import deadline
from kernel.breaker import Breaker, Verdict
from kernel.clock import Clock
from kernel.errors import DeadlineSpent, ProviderFault, ProviderThrottled, ProviderTimeout
from kernel.evidence import Absent, Answer
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

    def state(self, provider: str, state: str) -> None:
        """The breaker is now `closed`, `open` or `half_open`."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Asks one provider, politely and not for ever."""

    provider: str
    _: KW_ONLY
    breaker: Breaker
    limiter: Limiter
    retry: RetryPolicy
    timeout: timedelta
    clock: Clock
    meter: CallMeter

    def call(self, operation: str, ask: Callable[[], Answer[T]], *, max_wait: float = 5.0) -> Answer[T]:
        """The answer of `ask`. `max_wait`: seconds to wait for the limiter, per attempt.

        Raises the last attempt's ProviderFault, of which ProviderThrottled always says for how long, a week at most; BreakerOpen;
        and DeadlineSpent when the caller's own time ran out during the call.
        """
        return self.retry.run(lambda: self._attempt(operation, ask, max_wait), clock=self.clock)

    def _attempt(self, operation: str, ask: Callable[[], Answer[T]], max_wait: float) -> Answer[T]:
        deadline.check()
        attempt = _Attempt(self.clock.monotonic())
        try:
            answer = self._behind_the_door(attempt, ask, max_wait)
            attempt.kind = type(answer).__name__.lower()
        except (ProviderFault, DeadlineSpent) as error:
            attempt.kind = error.kind
            raise
        finally:
            self.meter.called(self.provider, operation, attempt.kind, self.clock.monotonic() - attempt.sent_at)
        return answer

    def _behind_the_door(self, attempt: "_Attempt", ask: Callable[[], Answer[T]], max_wait: float) -> Answer[T]:
        permit = self.breaker.admit()
        verdict = Verdict.NEUTRAL  # also of what is not caught here: a bug of ours says nothing about the provider
        try:
            self.limiter.acquire(max_wait=max_wait)
            attempt.sent_at = self.clock.monotonic()
            answer = self._ask_in_time(ask)
            verdict = Verdict.NEUTRAL if isinstance(answer, Absent) else Verdict.ANSWERED
        except LimitReached:
            raise
        except ProviderThrottled as error:
            error.retry_after = _believable(error.retry_after)
            self.limiter.park(self.clock.now() + error.retry_after)
            raise
        except ProviderFault:
            verdict = Verdict.FAULT
            raise
        finally:
            self.breaker.report(permit, verdict)
        return answer

    def _ask_in_time(self, ask: Callable[[], Answer[T]]) -> Answer[T]:
        try:
            with deadline.within(self.timeout):
                return ask()
        except (ProviderTimeout, DeadlineSpent) as error:
            deadline.check()  # the caller's own time is up: that says nothing about the provider
            if isinstance(error, ProviderTimeout):
                raise
            raise ProviderTimeout(self.provider, "did not answer in time") from error


def _believable(asked: timedelta | None) -> timedelta:
    return _UNNAMED_WAIT if asked is None else min(max(asked, timedelta(0)), LONGEST_WAIT)


@dataclass(slots=True)
class _Attempt:
    sent_at: float
    kind: str = "bug"
