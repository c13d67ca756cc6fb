import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.database import Database
from kernel.job_store import JobStore
from kernel.job_table import Claim, JobState, Lane, LeaseLost, job_table
from tests.fakes.clock import FakeClock

LEASE = timedelta(seconds=30)
STEP = timedelta(minutes=5)
Acts = list[tuple[Callable[["Office", int], None], int]]
RESULTS = sa.Table("results", sa.MetaData(), sa.Column("id", sa.Text, primary_key=True))


@pytest.fixture
def store(database: Database, clock: FakeClock) -> JobStore:
    with database.write() as connection:
        job_table(sa.MetaData()).create(connection)
        RESULTS.create(connection)
    return JobStore(database, clock, lease=LEASE, ageing_step=STEP)


def claim(store: JobStore, job_id: str) -> Claim:
    taken = store.claim(job_id)
    assert taken is not None
    return taken


def state(store: JobStore, job_id: str) -> JobState:
    job = store.get(job_id)
    assert job is not None
    return job.state


def kill_worker_at_every_attempt(store: JobStore, clock: FakeClock, job_id: str) -> None:
    while store.claim(job_id):
        clock.advance(LEASE.total_seconds())
    store.reserve(10)


def test_a_job_is_there_when_the_callers_transaction_commits_and_not_when_it_does_not(store: JobStore) -> None:
    with contextlib.suppress(ZeroDivisionError), store.database.write() as connection:
        lost = store.enqueue("walk", connection=connection)
        _ = 1 / 0
    with store.database.write() as connection:
        kept = store.enqueue("walk", {"page": 1}, connection=connection)

    found = store.get(kept)

    assert store.get(lost) is None
    assert found is not None
    assert (found.kind, found.payload, found.lane, found.state, found.attempts) == (
        "walk",
        {"page": 1},
        Lane.NORMAL,
        JobState.PENDING,
        0,
    )


def test_due_jobs_are_reserved_once_in_lane_order_and_never_more_than_the_window(store: JobStore) -> None:
    low, high, normal = (store.enqueue("walk", lane=lane) for lane in (Lane.LOW, Lane.HIGH, Lane.NORMAL))

    first = store.reserve(2)
    second = store.reserve(2)
    claim(store, high)
    third = store.reserve(2)
    fourth = store.reserve(3)

    assert (first, second, third, fourth) == ([high, normal], [], [], [low])


def test_a_job_is_not_due_before_its_time(store: JobStore, clock: FakeClock) -> None:
    job_id = store.enqueue("walk", due_at=clock.now() + timedelta(days=1))

    early = store.reserve(10), store.claim(job_id)
    clock.advance(86_400)
    late = store.reserve(10)

    assert early == ([], None)
    assert late == [job_id]


def test_a_low_job_is_overtaken_only_by_what_became_due_within_two_steps_of_it(store: JobStore, clock: FakeClock) -> None:
    low = store.enqueue("walk", lane=Lane.LOW)
    clock.advance(2 * STEP.total_seconds() - 1)
    within = store.enqueue("walk", lane=Lane.HIGH)
    clock.advance(2)
    after = store.enqueue("walk", lane=Lane.HIGH)

    order = store.reserve(10)

    assert order == [within, low, after]


