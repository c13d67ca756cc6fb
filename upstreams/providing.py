"""What stands between a pipeline and its providers? Guards, and what was answered a moment ago, as the settings want it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from facts.asking import Asker
from kernel.cache import LONGEST_IN_REDIS, Cache, MemoryCache, RedisCache, TwoLevelCache
from kernel.clock import Clock
from kernel.codec import JsonCodec
from kernel.evidence import Ambiguous, Found
from kernel.guard import CallMeter, Guard, Guards
from kernel.read_through import CacheMeter, ReadThrough
from kernel.retry import RetryPolicy
from upstreams.metrics import LASTFM, UpstreamMeter
from upstreams.settings import BreakerSettings, EnrichmentSettings

CALLS_A_QUESTION = 4
"""Of providers that take several calls to answer one question."""


class GuardRoom:
    """Builds the guards of one service; `closers` are to be called at the end."""

    def __init__(self, settings: BreakerSettings, clock: Clock, meter: CallMeter) -> None:
        self._settings = settings
        self._guards = Guards(settings, clock, meter)

    @property
    def closers(self) -> list[Callable[[], None]]:
        return self._guards.closers

    def build(self, name: str, *, rate: float, timeout: timedelta, retry: RetryPolicy) -> Guard:
        """The guard of one provider, with the breaker that its settings ask for; `rate` is per second."""
        threshold, probe_after = self._settings.breaker_of(name)
        return self._guards.build(
            name, rate_per_second=rate, timeout=timeout, retry=retry, threshold=threshold, probe_after=probe_after
        )


class Memory:
    """What this process, and Redis where there is one, remember of answers. `version` changes with the shape of what is kept."""

    def __init__(self, settings: EnrichmentSettings, clock: Clock, *, version: str) -> None:
        self._settings = settings
        self._clock = clock
        self.closers: list[Callable[[], None]] = []
        self._cache = self._build_cache(version)

    def read_through(self, codec: JsonCodec[Any], meter: CacheMeter | None = None) -> ReadThrough[Any]:
        settings = self._settings
        return ReadThrough(
            cache=self._cache,
            codec=codec,
            clock=self._clock,
            memory_ttl=settings.enrichment_cache_ttl_memory,
            redis_ttl=settings.enrichment_cache_ttl_redis,
            negative_ttl=min(settings.enrichment_cache_ttl_absent, LONGEST_IN_REDIS),
            meter=meter,
        )

    def asker(self, guard: Guard, operation: str, shape: Any, meter: UpstreamMeter) -> Asker[Any]:
        """Asks what is answered by Found values of this shape."""
        remembered = self.read_through(JsonCodec(shape_of(shape)), meter.answers_of(guard.provider))
        return Asker(guard.provider, operation, guard=guard, remembered=remembered, clock=self._clock)

    def _build_cache(self, version: str) -> Cache:
        settings = self._settings
        memory = MemoryCache(settings.enrichment_cache_memory_bytes, self._clock)
        redis_url = settings.redis_url.get_secret_value()
        if not redis_url:
            return memory
        shared = RedisCache(redis_url, prefix=f"{settings.realm}{version}", clock=self._clock)
        self.closers.append(shared.close)
        return TwoLevelCache(memory, shared)


def shape_of(value: Any) -> Any:
    """What an asker remembers of a found value of this shape."""
    return Found[value] | Ambiguous[value]


def left_out(name: str, setting: str) -> str:
    """Why a provider is off that the setting does not name."""
    return f"It is off: add {name} to {setting}."


def off_without_keys(settings: EnrichmentSettings) -> dict[str, str]:
    """For each provider that has no key, the sentence that says what would switch it on."""
    off: dict[str, str] = {}
    if not settings.lastfm_api_key.get_secret_value():
        off[LASTFM] = "Last.fm is off: set LASTFM_API_KEY."
    if not settings.spotify_client_id or not settings.spotify_client_secret.get_secret_value():
        off["spotify"] = "Spotify is off: set SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET."
    return off
