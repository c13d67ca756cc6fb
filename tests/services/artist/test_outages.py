"""The artist service while Last.fm or Redis is away, and what its figures say of it."""

from datetime import timedelta
from pathlib import Path

import grpc
import pytest
import redis

from soniquebay.artist.v1 import artist_pb2 as pb
from tests.fakes.clock import FakeClock
from tests.fakes.servers import RedisServer
from tests.sandbox.running import RunningSandbox
from tests.services.artist.running import RunningArtist, refusal
from tests.services.running import Refusal

RADIOHEAD, CHER = (pb.EnrichArtistRequest(name=name) for name in ("Radiohead", "Cher"))


def calls(sandbox: RunningSandbox) -> int:
    counters = sandbox.control("counters").get("lastfm", {})
    return int(counters.get("total", 0))


def wait_of(refused: Refusal) -> timedelta:
    assert refused.retry_after is not None, "no time to come back"
    return refused.retry_after


def test_the_metrics_port_shows_the_names_that_dashboards_read(service: RunningArtist):
    service.enrich("Radiohead")
    service.enrich("Radiohead")

    samples = service.samples()

    assert samples["lastfm_api_calls_total"] == samples["lastfm_response_time_count"] == 3
    assert samples["lastfm_cache_hits_total"] == 3
    assert samples["provider_api_calls_total"] == samples["provider_response_time_count"] == 3
    assert samples["provider_cache_hits_total"] == samples["provider_cache_misses_total"] == 3
    assert samples["provider_breaker_state"] == 0
    assert samples["field_fill_ratio"] > 0


def test_errors_are_counted_by_their_kind(service: RunningArtist, sandbox: RunningSandbox):
    sandbox.script({"fault": {"kind": "html"}, "api_method": "artist.getTopTags"})

    service.enrich("Radiohead")

    assert service.samples()["lastfm_errors_total"] == service.samples()["provider_errors_total"] == 1


def test_figures_agree_with_what_the_upstream_counted(service: RunningArtist, sandbox: RunningSandbox):
    for name in ("Radiohead", "Cher", "radiohead"):
        service.enrich(name)
    refusal(service, "EnrichArtist", pb.EnrichArtistRequest(name="No Such Artist At All"))

    figures = service.figures()

    assert figures.requests == calls(sandbox) == 9
    assert (figures.success_rate, figures.failure_rate) == (1, 0)
    assert figures.cache_hit_rate == pytest.approx(3 / 12)
    assert figures.circuit_breaker_state == "closed"


def test_calls_made_again_after_a_503_are_counted_as_the_upstream_counts_them(service: RunningArtist, sandbox: RunningSandbox):
    sandbox.script({"sequence": ["503", "ok"], "api_method": "artist.getInfo"})

    enriched = service.enrich("Radiohead")

    figures = service.figures()
    assert figures.requests == calls(sandbox) == 4
    assert (figures.success_rate, figures.failure_rate) == (0.75, 0.25)
    assert service.samples()["lastfm_api_calls_total"] == 4
    assert enriched.lastfm.listeners > 0
    assert pb.NOTE_REASON_FAULT not in {note.reason for note in enriched.notes}


def test_a_fault_of_one_method_is_a_note_and_never_an_error(service: RunningArtist, sandbox: RunningSandbox):
    sandbox.script({"fault": {"kind": "garbage"}, "api_method": "artist.getSimilar"})

    enriched = service.enrich("Radiohead")

    assert enriched.lastfm.listeners > 0
    assert ("lastfm", "similar", pb.NOTE_REASON_FAULT) in {(note.provider, note.kind, note.reason) for note in enriched.notes}


