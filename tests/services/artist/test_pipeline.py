"""services/artist/pipeline.py, with providers that need no upstream."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from kernel import deadline
from kernel.database import Database
from kernel.errors import (
    FailedPrecondition,
    NotFound,
    ProviderMalformed,
    ProviderThrottled,
    ProviderTimeout,
    ProviderUnavailable,
)
from kernel.evidence import Ambiguous, Found, Reading, Source
from services.artist.domain import ArtistField, ArtistId, ArtistName, ArtistRef, Biography, Kind, Tag
from services.artist.dossier import CheckOutcome, Dossier, Override
from services.artist.pipeline import ArtistPipeline
from services.artist.view import NoteReason, Viewpoint
from services.artist.wiring import MIGRATIONS
from tests.fakes.clock import FakeClock
from tests.services.artist.fakes import ABSENT_FOR, FRESH, NOTHING, FakeArtists, Workshop, profile
from tests.services.providers.contract import AnswerContract, Subject

DAY = timedelta(days=1)
DOWN = ProviderUnavailable("fake", "is down", retry_after=timedelta(seconds=90))
VIEWPOINT = Viewpoint(("fake", "other"), "en", {})
EVERY = sorted(Kind)
LET_IN = 32
"""Reads that a server with 16 workers has at one time; the database's pool is made for no more."""


@pytest.fixture
def workshop(database: Database, clock: FakeClock) -> Iterator[Workshop]:
    database.migrate(MIGRATIONS)
    shop = Workshop(database, clock)
    yield shop
    shop.close()


@pytest.fixture
def fake() -> FakeArtists:
    return FakeArtists()


@pytest.fixture
def pipeline(workshop: Workshop, fake: FakeArtists) -> ArtistPipeline:
    return workshop.build(fake)


class TestTheFakeAnswersAsProvidersDo(AnswerContract):
    @pytest.fixture
    def subject(self, fake: FakeArtists) -> Subject:
        def ask_unknown() -> object:
            fake.says_everywhere(NOTHING)
            return fake.find_tags("Nobody")

        return Subject("fake", lambda: fake.find_tags("Radiohead"), ask_unknown, fail=lambda fault: None, ask_at=lambda url: None)


def by_name(name: str, mbid: str | None = None) -> ArtistRef:
    return ArtistRef(named=ArtistName(name, mbid))


def enrich(pipeline: ArtistPipeline, name: str = "Radiohead", **how: object) -> Reading[Dossier]:
    return pipeline.enrich(by_name(name), **({"language": "en"} | how))  # type: ignore[arg-type]


def shown(reading: Reading[Dossier], field: ArtistField = ArtistField.LISTENERS, *languages: str) -> object:
    chosen = reading.value.chosen(field, priority=("fake", "other"), languages=languages)
    return chosen.value if chosen else None


def biography(reading: Reading[Dossier], language: str) -> str:
    text = shown(reading, ArtistField.BIO, language)
    assert isinstance(text, Biography)
    return text.content


def notes(reading: Reading[Dossier], clock: FakeClock, language: str = "en") -> set[tuple[str, NoteReason]]:
    return {(note.kind, note.reason) for note in VIEWPOINT.view(reading, language).missing}


def test_a_cold_read_asks_for_each_kind_once_and_all_at_the_same_time(pipeline, fake):
    meeting = threading.Barrier(len(Kind))
    fake.meanwhile = lambda kind: meeting.wait(10) and None

    reading = enrich(pipeline)

    assert fake.kinds == EVERY
    assert (reading.source, reading.stale) == (Source.PROVIDER, False)
    assert shown(reading) == 1000
    assert shown(reading, ArtistField.TAGS) == (Tag("rock", 100),)
    assert [edge.name for edge in reading.value.similar] == ["Radiohead Tribute"]


def test_a_second_read_asks_nobody_whatever_the_spelling(pipeline, fake, workshop):
    enrich(pipeline)
    fake.asked.clear()

    reading = enrich(pipeline, "  RADIOHEAD ")

    assert fake.asked == []
    assert shown(reading) == 1000
    assert workshop.meter.copies == 1


