"""Any upstream breaks in every way it can; what the others say is answered all the same, and nothing known is lost."""

import time
from datetime import timedelta

import pytest

from services.artist.settings import PROVIDERS
from soniquebay.artist.v1 import artist_pb2 as pb
from tests.fakes.clock import FakeClock
from tests.fakes.servers import find_free_port
from tests.sandbox.running import RunningSandbox
from tests.services.artist.running import RunningArtist

LONGEST = 9.5  # seconds: eight for all providers of one read, and the way there and back
A_DAY = 79_892
"""Seconds: the Retry-After that Spotify was seen to send."""

FAULTS = {
    "500": {"kind": "status", "code": 500},
    "502": {"kind": "status", "code": 502},
    "503": {"kind": "status", "code": 503},
    "429": {"kind": "status", "code": 429},
    "429 for a day": {"kind": "status", "code": 429, "headers": {"retry-after": str(A_DAY)}},
    "429 with nonsense": {"kind": "status", "code": 429, "headers": {"retry-after": "soon"}},
    "html": {"kind": "html"},
    "truncated": {"kind": "truncated"},
    "wrong type": {"kind": "wrong_type"},
    "empty": {"kind": "empty"},
    "garbage": {"kind": "garbage"},
    "reset": {"kind": "reset"},
    "gzip bomb": {"kind": "gzip_bomb"},
    "huge": {"kind": "huge", "bytes": 50_000_000},
    "redirect to a private address": {"kind": "redirect", "location": "http://169.254.169.254/latest/meta-data/"},
    "redirect loop": {"kind": "redirect_loop"},
    "short body": {"kind": "short_content_length"},
}
SILENCES = {
    "hang": {"kind": "hang"},
    "header drip": {"kind": "drip_headers", "interval": 0.5},
    "body drip": {"kind": "drip_body", "interval": 0.5},
}

ADDRESSES = {
    "lastfm": "lastfm_url",
    "spotify": "spotify_api_url",
    "apify": "apify_url",
    "musicbrainz": "musicbrainz_url",
    "listenbrainz": "listenbrainz_url",
    "wikidata": "wikidata_sparql_url",
}
IN_VAIN = {pb.NOTE_REASON_FAULT, pb.NOTE_REASON_DEFERRED}

# The breakers have tests of their own; here every request shall reach the fault.
QUICK = {
    "enrichment_max_retries": 1,
    "enrichment_timeout_total": timedelta(seconds=8),
    "lastfm_circuit_breaker_threshold": 1_000_000,
    "enrichment_circuit_breaker_threshold": 1_000_000,
    **{f"enrichment_timeout_{provider}": timedelta(seconds=5) for provider in PROVIDERS},
    **{f"{provider}_rate_per_second": 10_000 for provider in PROVIDERS},
}


@pytest.fixture(scope="module")
def upstream():
    with RunningSandbox() as running:
        running.reset()
        yield running


@pytest.fixture
def healthy(upstream):
    upstream.reset()
    return upstream


@pytest.fixture(scope="module")
def strangers(upstream):
    """Spotify ids of artists whom every provider knows."""
    listed = upstream.control("identities")["identities"]
    known = [one for one in listed if one["wikidata_id"] and one["is_linked"] and one["artist"]["listeners"] > 1_000_000]
    ids = [one["spotify_id"] for one in known if not one["artist"]["is_fictional"]]
    assert len(ids) > len(FAULTS)
    return ids


each_kind = pytest.mark.parametrize("faults", [FAULTS, SILENCES], ids=["faults", "silences"])


def patience_with(provider, faults):
    """Little, with the one that is silent; a machine that does other things too lets whoever answers take his time."""
    return {f"enrichment_timeout_{provider}": timedelta(seconds=1)} if faults is SILENCES else {}


def running(upstream, folder, clock=None, **changes):
    return RunningArtist(upstream.url, folder, clock, every_source=True, **(QUICK | changes))


def enriched(service, **fields):
    started = time.monotonic()
    answer = service.call("EnrichArtist", pb.EnrichArtistRequest(**fields)).enriched_artist
    assert time.monotonic() - started < LONGEST
    return answer


