"""What does the artist service measure? Every metric and label it owns, in one place."""

import threading
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, replace

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from kernel.evidence import Source
from kernel.telemetry import ProviderFigures, ProviderMeter
from services.artist.domain import Kind, Profile

LASTFM = "lastfm"
OFF = "off"
"""Breaker state shown for a provider that has no key."""

_BUCKETS = (0.1, 0.5, 1, 2, 5, 10)
_WINDOW = 200
_NO_CALLS = ProviderFigures(0, 0.0, 0.0, 0.0, 0.0, OFF)


class ArtistMeter:
    """Counts for Prometheus and for the metrics RPC: every provider under `provider_*`, Last.fm under its older names as well."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._providers = ProviderMeter(registry)
        self._lastfm = _LastfmMetrics(registry)
        self._fill = _FillRatio(registry)
        self._lock = threading.Lock()  # guards _is_on
        self._is_on: dict[str, bool] = {}

    def watch(self, provider: str, *, is_on: bool) -> None:
        """Makes the provider appear in the figures, on or off."""
        with self._lock:
            self._is_on[provider] = is_on
        if is_on:
            self._providers.state(provider, "closed")

    def called(self, provider: str, operation: str, outcome_kind: str, seconds: float) -> None:
        self._providers.called(provider, operation, outcome_kind, seconds)
        if provider == LASTFM:
            self._lastfm.called(outcome_kind, seconds)

    def state(self, provider: str, state: str) -> None:
        self._providers.state(provider, state)

    def answers_of(self, provider: str) -> "AnswerMeter":
        """Counts the hits and misses of one provider's remembered answers."""
        return AnswerMeter(provider, self)

    def answered_from_copy(self) -> None:
        """A whole artist was answered from a cache or a fresh row: no provider was asked any of its questions."""
        with self._lock:
            active = [provider for provider, is_on in self._is_on.items() if is_on]
        for provider in active:
            for _ in Kind:
                self.hit(provider)

    def hit(self, provider: str) -> None:
        self._providers.cache_hit(provider)
        if provider == LASTFM:
            self._lastfm.cache_hits.inc()

    def miss(self, provider: str) -> None:
        self._providers.cache_miss(provider)

    def asked_past_copies(self, provider: str) -> None:
        """A question for which no copy was looked for, because it was due or forced."""
        self.miss(provider)

    def profile_found(self, provider: str, profile: Profile) -> None:
        """Notes which fields the provider filled."""
        self._fill.observe(provider, profile)

    def figures(self) -> Mapping[str, ProviderFigures]:
        """By provider, those that are off included."""
        with self._lock:
            watched = dict(self._is_on)
        return {name: self._providers.snapshot(name) if is_on else replace(_NO_CALLS) for name, is_on in watched.items()}


@dataclass(frozen=True, slots=True)
class AnswerMeter:
    """Satisfies kernel.read_through.CacheMeter for one provider."""

    provider: str
    meter: ArtistMeter

    def hit(self, source: Source) -> None:  # noqa: ARG002 - which cache it was makes no difference to the provider
        self.meter.hit(self.provider)

    def miss(self) -> None:
        self.meter.miss(self.provider)


class _LastfmMetrics:
    """The names that users' dashboards already read."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.api_calls = Counter("lastfm_api_calls", "Calls sent to Last.fm.", registry=registry)
        self.cache_hits = Counter("lastfm_cache_hits", "Questions about Last.fm answered without a call.", registry=registry)
        self.response_time = Histogram("lastfm_response_time", "Seconds a call took.", buckets=_BUCKETS, registry=registry)
        self.errors = Counter("lastfm_errors", "Calls without a usable answer.", ["error_type"], registry=registry)

    def called(self, outcome_kind: str, seconds: float) -> None:
        if outcome_kind not in ("deferred", "breaker_open"):  # those were never sent
            self.api_calls.inc()
            self.response_time.observe(seconds)
        if outcome_kind not in ("found", "absent", "ambiguous"):
            self.errors.labels(outcome_kind).inc()


class _FillRatio:
    """Share of a provider's last answers that had a field. A sudden drop means that the provider changed its answers."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._gauge = Gauge(
            "field_fill_ratio", f"Share of the last {_WINDOW} answers with the field.", ["provider", "field"], registry=registry
        )
        self._lock = threading.Lock()  # guards _seen
        self._seen: defaultdict[tuple[str, str], deque[bool]] = defaultdict(lambda: deque(maxlen=_WINDOW))

    def observe(self, provider: str, profile: Profile) -> None:
        present = {
            "url": bool(profile.url),
            "listeners": profile.listeners is not None,
            "playcount": profile.playcount is not None,
            "bio": profile.biography is not None,
            "images": bool(profile.images),
            "mbid": profile.mbid is not None,
        }
        with self._lock:
            for field, filled in present.items():
                seen = self._seen[provider, field]
                seen.append(filled)
                self._gauge.labels(provider, field).set(sum(seen) / len(seen))
