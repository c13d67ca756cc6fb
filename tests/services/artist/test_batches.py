"""services/artist/batches.py: a batch is begun once, joined by whoever asks for it again, and watched to its end."""

from collections import Counter
from datetime import timedelta
from itertools import islice

import pytest

from kernel import deadline
from kernel.database import Database
from kernel.errors import AlreadyExists, DeadlineSpent, NotFound, Overloaded
from kernel.jobs import JobState, JobStore
from services.artist.asking.research import Wish
from services.artist.batches import Batch, Batches, Done
from tests.services.artist.batching import DOWN, SteppingClock, Worker
from tests.services.artist.known import together

IDS = ["4Z8W4fKeB5YxbusRsdQVPb", "2pvfGvbL4mouaDY9ZSwUmv", "0" * 22]
WISH, FORCED = Wish("en"), Wish("en", force=True)
WEEK = timedelta(days=7).total_seconds()
ALL_DONE = (Done(1, ""), Done(0, ""), Done(2, "No provider knows this Spotify id."))


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock()


@pytest.fixture
def jobs(database: Database, clock: SteppingClock) -> JobStore:
    return JobStore(database, clock)


@pytest.fixture
def worker(jobs: JobStore) -> Worker:
    return Worker(jobs)


@pytest.fixture
def batches(database: Database, jobs: JobStore, clock: SteppingClock) -> Batches:
    return Batches(database, jobs, clock=clock)


@pytest.fixture
def underway(batches: Batches) -> str:
    """Of three artists, nothing done yet."""
    return batches.start("mine", IDS, WISH)


def states(jobs: JobStore) -> dict[JobState, int]:
    return {state: count for state, count in jobs.count_by_state().items() if count}


def done_of(seen: list[Batch]) -> list[int]:
    return [len(batch.done) for batch in seen]


def test_a_batch_without_a_name_gets_one_and_begins_with_nothing_done(batches: Batches):
    one, other = batches.start("", IDS, WISH), batches.start("", IDS, WISH)

    assert one != other
    assert batches.get(one) == Batch(tuple(IDS), (), is_over=False)


@pytest.mark.parametrize("wish", [WISH, FORCED])
def test_asking_again_joins_the_batch_under_way(batches: Batches, underway: str, jobs: JobStore, wish: Wish):
    assert batches.start(underway, IDS, wish) == underway

    assert states(jobs) == {JobState.PENDING: 1}


@pytest.mark.parametrize("others", [IDS[:2], IDS[::-1]])
def test_a_name_that_was_used_for_other_artists_is_refused(batches: Batches, underway: str, others: list[str]):
    with pytest.raises(AlreadyExists):
        batches.start(underway, others, FORCED)


def test_a_batch_that_is_over_is_not_begun_anew_unless_that_is_forced(batches, underway: str, worker: Worker, jobs: JobStore):
    worker.does(*ALL_DONE)()

    batches.start(underway, IDS, WISH)
    before = batches.get(underway)
    batches.start(underway, IDS, FORCED)
    anew = batches.get(underway)
    worker.does(*ALL_DONE)()

    assert before == Batch(tuple(IDS), ALL_DONE, is_over=True)
    assert anew == Batch(tuple(IDS), (), is_over=False)
    assert [(job.payload["force"], job.progress) for job in worker.did] == [(False, None), (True, None)]
    assert batches.get(underway).is_over
    assert states(jobs) == {JobState.SUCCEEDED: 2}


def test_a_batch_that_was_given_up_is_over_and_says_of_whom_is_missing_why(batches: Batches, underway: str, worker: Worker):
    worker.dies(ALL_DONE[0])

    batch = batches.get(underway)

    assert batch.is_over
    assert batch.failed == 2
    assert [(each.position, each.error) for each in batch.done] == [
        (1, ""),
        (0, f"The batch was given up. {DOWN}"),
        (2, f"The batch was given up. {DOWN}"),
    ]


def test_a_batch_that_was_given_up_can_be_forced_from_the_beginning(batches, underway: str, worker: Worker, jobs: JobStore):
    worker.dies(ALL_DONE[0])

    batches.start(underway, IDS, FORCED)
    jobs.retry_all_dead()
    worker.does(*ALL_DONE)()

    assert (worker.did[-1].payload["force"], worker.did[-1].progress) == (True, None)
    assert batches.get(underway) == Batch(tuple(IDS), ALL_DONE, is_over=True)
    assert states(jobs) == {JobState.CANCELLED: 1, JobState.SUCCEEDED: 1}


def test_a_batch_whose_job_is_forgotten_is_unknown_and_can_be_begun_again(batches, underway: str, worker, jobs, clock):
    worker.does(*ALL_DONE)()
    clock.advance(WEEK + 1)
    jobs.reserve(1)

    with pytest.raises(NotFound):
        batches.get(underway)
    batches.start(underway, IDS, WISH)

    assert batches.get(underway) == Batch(tuple(IDS), (), is_over=False)


def test_those_who_begin_one_batch_at_once_begin_one(batches: Batches, jobs: JobStore):
    with together(6) as run:
        begun = run(lambda _: batches.start("mine", IDS, WISH))

    assert set(begun) == {"mine"}
    assert states(jobs) == {JobState.PENDING: 1}


