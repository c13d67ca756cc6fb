"""The tracker service tells whom it asks for plays, and what keeps it from asking."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox.environment import settings_for
from services.tracker.settings import TrackerSettings
from services.tracker.wiring import build
from soniquebay.tracker.v1 import tracker_pb2 as pb
from soniquebay.tracker.v1 import tracker_pb2_grpc
from soniquebay.upstreams.v1 import upstreams_pb2
from tests.fakes.clock import FakeClock
from tests.sandbox.running import RunningSandbox
from tests.services.running import RunningService


@contextmanager
def running(folder: Path, url: str, **changes: Any) -> Iterator[RunningService]:
    settings = TrackerSettings(data_dir=folder, **({name.lower(): value for name, value in settings_for(url).items()} | changes))
    stub: Any = tracker_pb2_grpc.TrackerServiceStub
    with RunningService(settings, build(settings, clock=FakeClock()), stub) as service:
        yield service


def told(service: RunningService) -> dict[str, upstreams_pb2.Provider]:
    return {each.provider: each for each in service.call("GetProviders", pb.GetProvidersRequest()).providers}


def test_what_an_import_asked_is_told_under_its_source(sandbox: RunningSandbox, tmp_path: Path):
    with running(tmp_path, sandbox.url) as service:
        service.call("CreateImport", pb.CreateImportRequest(source="lastfm", limit=10))
        service.parts.jobs.run(*service.parts.jobs.store.reserve(1))

        providers = told(service)
        samples = service.samples()

    assert providers["lastfm"].requests == samples["lastfm_api_calls_total"] >= 1
    assert providers["lastfm"].success_rate == 1
    assert not providers["lastfm"].HasField("cache_hit_rate")
    assert [each.circuit_breaker_state for each in providers.values()] == ["closed", "closed"]


def test_a_source_without_its_user_is_off_unless_plays_are_handed_on_to_it(tmp_path: Path):
    nobody, nowhere = {"lastfm_username": "", "listenbrainz_username": ""}, "http://127.0.0.1:9"
    with running(tmp_path / "one", nowhere, **nobody) as service:
        off = {name: each.off_reason for name, each in told(service).items()}
    with running(tmp_path / "other", nowhere, **nobody, tracker_submit_to_listenbrainz=True, listenbrainz_token="one") as service:
        handing_on = told(service)

    assert off == {"lastfm": "It is off: set LASTFM_USERNAME.", "listenbrainz": "It is off: set LISTENBRAINZ_USERNAME."}
    assert (handing_on["listenbrainz"].off_reason, handing_on["listenbrainz"].circuit_breaker_state) == ("", "closed")