def test_after_a_restart_the_stored_row_is_served_and_nobody_asked(pipeline, fake, workshop):
    enrich(pipeline)
    fake.asked.clear()

    reading = enrich(workshop.build(fake))

    assert fake.asked == []
    assert reading.source is Source.STORE


def test_after_a_day_only_the_profile_is_asked_again(pipeline, fake, clock):
    enrich(pipeline)
    fake.asked.clear()
    fake.says[Kind.PROFILE] = Found(profile("Radiohead", "en", listeners=2000), 0.8, ("name",))
    clock.advance(FRESH[Kind.PROFILE].total_seconds())

    reading = enrich(pipeline)

    assert fake.kinds == [Kind.PROFILE]
    assert shown(reading) == 2000
    assert shown(reading, ArtistField.TAGS) == (Tag("rock", 100),)


def test_after_a_fortnight_everything_is_asked_again(pipeline, fake, clock):
    enrich(pipeline)
    fake.asked.clear()
    clock.advance(FRESH[Kind.TAGS].total_seconds())

    enrich(pipeline)

    assert fake.kinds == EVERY


def test_an_unknown_artist_is_not_found_and_that_survives_a_restart(pipeline, fake, workshop, clock):
    fake.says_everywhere(NOTHING)
    with pytest.raises(NotFound):
        enrich(pipeline, "Nobody")
    fake.asked.clear()

    for again in (pipeline, workshop.build(fake)):
        with pytest.raises(NotFound):
            enrich(again, "nobody")

    assert fake.asked == []
    assert workshop.store.find(by_name("Nobody")) is None


def test_an_unknown_artist_is_asked_about_again_once_the_absence_is_old(pipeline, fake, clock):
    fake.says_everywhere(NOTHING)
    with pytest.raises(NotFound):
        enrich(pipeline, "Newcomer")
    fake.says.clear()
    clock.advance(ABSENT_FOR.total_seconds())

    assert shown(enrich(pipeline, "Newcomer")) == 1000


def test_an_unknown_artist_is_asked_about_again_by_force(pipeline, fake):
    fake.says_everywhere(NOTHING)
    with pytest.raises(NotFound):
        enrich(pipeline, "Newcomer")
    fake.says.clear()

    assert shown(enrich(pipeline, "Newcomer", force=True)) == 1000


def test_when_every_question_faults_cold_the_fault_says_when_to_come_back_and_nothing_is_remembered(pipeline, fake, workshop):
    fake.says_everywhere(DOWN)

    with pytest.raises(ProviderUnavailable) as caught:
        enrich(pipeline)

    assert caught.value.retry_after == timedelta(seconds=90)
    assert workshop.store.find(by_name("Radiohead")) is None
    fake.says.clear()
    assert shown(enrich(pipeline)) == 1000


def test_a_fault_beside_absences_is_no_absence(pipeline, fake):
    fake.says_everywhere(NOTHING)
    fake.says[Kind.PROFILE] = DOWN
    with pytest.raises(ProviderUnavailable):
        enrich(pipeline)
    fake.says.clear()

    assert shown(enrich(pipeline)) == 1000


def test_when_it_is_throttled_cold_the_fault_says_when_to_come_back(pipeline, fake):
    fake.says_everywhere(ProviderThrottled("fake", "too many", retry_after=timedelta(seconds=40)))

    with pytest.raises(ProviderUnavailable) as caught:
        enrich(pipeline)

    assert caught.value.retry_after == timedelta(seconds=40)


def test_when_every_question_faults_the_older_copy_is_served_as_stale(pipeline, fake, clock):
    enrich(pipeline)
    fake.says_everywhere(DOWN)
    clock.advance(FRESH[Kind.TAGS].total_seconds())

    reading = enrich(pipeline)

    assert reading.stale
    assert shown(reading) == 1000
    assert shown(reading, ArtistField.TAGS) == (Tag("rock", 100),)
    assert [edge.name for edge in reading.value.similar] == ["Radiohead Tribute"]


def test_while_it_is_down_the_copy_stays_stale_and_it_is_asked_every_half_hour_at_most(pipeline, fake, clock):
    enrich(pipeline)
    fake.says_everywhere(DOWN)
    clock.advance(FRESH[Kind.TAGS].total_seconds())
    enrich(pipeline)
    fake.asked.clear()

    clock.advance(29 * 60)
    reading = enrich(pipeline)
    asked_too_early = list(fake.asked)
    clock.advance(60)
    enrich(pipeline)

    assert VIEWPOINT.view(reading, "en").stale
    assert asked_too_early == []
    assert fake.kinds == EVERY


