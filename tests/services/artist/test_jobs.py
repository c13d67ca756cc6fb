"""services/artist/jobs.py: what a provider did not answer is asked for again when nobody waits."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest

from kernel.database import Database
from kernel.errors import ProviderUnavailable
from kernel.jobs import Jobs, JobState, JobStore
from services.artist import jobs as artist_jobs
from services.artist.domain import ArtistName, ArtistRef, Kind
from services.artist.wiring import MIGRATIONS
from tests.fakes.clock import FakeClock
from tests.services.artist.fakes import FakeArtists, Workshop

DOWN = ProviderUnavailable("fake", "is down")
RADIOHEAD = ArtistRef(named=ArtistName("Radiohead"))


@pytest.fixture
def job_store(database: Database, clock: FakeClock) -> JobStore:
    database.migrate(MIGRATIONS)
    return JobStore(database, clock)


@pytest.fixture
def workshop(job_store: JobStore, clock: FakeClock) -> Iterator[Workshop]:
    shop = Workshop(job_store.database, clock)
    yield shop
    shop.close()


@pytest.fixture
def fake() -> FakeArtists:
    """Answers everything but tags."""
    fake = FakeArtists()
    fake.says[Kind.TAGS] = DOWN
    return fake


@pytest.fixture
def jobs(workshop: Workshop, fake: FakeArtists, job_store: JobStore, clock: FakeClock) -> Jobs:
    """With the refresh that an artist without tags has left behind, due in half an hour."""
    pipeline = workshop.build(fake)
    jobs = Jobs(job_store, clock)
    artist_jobs.register(jobs, pipeline, language="en", clock=clock)
    pipeline.enrich(RADIOHEAD, language="en")
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

    for _ in range(4 * 24 * 3):
        clock.advance(timedelta(minutes=15).total_seconds())
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
    workshop.build(fake).enrich(RADIOHEAD, language="fr")
    fake.says.clear()
    fake.asked.clear()
    clock.advance(timedelta(hours=1).total_seconds())

    ran = [run_due(jobs) for _ in range(5)]

    assert (Kind.PROFILE, "Radiohead", "fr") in fake.asked
    assert sum(ran) == 1
    assert jobs.store.count_by_state().get(JobState.SUCCEEDED) == 1


def test_what_was_asked_of_a_provider_that_is_off_now_keeps_no_job_going(workshop: Workshop, job_store: JobStore, fake, clock):
    workshop.build(fake).enrich(RADIOHEAD, language="en")
    without_providers = Jobs(job_store, clock)
    artist_jobs.register(without_providers, workshop.build(), language="en", clock=clock)
    clock.advance(timedelta(hours=1).total_seconds())

    ran = [run_due(without_providers) for _ in range(5)]

    assert sum(ran) == 1
