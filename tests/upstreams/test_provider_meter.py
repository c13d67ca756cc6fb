"""upstreams/provider_meter.py"""

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from upstreams.provider_meter import ProviderFigures, ProviderMeter


@pytest.fixture
def registry():
    return CollectorRegistry()


@pytest.fixture
def meter(registry):
    return ProviderMeter(registry)


def test_the_names_that_dashboards_use_are_exported(meter, registry):
    meter.called("acme", "find", "found", 0.3)
    meter.called("acme", "find", "timeout", 5.0)
    meter.cache_hit("acme")
    meter.cache_miss("acme")
    meter.state("acme", "open")

    text = generate_latest(registry).decode()

    for line in (
        'provider_api_calls_total{operation="find",outcome="found",provider="acme"} 1.0',
        'provider_errors_total{error_type="timeout",provider="acme"} 1.0',
        'provider_cache_hits_total{provider="acme"} 1.0',
        'provider_cache_misses_total{provider="acme"} 1.0',
        'provider_response_time_bucket{le="0.5",provider="acme"} 1.0',
        'provider_breaker_state{provider="acme"} 2.0',
    ):
        assert line in text
    bounds = [line.split('"')[1] for line in text.splitlines() if line.startswith("provider_response_time_bucket")]
    assert bounds == ["0.1", "0.5", "1.0", "2.0", "5.0", "10.0", "+Inf"]


def test_a_provider_never_asked_has_all_zeros(meter):
    assert meter.snapshot("acme") == ProviderFigures(0, 0.0, 0.0, 0.0, 0.0, "closed")


def test_absence_is_a_success_and_what_was_not_sent_is_no_request(meter):
    for outcome, seconds in (("found", 1.0), ("absent", 2.0), ("ambiguous", 3.0), ("timeout", 6.0)):
        meter.called("acme", "find", outcome, seconds)
    meter.called("acme", "find", "deferred", 9.0)
    meter.called("acme", "find", "breaker_open", 9.0)
    meter.called("other", "find", "found", 9.0)
    meter.cache_hit("acme")
    meter.cache_hit("acme")
    meter.cache_hit("acme")
    meter.cache_miss("acme")
    meter.state("acme", "half_open")

    assert meter.snapshot("acme") == ProviderFigures(
        requests=4, success_rate=0.75, failure_rate=0.25, cache_hit_rate=0.75, avg_latency=3.0, breaker_state="half_open"
    )


def test_two_registries_share_nothing(meter):
    other = ProviderMeter(CollectorRegistry())

    meter.called("acme", "find", "found", 1.0)

    assert other.snapshot("acme").requests == 0