def test_those_who_force_one_batch_at_once_begin_one(batches: Batches, underway: str, worker: Worker, jobs: JobStore):
    worker.does(*ALL_DONE)()

    with together(6) as run:
        run(lambda _: batches.start(underway, IDS, FORCED))

    assert states(jobs) == {JobState.SUCCEEDED: 1, JobState.PENDING: 1}


def test_of_those_who_want_one_name_for_other_artists_one_gets_it(batches: Batches, jobs: JobStore):
    def start(number: int) -> bool:
        try:
            batches.start("mine", [str(number)], WISH)
        except AlreadyExists:
            return False
        return True

    with together(6) as run:
        got_it = run(start)

    assert Counter(got_it) == {False: 5, True: 1}
    assert states(jobs) == {JobState.PENDING: 1}


def test_a_watcher_sees_what_is_done_as_it_is_done_and_the_end_last(batches: Batches, underway: str, worker: Worker, clock):
    clock.steps = [worker.does(ALL_DONE[0], fails=True), lambda: clock.advance(60), worker.does(*ALL_DONE)]

    seen = list(batches.watch(underway))

    assert done_of(seen) == [0, 1, 3, 3]
    assert [batch.is_over for batch in seen] == [False, False, False, True]
    assert seen[-1].done == ALL_DONE


def test_a_watcher_who_comes_late_sees_everything_and_that_it_is_over(batches: Batches, underway: str, worker: Worker):
    worker.does(*ALL_DONE)()

    seen = list(batches.watch(underway))

    assert [(batch.done, batch.is_over) for batch in seen] == [(ALL_DONE, False), (ALL_DONE, True)]


def test_two_watch_one_batch(batches: Batches, underway: str, worker: Worker, clock: SteppingClock):
    one, other = batches.watch(underway), batches.watch(underway)
    early = [next(one), next(other)]
    worker.does(*ALL_DONE)()

    assert done_of(early) == [0, 0]
    assert done_of(list(one)) == done_of(list(other)) == [3, 3]


def test_the_watch_of_a_batch_that_is_given_up_ends(batches: Batches, underway: str, worker: Worker, clock: SteppingClock):
    clock.steps = [lambda: worker.dies(ALL_DONE[0])]

    seen = list(batches.watch(underway))

    assert done_of(seen)[0] == 0
    assert (seen[-1].is_over, len(seen[-1].done), seen[-1].failed) == (True, 3, 2)


def test_who_watches_a_batch_that_is_begun_anew_sees_the_end_of_the_first(batches: Batches, underway: str, worker, clock):
    def end_and_begin_anew() -> None:
        worker.does(*ALL_DONE)()
        batches.start(underway, IDS, FORCED)

    clock.steps = [end_and_begin_anew]

    seen = list(batches.watch(underway))

    assert seen[-1] == Batch(tuple(IDS), ALL_DONE, is_over=True)
    assert not batches.get(underway).is_over


def test_nobody_can_watch_or_await_a_batch_that_was_never_asked_for(batches: Batches):
    with pytest.raises(NotFound):
        next(batches.watch("no-such"))
    with pytest.raises(NotFound):
        batches.wait("no-such", leave=1)


def test_a_watch_ends_with_its_callers_time(batches: Batches, underway: str):
    watch = batches.watch(underway)
    next(watch)

    with deadline.within(timedelta(0)), pytest.raises(DeadlineSpent):
        next(watch)


def test_who_waits_gets_the_batch_once_it_is_over(batches: Batches, underway: str, worker: Worker, clock: SteppingClock):
    clock.steps = [worker.does(*ALL_DONE)]

    assert batches.wait(underway, leave=1) == Batch(tuple(IDS), ALL_DONE, is_over=True)


def test_who_has_no_time_left_gets_the_batch_as_it_is(batches: Batches, underway: str, clock: SteppingClock):
    with deadline.within(timedelta(minutes=1)):
        batch = batches.wait(underway, leave=60)

    assert batch == Batch(tuple(IDS), (), is_over=False)
    assert clock.slept == []


def test_when_too_many_wait_the_next_gets_the_batch_as_it_is(database, underway: str, worker: Worker, jobs: JobStore, clock):
    batches = Batches(database, jobs, clock=clock, most_waiting=1)
    clock.steps = [worker.does(ALL_DONE[0], fails=True)]
    waiting, another = batches.watch(underway), batches.watch(underway)
    begun = done_of(list(islice(waiting, 2)))

    as_it_is, snapshot = batches.wait(underway, leave=1), next(another)

    assert begun == [0, 1]
    assert as_it_is == snapshot == Batch(tuple(IDS), ALL_DONE[:1], is_over=False)
    with pytest.raises(Overloaded):
        next(another)


def test_a_watcher_who_leaves_makes_room(database, underway: str, worker: Worker, jobs: JobStore, clock: SteppingClock):
    batches = Batches(database, jobs, clock=clock, most_waiting=1)
    clock.steps = [worker.does(ALL_DONE[0], fails=True)]
    leaving = batches.watch(underway)
    list(islice(leaving, 2))

    leaving.close()
    clock.steps = [lambda: clock.advance(60), worker.does(*ALL_DONE)]

    assert batches.wait(underway, leave=1).is_over
