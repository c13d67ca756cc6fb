"""Whose turn is it? A click goes before a thousand that nobody waits for, and none of those waits for ever."""

import pytest

from kernel.jobs import JobStore, Lane
from services.cover.domain import CoverRef, Kind
from services.cover.store import CoverStore

MANY = 1000


def ref(number):
    return CoverRef(Kind.ALBUM, f"00000000-0000-4000-8000-{number:012d}")


@pytest.fixture
def jobs(database, clock):
    return JobStore(database, clock)


@pytest.fixture
def store(database, jobs, clock):
    return CoverStore(database, jobs, clock=clock)


def next_of(jobs):
    """Whose cover the worker looks for next."""
    (job_id,) = jobs.reserve(1)
    job = jobs.get(job_id)
    claim = jobs.claim(job_id)
    assert job is not None
    assert claim is not None
    jobs.succeed(claim)
    return job.payload["entity_id"]


def test_a_click_goes_before_a_thousand_queued_ones_new_or_among_them(store, jobs):
    store.request([ref(number) for number in range(MANY)], Lane.LOW)
    store.await_one(ref(MANY), None)
    store.await_one(ref(777), store.load(ref(777)))

    assert {next_of(jobs), next_of(jobs)} == {ref(MANY).id, ref(777).id}
    assert store.count().queue == {Lane.HIGH: 0, Lane.NORMAL: 0, Lane.LOW: MANY - 1}


def test_none_waits_longer_than_its_ageing_however_many_clicks_come(store, jobs, clock):
    store.request([ref(0)], Lane.LOW)
    bound = 2 * jobs.ageing_step
    waited_from = clock.now()

    for number in range(1, 200):
        store.await_one(ref(number), None)
        if next_of(jobs) == ref(0).id:
            break
        store.await_one(ref(MANY + number), None)  # more clicks than are served: the backlog only grows
        clock.advance(30)

    assert clock.now() - waited_from <= 2 * bound
    assert jobs.find_unfinished(f"find_cover:{ref(0)}") is None
