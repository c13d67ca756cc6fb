"""services/artist/view.py: what is shown, what is missing and why, and how each value is explained."""

from collections.abc import Sequence
from datetime import date

import pytest

from facts.known import CheckOutcome
from facts.telling import Missing, NoteReason
from facts.values import Image, Tag
from kernel.evidence import Reading, Source
from services.artist.asking.questions import Question
from services.artist.asking.sources import LINK
from services.artist.domain import Artist, ArtistField, ArtistId, Biography, Kind, Release
from services.artist.dossier import Dossier, Override
from services.artist.labels.resolving import LabelMethod
from services.artist.view import View, Viewpoint, kinds_of
from tests.fakes.clock import FakeClock
from tests.services.artist.known import (
    DAY,
    MBID,
    MBIDS,
    NOW,
    SPOTIFY,
    SPOTIFY_IDS,
    TRUST,
    check,
    claim,
    fact,
    question,
)

ONE, OTHER = MBIDS[:2]
HERE, ELSEWHERE = SPOTIFY_IDS[:2]
ARTIST = Artist(ArtistId("a"), "Nirvana", NOW, NOW)
EARLIER = NOW - 3 * DAY
PICTURE = fact(ArtistField.IMAGES, (Image("small", "https://example.org/s.jpg"),))
ENGLISH = fact(ArtistField.BIO, Biography("en", "Short.", "Long."), language="en")
FRENCH = fact(ArtistField.BIO, Biography("fr", "Court.", "Long."), language="fr")
QUESTIONS = (
    question("lastfm/profile"),
    question("spotify/profile", needs=("spotify_id",)),
    question("spotify/labels", needs=("spotify_id",)),
    question("listenbrainz/listens", needs=("mbid",)),
    question(f"musicbrainz/identity/{LINK}", needs=("spotify_id",)),
)


def viewpoint(questions: Sequence[Question] = (), **off: str) -> Viewpoint:
    return Viewpoint(TRUST, "en", off, questions, LabelMethod.LATEST_RELEASE, FakeClock())


def dossier(*facts, checks=(), claims=(), overrides=()) -> Dossier:
    return Dossier(ARTIST, facts=facts, checks=checks, claims=claims, overrides=overrides)


def view(known: Dossier, language: str = "en", *, stale: bool = False, questions: Sequence[Question] = (), **off: str) -> View:
    return viewpoint(questions, **off).view(Reading(known, NOW, Source.STORE, stale), language)


def notes(seen: View) -> list[tuple[str, str, NoteReason]]:
    return [(each.provider, each.kind, each.reason) for each in seen.missing]


def only_note(seen: View) -> Missing:
    (note,) = seen.missing
    return note


def release(title: str, label: str, year: int) -> Release:
    return Release(f"id of {title}", title, date(year, 9, 24), labels=(label,), kind="album", url="https://example.org/r")


def of_label(*releases: Release, provider: str = "musicbrainz", **rest):
    return fact(ArtistField.RELEASES, releases, provider, **rest)


def test_a_provider_that_is_off_is_a_note_that_says_what_would_switch_it_on():
    note = only_note(view(dossier(), spotify="Set SPOTIFY_CLIENT_ID."))

    assert note == Missing("spotify", "", NoteReason.OFF, "Set SPOTIFY_CLIENT_ID.")


@pytest.mark.parametrize(
    ("outcome", "message", "reason", "says"),
    [
        (CheckOutcome.ABSENT, "It has no such page.", NoteReason.ABSENT, "It has no such page."),
        (CheckOutcome.ABSENT, "", NoteReason.ABSENT, "lastfm has nothing about this."),
        (CheckOutcome.DEFERRED, "", NoteReason.DEFERRED, "lastfm wants to be asked later."),
        (CheckOutcome.AMBIGUOUS, "", NoteReason.AMBIGUOUS, "several artists"),
        (CheckOutcome.FAULT, "is down", NoteReason.FAULT, "No answer (is down)."),
    ],
)
def test_no_value_is_a_note_with_its_reason_and_the_next_try(outcome, message, reason, says):
    note = only_note(view(dossier(checks=(check(Kind.TAGS, outcome, message=message),))))

    assert (note.provider, note.kind, note.reason, note.retry_at) == ("lastfm", "tags", reason, NOW + DAY)
    assert says in note.message


