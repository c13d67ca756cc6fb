"""services/artist/merge.py: what answers change, and what they leave alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from facts.known import CheckOutcome
from facts.values import Tag
from kernel.errors import ProviderFault, ProviderMalformed, ProviderUnavailable
from kernel.evidence import Absent, Ambiguous, Deferred, Fault, Found
from services.artist.asking.inquiry import Asked
from services.artist.asking.questions import Subject
from services.artist.domain import (
    Artist,
    ArtistField,
    ArtistId,
    ArtistName,
    Audience,
    Biography,
    Identity,
    IdentityMatch,
    Kind,
    ListenCounts,
    Management,
    Manager,
    Profile,
    Release,
    SimilarName,
)
from services.artist.dossier import Check, Dossier
from services.artist.identity.judging import judge
from services.artist.merge import Freshness, Learned, learn
from tests.services.artist.known import DAY, MBID, MBIDS, NOW, SPOTIFY, SPOTIFY_IDS, check, claim, merged, question, reply

ONE, OTHER = MBIDS[:2]
HERE = SPOTIFY_IDS[0]
FRESH = Freshness(dict.fromkeys(Kind, DAY), absent=7 * DAY)
ARTIST = Artist(ArtistId("a"), "Nirvana", NOW, NOW)
EARLIER = NOW - 3 * DAY
NEEDS = {"lastfm": ("name",), "musicbrainz": ("mbid",), "listenbrainz": ("mbid",)}
TEXT = Biography("fr", "Court.", "Long.", "CC BY-SA", "https://www.last.fm/fr/+wiki")
MANAGER = Manager("Q9", {"en": "Danny Goldberg"}, "manager", references=2)


def asked(name: str, outcome, **who) -> Asked:
    """A question by name of Last.fm, by MusicBrainz id of the directories, by Spotify id of all others."""
    provider, _, _ = name.partition("/")
    subject = Subject(Identity(**{"name": "Nirvana", "mbid": ONE, "spotify_id": HERE} | who), "fr")
    needs = NEEDS.get(provider, ("spotify_id",))
    has_text = name == "lastfm/profile"
    return Asked(question(name, needs=needs, has_text=has_text), subject, None if outcome is None else reply(provider, outcome))


def learned(*answers: Asked, claims=(), before: Dossier | None = None) -> Learned:
    return learn(before, answers, tuple(claims), judge(claims, {}), freshness=FRESH, now=NOW)


def said(found: Learned):
    return {(each.field, each.value) for each in found.facts}


def only_check(found: Learned) -> Check:
    (known,) = found.checks
    return known


def test_a_profile_gives_each_field_it_says_and_no_other():
    page = Profile("Nirvana", "https://www.last.fm/music/Nirvana", listeners=0, playcount=9, biography=TEXT)

    found = learned(asked("lastfm/profile", Found(page, 0.8, ("name",))))

    assert said(found) == {
        (ArtistField.URL, page.url),
        (ArtistField.LISTENERS, 0),
        (ArtistField.PLAYCOUNT, 9),
        (ArtistField.BIO, TEXT),
    }


def test_the_text_of_a_profile_has_its_own_language_licence_and_address():
    found = learned(asked("lastfm/profile", Found(Profile("Nirvana", biography=TEXT), 0.8, ("name",), "https://page", "other")))

    (text,) = found.facts
    assert (text.language, text.evidence.licence, text.evidence.source_url) == ("fr", TEXT.licence, TEXT.url)


def test_who_is_asked_by_an_id_has_a_page_that_follows_from_it():
    page = Profile("Nirvana", "https://open.spotify.com/artist/x", followers=7, popularity=80, genres=("grunge",))

    found = learned(asked("spotify/profile", Found(page)))

    assert said(found) == {
        (ArtistField.FOLLOWERS, 7),
        (ArtistField.POPULARITY, 80),
        (ArtistField.GENRES, ("grunge",)),
    }
    assert {fact.rests_on for fact in found.facts} == {(SPOTIFY, HERE)}


@pytest.mark.parametrize(
    ("name", "value", "fields"),
    [
        ("lastfm/tags", (Tag("grunge", 100),), {ArtistField.TAGS}),
        ("apify/monthly_listeners", Audience(30_000_000), {ArtistField.MONTHLY_LISTENERS}),
        ("apify/monthly_listeners", Audience(None, 5), {ArtistField.FOLLOWERS}),
        ("listenbrainz/listens", ListenCounts(5, 9), {ArtistField.LISTENBRAINZ_LISTENERS, ArtistField.LISTENBRAINZ_LISTENS}),
        ("listenbrainz/listens", ListenCounts(None, None), set()),
        ("musicbrainz/labels", (Release("1", "Bleach", None),), {ArtistField.RELEASES}),
        ("musicbrainz/links", IdentityMatch("Nirvana", ONE, genres=("grunge",)), {ArtistField.GENRES}),
        ("musicbrainz/links", IdentityMatch("Nirvana", ONE), set()),
        ("musicbrainz/identity/by_name", IdentityMatch("Nirvana", ONE, genres=("grunge",)), set()),
        ("wikidata/management", Management((MANAGER,), IdentityMatch("Nirvana")), {ArtistField.MANAGEMENT}),
        ("wikidata/management", Management((), IdentityMatch("Nirvana")), set()),
    ],
)
def test_each_kind_of_answer_gives_its_own_fields(name, value, fields):
    assert {fact.field for fact in learned(asked(name, Found(value))).facts} == fields


def test_evidence_says_who_when_how_sure_and_until_when():
    (fact,) = learned(asked("lastfm/tags", Found((Tag("grunge", 9),), 0.8, ("name",), "https://page", "CC"))).facts

    known = fact.evidence
    assert (known.provider, known.retrieved_at, known.valid_until) == ("lastfm", NOW, NOW + DAY)
    assert (known.confidence, known.matched_on, known.source_url, known.licence) == (0.8, ("name",), "https://page", "CC")


@pytest.mark.parametrize(("references", "confidence"), [((0, 0), 0.7), ((0, 1), 0.95)])
def test_a_manager_that_cites_nothing_is_less_sure(references, confidence):
    managers = tuple(replace(MANAGER, references=each) for each in references)

    (fact,) = learned(asked("wikidata/management", Found(Management(managers, IdentityMatch("Nirvana")), 0.95))).facts

    assert fact.evidence.confidence == confidence


def test_rows_of_similar_artists_are_the_providers_own():
    rows = (SimilarName("Hole", 1.0, 1), SimilarName("Mudhoney", 0.5, 2))

    found = learned(asked("lastfm/similar", Found(rows, 0.8, ("name",))))

    assert found.similar is not None
    assert [row for row, _ in found.similar["lastfm"]] == list(rows)
    assert found.facts == ()


def test_what_a_page_of_a_namesake_says_is_not_about_the_artist():
    page, tags = Profile("Nirvana", mbid=OTHER, listeners=5), (Tag("psychedelic", 9),)

    found = learned(
        asked("lastfm/profile", Found(page, 0.8)),
        asked("lastfm/tags", Found(tags, 0.8)),
        claims=[claim(ONE), claim(OTHER, "lastfm", 0.3)],
    )

    assert found.facts == ()
    assert {each.outcome for each in found.checks} == {CheckOutcome.ABSENT}
    assert "another artist" in found.checks[0].message


def test_a_page_known_from_before_to_be_a_namesakes_gives_no_tags_either():
    before = Dossier(ARTIST, claims=(claim(OTHER, "lastfm", 0.3, source="profile"),))

    found = learned(asked("lastfm/tags", Found((Tag("rock", 1),), 0.8)), claims=[claim(ONE)], before=before)

    assert found.facts == ()


def test_a_page_under_an_older_id_is_the_artists():
    found = learned(
        asked("lastfm/profile", Found(Profile("Nirvana", mbid=OTHER, listeners=5), 0.8)), claims=[claim(ONE), merged(OTHER, ONE)]
    )

    assert said(found) == {(ArtistField.LISTENERS, 5)}


def test_facts_of_a_page_rest_on_the_id_that_stands_on_it():
    page = asked("lastfm/profile", Found(Profile("Nirvana", mbid=OTHER, listeners=5), 0.8))

    assert learned(page).facts[0].rests_on == (MBID, OTHER)
    assert learned(asked("lastfm/tags", Found((Tag("rock", 1),), 0.8)), page).facts[0].rests_on == (MBID, OTHER)
    assert learned(asked("lastfm/tags", Found((Tag("rock", 1),), 0.8))).facts[0].rests_on is None


def test_a_page_that_no_longer_has_an_id_is_nobodys_in_particular():
    before = Dossier(ARTIST, claims=(claim(OTHER, "lastfm", 0.3, source="profile"),))

    found = learned(asked("lastfm/profile", Found(Profile("Nirvana", listeners=5), 0.8)), claims=[claim(ONE)], before=before)

    assert found.facts[0].rests_on is None


def test_what_is_hardly_about_the_artist_is_not_shown_and_says_why():
    found = learned(asked("lastfm/tags", Found((Tag("rock", 1),), 0.4, ("name, corrected",))))

    assert found.facts == ()
    assert "name, corrected" in only_check(found).message


def test_an_unsure_entry_of_a_directory_is_an_answer_all_the_same():
    found = learned(asked("musicbrainz/identity/by_name", Found(IdentityMatch("Nirvana", ONE), 0.3)))

    assert only_check(found).outcome is CheckOutcome.FOUND


@pytest.mark.parametrize(
    ("outcome", "ending", "due", "answered"),
    [
        (Found((Tag("rock", 1),)), CheckOutcome.FOUND, NOW + DAY, NOW),
        (Absent("It has none."), CheckOutcome.ABSENT, NOW + 7 * DAY, NOW),
        (Ambiguous(((Tag("rock", 1),),)), CheckOutcome.AMBIGUOUS, NOW + 7 * DAY, NOW),
        (Deferred(NOW + timedelta(seconds=90), "not now"), CheckOutcome.DEFERRED, NOW + timedelta(seconds=90), None),
        (Fault(ProviderUnavailable("lastfm", "is down")), CheckOutcome.FAULT, NOW + timedelta(minutes=30), None),
        (None, CheckOutcome.DEFERRED, NOW + timedelta(seconds=20), None),
    ],
    ids=["found", "absent", "ambiguous", "deferred", "fault", "still being asked"],
)
def test_every_ending_is_written_down_with_when_to_ask_again(outcome, ending, due, answered):
    known = only_check(learned(asked("lastfm/tags", outcome)))

    assert (known.outcome, known.next_check_at, known.answered_at) == (ending, due, answered)


def test_checks_of_texts_are_by_language_and_of_all_else_are_not():
    found = learned(asked("lastfm/profile", Absent()), asked("lastfm/tags", Absent()))

    assert [each.language for each in found.checks] == ["fr", ""]


def test_what_is_still_being_answered_is_promised_not_failed():
    assert "still being asked" in only_check(learned(asked("lastfm/tags", None))).message


@pytest.mark.parametrize(("faults", "pause"), [(0, 0.5), (1, 1), (2, 2), (3, 4), (4, 8), (5, 12), (5_000, 12)])
def test_the_pause_after_a_fault_doubles_up_to_half_a_day(faults, pause):
    before = check(Kind.TAGS, CheckOutcome.FAULT, faults=faults, answered_at=EARLIER)

    known = only_check(
        learned(asked("lastfm/tags", Fault(ProviderMalformed("lastfm", "odd"))), before=Dossier(ARTIST, checks=(before,)))
    )

    assert known.next_check_at - NOW == timedelta(hours=pause)
    assert (known.faults, known.answered_at) == (faults + 1, EARLIER)


def test_a_provider_that_names_a_longer_wait_gets_it():
    fault = Fault(ProviderFault("lastfm", "is closed", retry_after=2 * DAY))

    assert only_check(learned(asked("lastfm/tags", fault))).next_check_at == NOW + 2 * DAY


def test_a_wait_counts_as_no_fault_and_an_answer_ends_the_count():
    before = Dossier(ARTIST, checks=(check(Kind.TAGS, CheckOutcome.FAULT, faults=3, answered_at=EARLIER),))

    waited = only_check(learned(asked("lastfm/tags", Deferred(NOW + DAY)), before=before))
    answered = only_check(learned(asked("lastfm/tags", Absent()), before=before))

    assert (waited.faults, waited.answered_at) == (3, EARLIER)
    assert (answered.faults, answered.answered_at) == (0, NOW)


def test_the_surest_pages_spelling_is_the_artists_and_a_directorys_does_where_there_is_none():
    entry = asked("musicbrainz/identity/by_name", Found(IdentityMatch("NIRVANA", ONE), 1.0))
    page = asked("lastfm/profile", Found(Profile("Nirvana"), 0.8))
    unsure = asked("spotify/profile", Found(Profile("Nirvana (US)"), 0.7))

    assert learned(unsure, entry, page, claims=[claim(ONE)]).named == ArtistName("Nirvana", ONE)
    assert learned(entry).named == ArtistName("NIRVANA")


@pytest.mark.parametrize("value", [Audience(5, name="Nirvana"), Management((), IdentityMatch("Nirvana"))])
def test_an_answer_about_something_else_may_name_the_artist(value):
    provider = "wikidata/management" if isinstance(value, Management) else "apify/monthly_listeners"
    claims = [claim(HERE, "request", scheme=SPOTIFY)]

    assert learned(asked(provider, Found(value)), claims=claims).named == ArtistName("Nirvana", spotify_id=HERE)


def test_nobody_is_named_by_faults_and_absences():
    found = learned(asked("lastfm/profile", Fault(ProviderUnavailable("lastfm", "is down"))), asked("lastfm/tags", Absent()))

    assert found.named is None
    assert found.facts == ()
