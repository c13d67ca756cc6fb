"""services/artist/batch_work.py: who is asked what when many artists are enriched together, and what an interruption costs."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from facts.telling import NoteReason
from kernel import deadline
from kernel.database import Database
from kernel.errors import ProviderUnavailable
from kernel.jobs import Jobs, JobStore
from services.artist import jobs as artist_jobs
from services.artist.asking.research import Wish
from services.artist.batches import Batches
from services.artist.domain import ArtistField, ArtistName, ArtistRef, Identity, IdentityMatch, Kind
from tests.fakes.clock import FakeClock
from tests.services.artist.fakes import LINK, MANY, NOTHING, FakeWorld
from tests.services.artist.workshop import Workshop, notes, shown

DOWN = ProviderUnavailable("apify", "is down")
UNKNOWN = "z" * 22
WISH, FORCED = Wish("en"), Wish("en", force=True)


def entry(number: int) -> IdentityMatch:
    mbid = f"{number:08d}-0000-4000-8000-000000000000"
    return IdentityMatch(f"Band {number:02}", mbid, f"{number:022d}", f"Q{number + 1}", titles=(f"Record {number}",))


MANY_AT_ONCE = 16  # artists that the workshop enriches at the same time
BANDS = [entry(number) for number in range(MANY_AT_ONCE + 4)]
IDS = [str(band.spotify_id) for band in BANDS]


class Bench:
    """A worker's jobs around a pipeline, and the batches it does."""

    def __init__(self, workshop: Workshop, world: FakeWorld, database: Database, clock: FakeClock) -> None:
        self.world = world
        store = JobStore(database, clock)
        work = workshop.work(*world.providers)
        self.pipeline = work.pipeline
        self.jobs = Jobs(store, clock)
        artist_jobs.register(self.jobs, work)
        self.batches = Batches(database, store, clock=clock)

    def work(self) -> None:
        """One attempt at all that is due."""
        for job_id in self.jobs.store.reserve(10):
            self.jobs.run(job_id)

    def do(self, ids: list[str], wish: Wish = WISH) -> dict[int, str]:
        """Does a batch; by position, why it failed."""
        batch_id = self.batches.start("", ids, wish)
        self.work()
        return self.errors(batch_id)

    def errors(self, batch_id: str) -> dict[int, str]:
        batch = self.batches.get(batch_id)
        assert batch.is_over
        assert len(batch.done) == len(batch.artist_ids)
        return {each.position: each.error for each in batch.done}


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld(*BANDS)


@pytest.fixture
def bench(workshop: Workshop, world: FakeWorld, database: Database, clock: FakeClock) -> Bench:
    return Bench(workshop, world, database, clock)


def asked_alone(world: FakeWorld) -> Counter[str]:
    """By Spotify id or name, how often anybody was asked about that artist."""
    asked = [who for each in world.providers for question, who, _ in each.asked if question != MANY]
    return Counter(who.spotify_id or who.name for who in asked)


def once(act: Callable[[], object]) -> Callable[[str], None]:
    """As `meanwhile`: does so at the first question only, whoever asks it."""
    first = threading.Lock()

    def meanwhile(_: str) -> None:
        if first.acquire(blocking=False):
            act()

    return meanwhile


def test_many_artists_cost_one_question_to_who_answers_for_many(bench: Bench, world: FakeWorld):
    errors = bench.do(IDS[:12])

    assert set(errors.values()) == {""}
    assert world.audience.kinds == [MANY]
    assert world.management.kinds == [MANY]
    assert Counter(world.directory.kinds)[LINK] == 12


def test_an_artist_nobody_knows_fails_alone(bench: Bench, world: FakeWorld):
    world.audience.left_out = frozenset({UNKNOWN})

    errors = bench.do([IDS[0], UNKNOWN, IDS[1]])

    assert errors.pop(1)
    assert set(errors.values()) == {""}


def test_an_artist_nobody_knows_is_not_paid_for_again(bench: Bench, world: FakeWorld):
    world.audience.says[MANY] = NOTHING
    bench.do([UNKNOWN])
    world.forget_asked()

    errors = bench.do([UNKNOWN])

    assert errors[0]
    assert world.asked() == {}


def test_artists_that_are_known_and_fresh_cost_no_call(bench: Bench, world: FakeWorld):
    bench.do(IDS[:4])
    world.forget_asked()
    known = bench.do(IDS[:4])
    nobody_asked = world.asked()

    bench.do(IDS[2:6])

    assert set(known.values()) == {""}
    assert nobody_asked == {}
    assert sorted(asked_alone(world)) == sorted({*IDS[4:6], *(band.name for band in BANDS[4:6])} & set(asked_alone(world)))
    assert not set(asked_alone(world)) & {*IDS[:4], *(band.name for band in BANDS[:4])}


def test_a_forced_batch_asks_about_all_again(bench: Bench, world: FakeWorld):
    bench.do(IDS[:3])
    world.forget_asked()

    bench.do(IDS[:3], FORCED)

    assert (world.audience.kinds, world.management.kinds) == ([MANY], [MANY])
    assert Counter(world.spotify.kinds)[Kind.PROFILE] == 3


