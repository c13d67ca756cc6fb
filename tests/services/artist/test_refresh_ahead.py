"""services/artist/jobs.py: what is due soon of the library's artists is asked for before anybody needs it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kernel.database import Database
from kernel.errors import ProviderUnavailable, StoreUnavailable
from kernel.jobs import Jobs, JobState, JobStore
from services.artist import jobs as artist_jobs
from services.artist.asking.research import Wish
from services.artist.domain import ArtistName, ArtistRef, Kind
from services.artist.jobs import REFRESH_AHEAD, REFRESH_SOON_DUE
from tests.fakes.clock import FakeClock
from tests.services.artist.fakes import RADIOHEAD, Asked, FakeArtists, FakeWorld
from tests.services.artist.workshop import FRESH, Workshop

A_ROUND = 3  # stands for the fifty of every day
AHEAD, ROUND = timedelta(hours=2), timedelta(minutes=10)
DAY = FRESH[Kind.PROFILE]
DOWN = ProviderUnavailable("any", "is down", retry_after=timedelta(minutes=30))


class Library:
    """Artists read once each, and a worker that does what is due; `planned` counts the artists it was to refresh ahead."""

    def __init__(self, workshop: Workshop, database: Database, clock: FakeClock) -> None:
        self._workshop, self._clock = workshop, clock
        self.store = JobStore(database, clock)
        self.fake = FakeArtists()
        self.start(self.fake)

    def start(self, *providers: Asked, ahead: timedelta = AHEAD) -> None:
        """The service starts, again perhaps."""
        self.work = replace(self._workshop.work(*providers, ahead=ahead), a_round=A_ROUND)
        self.jobs = Jobs(self.store, self._clock)
        self.kinds: list[str] = []
        artist_jobs.register(self.jobs, self.work)

    def holds(self, *names: str) -> None:
        self.work.pipeline.ensure([ArtistName(name) for name in names])

    def reads(self, *names: str, language: str = "en") -> None:
        for name in names:
            self.work.pipeline.enrich(ArtistRef(named=ArtistName(name)), Wish(language, is_waited_for=False))
        self.fake.asked.clear()

    def let_pass(self, span: timedelta) -> list[str]:
        """The kinds of jobs that were done at the end of it, in their order."""
        self._clock.advance(span.total_seconds())
        done: list[str] = []
        while due := self.store.reserve(100):
            for job_id in due:
                job = self.store.get(job_id)
                assert job is not None
                done.append(job.kind)
                self.jobs.run(job_id)
        return done

    def asked(self) -> list[tuple[str, str]]:
        return [(who.name, question) for question, who, _ in self.fake.asked]


@pytest.fixture
def library(workshop: Workshop, database: Database, clock: FakeClock) -> Library:
    return Library(workshop, database, clock)


def test_what_is_due_soon_is_asked_before_anybody_asks_and_nothing_else(library: Library):
    library.holds("Radiohead", "Air")
    library.reads("Radiohead", "Air")

    early = library.let_pass(DAY - AHEAD - ROUND)
    asked_early = library.asked()
    library.let_pass(ROUND)

    assert early == [REFRESH_AHEAD]
    assert asked_early == []
    assert sorted(library.asked()) == [("Air", Kind.PROFILE), ("Radiohead", Kind.PROFILE)]


def test_who_then_comes_is_answered_from_the_copy(library: Library, workshop: Workshop):
    library.holds("Radiohead")
    library.reads("Radiohead")
    library.let_pass(DAY - timedelta(hours=1))
    library.fake.asked.clear()
    library.let_pass(timedelta(hours=2))

    library.work.pipeline.enrich(ArtistRef(named=ArtistName("Radiohead")), Wish("en"))

    assert library.asked() == []


def test_artists_outside_the_library_are_left_until_somebody_asks(library: Library):
    library.reads("Radiohead")

    done = library.let_pass(DAY)

    assert done == [REFRESH_AHEAD]
    assert library.asked() == []


def test_a_round_takes_so_many_and_no_more_the_longest_overdue_first(library: Library, clock: FakeClock):
    names = [f"Band {number}" for number in range(5)]
    library.holds(*names)
    for name in names[::-1]:
        library.reads(name)
        clock.advance(1)

    first = library.let_pass(DAY)
    asked_first = {name for name, _ in library.asked()}
    second = library.let_pass(ROUND)

    assert first.count(REFRESH_SOON_DUE) == A_ROUND
    assert asked_first == set(names[2:])
    assert second.count(REFRESH_SOON_DUE) == 2
    assert {name for name, _ in library.asked()} == set(names)


def test_fifty_are_a_round_where_nobody_says_otherwise(workshop: Workshop):
    assert workshop.work().a_round == 50


def test_it_goes_on_round_after_round(library: Library):
    done = [library.let_pass(ROUND) for _ in range(4)]

    assert done == [[REFRESH_AHEAD]] * 4


def test_a_restart_makes_no_second_copy(library: Library):
    library.start(library.fake)
    library.start(library.fake)

    assert library.let_pass(ROUND) == [REFRESH_AHEAD]
    library.start(library.fake)
    assert library.let_pass(ROUND) == [REFRESH_AHEAD]


def test_zero_switches_it_off_also_what_was_planned_before(library: Library):
    library.holds("Radiohead")
    library.reads("Radiohead")
    library.start(library.fake, ahead=timedelta(0))

    assert library.let_pass(DAY) == [REFRESH_AHEAD]
    assert library.let_pass(DAY) == []
    assert library.asked() == []


def test_what_is_paid_for_is_not_asked_ahead_of_need(workshop: Workshop, database: Database, clock: FakeClock):
    world = FakeWorld(RADIOHEAD)
    library = Library(workshop, database, clock)
    library.start(*world.providers)
    library.holds("Radiohead")
    library.reads("Radiohead")
    world.forget_asked()

    for _ in range(15):  # until all that is kept for a fortnight was due
        library.let_pass(DAY)

    assert world.audience.kinds == []
    assert world.spotify.asked != []


def test_a_paid_question_that_was_put_off_is_asked_when_its_time_comes_though_the_rest_is_asked_ahead(
    workshop: Workshop, database: Database, clock: FakeClock
):
    world = FakeWorld(RADIOHEAD)
    library = Library(workshop, database, clock)
    library.start(*world.providers)
    library.holds("Radiohead")
    world.audience.says[Kind.MONTHLY_LISTENERS] = ProviderUnavailable("apify", "is down", retry_after=DAY)
    library.reads("Radiohead")
    world.audience.says.clear()
    world.forget_asked()

    library.let_pass(DAY - timedelta(hours=1))
    library.let_pass(timedelta(hours=2))

    assert world.audience.kinds == [Kind.MONTHLY_LISTENERS]


def test_each_text_is_asked_for_in_its_own_language(library: Library):
    library.holds("Radiohead")
    library.reads("Radiohead", language="fr")

    library.let_pass(DAY - timedelta(hours=1))

    assert [(question, language) for question, _, language in library.fake.asked] == [(Kind.PROFILE, "fr")]


def test_those_who_cannot_be_asked_about_do_not_keep_out_the_others(library: Library, clock: FakeClock):
    gone = [f"Gone {number}" for number in range(A_ROUND + 1)]
    library.holds(*gone, "Radiohead")
    library.start(FakeArtists("switched off"))
    library.reads(*gone)
    library.start(library.fake)
    clock.advance(60)
    library.reads("Radiohead")

    library.let_pass(DAY)
    library.let_pass(ROUND)

    assert ("Radiohead", Kind.PROFILE) in library.asked()


def test_a_provider_that_is_down_is_asked_again_by_the_job_for_that_and_the_round_goes_on(library: Library):
    library.holds("Radiohead")
    library.reads("Radiohead")
    library.fake.says[Kind.PROFILE] = DOWN
    library.let_pass(DAY - timedelta(hours=1))
    library.fake.says.clear()
    library.fake.asked.clear()

    library.let_pass(timedelta(hours=1))

    assert library.asked() == [("Radiohead", Kind.PROFILE)]
    assert library.store.count_by_state()[JobState.DEAD] == 0


def test_an_outage_of_our_store_does_not_end_it(library: Library, monkeypatch: pytest.MonkeyPatch):
    def down(*_: object, **__: object) -> list[str]:
        raise StoreUnavailable("Our database does not answer.")

    with monkeypatch.context() as patched:
        patched.setattr(type(library.work.store), "list_due", down)
        for _ in range(8):
            library.let_pass(ROUND * 2)

    assert library.let_pass(ROUND * 2) == [REFRESH_AHEAD]
    assert library.store.count_by_state()[JobState.DEAD] == 0
