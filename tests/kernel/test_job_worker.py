import gc
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
import redis
import sqlalchemy as sa

from kernel.clock import SystemClock
from kernel.database import Database
from kernel.job_store import JobStore
from kernel.job_table import JobState, Lane, job_table
from kernel.job_worker import JobWorker
from kernel.jobs import JobContext, Jobs
from tests.fakes.patience import eventually
from tests.fakes.servers import RedisServer

# Celery's event loop opens its waker anew when it is stopped in the moment of its start, and closes it no more.
pytestmark = pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning")
SOON = 30.0  # seconds: far more than any of these waits takes, so that only a lost job reaches it
LEASE = timedelta(milliseconds=600)
POLL = timedelta(milliseconds=50)
QUICK = timedelta(milliseconds=50)
Start = Callable[..., JobWorker]
unhurried = pytest.mark.parametrize("lease", [timedelta(minutes=1)], ids=[""])
"""For what must happen once: a busy machine outlasts a short lease, and then the job is rightly done again."""
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

DIES = """
import sys, threading
from datetime import timedelta
from kernel.clock import SystemClock
from kernel.database import Database
from kernel.job_store import JobStore
from kernel.job_worker import JobWorker
from kernel.jobs import Jobs

store = JobStore(Database(sys.argv[1], schema="public"), SystemClock(), lease=timedelta(milliseconds=600))
jobs = Jobs(store, SystemClock())

def walk(context):
    with context.commit({"page": 1}):
        pass
    print("begun", flush=True)
    threading.Event().wait()

jobs.register("walk", walk)
JobWorker(jobs, name="test", broker_url=sys.argv[2]).start()
threading.Event().wait()
"""


@pytest.fixture
def lease() -> timedelta:
    """So short that tests can wait for its end."""
    return LEASE


@pytest.fixture
def store(database: Database, lease: timedelta) -> JobStore:
    with database.write() as connection:
        job_table(sa.MetaData()).create(connection)
    return JobStore(database, SystemClock(), lease=lease)


@pytest.fixture
def jobs(store: JobStore) -> Jobs:
    return Jobs(store, SystemClock(), first_wait=QUICK, longest_wait=QUICK)


@pytest.fixture
def start(jobs: Jobs) -> Iterator[Start]:
    with ExitStack() as workers:

        def begin(broker_url: str = "") -> JobWorker:
            worker = JobWorker(jobs, name="test", broker_url=broker_url, poll=POLL)
            workers.callback(worker.stop)
            worker.start()
            return worker

        yield begin
    gc.collect()  # here, where that is known, and not in another module's test


class Tally:
    """Counts jobs done, and says when as many as expected have been."""

    def __init__(self, expected: int) -> None:
        self._lock = threading.Lock()  # guards the list: workers add to it
        self._expected = expected
        self.done: list[str] = []
        self.complete = threading.Event()

    def __call__(self, context: JobContext) -> None:
        with self._lock:
            self.done.append(context.job.id)
            if len(set(self.done)) == self._expected:
                self.complete.set()


@unhurried
@pytest.mark.parametrize("broker", ["memory", "redis"])
def test_every_job_is_carried_to_its_handler_once(jobs: Jobs, start: Start, redis_server: RedisServer, broker: str) -> None:
    tally = Tally(20)
    jobs.register("walk", tally)
    made = [jobs.store.enqueue("walk") for _ in range(20)]

    start(redis_server.url if broker == "redis" else "")

    assert tally.complete.wait(SOON)
    assert sorted(tally.done) == sorted(made)


@unhurried
@on_sqlite
def test_what_somebody_waits_for_runs_though_every_thread_is_busy_for_long(jobs: Jobs, start: Start) -> None:
    may_end, all_begun, is_done = threading.Event(), Tally(2), threading.Event()

    def take_long(context: JobContext) -> None:
        all_begun(context)
        may_end.wait(SOON)

    jobs.register("walk", take_long)
    jobs.register("click", lambda _: is_done.set())
    for _ in range(20):
        jobs.store.enqueue("walk", lane=Lane.LOW)
    start()
    assert all_begun.complete.wait(SOON)

    jobs.store.enqueue("click", lane=Lane.HIGH)
    was_done = is_done.wait(SOON)
    may_end.set()

    assert was_done


@unhurried
@on_sqlite
def test_two_workers_in_one_process_do_not_take_each_others_messages(jobs: Jobs, start: Start) -> None:
    tally = Tally(10)
    jobs.register("walk", tally)
    start()
    start()

    made = [jobs.store.enqueue("walk") for _ in range(10)]

    assert tally.complete.wait(SOON)
    assert sorted(tally.done) == sorted(made)


@pytest.mark.parametrize("broker", ["memory", "redis"])
def test_the_job_of_a_killed_worker_is_done_by_another_from_its_last_progress(
    jobs: Jobs, start: Start, redis_server: RedisServer, database_url: str, broker: str
) -> None:
    broker_url = redis_server.url if broker == "redis" else ""
    resumed: list[object] = []
    done = threading.Event()

    def walk(context: JobContext) -> None:
        resumed.append((context.job.progress, context.job.attempts))
        done.set()

    jobs.register("walk", walk)
    jobs.store.enqueue("walk")
    with subprocess.Popen([sys.executable, "-c", DIES, database_url, broker_url], stdout=subprocess.PIPE, text=True) as doomed:
        assert doomed.stdout
        assert doomed.stdout.readline() == "begun\n"
        doomed.kill()

    start(broker_url)

    assert done.wait(SOON)
    assert resumed == [({"page": 1}, 2)]


