"""What every service tells of itself: whom it asks, what it has to do, and what it has given up, to begin anew when told to."""

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf.message import Message

from kernel.jobs import JobState
from tests.fakes.clock import FakeClock
from tests.services.running import RunningService

SUBJECTS = [
    ("album", {"album_id": "one"}, "albums/one"),
    ("album", {"track_id": "one"}, "tracks/one"),
    ("artist", {"artist_id": "one"}, "artists/one"),
    ("cover", {"kind": "albums", "entity_id": "one"}, "albums/one"),
    ("tracker", {"import_id": "one"}, "imports/one"),
]
KEYS = {
    "album": {"euria": "EURIA_TOKEN", "lastfm": "LASTFM_API_KEY", "spotify": "SPOTIFY_CLIENT_ID"},
    "artist": {"apify": "ENRICHMENT_APIFY_API_TOKEN", "lastfm": "LASTFM_API_KEY", "spotify": "SPOTIFY_CLIENT_ID"},
    "cover": {},
    "tracker": {"lastfm": "LASTFM_API_KEY", "listenbrainz": "LISTENBRAINZ_USERNAME"},
}
"""Which setting switches a provider on that is off from the start."""
NAMES = sorted(path.parent.name for path in (Path(__file__).parents[2] / "services").glob("*/__main__.py"))


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    given: str = request.param
    return given


@pytest.fixture
def service(name: str, tmp_path: Path, clock: FakeClock) -> Iterator[RunningService]:
    settings = getattr(importlib.import_module(f"services.{name}.settings"), f"{name.title()}Settings")(data_dir=tmp_path)
    parts = importlib.import_module(f"services.{name}.wiring").build(settings, clock=clock)
    stubs = importlib.import_module(f"soniquebay.{name}.v1.{name}_pb2_grpc")
    with RunningService(settings, parts, getattr(stubs, f"{name.title()}ServiceStub")) as running:
        yield running


def asked(name: str, message: str) -> Message:
    made: Message = getattr(importlib.import_module(f"soniquebay.{name}.v1.{name}_pb2"), f"{message}Request")()
    return made


def test_what_was_given_up_is_listed_and_begins_anew_when_asked(name: str, service: RunningService):
    jobs = service.parts.jobs
    job_id = jobs.store.enqueue("nobody_can_do_this", max_attempts=1)
    service.work()

    counts = service.call("GetJobCounts", asked(name, "GetJobCounts")).job_counts
    (dead,) = service.call("GetDeadJobs", asked(name, "GetDeadJobs")).dead_jobs
    retried = service.call("RetryDeadJobs", asked(name, "RetryDeadJobs")).retried_count
    again = service.call("RetryDeadJobs", asked(name, "RetryDeadJobs")).retried_count

    assert (dead.id, dead.kind, dead.attempt_count, dead.subject) == (job_id, "nobody_can_do_this", 1, "")
    assert counts.given_up == 1
    assert "nobody_can_do_this" in dead.error
    assert (retried, again) == (1, 0)
    assert jobs.store.get(job_id).state is JobState.PENDING


@pytest.mark.parametrize(("name", "payload", "subject"), SUBJECTS, ids=str)
def test_what_was_given_up_says_what_it_was_for(name: str, service: RunningService, payload: dict[str, str], subject: str):
    service.parts.jobs.store.enqueue("nobody_can_do_this", payload, max_attempts=1)
    service.work()

    (dead,) = service.call("GetDeadJobs", asked(name, "GetDeadJobs")).dead_jobs

    assert dead.subject == subject


def test_what_is_to_be_done_is_counted(name: str, service: RunningService):
    before = service.call("GetJobCounts", asked(name, "GetJobCounts")).job_counts
    jobs = service.parts.jobs.store
    jobs.enqueue("waits")
    jobs.claim(jobs.enqueue("runs"))

    counts = service.call("GetJobCounts", asked(name, "GetJobCounts")).job_counts

    assert (counts.waiting - before.waiting, counts.running - before.running, counts.given_up) == (1, 1, 0)


def test_every_provider_is_told_with_what_would_switch_it_on(name: str, service: RunningService):
    providers = service.call("GetProviders", asked(name, "GetProviders")).providers

    names = [each.provider for each in providers]
    assert names == sorted(set(names))
    for each in providers:
        assert each.requests == 0
        assert not each.HasField("cache_hit_rate")
        assert (each.circuit_breaker_state, bool(each.off_reason)) in {("closed", False), ("off", True)}


def test_a_provider_without_its_key_is_off_and_its_setting_is_named(name: str, service: RunningService):
    providers = service.call("GetProviders", asked(name, "GetProviders")).providers
    off = {each.provider: each.off_reason for each in providers if each.off_reason}

    assert {provider: setting for provider, setting in KEYS[name].items() if setting not in off.get(provider, "")} == {}
    assert set(off) == set(KEYS[name])
