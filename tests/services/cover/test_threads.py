"""A click and a thousand that nobody waits for, with a worker's real threads."""

import threading
from functools import partial

import pytest

from kernel.clock import SystemClock
from kernel.job_worker import JobWorker
from kernel.jobs import Jobs, Lane
from services.cover.domain import CoverRef, Kind
from services.cover.store import FIND
from tests.fakes.patience import eventually

MANY, CLICKED = 1000, 5000
THREADS = 2


def ref(number):
    return CoverRef(Kind.ALBUM, f"00000000-0000-4000-8000-{number:012d}")


@pytest.fixture
def clock():
    return SystemClock()


class Work:
    """Does one job whenever it is told to, and remembers whose cover each was."""

    def __init__(self):
        self.begun = []
        self._may_end = threading.Semaphore(0)

    def find(self, context):
        self.begun.append(context.job.payload["entity_id"])
        self._may_end.acquire(timeout=30)

    def has_begun(self, count):
        return len(self.begun) >= count

    def let_end(self, count):
        self._may_end.release(count)


def test_a_clicked_cover_is_next_after_what_the_threads_have_in_hand(store, jobs, clock):
    work = Work()
    doing = Jobs(jobs, clock)
    doing.register(FIND, work.find)
    store.request([ref(number) for number in range(MANY)], Lane.LOW)
    worker = JobWorker(doing, name="cover-test", threads=THREADS)
    worker.start()
    try:
        assert eventually(partial(work.has_begun, THREADS))
        store.await_one(ref(CLICKED), None)
        before = len(work.begun)
        while ref(CLICKED).id not in work.begun and len(work.begun) < 20:
            count = len(work.begun)
            work.let_end(1)
            assert eventually(partial(work.has_begun, count + 1))
    finally:
        work.let_end(MANY + 1)
        worker.stop()

    # What was sent to the threads already cannot be overtaken: at most as many again as there are.
    assert work.begun.index(ref(CLICKED).id) - before <= THREADS
