"""Two artists of one name, one artist of two names, and reads of one artist that ask different things at the same time."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from facts.known import CheckOutcome
from kernel.errors import AlreadyExists, NotFound, ProviderUnavailable
from kernel.evidence import Found
from services.artist.asking.research import Wish
from services.artist.domain import ArtistField, ArtistName, ArtistRef, IdScheme, Kind
from services.artist.dossier import Override
from tests.services.artist.fakes import ALL_OF_FAKE, profile
from tests.services.artist.workshop import FRESH, by_name, enrich, shown

GRUNGE = "5b11f4ce-a62d-471e-81fc-a69a8278c7da"
SIXTIES = "9282c8b4-ca0b-4c6b-b7e3-4f7762dfc4d6"
WISH = Wish("en")
DOWN = ProviderUnavailable("fake", "is down", retry_after=timedelta(seconds=90))


def page_of(mbid, name="Nirvana"):
    return Found(profile(name, "en", listeners=6_000_000, mbid=mbid), 0.8, ("name",))


def test_a_page_about_a_namesake_is_no_answer_about_the_artist_asked_for(pipeline, fake, workshop):
    fake.says[Kind.PROFILE] = page_of(GRUNGE)

    with pytest.raises(NotFound):
        enrich(pipeline, "Nirvana", SIXTIES)

    assert workshop.store.find(by_name("Nirvana", SIXTIES)) is None


def test_the_id_on_a_page_found_by_name_alone_makes_nobody_sure(pipeline, fake):
    fake.says[Kind.PROFILE] = page_of(GRUNGE)

    reading = enrich(pipeline, "Nirvana")

    assert reading.value.artist.mbid is None
    assert [rival.value for rival in reading.value.verdicts()[IdScheme.MBID].rivals] == [GRUNGE]
    assert shown(reading) == 6_000_000


def test_a_namesakes_page_changes_nothing_of_either_artist(pipeline, workshop, fake):
    fake.says[Kind.PROFILE] = page_of(GRUNGE)
    grunge = enrich(pipeline, "Nirvana", GRUNGE)
    sixties_id = workshop.store.ensure([ArtistName("Nirvana", SIXTIES)]).ids[0]

    sixties = enrich(pipeline, "Nirvana", SIXTIES)

    assert sixties.value.artist.id == sixties_id != grunge.value.artist.id
    assert sixties.value.facts == ()
    assert sixties.value.similar == ()
    assert {check.outcome for check in sixties.value.checks} == {CheckOutcome.ABSENT}
    assert "another artist" in sixties.value.checks[0].message
    assert pipeline.get(ArtistRef(id=grunge.value.artist.id)).value.facts == grunge.value.facts


def test_what_is_remembered_of_one_namesake_is_not_told_of_the_other(pipeline, fake):
    fake.says[Kind.PROFILE] = page_of(GRUNGE)
    enrich(pipeline, "Nirvana", GRUNGE)
    fake.asked.clear()

    with pytest.raises(NotFound):
        enrich(pipeline, "Nirvana", SIXTIES)

    assert fake.kinds == ALL_OF_FAKE


def test_the_name_alone_is_still_known_after_a_namesake_was_not_found(workshop, fake):
    fake.says[Kind.PROFILE] = page_of(GRUNGE)
    with pytest.raises(NotFound):
        enrich(workshop.build(fake), "Nirvana", SIXTIES)

    assert shown(enrich(workshop.build(fake), "Nirvana")) == 6_000_000


def test_a_name_corrected_by_a_provider_does_not_capture_the_other_artists_name(pipeline, workshop, fake):
    workshop.store.ensure([ArtistName("Prince & The Revolution")])
    fake.says[Kind.PROFILE] = Found(profile("Prince", "en"), 0.6, ("name, corrected",))
    band = enrich(pipeline, "Prince & The Revolution")

    alone = enrich(pipeline, "Prince")

    assert alone.value.artist.id != band.value.artist.id
    assert workshop.store.ensure([ArtistName("Prince")]).ids == [alone.value.artist.id]


def test_reads_that_ask_different_things_at_the_same_time_each_get_their_own_answer(pipeline, fake):
    enrich(pipeline, "Radiohead")
    fake.asked.clear()
    both = threading.Barrier(2, timeout=10)
    fake.meanwhile = lambda _: both.wait()

    with ThreadPoolExecutor(2) as pool:
        readings = list(
            pool.map(lambda kind: enrich(pipeline, "Radiohead", force=True, kinds=(kind,)), [Kind.TAGS, Kind.PROFILE])
        )

    assert fake.kinds == [Kind.PROFILE, Kind.TAGS]
    assert all(reading.value.facts for reading in readings)


def test_two_languages_asked_for_at_the_same_time_are_both_answered(pipeline, fake):
    enrich(pipeline, "Radiohead")
    both = threading.Barrier(2, timeout=10)
    fake.meanwhile = lambda _: both.wait()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda language: enrich(pipeline, "Radiohead", language=language), ["fr", "de"]))
    fake.meanwhile = lambda _: None
    known = enrich(pipeline, "Radiohead").value

    assert {fact.language for fact in known.facts if fact.field is ArtistField.BIO} == {"en", "fr", "de"}


def test_a_persons_mbid_is_the_artists_from_then_on_until_it_is_taken_back(pipeline, fake, clock):
    fake.says[Kind.PROFILE] = page_of(GRUNGE)
    artist = enrich(pipeline, "Nirvana", GRUNGE).value.artist
    ref = ArtistRef(id=artist.id)

    pipeline.set_override(ref, Override(ArtistField.MBID, SIXTIES, "the British one", clock.now()), WISH)
    overridden = pipeline.get_artist(ref)
    pipeline.delete_override(ref, ArtistField.MBID, WISH)

    assert artist.mbid == GRUNGE
    assert overridden.mbid == SIXTIES
    assert pipeline.get_artist(ref).mbid == GRUNGE


def test_an_mbid_that_another_artist_has_cannot_be_given_to_this_one(pipeline, workshop, clock):
    workshop.store.ensure([ArtistName("Nirvana", SIXTIES)])
    artist = enrich(pipeline, "Hole").value.artist

    with pytest.raises(AlreadyExists):
        pipeline.set_override(ArtistRef(id=artist.id), Override(ArtistField.MBID, SIXTIES, "a mistake", clock.now()), WISH)

    assert pipeline.get_artist(ArtistRef(id=artist.id)).mbid is None


def test_an_artist_that_joins_the_library_is_shown_there_at_once(pipeline):
    enrich(pipeline, "Radiohead")

    pipeline.ensure([ArtistName("Radiohead")])

    assert enrich(pipeline, "Radiohead").value.artist.in_library


def test_one_languages_fault_does_not_make_another_language_stale(pipeline, fake, clock):
    enrich(pipeline, "Radiohead")
    fake.says[Kind.PROFILE] = DOWN
    enrich(pipeline, "Radiohead", language="fr")

    known = enrich(pipeline, "Radiohead").value

    assert not known.is_stale("en")


def test_what_the_store_calls_due_is_asked_for_even_where_a_cache_still_holds_an_answer(pipeline, fake, clock, workshop):
    artist = enrich(pipeline, "Radiohead").value.artist
    workshop.store.mark_due([artist.id])
    clock.advance(301)  # the artist as a whole has left the memory
    fake.asked.clear()

    enrich(pipeline, "Radiohead")

    assert fake.kinds == ALL_OF_FAKE


def test_a_deferred_answer_does_not_start_the_count_of_faults_anew(pipeline, fake, clock):
    enrich(pipeline, "Radiohead")
    fake.says_everywhere(DOWN)
    clock.advance(FRESH[Kind.TAGS].total_seconds() + 1)
    enrich(pipeline, "Radiohead")

    faults = {check.kind: check.faults for check in enrich(pipeline, "Radiohead").value.checks}

    assert faults == dict.fromkeys(ALL_OF_FAKE, 1)
