"""Whose turn is it? A click goes before a thousand that nobody waits for, and none of those waits for ever."""

from typing import Any

from kernel.jobs import Lane
from services.cover.domain import CoverRef, Kind

MANY = 1000


def ref(number):
    return CoverRef(Kind.ALBUM, f"00000000-0000-4000-8000-{number:012d}")


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
    assert store.count_queue().by_lane == {Lane.HIGH: 0, Lane.NORMAL: 0, Lane.LOW: MANY - 1}


def test_no_click_overtakes_what_has_waited_for_its_ageing_however_many_come(store, jobs, clock):
    store.request([ref(0)], Lane.LOW)
    bound, waited_from = 2 * jobs.ageing_step, clock.now()
    asked_at: dict[str, Any] = {}
    served: list[str] = []

    while ref(0).id not in served:
        for _ in range(2):  # more clicks than are served: the backlog only grows
            click = ref(1 + len(asked_at))
            store.await_one(click, None)
            asked_at[click.id] = clock.now()
        served.append(next_of(jobs))
        clock.advance(60)

    assert all(asked_at[each] - waited_from <= bound for each in served[:-1])
    assert len(asked_at) > len(served)
