"""How often was each provider asked, what came of it, and how long did it take? For Prometheus, and as one provider's figures."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase

_ANSWERED = {"found", "absent", "ambiguous"}
_NOT_SENT = {"deferred", "breaker_open"}
_STATES = ("closed", "half_open", "open")


@dataclass(frozen=True, slots=True)
class ProviderFigures:
    """One provider since this process started. Rates are 0–1, and 0 without anything to divide by; latency is mean seconds."""

    requests: int
    success_rate: float
    failure_rate: float
    cache_hit_rate: float
    avg_latency: float
    breaker_state: str


class ProviderMeter:
    """Counts what guards and caches report, for Prometheus and for the metrics RPC.

    Counters get Prometheus' own `_total`; `provider_breaker_state` is 0 closed, 1 half open, 2 open.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        of, by = ["provider"], registry
        self._calls = Counter("provider_api_calls", "Calls.", ["provider", "operation", "outcome"], registry=by)
        self._errors = Counter("provider_errors", "Calls without an answer.", ["provider", "error_type"], registry=by)
        self._hits = Counter("provider_cache_hits", "Questions answered without a call.", of, registry=by)
        self._misses = Counter("provider_cache_misses", "Questions that no cache answered.", of, registry=by)
        self._seconds = Histogram("provider_response_time", "Seconds per call.", of, buckets=(0.1, 0.5, 1, 2, 5, 10), registry=by)
        self._state = Gauge("provider_breaker_state", "0 closed, 1 half open, 2 open.", of, registry=by)

    def called(self, provider: str, operation: str, outcome_kind: str, seconds: float) -> None:
        """One guarded question ended. What was never sent (deferred, breaker open) has no response time and is no request."""
        self._calls.labels(provider, operation, outcome_kind).inc()
        if outcome_kind not in _NOT_SENT:
            self._seconds.labels(provider).observe(seconds)
        if outcome_kind not in _ANSWERED and outcome_kind != "deferred":
            self._errors.labels(provider, outcome_kind).inc()

    def state(self, provider: str, state: str) -> None:
        """The provider's breaker is now closed, half_open or open."""
        self._state.labels(provider).set(_STATES.index(state))

    def cache_hit(self, provider: str, times: int = 1) -> None:
        self._hits.labels(provider).inc(times)

    def cache_miss(self, provider: str) -> None:
        self._misses.labels(provider).inc()

    def snapshot(self, provider: str) -> ProviderFigures:
        """The figures so far, as the metrics RPC shows them."""
        sent = _sum(self._seconds, "_count", provider)
        answered = sum(_sum(self._calls, "_total", provider, outcome=outcome) for outcome in _ANSWERED)
        hits, misses = _sum(self._hits, "_total", provider), _sum(self._misses, "_total", provider)
        return ProviderFigures(
            requests=int(sent),
            success_rate=_share(answered, sent),
            failure_rate=_share(sent - answered, sent),
            cache_hit_rate=_share(hits, hits + misses),
            avg_latency=_share(_sum(self._seconds, "_sum", provider), sent),
            breaker_state=_STATES[int(_sum(self._state, "", provider))],
        )


def _sum(metric: MetricWrapperBase, suffix: str, provider: str, **labels: str) -> float:
    wanted = {"provider": provider, **labels}.items()
    samples = [sample for family in metric.collect() for sample in family.samples]
    return sum(s.value for s in samples if s.name.endswith(suffix or s.name) and wanted <= s.labels.items())


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