def test_a_fault_of_one_kind_is_a_note_beside_the_other_values(pipeline, fake, clock):
    fake.says[Kind.TAGS] = ProviderMalformed("fake", "sent nonsense")

    reading = enrich(pipeline)

    assert shown(reading) == 1000
    assert shown(reading, ArtistField.TAGS) is None
    assert (Kind.TAGS, NoteReason.FAULT) in notes(reading, clock)


def test_what_faulted_is_asked_again_and_what_was_answered_is_not(pipeline, fake, clock):
    fake.says[Kind.TAGS] = DOWN
    enrich(pipeline)
    fake.says.clear()
    fake.asked.clear()
    clock.advance(timedelta(minutes=31).total_seconds())

    reading = enrich(pipeline)

    assert fake.kinds == [Kind.TAGS]
    assert shown(reading, ArtistField.TAGS) == (Tag("rock", 100),)
    assert Kind.TAGS not in {kind for kind, _ in notes(reading, clock)}


def test_an_absence_after_a_value_keeps_the_value(pipeline, fake, clock):
    enrich(pipeline)
    fake.says_everywhere(NOTHING)

    reading = enrich(pipeline, force=True)

    assert shown(reading) == 1000
    assert shown(reading, ArtistField.TAGS) == (Tag("rock", 100),)
    assert [edge.name for edge in reading.value.similar] == ["Radiohead Tribute"]
    assert (Kind.TAGS, NoteReason.ABSENT) in notes(reading, clock)
    assert not reading.stale


def test_an_ambiguous_answer_chooses_nothing_and_is_a_note(pipeline, fake, clock):
    fake.says[Kind.TAGS] = Ambiguous(((Tag("rock", 1),), (Tag("jazz", 1),)))

    reading = enrich(pipeline)

    assert shown(reading, ArtistField.TAGS) is None
    assert (Kind.TAGS, NoteReason.AMBIGUOUS) in notes(reading, clock)


def test_force_asks_for_everything_although_it_is_fresh(pipeline, fake):
    enrich(pipeline)
    fake.asked.clear()

    reading = enrich(pipeline, force=True)

    assert fake.kinds == EVERY
    assert reading.source is Source.PROVIDER


def test_force_for_some_kinds_asks_for_those_alone(pipeline, fake):
    enrich(pipeline)
    fake.asked.clear()

    enrich(pipeline, force=True, kinds=[Kind.TAGS])

    assert fake.kinds == [Kind.TAGS]


def test_a_language_nobody_asked_for_before_costs_one_question_and_both_texts_stay(pipeline, fake):
    enrich(pipeline, language="fr")
    fake.asked.clear()

    english = enrich(pipeline, language="en")
    asked = list(fake.asked)
    french = enrich(pipeline, language="fr")

    assert asked == [(Kind.PROFILE, "Radiohead", "en")] == fake.asked
    assert biography(english, "en") == "About Radiohead in en."
    assert biography(french, "fr") == "About Radiohead in fr."


@pytest.mark.parametrize("name", ["[unknown]", "Various Artists", "VARIOUS  artists"])
def test_a_name_of_nobody_is_never_asked_about(pipeline, fake, name):
    with pytest.raises(NotFound):
        enrich(pipeline, name, force=True)

    assert fake.asked == []


def test_an_invalidated_artist_is_asked_about_again_in_full_and_keeps_its_values_meanwhile(pipeline, fake, clock):
    artist_id = enrich(pipeline).value.artist.id
    enrich(pipeline, language="fr")
    fake.asked.clear()

    known = pipeline.invalidate([artist_id, ArtistId("nobody")])

    assert known == 1
    assert shown(pipeline.get(ArtistRef(id=artist_id))) == 1000
    enrich(pipeline)
    assert fake.kinds == EVERY


