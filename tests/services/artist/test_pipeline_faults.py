"""services/artist/pipeline.py: what becomes of a read when providers fault, hang, or have nothing?"""

import threading
from datetime import timedelta

import pytest

from facts.known import CheckOutcome
from facts.telling import NoteReason
from facts.values import Tag
from kernel import deadline
from kernel.errors import ProviderMalformed, ProviderThrottled, ProviderTimeout, ProviderUnavailable
from kernel.evidence import Ambiguous, Found
from services.artist.domain import ArtistField, Kind
from tests.services.artist.fakes import ALL_OF_FAKE, NOTHING, FakeArtists, profile
from tests.services.artist.workshop import FRESH, by_name, enrich, notes, shown

DOWN = ProviderUnavailable("fake", "is down", retry_after=timedelta(seconds=90))


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


def test_while_it_is_down_the_copy_stays_stale_and_it_is_asked_every_half_hour_at_most(pipeline, fake, clock, workshop):
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

    assert workshop.viewpoint(fake).view(reading, "en").stale
    assert asked_too_early == []
    assert fake.kinds == ALL_OF_FAKE


def test_a_fault_of_one_kind_is_a_note_beside_the_other_values(pipeline, fake, workshop):
    fake.says[Kind.TAGS] = ProviderMalformed("fake", "sent nonsense")

    reading = enrich(pipeline)

    assert shown(reading) == 1000
    assert shown(reading, ArtistField.TAGS) is None
    assert ("fake", Kind.TAGS, NoteReason.FAULT) in notes(workshop.viewpoint(fake), reading)


def test_what_faulted_is_asked_again_and_what_was_answered_is_not(pipeline, fake, clock, workshop):
    fake.says[Kind.TAGS] = DOWN
    enrich(pipeline)
    fake.says.clear()
    fake.asked.clear()
    clock.advance(timedelta(minutes=31).total_seconds())

    reading = enrich(pipeline)

    assert fake.kinds == [Kind.TAGS]
    assert shown(reading, ArtistField.TAGS) == (Tag("rock", 100),)
    assert Kind.TAGS not in {kind for _, kind, _ in notes(workshop.viewpoint(fake), reading)}


def test_an_absence_after_a_value_keeps_the_value(pipeline, fake, workshop):
    enrich(pipeline)
    fake.says_everywhere(NOTHING)

    reading = enrich(pipeline, force=True)

    assert shown(reading) == 1000
    assert shown(reading, ArtistField.TAGS) == (Tag("rock", 100),)
    assert [edge.name for edge in reading.value.similar] == ["Radiohead Tribute"]
    assert ("fake", Kind.TAGS, NoteReason.ABSENT) in notes(workshop.viewpoint(fake), reading)
    assert not reading.stale


def test_an_ambiguous_answer_chooses_nothing_and_is_a_note(pipeline, fake, workshop):
    fake.says[Kind.TAGS] = Ambiguous(((Tag("rock", 1),), (Tag("jazz", 1),)))

    reading = enrich(pipeline)

    assert shown(reading, ArtistField.TAGS) is None
    assert ("fake", Kind.TAGS, NoteReason.AMBIGUOUS) in notes(workshop.viewpoint(fake), reading)


def test_a_provider_that_hangs_costs_no_more_than_the_budget(workshop, fake):
    given: list[float] = []

    def hang(kind: Kind) -> None:
        if kind is Kind.SIMILAR:
            given.append(deadline.at_most(60))
            threading.Event().wait(given[0])
            raise ProviderTimeout("fake", "did not answer in time")

    fake.meanwhile = hang
    pipeline = workshop.build(fake, budget=timedelta(seconds=1))

    reading = enrich(pipeline)

    assert len(given) == 1
    assert 0 < given[0] <= 1
    assert shown(reading) == 1000
    check = reading.value.check("fake", Kind.SIMILAR, "")
    assert check is not None
    assert check.outcome is CheckOutcome.FAULT


def test_of_two_providers_the_surer_wins_and_one_that_is_down_takes_nothing_away(workshop, fake):
    other = FakeArtists("other")
    other.says[Kind.PROFILE] = Found(profile("Radiohead", "en", listeners=5), 1.0, ("MusicBrainz id",))
    other.says[Kind.TAGS] = DOWN

    reading = enrich(workshop.build(fake, other))

    assert (fake.kinds, other.kinds) == (ALL_OF_FAKE, ALL_OF_FAKE)
    assert shown(reading) == 5
    assert shown(reading, ArtistField.TAGS) == (Tag("rock", 100),)
