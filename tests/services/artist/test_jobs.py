"""services/artist/jobs.py: what a provider did not answer is asked for again when nobody waits."""

from datetime import timedelta
from itertools import pairwise

import pytest

from kernel.database import Database
from kernel.errors import ProviderUnavailable
from kernel.jobs import Jobs, JobState, JobStore
from services.artist import jobs as artist_jobs
from services.artist.asking.research import Wish
from services.artist.domain import ArtistName, ArtistRef, Kind
from tests.fakes.clock import FakeClock
from tests.services.artist.fakes import FakeArtists, FakeWorld
from tests.services.artist.workshop import FRESH, Workshop

DOWN = ProviderUnavailable("fake", "is down")
RADIOHEAD = ArtistRef(named=ArtistName("Radiohead"))


@pytest.fixture
def job_store(database: Database, workshop: Workshop, clock: FakeClock) -> JobStore:
    """The one to which the workshop's store adds."""
    return JobStore(database, clock)


@pytest.fixture
def fake() -> FakeArtists:
    """Answers everything but tags."""
    fake = FakeArtists()
    fake.says[Kind.TAGS] = DOWN
    return fake


@pytest.fixture
def jobs(workshop: Workshop, fake: FakeArtists, job_store: JobStore, clock: FakeClock) -> Jobs:
    """With the refresh that an artist without tags has left behind, due in half an hour."""
    work = workshop.work(fake)
    jobs = Jobs(job_store, clock)
    artist_jobs.register(jobs, work)
    work.pipeline.enrich(RADIOHEAD, Wish("en"))
    fake.asked.clear()
    return jobs


def run_due(jobs: Jobs) -> int:
    due = jobs.store.reserve(10)
    for job_id in due:
        jobs.run(job_id)
    return len(due)


def test_nothing_is_asked_before_its_time(jobs: Jobs, fake: FakeArtists, clock: FakeClock):
    clock.advance(timedelta(minutes=29).total_seconds())

    assert run_due(jobs) == 0
    assert fake.asked == []


def test_what_was_not_answered_is_asked_again_and_then_the_job_is_done(jobs: Jobs, fake: FakeArtists, clock: FakeClock):
    fake.says.clear()
    clock.advance(timedelta(minutes=30).total_seconds())

    assert run_due(jobs) == 1
    assert fake.kinds == [Kind.TAGS]
    assert jobs.store.count_by_state().get(JobState.SUCCEEDED) == 1


def test_while_the_provider_is_down_the_job_comes_back_ever_more_rarely_and_never_dies(jobs: Jobs, fake: FakeArtists, clock):
    asked_at: list[timedelta] = []
    began = clock.now()

    for _ in range(2 * 24 * 3):
        clock.advance(timedelta(minutes=30).total_seconds())
        if run_due(jobs) and fake.kinds.count(Kind.TAGS) > len(asked_at):
            asked_at.append(clock.now() - began)

    pauses = [later - earlier for earlier, later in pairwise(asked_at)]
    assert pauses == sorted(pauses)
    assert timedelta(hours=12) <= pauses[-1] < timedelta(hours=14)
    assert jobs.store.list_dead() == []
    fake.says.clear()
    clock.advance(timedelta(hours=13).total_seconds())
    run_due(jobs)
    assert jobs.store.count_by_state().get(JobState.SUCCEEDED) == 1


def test_a_text_in_another_language_is_asked_again_in_that_language(jobs: Jobs, workshop: Workshop, fake: FakeArtists, clock):
    fake.says = {Kind.PROFILE: DOWN}
    workshop.build(fake).enrich(RADIOHEAD, Wish("fr"))
    fake.says.clear()
    fake.asked.clear()
    clock.advance(timedelta(hours=1).total_seconds())

    ran = [run_due(jobs) for _ in range(5)]

    assert (Kind.PROFILE, "fr") in [(kind, language) for kind, _, language in fake.asked]
    assert sum(ran) == 1
    assert jobs.store.count_by_state().get(JobState.SUCCEEDED) == 1


def test_what_was_asked_of_a_provider_that_is_off_now_keeps_no_job_going(workshop: Workshop, job_store: JobStore, fake, clock):
    workshop.build(fake).enrich(RADIOHEAD, Wish("en"))
    without_providers = Jobs(job_store, clock)
    artist_jobs.register(without_providers, workshop.work())
    clock.advance(timedelta(hours=1).total_seconds())

    ran = [run_due(without_providers) for _ in range(5)]

    assert sum(ran) == 1


def test_what_was_left_for_when_nobody_waits_is_asked_at_once_by_the_job(
    workshop: Workshop, job_store: JobStore, world: FakeWorld
):
    work = workshop.work(*world.providers)
    jobs = Jobs(job_store, work.clock)
    artist_jobs.register(jobs, work)
    by_spotify = ArtistRef(spotify_id=world.directory.entries[0].spotify_id)
    work.pipeline.enrich(by_spotify, Wish("en"))
    asked_before = list(world.directory.kinds)
    world.forget_asked()

    ran = [run_due(jobs) for _ in range(3)]

    assert Kind.LINKS not in asked_before
    assert world.asked() == {"musicbrainz": [Kind.LINKS]}
    assert ran == [1, 0, 0]
    assert jobs.store.count_by_state().get(JobState.SUCCEEDED) == 1


def test_what_faulted_and_what_was_left_are_asked_for_by_one_job(
    workshop: Workshop, job_store: JobStore, world: FakeWorld, clock
):
    world.listens.says_everywhere(DOWN)
    work = workshop.work(*world.providers)
    jobs = Jobs(job_store, clock)
    artist_jobs.register(jobs, work)
    work.pipeline.enrich(ArtistRef(spotify_id=world.directory.entries[0].spotify_id), Wish("en"))
    run_due(jobs)
    world.forget_asked()
    world.listens.says.clear()
    clock.advance(timedelta(minutes=30).total_seconds())

    ran = run_due(jobs)

    assert ran == 1
    assert world.asked() == {"listenbrainz": [Kind.LISTENS]}
    assert jobs.store.count_by_state().get(JobState.SUCCEEDED) == 1


def test_what_the_library_holds_is_asked_for_anew_before_it_is_due_but_not_what_is_paid_for(
    workshop: Workshop, job_store: JobStore, world: FakeWorld, clock: FakeClock
):
    work = workshop.work(*world.providers, ahead=timedelta(hours=2))
    jobs = Jobs(job_store, clock)
    artist_jobs.register(jobs, work)
    work.pipeline.enrich(RADIOHEAD, Wish("en"))
    run_due(jobs)
    world.forget_asked()
    work.pipeline.ensure([ArtistName("Radiohead")])
    clock.advance((FRESH[Kind.PROFILE] - timedelta(hours=1)).total_seconds())

    ran = [run_due(jobs) for _ in range(2)]

    assert ran == [1, 1]
    assert world.asked() == {"fake": [Kind.PROFILE], "spotify": [Kind.PROFILE]}
