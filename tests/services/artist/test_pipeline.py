"""services/artist/pipeline.py: when is somebody asked, and when does a copy do?"""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from facts.values import Tag
from kernel.errors import FailedPrecondition, NotFound
from kernel.evidence import Found, Reading, Source
from services.artist.asking.research import Wish
from services.artist.domain import ArtistField, ArtistId, ArtistName, ArtistRef, Biography, Kind
from services.artist.dossier import Dossier
from tests.services.artist.fakes import ALL_OF_FAKE, NOTHING, profile
from tests.services.artist.workshop import ABSENT_FOR, FRESH, by_name, enrich, shown

LET_IN = 32
"""Reads that a server with 16 workers has at one time; the database's pool is made for no more."""


def biography(reading: Reading[Dossier], language: str) -> str:
    text = shown(reading, ArtistField.BIO, language)
    assert isinstance(text, Biography)
    return text.content


def test_a_cold_read_asks_for_each_kind_once_and_all_at_the_same_time(pipeline, fake):
    meeting = threading.Barrier(len(ALL_OF_FAKE))
    fake.meanwhile = lambda kind: meeting.wait(10) and None

    reading = enrich(pipeline)

    assert fake.kinds == ALL_OF_FAKE
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

    assert fake.kinds == ALL_OF_FAKE


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


def test_force_asks_for_everything_although_it_is_fresh(pipeline, fake):
    enrich(pipeline)
    fake.asked.clear()

    reading = enrich(pipeline, force=True)

    assert fake.kinds == ALL_OF_FAKE
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
    asked = [(kind, who.name, language) for kind, who, language in fake.asked]
    french = enrich(pipeline, language="fr")

    assert asked == [(Kind.PROFILE, "Radiohead", "en")]
    assert len(fake.asked) == 1
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
    assert fake.kinds == ALL_OF_FAKE


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
    assert fake.kinds == ALL_OF_FAKE


def test_without_any_provider_the_answer_says_what_to_switch_on(workshop):
    with pytest.raises(FailedPrecondition, match="LASTFM_API_KEY"):
        enrich(workshop.build())


def test_without_any_provider_what_is_stored_is_still_answered(pipeline, workshop, clock):
    enrich(pipeline)
    clock.advance(FRESH[Kind.TAGS].total_seconds())

    assert shown(enrich(workshop.build())) == 1000


def test_an_artist_another_service_named_is_asked_about_when_first_read(pipeline, fake, workshop):
    (artist_id,) = workshop.store.ensure([ArtistName("Radiohead")]).ids

    reading = pipeline.enrich(ArtistRef(id=artist_id), Wish("en"))

    assert fake.kinds == ALL_OF_FAKE
    assert reading.value.artist.id == artist_id


def test_a_corrected_name_is_known_by_both_from_then_on(pipeline, fake):
    fake.says[Kind.PROFILE] = Found(profile("Guns N' Roses", "en"), 0.6, ("name, corrected",))
    first = enrich(pipeline, "Guns and Roses").value.artist
    fake.asked.clear()

    again = enrich(pipeline, "Guns N' Roses").value.artist

    assert (first.id, first.name, fake.asked) == (again.id, "Guns N' Roses", [])


def test_ids_nobody_knows_are_refused(pipeline, fake):
    with pytest.raises(NotFound):
        pipeline.enrich(ArtistRef(id=ArtistId("nobody")), Wish("en"))
    with pytest.raises(FailedPrecondition):
        pipeline.enrich(ArtistRef(spotify_id="4Z8W4fKeB5YxbusRsdQVPb"), Wish("en"))
    with pytest.raises(NotFound):
        pipeline.get(ArtistRef(id=ArtistId("nobody")))

    assert fake.asked == []
