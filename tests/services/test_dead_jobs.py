"""Background work that was given up is listed by every service with its reason, and begins anew when a person says so."""

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf.message import Message

from kernel.jobs import JobState
from tests.fakes.clock import FakeClock
from tests.services.running import RunningService

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

    (dead,) = service.call("GetDeadJobs", asked(name, "GetDeadJobs")).dead_jobs
    retried = service.call("RetryDeadJobs", asked(name, "RetryDeadJobs")).retried_count
    again = service.call("RetryDeadJobs", asked(name, "RetryDeadJobs")).retried_count

    assert (dead.id, dead.kind, dead.attempt_count) == (job_id, "nobody_can_do_this", 1)
    assert "nobody_can_do_this" in dead.error
    assert (retried, again) == (1, 0)
    assert jobs.store.get(job_id).state is JobState.PENDING
