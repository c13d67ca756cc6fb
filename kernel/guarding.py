"""How does each provider get its guard? From settings, with limits that all processes of the house share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from kernel.breaker import Breaker
from kernel.cache import connect_redis
from kernel.clock import Clock
from kernel.guard import CallMeter, Guard
from kernel.limiter import Limiter, build_limiter
from kernel.retry import RetryPolicy
from kernel.settings import AppSettings

_BACKGROUND = 0.75
"""Share of a provider's rate that jobs may use: what is left is for who waits, even while much is to be done."""
_BURST_SECONDS = 0.75
"""Of its rate a provider grants at once: with whole seconds, three bursts fall into what its own window of two seconds counts."""


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
