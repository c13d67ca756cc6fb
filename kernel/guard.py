"""What stands before every provider call? Each attempt: breaker, limiter, deadline, call; the retry goes around all four."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import KW_ONLY, dataclass, field
from datetime import timedelta
from functools import partial
from typing import Protocol, TypeVar

from kernel import deadline
from kernel.breaker import Breaker, Verdict
from kernel.cache import connect_redis
from kernel.clock import Clock
from kernel.errors import DeadlineSpent, ProviderFault, ProviderThrottled, ProviderTimeout, SoniqueBayError
from kernel.evidence import Absent, Answer
from kernel.limiter import LONGEST_WAIT, Limiter, LimitReached, build_limiter
from kernel.retry import RetryPolicy
from kernel.settings import AppSettings

T = TypeVar("T")

_UNNAMED_WAIT = timedelta(minutes=1)
"""How long a provider is left alone that says "too many" without saying until when."""

_PRECEDENCE = timedelta(seconds=2)
"""How long background calls, of all processes, stay out of the way of one that somebody waits for: more may follow it."""

_BACKGROUND_PATIENCE = 60.0
"""Seconds a background call waits for its turn, at each of its two limiters."""


_PATIENCE = 5.0
"""The same of one that somebody waits for."""

_BACKGROUND = 0.75
"""Share of a provider's rate that jobs may use: what is left is for who waits, even while much is to be done."""
_BURST_SECONDS = 0.75
"""Of its rate a provider grants at once: with whole seconds, three bursts fall into what its own window of two seconds counts."""


class CallMeter(Protocol):
    """Where calls are counted."""

    def called(self, provider: str, operation: str, outcome_kind: str, seconds: float) -> None:
        """One attempt ended, after so many seconds at the provider; each retry is an attempt of its own.

        `outcome_kind` is `found`, `absent`, `ambiguous`, the `kind` of an error of ours (`timeout`, `deadline_spent`,
        `failed_precondition`) or `bug`; and for what was never sent, `deferred` (our own limiter said no) or `breaker_open`.
        """

    def state(self, provider: str, state: str) -> None:
        """The breaker is now `closed`, `open` or `half_open`."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Asks one provider, politely and not for ever.

    With a limiter for the `background`, calls inside `deadline.in_background()` need a grant of that one first, and get none for
    2 s after each call that somebody waits for.
    """

    provider: str
    _: KW_ONLY
    breaker: Breaker
    limiter: Limiter
    retry: RetryPolicy
    timeout: timedelta
    clock: Clock
    meter: CallMeter
    background: Limiter | None = None

    def call(self, operation: str, ask: Callable[[], Answer[T]]) -> Answer[T]:
        """The answer of `ask`. Each attempt waits up to 5 s for the limiter; in the background a minute.

        Raises the last attempt's ProviderFault, of which ProviderThrottled always says for how long, a week at most; BreakerOpen;
        and DeadlineSpent when the caller's own time ran out during the call.
        """
        return self.retry.run(lambda: self._attempt(operation, ask), clock=self.clock)

    def pace(self) -> None:
        """Waits for the provider's limiter within a question that takes several calls, before each of them but the first.

        The call before it counts as answered, since its question goes on. Raises LimitReached.
        """
        attempt = _under_way.get()
        self.meter.called(self.provider, attempt.operation, "found", self.clock.monotonic() - attempt.sent_at)
        self._give_way()
        self._await_turn(attempt)

    def _await_turn(self, attempt: "_Attempt") -> None:
        self.limiter.acquire(max_wait=_BACKGROUND_PATIENCE if deadline.is_background() else _PATIENCE)
        attempt.sent_at = self.clock.monotonic()

    def _attempt(self, operation: str, ask: Callable[[], Answer[T]]) -> Answer[T]:
        deadline.check()
        attempt, kind = _Attempt(operation, self.clock.monotonic()), "bug"
        _under_way.set(attempt)
        try:
            self._give_way()
            answer = self._behind_the_door(attempt, ask)
            kind = type(answer).__name__.lower()
        except SoniqueBayError as error:
            kind = error.kind
            raise
        finally:
            self.meter.called(self.provider, operation, kind, self.clock.monotonic() - attempt.sent_at)
        return answer

    def _give_way(self) -> None:
        """Background work waits for its turn among its like; who is waited for keeps it away.

        Settled before the breaker is asked: a probe that waits for its turn would keep out who is waited for.
        """
        now, others = self.clock.now(), self.background
        if others and deadline.is_background():
            others.acquire(max_wait=_BACKGROUND_PATIENCE)
        elif others and (others.parked_until() or now) < now + _PRECEDENCE / 2:  # else it would be written at every call
            others.park(now + _PRECEDENCE)

    def _behind_the_door(self, attempt: "_Attempt", ask: Callable[[], Answer[T]]) -> Answer[T]:
        # Neutral also of what is not caught here: a bug of ours says nothing about the provider.
        permit, verdict = self.breaker.admit(), Verdict.NEUTRAL
        try:
            self._await_turn(attempt)
            answer = self._ask_in_time(ask)
            verdict = Verdict.NEUTRAL if isinstance(answer, Absent) else Verdict.ANSWERED
        except ProviderThrottled as error:
            if not isinstance(error, LimitReached):
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


@dataclass(slots=True)
class Guards:
    """Builds guards; `closers` are to be called at the end."""

    settings: AppSettings
    clock: Clock
    meter: CallMeter
    closers: list[Callable[[], None]] = field(default_factory=list)

    def build(
        self, name: str, *, rate_per_second: float, timeout: timedelta, retry: RetryPolicy, threshold: int, probe_after: timedelta
    ) -> Guard:
        """One guard; those of one name, in whichever service, keep to one rate together.

        `threshold` faults in a row close the door for `probe_after`.
        """
        on_change = partial(self.meter.state, name)
        return Guard(
            name,
            breaker=Breaker(name, threshold=threshold, probe_after=probe_after, clock=self.clock, on_change=on_change),
            limiter=self._limiter(name, rate_per_second),
            background=self._limiter(f"{name}.background", rate_per_second * _BACKGROUND),
            retry=retry,
            timeout=timeout,
            clock=self.clock,
            meter=self.meter,
        )

    def _limiter(self, name: str, rate_per_second: float) -> Limiter:
        url = self.settings.redis_url.get_secret_value()
        redis = connect_redis(url) if url else None
        limiter = build_limiter(
            name,
            rate_per_second=rate_per_second,
            burst=max(1, round(rate_per_second * _BURST_SECONDS)),
            folder=self.settings.data_dir / "limits",
            redis=redis,
            clock=self.clock,
            realm=self.settings.realm,
        )
        self.closers += [limiter.close] if redis is None else [redis.close, limiter.close]
        return limiter


def _believable(asked: timedelta | None) -> timedelta:
    return _UNNAMED_WAIT if asked is None else min(max(asked, timedelta(0)), LONGEST_WAIT)


@dataclass(slots=True)
class _Attempt:
    operation: str
    sent_at: float


_under_way: ContextVar[_Attempt] = ContextVar("attempt")