def said(answer):
    """What each provider is the only one to say."""
    return {
        "lastfm": (answer.lastfm.listeners, len(answer.similar)),
        "spotify": [image.url for image in answer.spotify.images],
        "apify": answer.monthly_listeners.value,
        "musicbrainz": answer.labels.principal,
        "listenbrainz": answer.listenbrainz.listens,
        "wikidata": answer.artist.wikidata_id,
    }


def break_anew(upstream, clock, provider, fault):
    """A throttled provider is left alone for its time; between cases that time is over."""
    clock.advance(2 * A_DAY)
    upstream.client.post("/_sandbox/reset", json={"journal": True, "faults": True})
    upstream.script({"provider": provider, "fault": fault})


def was_asked(upstream, provider):
    return upstream.control("counters").get(provider, {}).get("total", 0) > 0


def silent(answer):
    """Whoever was asked in vain, as the notes tell."""
    return {note.provider for note in answer.notes if note.reason in IN_VAIN}


@pytest.mark.parametrize("provider", PROVIDERS)
@each_kind
def test_a_broken_provider_is_a_note_and_the_others_are_heard(healthy, strangers, tmp_path, clock, provider, faults):
    wrong = {}
    with running(healthy, tmp_path, clock, **patience_with(provider, faults)) as service:
        for (name, fault), spotify_id in zip(faults.items(), strangers, strict=False):
            break_anew(healthy, clock, provider, fault)

            answer = enriched(service, spotify_artist_id=spotify_id)

            mute = {other for other, value in said(answer).items() if not value and other != provider}
            if mute or provider not in silent(answer) or not was_asked(healthy, provider):
                wrong[name] = (mute, [(note.provider, note.kind, note.message) for note in answer.notes])
    assert wrong == {}


@pytest.mark.parametrize("provider", PROVIDERS)
@each_kind
def test_what_is_known_is_never_erased_by_a_fault(healthy, tmp_path, clock, provider, faults):
    wrong = {}
    with running(healthy, tmp_path, clock) as service:
        before = enriched(service, name="Radiohead")
    with running(healthy, tmp_path, clock, **patience_with(provider, faults)) as service:
        for name, fault in faults.items():
            break_anew(healthy, clock, provider, fault)

            after = enriched(service, name="Radiohead", force_refresh=True)

            lost = {other for other, value in said(before).items() if said(after)[other] != value}
            if (
                lost
                or after.artist.mbid != before.artist.mbid
                or provider not in silent(after)
                or not was_asked(healthy, provider)
            ):
                wrong[name] = (lost, after.artist.mbid, [(note.provider, note.kind, note.message) for note in after.notes])
    assert all(said(before).values())
    assert silent(before) == set()
    assert wrong == {}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_provider_that_refuses_connections_is_a_note(healthy, strangers, tmp_path, provider):
    address = f"http://127.0.0.1:{find_free_port()}"
    trusted = f"{healthy.url.removeprefix('http://')},{address.removeprefix('http://')}"

    with running(healthy, tmp_path, **{ADDRESSES[provider]: address, "upstream_trusted_hosts": trusted}) as service:
        answer = enriched(service, spotify_artist_id=strangers[0])

    assert {other for other, value in said(answer).items() if not value} - {provider} == set()
    assert provider in silent(answer)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_provider_that_is_away_for_a_day_is_left_alone_even_after_a_restart(healthy, strangers, tmp_path, provider):
    clock = FakeClock()
    healthy.script({"provider": provider, "fault": FAULTS["429 for a day"]})
    with running(healthy, tmp_path, clock) as service:
        enriched(service, spotify_artist_id=strangers[0])
    healthy.client.post("/_sandbox/reset", json={"journal": True, "faults": True})

    with running(healthy, tmp_path, clock) as service:
        clock.advance(A_DAY - 60)
        early = enriched(service, spotify_artist_id=strangers[1])
        calls_before = healthy.control("counters").get(provider, {}).get("total", 0)
        clock.advance(120)
        late = enriched(service, spotify_artist_id=strangers[2])

    assert calls_before == 0
    assert provider in silent(early)
    assert said(late)[provider]
    assert healthy.control("counters")[provider]["total"] > 0
