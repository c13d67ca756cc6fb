"""What comes again by itself comes again, whatever happens."""

from datetime import timedelta

import pytest

from kernel.errors import InvalidArgument, OwnFault
from kernel.jobs import Jobs, Lane
from services.cover.domain import Kind
from services.cover.house import Member
from services.cover.jobs import BACKFILL, SWEEP, Work, register
from tests.services.cover.covers import A, artist

INTERVAL = timedelta(minutes=15)


class House:
    """Lists what it is told to, or raises it."""

    def __init__(self, clock):
        self.trouble = None
        self._made_at = clock.now() - timedelta(days=30)

    def list_library(self, kind):
        if self.trouble:
            raise self.trouble
        yield Member(A if kind is Kind.ALBUM else artist(1), self._made_at)


class Housekeeping:
    trouble = None

    def sweep(self):
        if self.trouble:
            raise self.trouble


class Finding:
    """Takes as long as it is told to."""

    def __init__(self):
        self.asked = []

    def find(self, context):
        self.asked.append(context.job.payload["entity_id"])


@pytest.fixture
def house(clock):
    return House(clock)


@pytest.fixture
def housekeeping():
    return Housekeeping()


@pytest.fixture
def finding():
    return Finding()


@pytest.fixture
def worker(jobs, store, house, housekeeping, finding, clock):
    worker = Jobs(jobs, clock)
    register(worker, Work(finding, house, store, housekeeping, INTERVAL, clock))
    return worker


def work(worker, clock, span):
    """All that becomes due within so many seconds."""
    for _ in range(span // 60):
        while due := worker.store.reserve(10):
            for job_id in due:
                worker.run(job_id)
        clock.advance(60)


@pytest.mark.parametrize("trouble", [OwnFault("It is away."), InvalidArgument.of("page_token", "is not ours")])
def test_the_backfill_outlives_neighbours_that_are_away_or_refuse_a_page(worker, house, clock, finding, trouble):
    house.trouble = trouble
    work(worker, clock, 4 * 3600)
    house.trouble = None
    work(worker, clock, 1800)

    assert set(finding.asked) == {A.id, artist(1).id}
    assert worker.store.list_dead() == []


def test_the_backfill_outlives_a_database_that_is_away(worker, store, clock, finding, monkeypatch):
    def fail():
        raise OwnFault("The database does not answer.")

    with monkeypatch.context() as patched:
        patched.setattr(store, "request_due", fail)
        work(worker, clock, 4 * 3600)
    work(worker, clock, 1800)

    assert set(finding.asked) == {A.id, artist(1).id}


def test_the_sweep_outlives_a_disk_that_is_away(worker, housekeeping, clock):
    housekeeping.trouble = OwnFault("The folder of images cannot be used.")
    work(worker, clock, 6 * 3600)

    assert worker.store.list_dead() == []
    assert worker.store.find_unfinished(SWEEP) is not None
    assert worker.store.find_unfinished(BACKFILL) is not None


def test_a_neighbour_that_is_away_for_half_a_day_buries_no_cover(jobs, store, clock):
    class Away:
        def find(self, context):
            raise OwnFault("The album service does not answer.", retry_after=timedelta(seconds=10))

    worker = Jobs(jobs, clock)
    worker.register("find_cover", Away().find)
    store.request([A], Lane.LOW)
    work(worker, clock, 12 * 3600)

    assert worker.store.list_dead() == []
