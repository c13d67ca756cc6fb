"""What does a service measure of its providers, and tell persons of them? Every metric and label of theirs, in one place."""

import threading
from collections import defaultdict, deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from kernel.evidence import Source
from upstreams.provider_meter import ProviderFigures, ProviderMeter

LASTFM = "lastfm"
OFF = "off"
"""Breaker state shown for a provider that is not asked."""

_BUCKETS = (0.1, 0.5, 1, 2, 5, 10)
_WINDOW = 200
_NO_CALLS = ProviderFigures(0, 0.0, 0.0, 0.0, 0.0, OFF)


@dataclass(frozen=True, slots=True)
class ProviderStanding:
    """One provider, as persons are told of it: on, with its figures, or off, and why.

    The fields are those of the message that each service makes of it.
    """

    provider: str
    requests: int
    success_rate: float
    failure_rate: float
    cache_hit_rate: float | None
    """None while nothing was looked for in a cache; there may be none before it."""
    avg_latency: float
    circuit_breaker_state: str
    off_reason: str


class UpstreamMeter:
    """Counts for Prometheus and for the metrics RPC: every provider under `provider_*`, Last.fm under its older names as well."""

    def __init__(self, registry: CollectorRegistry, expected: Mapping[str, Collection[str]]) -> None:
        """`expected`: the fields that a provider is known to fill for some; others are watched once it fills them."""
        self._providers = ProviderMeter(registry)
        self._lastfm = _LastfmMetrics(registry)
        self._fill = _FillRatio(registry, expected)
        self._lock = threading.Lock()  # guards the three below
        self._kinds: dict[str, int] = {}
        self._off: dict[str, str] = {}
        self._remembered: set[str] = set()

    def watch(self, provider: str, *, kinds: int = 0, off: str = "") -> None:
        """Makes the provider appear in the figures. Of each thing a copy answers so many kinds of questions to it; `off`: what
        would switch it on, of one that is not asked.
        """
        with self._lock:
            self._kinds[provider] = kinds
            self._off[provider] = off
        if not off:
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
        """All of one thing was answered from a cache or a fresh row: no provider was asked any of its questions."""
        with self._lock:
            asked = list(self._kinds.items())
        for provider, kinds in asked:
            if kinds:
                self.hit(provider, kinds)

    def hit(self, provider: str, times: int = 1) -> None:
        self._looked_up(provider)
        self._providers.cache_hit(provider, times)
        if provider == LASTFM:
            self._lastfm.cache_hits.inc(times)

    def miss(self, provider: str) -> None:
        self._looked_up(provider)
        self._providers.cache_miss(provider)

    def asked_past_copies(self, provider: str) -> None:
        """A question for which no copy was looked for, because it was due or forced."""
        self._providers.cache_miss(provider)

    def answered(self, provider: str, filled: Mapping[str, float]) -> None:
        """Notes which share of each field, 0–1, the provider filled in an answer."""
        self._fill.observe(provider, filled)

    def figures(self) -> Mapping[str, ProviderFigures]:
        """By provider, those that are off included."""
        with self._lock:
            watched = dict(self._off)
        return {name: replace(_NO_CALLS) if off else self._providers.snapshot(name) for name, off in watched.items()}

    def standings(self) -> list[ProviderStanding]:
        """The same for persons, by name."""
        figures = self.figures()
        with self._lock:
            off, remembered = dict(self._off), set(self._remembered)
        return [
            ProviderStanding(
                provider=name,
                requests=each.requests,
                success_rate=each.success_rate,
                failure_rate=each.failure_rate,
                cache_hit_rate=each.cache_hit_rate if name in remembered else None,
                avg_latency=each.avg_latency,
                circuit_breaker_state=each.breaker_state,
                off_reason=off[name],
            )
            for name, each in sorted(figures.items())
        ]

    def _looked_up(self, provider: str) -> None:
        with self._lock:
            self._remembered.add(provider)


@dataclass(frozen=True, slots=True)
class AnswerMeter:
    """Satisfies kernel.read_through.CacheMeter for one provider."""

    provider: str
    meter: UpstreamMeter

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
    """Share of a provider's last answers that had a field. A sudden drop means that the provider changed its answers.

    Shown are the fields expected of the provider, from its first answer on, and others from the first time it fills them: a field
    that it never has would stand at 0 for ever, and look like a drop.
    """

    def __init__(self, registry: CollectorRegistry, expected: Mapping[str, Collection[str]]) -> None:
        self._gauge = Gauge(
            "field_fill_ratio", f"Share of the last {_WINDOW} answers with the field.", ["provider", "field"], registry=registry
        )
        self._lock = threading.Lock()  # guards _seen and _shown
        self._seen: defaultdict[tuple[str, str], deque[float]] = defaultdict(lambda: deque(maxlen=_WINDOW))
        self._shown = {(provider, field) for provider, fields in expected.items() for field in fields}

    def observe(self, provider: str, filled: Mapping[str, float]) -> None:
        with self._lock:
            for field, share in filled.items():
                self._observe_field((provider, field), share)

    def _observe_field(self, key: tuple[str, str], share: float) -> None:
        seen = self._seen[key]
        seen.append(share)
        if share > 0:
            self._shown.add(key)
        if key in self._shown:
            self._gauge.labels(*key).set(sum(seen) / len(seen))