def test_three_failures_open_the_breaker_and_nothing_reaches_the_upstream_for_300_seconds(service, sandbox, clock: FakeClock):
    held = service.enrich("Radiohead")
    sandbox.fault("html")
    refusal(service, "EnrichArtist", CHER)
    before = calls(sandbox)

    while_open = []
    for _ in range(10):
        while_open.append(refusal(service, "EnrichArtist", CHER))
        clock.advance(20)
    stale = service.enrich("Radiohead", force_refresh=True)

    assert service.figures().circuit_breaker_state == "open"
    assert calls(sandbox) == before
    assert {each.code for each in while_open} == {grpc.StatusCode.UNAVAILABLE}
    assert all(timedelta(0) < wait_of(each) <= timedelta(seconds=300) for each in while_open)
    assert (stale.stale, stale.artist.id, stale.lastfm.listeners) == (True, held.artist.id, held.lastfm.listeners)


def test_after_300_seconds_one_probe_closes_the_breaker_again(service, sandbox, clock: FakeClock):
    sandbox.fault("html")
    refusal(service, "EnrichArtist", CHER)
    sandbox.client.delete("/_sandbox/faults")
    before = calls(sandbox)
    clock.advance(300)

    service.enrich("Cher")

    assert service.figures().circuit_breaker_state == "closed"
    assert 1 <= calls(sandbox) - before <= 3
    service.enrich("Cher", force_refresh=True)
    assert service.enrich("Cher").lastfm.listeners > 0


def test_an_unreachable_upstream_cold_is_unavailable_and_warm_is_stale(service, sandbox, clock: FakeClock):
    service.enrich("Radiohead")
    sandbox.fault("status", code=503)
    clock.advance(timedelta(days=15).total_seconds())

    cold = refusal(service, "EnrichArtist", CHER)
    warm = service.enrich("Radiohead")
    again = service.enrich("Radiohead")

    assert cold.code is grpc.StatusCode.UNAVAILABLE
    assert not any(word in cold.message for word in ("127.0.0.1", "http:", "sandbox-key"))
    assert warm.stale
    assert again.stale
    assert warm.lastfm.listeners > 0


def test_throttling_is_passed_on_as_a_time_to_come_back_and_leaves_the_breaker_closed(service, sandbox):
    sandbox.fault("status", code=429, retry_after=120)

    refused = refusal(service, "EnrichArtist", RADIOHEAD)
    before = calls(sandbox)
    again = refusal(service, "EnrichArtist", CHER)

    assert refused.code is again.code is grpc.StatusCode.UNAVAILABLE
    assert timedelta(seconds=100) < wait_of(refused) <= timedelta(seconds=120)
    assert calls(sandbox) == before
    assert service.figures().circuit_breaker_state == "closed"


def test_a_restart_keeps_what_was_learnt(sandbox: RunningSandbox, tmp_path: Path, clock: FakeClock):
    with RunningArtist(sandbox.url, tmp_path, clock) as first:
        before = first.enrich("Radiohead")
    sandbox.fault("hang")

    with RunningArtist(sandbox.url, tmp_path, clock) as second:
        assert second.enrich("Radiohead") == before


def test_answers_are_shared_through_redis_under_names_that_operators_look_for(sandbox, tmp_path: Path, redis_server: RedisServer):
    with RunningArtist(sandbox.url, tmp_path / "one", redis_url=redis_server.url) as one:
        one.enrich("Radiohead")
    with redis.Redis.from_url(redis_server.url) as client:
        keys = {key.decode() for key in client.keys("*")}
    with RunningArtist(sandbox.url, tmp_path / "two", redis_url=redis_server.url) as two:
        two.enrich("RADIOHEAD")

    assert any(key.endswith("lastfm:artist:radiohead") for key in keys)
    assert any(key.endswith("lastfm:similar:radiohead:50") for key in keys)
    assert calls(sandbox) == 3


def test_no_request_fails_when_redis_is_killed(sandbox, tmp_path: Path, redis_server: RedisServer):
    with RunningArtist(sandbox.url, tmp_path, redis_url=redis_server.url, lastfm_rate_per_second=1000) as service:
        service.enrich("Radiohead")
        redis_server.kill()

        cold = service.enrich("Cher")
        warm = service.enrich("Radiohead")
        forced = service.enrich("Radiohead", force_refresh=True)

    assert {each.lastfm.listeners > 0 for each in (cold, warm, forced)} == {True}
    assert not any(each.stale for each in (cold, warm, forced))