def test_jobs_whose_messages_were_flushed_are_done_nevertheless(jobs: Jobs, start: Start, redis_server: RedisServer) -> None:
    tally = Tally(6)
    jobs.register("walk", tally)
    for _ in range(6):
        jobs.store.enqueue("walk")
    jobs.store.reserve(6)  # sent, as far as the rows know, and then lost with all that Redis held
    redis.Redis.from_url(redis_server.url).flushall()

    start(redis_server.url)

    assert tally.complete.wait(SOON)


@on_sqlite
def test_a_redis_killed_and_restarted_midway_loses_no_job(jobs: Jobs, start: Start, redis_server: RedisServer) -> None:
    tally, first = Tally(12), threading.Event()
    may_go_on = threading.Event()

    def walk(context: JobContext) -> None:
        first.set()
        assert may_go_on.wait(SOON)
        tally(context)

    jobs.register("walk", walk)
    for _ in range(12):
        jobs.store.enqueue("walk")
    start(redis_server.url)
    assert first.wait(SOON)

    redis_server.restart()
    may_go_on.set()

    assert tally.complete.wait(SOON * 2)


@on_sqlite
def test_another_carrier_takes_the_place_of_one_that_gave_up_even_while_a_job_runs(jobs: Jobs, start: Start) -> None:
    tally, begun, may_go_on = Tally(3), threading.Event(), threading.Event()

    def walk(context: JobContext) -> None:
        begun.set()
        assert may_go_on.wait(SOON)
        tally(context)

    jobs.register("walk", walk)
    jobs.register("run", tally)
    jobs.store.enqueue("walk")
    worker = start()
    assert begun.wait(SOON)
    first = worker._carrier

    first.stop()
    quick = [jobs.store.enqueue("run") for _ in range(2)]
    replaced = eventually(lambda: set(quick) <= set(tally.done), within=SOON)
    may_go_on.set()

    assert replaced
    assert tally.complete.wait(SOON)


@on_sqlite
@pytest.mark.parametrize("trouble", ["kill", "pause"])
def test_without_an_answer_from_redis_jobs_stay_due_and_run_once_it_is_back(
    jobs: Jobs, start: Start, redis_server: RedisServer, trouble: str
) -> None:
    tally = Tally(3)
    jobs.register("walk", tally)
    getattr(redis_server, trouble)()
    start(redis_server.url)

    for _ in range(3):
        jobs.store.enqueue("walk")
    assert jobs.store.count_by_state()[JobState.PENDING] == 3
    redis_server.resume() if trouble == "pause" else redis_server.restart()

    assert tally.complete.wait(SOON * 2)


@on_sqlite
@pytest.mark.parametrize("trouble", ["kill", "pause"])
def test_a_worker_can_be_stopped_although_redis_does_not_answer(start: Start, redis_server: RedisServer, trouble: str) -> None:
    getattr(redis_server, trouble)()
    worker = start(redis_server.url)

    worker.stop()
    redis_server.resume() if trouble == "pause" else redis_server.restart()

    for thread in worker._threads.values():
        thread.join(SOON)
        assert not thread.is_alive()


def test_stopping_hands_the_running_job_to_the_next_worker_at_once(jobs: Jobs, store: JobStore, start: Start) -> None:
    begun = threading.Event()

    def walk(context: JobContext) -> None:
        begun.set()
        while True:
            with context.commit(None):
                pass

    jobs.register("walk", walk)
    job_id = jobs.store.enqueue("walk")
    worker = start()
    assert begun.wait(SOON)

    worker.stop()

    assert store.reserve(1) == [job_id]


@on_sqlite
@unhurried
def test_whoever_stops_does_not_send_once_more_what_it_has_just_put_back(
    jobs: Jobs, store: JobStore, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserve, begun, asked, may_go = JobStore.reserve, threading.Event(), threading.Event(), threading.Event()

    def walk(context: JobContext) -> None:
        begun.set()
        while True:
            with context.commit(None):
                pass

    def reserve_late(self: JobStore, window: int, *, is_express: bool = False) -> list[str]:
        if begun.is_set():
            asked.set()
            assert may_go.wait(SOON)
        return reserve(self, window, is_express=is_express)

    monkeypatch.setattr(JobStore, "reserve", reserve_late)
    jobs.register("walk", walk)
    job_id = store.enqueue("walk")
    worker = start()
    assert asked.wait(SOON)

    stopping = threading.Thread(target=worker.stop)
    stopping.start()
    eventually(lambda: store.count_by_state()[JobState.PENDING] == 1, within=0.5)
    may_go.set()
    stopping.join(SOON)

    assert store.reserve(1) == [job_id]


@on_sqlite
def test_a_worker_without_work_stops_without_waiting(start: Start) -> None:
    def stop() -> float:
        worker, began = start(), time.monotonic()
        worker.stop()
        return time.monotonic() - began

    assert min(stop() for _ in range(3)) < 1.5  # Celery's own loop over memory looks up every two seconds