def test_an_artist_of_ours_is_looked_up_first_and_then_asked_about_with_the_others(bench: Bench, world: FakeWorld):
    ours = bench.pipeline.ensure([ArtistName(BANDS[7].name)])[0]

    errors = bench.do([ours, *IDS[:3]])

    assert set(errors.values()) == {""}
    assert (world.audience.kinds, world.management.kinds) == ([MANY], [MANY])


def test_a_fault_of_the_one_question_is_a_note_of_all_and_nobody_is_asked_alone(bench: Bench, workshop: Workshop, world):
    world.audience.says[MANY] = DOWN

    errors = bench.do(IDS[:3])

    assert set(errors.values()) == {""}
    assert world.audience.kinds == [MANY]
    for spotify_id in IDS[:3]:
        reading = bench.pipeline.get(ArtistRef(spotify_id=spotify_id))
        assert ("apify", Kind.MONTHLY_LISTENERS, NoteReason.FAULT) in notes(workshop.viewpoint(*world.providers), reading)


def test_a_text_is_asked_for_in_the_language_of_the_batch(bench: Bench, world: FakeWorld):
    bench.do(IDS[:2], Wish("fr"))

    assert {language for question, _, language in world.fake.asked if question == Kind.PROFILE} == {"fr"}


def test_all_of_it_is_background_work(bench: Bench, world: FakeWorld):
    seen: list[bool] = []
    for provider in world.providers:
        provider.meanwhile = lambda _: seen.append(deadline.is_background())

    bench.do(IDS[:3])

    assert seen
    assert all(seen)


def test_each_artist_is_told_as_soon_as_it_is_done(bench: Bench, world: FakeWorld, clock: FakeClock):
    told = threading.Event()
    held: list[bool] = []
    world.listens.meanwhile = once(lambda: held.append(told.wait(20)))
    batch_id = bench.batches.start("", IDS[:2], WISH)
    working = threading.Thread(target=bench.work)
    working.start()

    seen = next(batch for batch in bench.batches.watch(batch_id) if batch.done)
    told.set()
    working.join(20)

    assert held == [True]
    assert len(seen.done) == 1
    assert len(bench.errors(batch_id)) == 2


def test_a_bug_in_one_artist_keeps_no_other_from_being_done_and_only_that_one_is_asked_again(bench, world, clock: FakeClock):
    world.spotify.meanwhile = once(lambda: 1 / 0)
    batch_id = bench.batches.start("", IDS[:6], WISH)
    bench.work()
    first = bench.batches.get(batch_id)
    world.forget_asked()
    clock.advance(timedelta(minutes=1).total_seconds())

    bench.work()

    assert (len(first.done), first.is_over) == (5, False)
    missing = (set(range(6)) - {each.position for each in first.done}).pop()
    assert set(asked_alone(world)) <= {IDS[missing], BANDS[missing].name}
    assert set(bench.errors(batch_id).values()) == {""}


def test_a_worker_that_is_stopped_leaves_the_rest_to_the_next_and_nothing_is_done_twice(bench, workshop, world, database, clock):
    stop = once(lambda: bench.jobs.stop(timedelta(0)))
    batch_id = bench.batches.start("", IDS, WISH)
    world.listens.meanwhile = lambda question: stop(question) if bench.batches.get(batch_id).done else None
    bench.work()
    before = bench.batches.get(batch_id)
    world.forget_asked()
    next_one = Bench(workshop, world, database, clock)

    next_one.work()

    done_before = {IDS[each.position] for each in before.done}
    assert 0 < len(done_before) < len(IDS)
    assert not done_before & set(asked_alone(world))
    assert set(next_one.errors(batch_id).values()) == {""}


def test_a_worker_that_was_thought_dead_writes_nothing_more(bench: Bench, workshop: Workshop, world, database, clock: FakeClock):
    other = Bench(workshop, world, database, clock)

    def fall_silent() -> None:
        clock.advance(timedelta(minutes=2).total_seconds())
        taking_over = threading.Thread(target=other.work)
        taking_over.start()
        taking_over.join(30)

    world.listens.meanwhile = once(fall_silent)
    batch_id = bench.batches.start("", IDS[:6], WISH)

    bench.work()

    batch = bench.batches.get(batch_id)
    assert sorted(each.position for each in batch.done) == list(range(6))
    assert set(bench.errors(batch_id).values()) == {""}


def test_the_same_artist_by_both_its_ids_is_one_artist(bench: Bench, world: FakeWorld):
    bench.do([IDS[0]])
    ours = bench.pipeline.get(ArtistRef(spotify_id=IDS[0])).value.artist.id
    world.forget_asked()

    errors = bench.do([ours, IDS[0]], FORCED)

    assert set(errors.values()) == {""}
    assert bench.pipeline.get(ArtistRef(spotify_id=IDS[0])).value.artist.id == ours
    assert shown(bench.pipeline.get(ArtistRef(id=ours)), ArtistField.MONTHLY_LISTENERS) == 4000
    assert all(who == Identity() for question, who, _ in world.audience.asked if question == MANY)