def test_twenty_claims_of_one_job_at_once_give_it_to_one(store: JobStore) -> None:
    job_id = store.enqueue("walk")
    start = threading.Barrier(20)
    taken: list[Claim | None] = []

    def take() -> None:
        start.wait()
        taken.append(store.claim(job_id))

    threads = [threading.Thread(target=take) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len([one for one in taken if one]) == 1


def test_reserving_at_once_never_reserves_a_job_twice(store: JobStore) -> None:
    jobs = {store.enqueue("walk") for _ in range(40)}
    start = threading.Barrier(8)
    reserved: list[str] = []

    def reserve() -> None:
        start.wait()
        reserved.extend(store.reserve(40))

    threads = [threading.Thread(target=reserve) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reserved.extend(store.reserve(40))

    assert sorted(reserved) == sorted(jobs)


def test_a_message_the_broker_lost_is_sent_again_when_its_reservation_ends(store: JobStore, clock: FakeClock) -> None:
    job_id = store.enqueue("walk")
    store.reserve(10)

    before = store.reserve(10)
    clock.advance(LEASE.total_seconds())
    after = store.reserve(10)

    assert (before, after) == ([], [job_id])


def test_a_silent_worker_loses_its_job_and_can_write_nothing_afterwards(store: JobStore, clock: FakeClock) -> None:
    job_id = store.enqueue("walk")
    silent = claim(store, job_id)
    clock.advance(LEASE.total_seconds())
    store.reserve(10)
    other = claim(store, job_id)

    with pytest.raises(LeaseLost), store.database.write() as connection:  # noqa: PT012 - both or neither
        connection.execute(sa.insert(RESULTS).values(id="stale"))
        store.save_progress(connection, silent, {"page": 9})
    with pytest.raises(LeaseLost):
        store.succeed(silent)

    assert store.heartbeat([silent.token, other.token]) == {other.token}
    with store.database.read() as connection:
        assert connection.execute(sa.select(RESULTS)).all() == []


def test_heartbeats_keep_a_long_job(store: JobStore, clock: FakeClock) -> None:
    job_id = store.enqueue("walk")
    ours = claim(store, job_id)

    for _ in range(10):
        clock.advance(LEASE.total_seconds() / 3)
        store.heartbeat([ours.token])
        assert store.reserve(10) == []
    store.succeed(ours)

    assert state(store, job_id) is JobState.SUCCEEDED


def test_results_and_progress_are_seen_together_by_the_next_attempt(store: JobStore, clock: FakeClock) -> None:
    job_id = store.enqueue("walk")
    first = claim(store, job_id)
    with store.database.write() as connection:
        connection.execute(sa.insert(RESULTS).values(id="page 1"))
        store.save_progress(connection, first, {"page": 1})
    with contextlib.suppress(ZeroDivisionError), store.database.write() as connection:
        connection.execute(sa.insert(RESULTS).values(id="page 2"))
        store.save_progress(connection, first, {"page": 2})
        _ = 1 / 0
    clock.advance(LEASE.total_seconds())
    store.reserve(10)

    second = claim(store, job_id)

    assert (second.job.progress, second.job.attempts) == ({"page": 1}, 2)


def test_a_job_that_ends_every_worker_it_meets_is_dead_after_its_attempts(store: JobStore, clock: FakeClock) -> None:
    job_id = store.enqueue("walk", {"raw": "poison"}, max_attempts=3)

    kill_worker_at_every_attempt(store, clock, job_id)

    (dead,) = store.list_dead()
    assert (dead.id, dead.attempts, dead.payload, dead.error) == (
        job_id,
        3,
        {"raw": "poison"},
        "Its worker stopped without a word.",
    )


def test_retrying_all_dead_jobs_twice_does_it_once(store: JobStore) -> None:
    jobs = [store.enqueue("walk", dedupe_key=f"{n}") for n in range(5)]
    for job_id in jobs:
        store.bury(claim(store, job_id), "no good")

    counts = store.retry_all_dead(), store.retry_all_dead()

    assert counts == (5, 0)
    assert sorted(store.reserve(10)) == sorted(jobs)
    assert claim(store, jobs[0]).job.attempts == 1


def test_asking_for_a_waiting_job_again_takes_the_better_lane_and_the_earlier_time(store: JobStore, clock: FakeClock) -> None:
    later = clock.now() + timedelta(hours=1)
    first = store.enqueue("walk", lane=Lane.LOW, due_at=later, dedupe_key="one")

    second = store.enqueue("walk", lane=Lane.HIGH, dedupe_key="one")
    third = store.enqueue("walk", lane=Lane.LOW, due_at=later, dedupe_key="one")

    found = store.get(first)
    assert found is not None
    assert (first, first) == (second, third)
    assert (found.lane, found.due_at) == (Lane.HIGH, clock.now())
    assert store.reserve(10) == [first]


def test_a_wait_that_a_failure_imposed_is_not_cut_short_by_asking_again(store: JobStore, clock: FakeClock) -> None:
    job_id = store.enqueue("walk", dedupe_key="one")
    until = clock.now() + timedelta(hours=22)
    store.postpone(claim(store, job_id), until, error="Come back tomorrow.", attempts=0)

    store.enqueue("walk", lane=Lane.HIGH, dedupe_key="one")

    found = store.get(job_id)
    assert found is not None
    assert found.due_at == until
    assert store.reserve(10) == []


def test_a_running_job_asked_for_again_runs_once_more(store: JobStore, clock: FakeClock) -> None:
    job_id = store.enqueue("walk", dedupe_key="one")
    ours = claim(store, job_id)
    tomorrow = clock.now() + timedelta(days=1)

    again = store.enqueue("walk", due_at=tomorrow, dedupe_key="one")
    store.succeed(ours)
    waiting = store.get(job_id)
    clock.advance(86_400)
    store.succeed(claim(store, job_id))

    assert again == job_id
    assert waiting is not None
    assert (waiting.state, waiting.due_at, waiting.attempts) == (JobState.PENDING, tomorrow, 0)
    assert state(store, job_id) is JobState.SUCCEEDED


def test_a_running_job_asked_for_again_runs_once_more_before_the_time_it_names_itself(store: JobStore, clock: FakeClock) -> None:
    job_id = store.enqueue("walk", dedupe_key="one")
    ours = claim(store, job_id)
    soon, later = clock.now() + timedelta(minutes=1), clock.now() + timedelta(hours=12)

    store.enqueue("walk", due_at=soon, dedupe_key="one")
    store.postpone(ours, later, attempts=0)

    waiting = store.get(job_id)
    assert waiting is not None
    assert (waiting.due_at, waiting.attempts) == (soon, 0)
    clock.advance(60)
    store.postpone(claim(store, job_id), later, attempts=0)
    assert store.reserve(10) == []


@pytest.mark.parametrize("ending", ["succeed", "postpone"])
def test_a_job_that_somebody_waits_for_by_now_waits_behind_nobody_of_the_lane_it_was_in(
    store: JobStore, clock: FakeClock, ending: str
) -> None:
    job_id = store.enqueue("walk", lane=Lane.LOW, dedupe_key="one")
    store.reserve(1)
    running = claim(store, job_id)
    others = [store.enqueue("walk", lane=Lane.LOW) for _ in range(3)]
    store.enqueue("walk", lane=Lane.HIGH, dedupe_key="one")

    if ending == "succeed":
        store.succeed(running)
    else:
        store.postpone(running, clock.now() + timedelta(seconds=1))
        clock.advance(1)

    assert store.reserve(1) == [job_id]
    assert len(others) == 3


def test_beside_what_is_sent_one_more_goes_to_who_has_a_thread_for_the_hasty(store: JobStore) -> None:
    for _ in range(4):
        store.enqueue("walk", lane=Lane.LOW)
    assert len(store.reserve(4)) == 4
    normal, high = store.enqueue("walk"), store.enqueue("walk", lane=Lane.HIGH)

    assert store.reserve(4) == []
    assert store.reserve(1, is_express=True) == [high]
    assert store.reserve(1, is_express=True) == []
    assert store.reserve(6) == [normal]


def test_a_dead_job_asked_for_again_begins_anew_and_a_finished_one_is_another(store: JobStore) -> None:
    first = store.enqueue("walk", dedupe_key="one")
    store.bury(claim(store, first), "no good")
    second = store.enqueue("walk", dedupe_key="one")
    store.succeed(claim(store, second))

    third = store.enqueue("walk", dedupe_key="one")

    assert first == second != third
    assert state(store, first) is JobState.SUCCEEDED


def test_what_ended_a_week_ago_is_forgotten_and_what_a_person_must_see_is_not(store: JobStore, clock: FakeClock) -> None:
    done, cancelled, dead, waiting = (store.enqueue("walk", due_at=clock.now()) for _ in range(4))
    store.succeed(claim(store, done))
    store.cancel(cancelled)
    store.bury(claim(store, dead), "broken")

    clock.advance(timedelta(days=7).total_seconds())
    store.reserve(0)
    after_a_week = [state(store, job_id) for job_id in (done, cancelled)]
    clock.advance(1)
    store.reserve(0)

    assert after_a_week == [JobState.SUCCEEDED, JobState.CANCELLED]
    assert [store.get(job_id) for job_id in (done, cancelled)] == [None, None]
    assert [state(store, job_id) for job_id in (dead, waiting)] == [JobState.DEAD, JobState.PENDING]


def test_a_pass_forgets_only_so_many_that_nobody_waits_long_for_it(store: JobStore, clock: FakeClock) -> None:
    with store.database.write() as connection:
        for _ in range(150):
            store.enqueue("walk", connection=connection)
        connection.execute(sa.text("UPDATE jobs SET state = 'SUCCEEDED'"))
    clock.advance(timedelta(days=8).total_seconds())

    left = []
    for _ in range(2):
        store.reserve(10)
        left.append(store.count_by_state()[JobState.SUCCEEDED])

    assert left == [50, 0]


def test_asking_at_once_makes_one_job(store: JobStore) -> None:
    start = threading.Barrier(10)
    made: list[str] = []

    def ask() -> None:
        start.wait()
        made.append(store.enqueue("walk", dedupe_key="one"))

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 10
    assert len(set(made)) == 1


def test_a_cancelled_job_is_neither_begun_nor_finished(store: JobStore) -> None:
    waiting, running = store.enqueue("walk"), store.enqueue("walk")
    ours = claim(store, running)

    cancelled = [store.cancel(job_id) for job_id in (waiting, running, running, "nobody")]

    assert cancelled == [True, True, False, False]
    assert store.reserve(10) == []
    assert store.claim(waiting) is None
    with pytest.raises(LeaseLost):
        store.succeed(ours)


@pytest.fixture
def file_store(tmp_path: Path, clock: FakeClock) -> Iterator[JobStore]:
    database = Database(f"sqlite:///{tmp_path / 'jobs.sqlite'}", schema="x")
    with database.write() as connection:
        job_table(sa.MetaData()).create(connection)
    yield JobStore(database, clock, lease=LEASE)
    database.close()


def test_looking_for_due_jobs_walks_an_index_and_not_the_backlog(file_store: JobStore, clock: FakeClock) -> None:
    with file_store.database.read() as connection:
        query = file_store._next(clock.now(), 4).compile(connection.engine, compile_kwargs={"literal_binds": True})
        plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all())

    assert "jobs_next" in plan
    assert "TEMP B-TREE FOR ORDER BY" not in plan


class Office:
    """Workers and senders that do anything at any time, and keep a list of what they were told has succeeded."""

    def __init__(self, store: JobStore, clock: FakeClock) -> None:
        self.store = store
        self.clock = clock
        self.made: list[str] = []
        self.held: list[Claim] = []
        self.succeeded: list[str] = []

    def enqueue(self, n: int) -> None:
        self.made.append(self.store.enqueue("walk", lane=Lane(n % 3), max_attempts=1000))

    def reserve(self, n: int) -> None:
        self.store.reserve(n)

    def take(self, n: int) -> None:
        taken = self.store.claim(self.made[n % len(self.made)]) if self.made else None
        self.held.extend([taken] if taken else [])

    def succeed(self, n: int) -> None:
        with contextlib.suppress(LeaseLost, IndexError):
            ours = self.held.pop(n)
            self.store.succeed(ours)
            self.succeeded.append(ours.job.id)

    def postpone(self, n: int) -> None:
        with contextlib.suppress(LeaseLost, IndexError):
            self.store.postpone(self.held[n], self.clock.now() + timedelta(seconds=n))

    def tick(self, n: int) -> None:
        self.clock.advance(n * 10)


ACTS = st.tuples(
    st.sampled_from([Office.enqueue, Office.reserve, Office.take, Office.succeed, Office.postpone, Office.tick]),
    st.integers(0, 5),
)


@given(acts=st.lists(ACTS, max_size=60))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_every_job_succeeds_exactly_once_in_the_end(file_store: JobStore, clock: FakeClock, acts: Acts) -> None:
    office = Office(file_store, clock)

    for act, n in acts:
        act(office, n)
    clock.advance(1000)
    while due := file_store.reserve(10):
        for job_id in due:
            office.held = [claim(file_store, job_id)]
            office.succeed(0)
        clock.advance(1000)

    assert sorted(office.succeeded) == sorted(office.made)
