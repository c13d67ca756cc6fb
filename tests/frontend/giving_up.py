"""Work that was given up and would be done if it were tried again: plays that ListenBrainz did not take once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from kernel.clock import SystemClock
from kernel.database import Database
from kernel.job_store import JobStore
from kernel.jobs import JobState
from services.tracker.domain import Play, Title
from services.tracker.submitting import SUBMIT_PLAYS
from tests.fakes.patience import eventually
from tests.journeys.listening import ListeningSystem

ACCOUNT = "handed_on"
HANDING_ON = {"TRACKER_SUBMIT_TO_LISTENBRAINZ": "true", "LISTENBRAINZ_TOKEN": f"listener-token:{ACCOUNT}"}
"""Settings of a system that hands new plays on."""
_PLAY = Play(1_700_000_000, Title("Halcyon Relay", "Signal Gardens", "Signal Gardens"))


@contextmanager
def given_up(stack: ListeningSystem) -> Iterator[str]:
    """The job's id. By now ListenBrainz takes plays again."""
    fault = {"provider": "listenbrainz", "api_method": "submit-listens", "fault": {"kind": "status", "code": 500}}
    assert stack.sandbox.post("/_sandbox/faults", json=fault).status_code == 201
    with jobs_of(stack, "tracker") as jobs:
        job_id = jobs.enqueue(SUBMIT_PLAYS, {"plays": [asdict(_PLAY)]}, max_attempts=1)
        assert eventually(lambda: [each.id for each in jobs.list_dead()] == [job_id], within=30)
    assert stack.sandbox.delete("/_sandbox/faults").is_success
    yield job_id
    with jobs_of(stack, "tracker") as jobs:
        # One that was retried is delivered first: faults alone, one after another, would open the breaker.
        assert eventually(lambda: state_of(jobs, job_id) in (JobState.SUCCEEDED, JobState.DEAD), within=30)
        jobs.cancel(job_id)


@contextmanager
def jobs_of(stack: ListeningSystem, service: str) -> Iterator[JobStore]:
    """What a service has to do."""
    file = next((stack.folder / "data").rglob(f"*{service}.sqlite"))
    database = Database.for_app("", file.parent, file.stem)
    try:
        yield JobStore(database, SystemClock())
    finally:
        database.close()


def state_of(jobs: JobStore, job_id: str) -> JobState:
    job = jobs.get(job_id)
    assert job is not None
    return job.state
