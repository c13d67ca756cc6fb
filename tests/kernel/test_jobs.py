import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from kernel import deadline
from kernel.database import Database
from kernel.errors import BreakerOpen, Conflict, DeadlineSpent, NotFound, ProviderThrottled, ProviderUnavailable
from kernel.job_table import job_table
from kernel.jobs import Again, Job, JobContext, Jobs, JobState, JobStore, Lane
from tests.fakes.clock import FakeClock

LEASE = timedelta(seconds=30)


@pytest.fixture
def store(database: Database, clock: FakeClock) -> JobStore:
    with database.write() as connection:
        job_table(sa.MetaData()).create(connection)
    return JobStore(database, clock, lease=LEASE)


@pytest.fixture
def jobs(store: JobStore, clock: FakeClock) -> Jobs:
    return Jobs(store, clock, first_wait=timedelta(seconds=10), longest_wait=timedelta(seconds=60), jitter=lambda: 1.0)


def raising(error: Exception) -> Callable[[JobContext], None]:
    def handler(_context: JobContext) -> None:
        raise error

    return handler


def run(jobs: Jobs, job_id: str) -> Job:
    jobs.run(job_id)
    found = jobs.store.get(job_id)
    assert found is not None
    return found


def test_a_handler_gets_the_payload_and_its_job_succeeds(jobs: Jobs) -> None:
    seen: list[object] = []
    jobs.register("walk", lambda context: seen.append(context.job.payload))
    job_id = jobs.store.enqueue("walk", {"page": 1})

    found = run(jobs, job_id)
    jobs.run(job_id)

    assert (found.state, seen) == (JobState.SUCCEEDED, [{"page": 1}])


def test_failed_attempts_wait_twice_as_long_each_time_and_the_last_one_is_final(jobs: Jobs, clock: FakeClock) -> None:
    jobs.register("walk", raising(ProviderUnavailable("upstream", "no answer")))
    job_id = jobs.store.enqueue("walk", max_attempts=5)

    waits = []
    while (found := run(jobs, job_id)).state is JobState.PENDING:
        waits.append((found.due_at - clock.now()).total_seconds())
        clock.advance(waits[-1])

    assert waits == [10, 20, 40, 60]
    assert (found.state, found.attempts, found.error) == (JobState.DEAD, 5, "upstream: no answer")


def test_what_was_refused_is_not_tried_again_but_a_conflict_is(jobs: Jobs) -> None:
    jobs.register("refused", raising(NotFound("There is no such thing.")))
    jobs.register("conflict", raising(Conflict("Read again.")))

    refused, conflict = (run(jobs, jobs.store.enqueue(kind)) for kind in ("refused", "conflict"))

    assert (refused.state, refused.error) == (JobState.DEAD, "There is no such thing.")
    assert conflict.state is JobState.PENDING


@pytest.mark.parametrize("error", [ProviderThrottled, BreakerOpen])
def test_a_wait_asked_for_by_the_provider_is_kept_and_is_no_attempt(
    jobs: Jobs, clock: FakeClock, error: type[ProviderThrottled | BreakerOpen]
) -> None:
    jobs.register("walk", raising(error("upstream", "later", retry_after=timedelta(seconds=79_892))))

    found = run(jobs, jobs.store.enqueue("walk"))

    assert (found.due_at - clock.now(), found.attempts) == (timedelta(seconds=79_892), 0)
    assert jobs.store.reserve(10) == []


def test_the_text_of_a_bug_stays_out_of_the_row(jobs: Jobs) -> None:
    jobs.register("walk", raising(RuntimeError("https://host/?api_key=hunter2")))

    found = run(jobs, jobs.store.enqueue("walk"))

    assert (found.state, found.error) == (JobState.PENDING, "A bug (RuntimeError); our log has the rest.")


