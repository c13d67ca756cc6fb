"""A person settles who an artist is: what rested on another id goes, and everything is found anew."""

import pytest

from kernel.errors import NotFound, ProviderUnavailable
from kernel.evidence import Found
from services.artist.asking.research import Wish
from services.artist.domain import ArtistField, ArtistRef, IdentityMatch, IdScheme, Kind
from services.artist.dossier import Override
from tests.services.artist.fakes import LINK, FakeWorld, profile
from tests.services.artist.workshop import enrich, shown

WISH = Wish("en")
DOWN = ProviderUnavailable("any", "is down")
GRUNGE = IdentityMatch(
    "Nirvana", "5b11f4ce-a62d-471e-81fc-a69a8278c7da", "6olE6TJLqED3rqDCT0FyPh", "Q11649", titles=("Bleach",), genres=("grunge",)
)
SIXTIES = IdentityMatch(
    "Nirvana", "9282c8b4-ca0b-4c6b-b7e3-4f7762dfc4d6", "7dIxU1XgxBIa3KJAWzaFAC", "Q1194232", titles=("Local Anaesthetic",)
)
IDS = {ArtistField.MBID: "mbid", ArtistField.SPOTIFY_ID: "spotify_id", ArtistField.WIKIDATA_ID: "wikidata_id"}


@pytest.fixture
def world():
    """Two artists of one name, of whom nobody can tell which is meant."""
    return FakeWorld(GRUNGE, SIXTIES)


@pytest.fixture
def pipeline(workshop, world):
    return workshop.build(*world.providers)


def settle(pipeline, ref, match, clock, by=ArtistField.MBID):
    return pipeline.set_override(ref, Override(by, getattr(match, IDS[by]), "that one", clock.now()), WISH)


def ids_of(reading):
    artist = reading.value.artist
    return artist.mbid, artist.spotify_id, artist.wikidata_id


def titles(reading):
    return {release.title for fact in reading.value.said(ArtistField.RELEASES) for release in fact.value}


def test_the_other_ids_and_all_that_is_asked_by_them_follow_at_once(pipeline, clock):
    unsettled = enrich(pipeline, "Nirvana")

    settled = settle(pipeline, ArtistRef(id=unsettled.value.artist.id), GRUNGE, clock)

    assert ids_of(unsettled) == (None, None, None)
    assert ids_of(settled) == (GRUNGE.mbid, GRUNGE.spotify_id, GRUNGE.wikidata_id)
    assert titles(settled) == {"Bleach"}
    assert shown(settled, ArtistField.GENRES) == ("grunge",)
    assert shown(settled, ArtistField.FOLLOWERS) == 500
    assert shown(settled, ArtistField.LISTENBRAINZ_LISTENERS) == 1000
    assert shown(settled, ArtistField.MANAGEMENT)


def test_settling_it_otherwise_leaves_nothing_of_the_other_artist(pipeline, clock):
    ref = ArtistRef(id=enrich(pipeline, "Nirvana").value.artist.id)
    settle(pipeline, ref, GRUNGE, clock)

    settled = settle(pipeline, ref, SIXTIES, clock)

    assert ids_of(settled) == (SIXTIES.mbid, SIXTIES.spotify_id, SIXTIES.wikidata_id)
    assert titles(settled) == {"Local Anaesthetic"}
    assert shown(settled, ArtistField.GENRES) != ("grunge",)
    assert ids_of(pipeline.get(ref)) == ids_of(settled)


@pytest.mark.parametrize("by", IDS)
def test_any_of_the_ids_settles_it(pipeline, clock, by):
    ref = ArtistRef(id=enrich(pipeline, "Nirvana").value.artist.id)

    settled = settle(pipeline, ref, SIXTIES, clock, by=by)

    assert getattr(settled.value.artist, IDS[by]) == getattr(SIXTIES, IDS[by])
    assert GRUNGE.spotify_id not in ids_of(settled)


def test_a_spotify_id_settles_the_rest_through_the_directory(pipeline, clock):
    ref = ArtistRef(id=enrich(pipeline, "Nirvana").value.artist.id)

    settled = settle(pipeline, ref, SIXTIES, clock, by=ArtistField.SPOTIFY_ID)

    assert ids_of(settled) == (SIXTIES.mbid, SIXTIES.spotify_id, SIXTIES.wikidata_id)
    assert titles(settled) == {"Local Anaesthetic"}


def test_a_page_about_the_other_one_is_shown_no_more(pipeline, world, clock):
    world.fake.says[Kind.PROFILE] = Found(profile("Nirvana", "en", mbid=GRUNGE.mbid), 0.8, ("name",))
    unsettled = enrich(pipeline, "Nirvana")

    settled = settle(pipeline, ArtistRef(id=unsettled.value.artist.id), SIXTIES, clock)

    assert [shown(unsettled), shown(settled)] == [1000, None]


def test_taking_it_back_leaves_the_choice_open_again(pipeline, clock):
    ref = ArtistRef(id=enrich(pipeline, "Nirvana").value.artist.id)
    settle(pipeline, ref, GRUNGE, clock)

    pipeline.delete_override(ref, ArtistField.MBID, WISH)

    reading = pipeline.get(ref)
    assert reading.value.verdicts()[IdScheme.MBID].value is None
    assert {rival.value for rival in reading.value.verdicts()[IdScheme.MBID].rivals} == {GRUNGE.mbid, SIXTIES.mbid}
    assert reading.value.artist.mbid is None


def test_it_stands_even_while_everybody_is_down(pipeline, world, clock):
    ref = ArtistRef(id=enrich(pipeline, "Nirvana").value.artist.id)
    world.is_down(DOWN)

    settled = settle(pipeline, ref, GRUNGE, clock)

    assert settled.value.artist.mbid == GRUNGE.mbid
    assert settled.value.override(ArtistField.MBID) is not None


def test_a_persons_word_goes_before_the_id_that_was_asked_for(pipeline, world, clock):
    asked = pipeline.enrich(ArtistRef(spotify_id=GRUNGE.spotify_id), WISH)
    ref = ArtistRef(id=asked.value.artist.id)

    settled = settle(pipeline, ref, SIXTIES, clock)

    assert asked.value.artist.mbid == GRUNGE.mbid
    assert settled.value.artist.mbid == SIXTIES.mbid
    assert settled.value.artist.wikidata_id is None
    assert LINK in world.directory.kinds


def test_a_persons_number_wins_tells_of_drift_and_its_end_shows_the_providers(pipeline, clock):
    ref = ArtistRef(id=enrich(pipeline).value.artist.id)

    overridden = pipeline.set_override(ref, Override(ArtistField.LISTENERS, 7, "counted them", clock.now()), WISH)
    still = enrich(pipeline, force=True)
    pipeline.delete_override(ref, ArtistField.LISTENERS, WISH)

    assert [shown(overridden), shown(still), shown(pipeline.get(ref)), shown(enrich(pipeline))] == [7, 7, 1000, 1000]
    assert overridden.value.override(ArtistField.LISTENERS).differs_since == clock.now()
    with pytest.raises(NotFound):
        pipeline.delete_override(ref, ArtistField.LISTENERS, WISH)
