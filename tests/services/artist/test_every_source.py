"""Several providers of one artist: who is asked when, and what one of them can spoil for the others."""

import threading
from datetime import timedelta

import pytest

from facts.asking import Reply
from facts.telling import NoteReason
from kernel.errors import NotFound, ProviderUnavailable
from kernel.evidence import Found, Source
from services.artist.asking.research import Wish
from services.artist.domain import ArtistField, ArtistRef, Audience, IdentityMatch, IdScheme, Kind, Profile
from tests.services.artist.fakes import (
    ALL_OF_FAKE,
    BY_NAME,
    LINK,
    NOTHING,
    RADIOHEAD,
    RELEASES,
    FakeArtists,
    FakeDirectory,
    profile,
)
from tests.services.artist.workshop import FRESH, enrich, notes, shown

BY_SPOTIFY = ArtistRef(spotify_id=RADIOHEAD.spotify_id)
DOWN = ProviderUnavailable("any", "is down", retry_after=timedelta(seconds=90))
EVERYBODY = {"fake", "musicbrainz", "spotify", "apify", "listenbrainz", "wikidata"}
OLDER_MBID = "00000000-0000-4000-8000-000000000001"
WISH = Wish("en")


def providers_of(reading):
    return {fact.evidence.provider for fact in reading.value.facts}


def test_all_that_a_spotify_id_is_enough_for_is_asked_at_the_same_time(workshop, world):
    meeting = threading.Barrier(5, timeout=10)
    first = {Kind.PROFILE, RELEASES, Kind.MONTHLY_LISTENERS, LINK, Kind.MANAGEMENT}
    for provider in (world.spotify, world.audience, world.management):
        provider.meanwhile = lambda question: question in first and meeting.wait() and None
    world.directory.meanwhile = lambda question: question == LINK and meeting.wait() and None

    reading = workshop.build(*world.providers).enrich(BY_SPOTIFY, WISH)

    assert providers_of(reading) == EVERYBODY
    assert reading.value.artist.name == "Radiohead"


def test_a_question_begins_as_soon_as_what_it_needs_is_known_whoever_is_still_being_asked(workshop, world):
    begun = threading.Event()
    waited = []
    world.listens.meanwhile = lambda _: begun.set()
    world.spotify.meanwhile = lambda question: waited.append(begun.wait(10)) if question == RELEASES else None

    workshop.build(*world.providers).enrich(BY_SPOTIFY, WISH)

    assert waited == [True]


def test_another_language_is_asked_only_of_who_writes_in_it(workshop, world):
    pipeline = workshop.build(*world.providers)
    enrich(pipeline)
    world.forget_asked()

    reading = pipeline.enrich(BY_SPOTIFY, Wish("fr"))

    assert world.asked() == {"fake": [Kind.PROFILE]}
    view = workshop.viewpoint(*world.providers).view(reading, "fr")
    assert not [note for note in view.missing if note.kind == ArtistField.BIO]


def test_a_name_leads_to_every_provider_and_each_is_asked_each_thing_once(workshop, world):
    reading = enrich(workshop.build(*world.providers))

    assert providers_of(reading) == EVERYBODY
    assert (reading.value.artist.mbid, reading.value.artist.spotify_id) == (RADIOHEAD.mbid, RADIOHEAD.spotify_id)
    assert reading.value.artist.wikidata_id == RADIOHEAD.wikidata_id
    assert world.asked() == {
        "fake": ALL_OF_FAKE,
        "musicbrainz": sorted([BY_NAME, Kind.LINKS, RELEASES]),
        "spotify": sorted([Kind.PROFILE, RELEASES]),
        "apify": [Kind.MONTHLY_LISTENERS],
        "listenbrainz": [Kind.LISTENS],
        "wikidata": [Kind.MANAGEMENT],
    }


def test_a_second_read_asks_nobody_of_all(workshop, world):
    pipeline = workshop.build(*world.providers)
    first = enrich(pipeline)
    world.forget_asked()

    again = enrich(pipeline)
    by_id = pipeline.enrich(BY_SPOTIFY, WISH)

    assert world.asked() == {}
    assert first.value == again.value == by_id.value


@pytest.mark.parametrize("down", sorted(EVERYBODY))
def test_one_providers_fault_is_a_note_beside_the_facts_of_all_others(workshop, world, down):
    provider = next(each for each in world.providers if each.name == down)
    provider.says_everywhere(DOWN)

    reading = workshop.build(*world.providers).enrich(BY_SPOTIFY, WISH)

    assert providers_of(reading) == EVERYBODY - {down}
    missing = notes(workshop.viewpoint(*world.providers), reading)
    assert {(name, reason) for name, _, reason in missing if name == down} >= {(down, NoteReason.FAULT)}
    assert reading.source is Source.PROVIDER


def test_when_everybody_is_down_nothing_that_was_known_is_erased(workshop, world, clock):
    pipeline = workshop.build(*world.providers)
    before = enrich(pipeline)
    world.is_down(DOWN)
    clock.advance(FRESH[Kind.IDENTITY].total_seconds())

    after = enrich(pipeline)

    assert after.stale
    assert after.value.facts == before.value.facts
    assert after.value.similar == before.value.similar
    assert after.value.claims == before.value.claims
    assert after.value.artist.spotify_id == RADIOHEAD.spotify_id


def test_an_artist_is_unknown_only_once_everybody_has_said_so(workshop, world):
    world.fake.says_everywhere(NOTHING)
    world.directory.says[BY_NAME] = DOWN
    pipeline = workshop.build(*world.providers)
    with pytest.raises(ProviderUnavailable):
        enrich(pipeline, "Nobody")
    world.directory.says.clear()

    with pytest.raises(NotFound):
        enrich(pipeline, "Nobody")