def test_a_fault_with_an_older_value_says_that_it_is_still_shown_and_the_view_is_stale():
    faulty = check(Kind.TAGS, CheckOutcome.FAULT, answered_at=EARLIER)
    seen = view(dossier(fact(ArtistField.TAGS, (Tag("rock", 1),), at=EARLIER), checks=(faulty,)))

    assert "still shown" in only_note(seen).message
    assert seen.stale
    assert seen.shown[ArtistField.TAGS].value == (Tag("rock", 1),)


@pytest.mark.parametrize("stale", [True, False])
def test_an_older_copy_is_stale_though_nothing_in_it_failed(stale):
    assert view(dossier(), stale=stale).stale is stale


def test_another_languages_failure_is_no_note_and_makes_nothing_stale():
    french = check(Kind.PROFILE, CheckOutcome.FAULT, language="fr", answered_at=EARLIER)

    assert view(dossier(checks=(french,)), "en").missing == ()
    assert not view(dossier(checks=(french,)), "en").stale
    assert view(dossier(checks=(french,)), "fr").stale


def test_a_directory_that_knew_nobody_of_the_name_is_no_note_once_another_way_led_there():
    by_name = check(Kind.IDENTITY, CheckOutcome.ABSENT, provider="musicbrainz")

    assert notes(view(dossier(checks=(by_name,)))) == [("musicbrainz", "identity", NoteReason.ABSENT)]
    assert view(dossier(checks=(by_name,), claims=(claim(ONE),))).missing == ()


@pytest.mark.parametrize(
    ("provider", "kind", "missing"),
    [
        ("spotify", Kind.PROFILE, {"genres", "followers", "popularity"}),
        ("musicbrainz", Kind.LABELS, {"label"}),
        ("wikidata", Kind.MANAGEMENT, {"management"}),
    ],
)
def test_what_an_answer_lacks_and_nobody_else_has_is_a_note(provider, kind, missing):
    seen = view(dossier(checks=(check(kind, provider=provider),)))

    assert {(note.provider, note.kind) for note in seen.missing} == {(provider, field) for field in missing}


def test_what_somebody_else_has_is_no_note():
    known = dossier(
        fact(ArtistField.FOLLOWERS, 5, "apify"),
        fact(ArtistField.GENRES, ("rock",), "musicbrainz"),
        fact(ArtistField.POPULARITY, 50, "spotify"),
        of_label(release("OK Computer", "Parlophone", 1997)),
        checks=(check(Kind.PROFILE, provider="spotify"), check(Kind.LABELS, provider="musicbrainz")),
    )

    assert view(known).missing == ()


def test_what_takes_an_id_that_nobody_knows_is_a_note_each_kind_once():
    seen = view(dossier(), questions=(*QUESTIONS, *QUESTIONS))

    assert notes(seen) == [
        ("spotify", "profile", NoteReason.ABSENT),
        ("spotify", "labels", NoteReason.ABSENT),
        ("listenbrainz", "listens", NoteReason.ABSENT),
    ]
    assert "Spotify id is not known for certain" in seen.missing[0].message
    assert "MusicBrainz id" in seen.missing[2].message


def test_what_takes_an_id_is_no_note_once_the_id_is_known_or_it_was_asked():
    asked = check(Kind.LISTENS, provider="listenbrainz")

    seen = view(dossier(claims=(claim(HERE, scheme=SPOTIFY),), checks=(asked,)), questions=QUESTIONS)

    assert seen.missing == ()


def test_a_profile_that_lacks_a_text_or_a_picture_says_so():
    seen = view(dossier(ENGLISH, checks=(check(Kind.PROFILE, language="en"), check(Kind.PROFILE, language="fr"))), "fr")

    assert notes(seen) == [("lastfm", "bio", NoteReason.ABSENT), ("lastfm", "images", NoteReason.ABSENT)]
    assert "'fr'" in seen.missing[0].message
    assert view(dossier(ENGLISH, PICTURE, checks=(check(Kind.PROFILE, language="en"),))).missing == ()