def test_an_override_wins_tells_of_drift_and_its_end_shows_the_providers_value(pipeline, fake, clock):
    ref = ArtistRef(id=enrich(pipeline).value.artist.id)

    overridden = pipeline.set_override(ref, Override(ArtistField.LISTENERS, 7, "counted them", clock.now()))
    still = enrich(pipeline, force=True)
    pipeline.delete_override(ref, ArtistField.LISTENERS)

    assert [shown(overridden), shown(still), shown(pipeline.get(ref)), shown(enrich(pipeline))] == [7, 7, 1000, 1000]
    assert overridden.value.override(ArtistField.LISTENERS).differs_since == clock.now()
    with pytest.raises(NotFound):
        pipeline.delete_override(ref, ArtistField.LISTENERS)


def test_a_thousand_misses_at_once_are_one_question_a_kind(pipeline, fake):
    everybody_waits = threading.Event()
    fake.meanwhile = lambda kind: everybody_waits.wait(10) and None
    begun = threading.Semaphore(0)

    def read(_: int) -> object:
        begun.release()
        return shown(enrich(pipeline))

    with ThreadPoolExecutor(LET_IN) as pool:
        readings = [pool.submit(read, number) for number in range(1000)]
        for _ in range(LET_IN):
            assert begun.acquire(timeout=10)
        everybody_waits.set()

    assert {reading.result() for reading in readings} == {1000}
    assert fake.kinds == EVERY


def test_a_provider_that_hangs_costs_no_more_than_the_budget(workshop, fake):
    def hang(kind: Kind) -> None:
        if kind is Kind.SIMILAR:
            threading.Event().wait(deadline.remaining())
            raise ProviderTimeout("fake", "did not answer in time")

    fake.meanwhile = hang
    pipeline = workshop.build(fake, budget=timedelta(seconds=0.3))
    began = time.monotonic()

    reading = enrich(pipeline)

    assert time.monotonic() - began < 2.5
    assert shown(reading) == 1000
    check = reading.value.check("fake", Kind.SIMILAR, "")
    assert check is not None
    assert check.outcome is CheckOutcome.FAULT


def test_without_any_provider_the_answer_says_what_to_switch_on(workshop):
    with pytest.raises(FailedPrecondition, match="LASTFM_API_KEY"):
        enrich(workshop.build())


def test_without_any_provider_what_is_stored_is_still_answered(pipeline, workshop, clock):
    enrich(pipeline)
    clock.advance(FRESH[Kind.TAGS].total_seconds())

    assert shown(enrich(workshop.build())) == 1000


def test_of_two_providers_the_surer_wins_and_one_that_is_down_takes_nothing_away(workshop, fake):
    other = FakeArtists()
    other.says[Kind.PROFILE] = Found(profile("Radiohead", "en", listeners=5), 1.0, ("MusicBrainz id",))
    other.says[Kind.TAGS] = DOWN

    reading = enrich(workshop.build(fake, other))

    assert (fake.kinds, other.kinds) == (EVERY, EVERY)
    assert shown(reading) == 5
    assert shown(reading, ArtistField.TAGS) == (Tag("rock", 100),)


def test_an_artist_another_service_named_is_asked_about_when_first_read(pipeline, fake, workshop):
    (artist_id,) = workshop.store.ensure([ArtistName("Radiohead")]).ids

    reading = pipeline.enrich(ArtistRef(id=artist_id), language="en")

    assert fake.kinds == EVERY
    assert reading.value.artist.id == artist_id


def test_a_corrected_name_is_known_by_both_from_then_on(pipeline, fake):
    fake.says[Kind.PROFILE] = Found(profile("Guns N' Roses", "en"), 0.6, ("name, corrected",))
    first = enrich(pipeline, "Guns and Roses").value.artist
    fake.asked.clear()

    again = enrich(pipeline, "Guns N' Roses").value.artist

    assert (first.id, first.name, fake.asked) == (again.id, "Guns N' Roses", [])


def test_ids_nobody_knows_are_refused(pipeline, fake):
    with pytest.raises(NotFound):
        pipeline.enrich(ArtistRef(id=ArtistId("nobody")), language="en")
    with pytest.raises(FailedPrecondition):
        pipeline.enrich(ArtistRef(spotify_id="4Z8W4fKeB5YxbusRsdQVPb"), language="en")
    with pytest.raises(NotFound):
        pipeline.get(ArtistRef(id=ArtistId("nobody")))

    assert fake.asked == []