def test_a_spotify_id_nobody_knows_is_not_found_and_that_survives_a_restart(workshop, world):
    unknown = ArtistRef(spotify_id="0" * 22)
    world.audience.says_everywhere(NOTHING)
    with pytest.raises(NotFound):
        workshop.build(*world.providers).enrich(unknown, WISH)
    world.forget_asked()

    with pytest.raises(NotFound):
        workshop.build(*world.providers).enrich(unknown, WISH)

    assert world.asked() == {}


def test_who_is_still_being_asked_has_not_said_that_there_is_no_such_artist(workshop, world):
    unknown, answers = ArtistRef(spotify_id="0" * 22), threading.Event()
    world.audience.meanwhile = lambda _: answers.wait(20) and None
    pipeline = workshop.build(*world.providers, budget=timedelta(seconds=2))
    with pytest.raises(ProviderUnavailable):
        pipeline.enrich(unknown, WISH)
    world.audience.says[Kind.MONTHLY_LISTENERS] = Found(Audience(7, name="Newcomer"), 1.0, ("Spotify id",))
    answers.set()

    reading = pipeline.enrich(unknown, WISH)

    assert shown(reading, ArtistField.MONTHLY_LISTENERS) == 7
    assert reading.value.artist.name == "Newcomer"


def test_a_slow_provider_holds_nobody_up_and_its_answer_is_there_when_asked_again(workshop, world, clock):
    answers, was_released = threading.Event(), []
    world.audience.meanwhile = lambda _: was_released.append(answers.wait(20))
    pipeline = workshop.build(*world.providers, budget=timedelta(seconds=2))

    without = pipeline.enrich(BY_SPOTIFY, WISH)
    answers.set()
    clock.advance(timedelta(seconds=20).total_seconds())
    complete = pipeline.enrich(BY_SPOTIFY, WISH)

    assert was_released == [True]  # it answered only when the others' facts were there
    assert providers_of(without) == EVERYBODY - {"apify"}
    assert ("apify", Kind.MONTHLY_LISTENERS, NoteReason.DEFERRED) in notes(workshop.viewpoint(), without)
    assert shown(complete, ArtistField.MONTHLY_LISTENERS) == 4000
    assert world.audience.kinds == [Kind.MONTHLY_LISTENERS]


def test_an_answer_at_hand_is_used_and_nobody_asked_for_it(workshop, world, clock):
    known = Reply("apify", Found(Audience(5), 1.0, ("Spotify id",)), clock.now())
    wish = Wish("en", given={"apify/monthly_listeners": known})

    reading = workshop.build(*world.providers).enrich(BY_SPOTIFY, wish)

    assert shown(reading, ArtistField.MONTHLY_LISTENERS) == 5
    assert "apify" not in world.asked()


def test_what_nobody_knows_the_id_for_is_not_asked_and_a_note_says_so(workshop, world):
    world.directory.says_everywhere(NOTHING)

    reading = enrich(workshop.build(*world.providers))

    assert set(world.asked()) == {"fake", "musicbrainz"}
    missing = notes(workshop.viewpoint(*world.providers), reading)
    assert {
        ("spotify", Kind.PROFILE, NoteReason.ABSENT),
        ("apify", Kind.MONTHLY_LISTENERS, NoteReason.ABSENT),
        ("listenbrainz", Kind.LISTENS, NoteReason.ABSENT),
        ("wikidata", Kind.MANAGEMENT, NoteReason.ABSENT),
        ("musicbrainz", Kind.LABELS, NoteReason.ABSENT),
    } <= missing


def test_what_a_provider_no_longer_says_stays_with_a_note(workshop, world, clock):
    pipeline = workshop.build(*world.providers)
    enrich(pipeline)
    world.spotify.says[Kind.PROFILE] = Found(Profile("Radiohead"), 1.0, ("Spotify id",))
    clock.advance(FRESH[Kind.PROFILE].total_seconds())

    reading = enrich(pipeline)

    assert shown(reading, ArtistField.FOLLOWERS) == 500
    assert ("spotify", ArtistField.FOLLOWERS, NoteReason.ABSENT) in notes(workshop.viewpoint(*world.providers), reading)


def test_a_page_under_an_older_id_of_the_artist_is_about_the_artist(workshop, world):
    world.directory.merged[OLDER_MBID] = RADIOHEAD.mbid
    world.fake.says[Kind.PROFILE] = Found(profile("Radiohead", "en", mbid=OLDER_MBID), 0.8, ("name",))

    reading = enrich(workshop.build(*world.providers))

    assert shown(reading) == 1000
    assert OLDER_MBID in reading.value.verdicts()[IdScheme.MBID].former


def test_a_page_of_the_same_name_about_another_artist_is_not_shown(workshop, world):
    world.fake.says[Kind.PROFILE] = Found(profile("Radiohead", "en", mbid=OLDER_MBID), 0.8, ("name",))

    reading = enrich(workshop.build(*world.providers))

    assert shown(reading) is None
    assert ("fake", Kind.PROFILE, NoteReason.ABSENT) in notes(workshop.viewpoint(), reading)
    assert reading.value.artist.mbid == RADIOHEAD.mbid


def test_of_namesakes_about_as_much_heard_as_each_other_none_is_chosen(workshop):
    twin = IdentityMatch("Radiohead", OLDER_MBID)
    directory = FakeDirectory(RADIOHEAD, twin)

    reading = enrich(workshop.build(FakeArtists(), directory))

    assert reading.value.artist.mbid is None
    assert reading.value.verdicts()[IdScheme.MBID].is_ambiguous
    assert directory.kinds == [BY_NAME]