def test_a_value_that_is_no_longer_said_stays_with_its_date():
    followers = fact(ArtistField.FOLLOWERS, 9, "spotify", at=EARLIER)
    asked = (check(Kind.PROFILE, provider="spotify"), check(Kind.MONTHLY_LISTENERS, provider="spotify"))

    seen = view(dossier(followers, checks=asked))

    (note,) = (each for each in seen.missing if each.kind == ArtistField.FOLLOWERS)
    assert (note.provider, note.kind, note.reason) == ("spotify", "followers", NoteReason.ABSENT)
    assert note.message == "spotify no longer says; what is shown is of 2025-12-29."
    assert seen.shown[ArtistField.FOLLOWERS].value == 9


@pytest.mark.parametrize(
    "asked",
    [
        check(Kind.PROFILE, provider="lastfm", language="fr"),
        check(Kind.TAGS, provider="spotify"),
        check(Kind.PROFILE, provider="spotify", at=EARLIER),
    ],
    ids=["another provider", "another kind", "said then"],
)
def test_a_value_that_its_own_provider_was_not_asked_for_since_is_not_frozen(asked):
    followers = fact(ArtistField.FOLLOWERS, 9, "spotify", at=EARLIER)

    assert "followers" not in {note.kind for note in view(dossier(followers, checks=(asked,))).missing}


def test_a_text_is_shown_in_the_language_asked_for_else_in_the_own():
    known = dossier(ENGLISH, FRENCH)

    shown = [view(known, language).shown[ArtistField.BIO].value for language in ("fr", "en", "de")]

    assert shown == [FRENCH.value, ENGLISH.value, ENGLISH.value]


def test_what_is_about_somebody_else_is_not_shown():
    foreign = fact(ArtistField.LISTENERS, 9, rests_on=(MBID, OTHER))

    assert view(dossier(foreign)).shown[ArtistField.LISTENERS].value == 9
    assert ArtistField.LISTENERS not in view(dossier(foreign, claims=(claim(ONE),))).shown


def test_ids_are_shown_once_they_are_accepted():
    accepted = view(dossier(claims=(claim(ONE), claim(OTHER, "lastfm", 0.3))))
    undecided = view(dossier(claims=(claim(ONE, confidence=0.4), claim(OTHER, "lastfm", 0.3))))

    assert accepted.shown[ArtistField.MBID].value == ONE
    assert ArtistField.MBID not in undecided.shown
    assert undecided.verdicts[MBID].is_ambiguous


def test_the_label_is_told_from_what_every_provider_says_of_the_releases():
    releases = of_label(release("Bleach", "Sub Pop", 1989), release("Nevermind", "DGC", 1991))

    labels = view(dossier(releases, of_label(release("In Utero", "DGC", 1993), provider="spotify"))).labels

    assert labels is not None
    assert (labels.principal, labels.method) == ("DGC", LabelMethod.LATEST_RELEASE)
    assert [proof.title for proof in labels.proofs] == ["In Utero", "Nevermind"]


def test_releases_of_a_namesake_tell_no_label():
    theirs = of_label(release("All of Us", "Island", 1968), rests_on=(MBID, OTHER))

    assert view(dossier(theirs, claims=(claim(ONE),))).labels is None


def test_a_person_s_label_is_shown_whatever_the_releases_tell():
    override = Override(ArtistField.LABEL, "Sub Pop", "it is theirs", NOW)

    seen = view(dossier(of_label(release("Nevermind", "DGC", 1991)), overrides=(override,)))

    assert seen.shown[ArtistField.LABEL].value == "Sub Pop"
    assert seen.labels is not None
    assert seen.labels.principal == "DGC"


def test_every_field_belongs_to_a_kind_that_is_asked():
    assert all(set(kinds_of(field)) <= set(Kind) and kinds_of(field) for field in ArtistField)