def test_a_kind_nobody_here_knows_is_left_for_another_version(jobs: Jobs) -> None:
    found = run(jobs, jobs.store.enqueue("new"))

    assert (found.state, found.error) == (JobState.PENDING, "Nothing here knows how to do 'new'.")


def test_a_job_may_ask_to_be_run_again_for_ever(jobs: Jobs, clock: FakeClock) -> None:
    jobs.register("poll", lambda _context: Again(clock.now() + timedelta(minutes=2)))
    job_id = jobs.store.enqueue("poll", max_attempts=1)

    for _ in range(5):
        found = run(jobs, job_id)
        assert (found.state, found.attempts, found.due_at) == (JobState.PENDING, 0, clock.now() + timedelta(minutes=2))
        clock.advance(120)


def test_progress_committed_with_results_is_where_the_next_attempt_begins(jobs: Jobs, clock: FakeClock) -> None:
    begun_at: list[object] = []

    def walk(context: JobContext) -> None:
        begun_at.append(context.job.progress)
        with context.commit({"page": 1}) as connection:
            connection.execute(sa.text("SELECT 1"))
        if len(begun_at) == 1:
            raise ProviderUnavailable("upstream", "no answer")

    jobs.register("walk", walk)
    job_id = jobs.store.enqueue("walk")

    jobs.run(job_id)
    clock.advance(10)
    found = run(jobs, job_id)

    assert (begun_at, found.state) == ([None, {"page": 1}], JobState.SUCCEEDED)


def test_a_cancelled_job_is_told_at_the_next_heartbeat_and_writes_nothing(jobs: Jobs) -> None:
    ends: list[str] = []

    def walk(context: JobContext) -> None:
        jobs.store.cancel(context.job.id)
        jobs.beat()
        try:
            deadline.check()
        except DeadlineSpent:
            ends.append("told")
            raise

    jobs.register("walk", walk)

    found = run(jobs, jobs.store.enqueue("walk"))

    assert (ends, found.state, found.error) == (["told"], JobState.CANCELLED, None)


def test_stopping_ends_what_runs_makes_it_due_again_and_begins_nothing_more(jobs: Jobs) -> None:
    begun, stopping = threading.Event(), threading.Event()

    def walk(_context: JobContext) -> None:
        begun.set()
        stopping.wait()
        while True:
            deadline.check()

    jobs.register("walk", walk)
    first, second = jobs.store.enqueue("walk"), jobs.store.enqueue("walk")
    thread = threading.Thread(target=jobs.run, args=(first,))
    thread.start()
    begun.wait()
    stopping.set()

    was_idle = jobs.stop(timedelta(seconds=20))
    thread.join()
    found = run(jobs, second)

    assert was_idle
    assert (found.state, found.attempts) == (JobState.PENDING, 0)
    assert sorted(jobs.store.reserve(10)) == sorted([first, second])


def test_an_attempt_that_will_not_end_does_not_hold_up_the_stop(jobs: Jobs) -> None:
    begun, released = threading.Event(), threading.Event()

    def walk(_context: JobContext) -> None:
        begun.set()
        released.wait()

    jobs.register("walk", walk)
    thread = threading.Thread(target=jobs.run, args=(jobs.store.enqueue("walk"),))
    thread.start()
    begun.wait()

    was_idle = jobs.stop(timedelta(milliseconds=10))
    released.set()
    thread.join()

    assert not was_idle


@pytest.mark.parametrize(("lane", "is_background"), [(Lane.HIGH, False), (Lane.NORMAL, True), (Lane.LOW, True)])
def test_a_job_gives_way_in_the_background_unless_somebody_waits_for_it(jobs: Jobs, lane: Lane, *, is_background: bool) -> None:
    seen: list[bool] = []
    jobs.register("walk", lambda _context: seen.append(deadline.is_background()))

    found = run(jobs, jobs.store.enqueue("walk", lane=lane))

    assert (found.state, seen, deadline.is_background()) == (JobState.SUCCEEDED, [is_background], False)
