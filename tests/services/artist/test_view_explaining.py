"""services/artist/view.py: how a value is explained; what was chosen, what lost, why, and when it is asked again."""

from datetime import date, timedelta

import pytest

from kernel.evidence import Standing
from services.artist.domain import Artist, ArtistField, ArtistId, Kind, Release
from services.artist.dossier import Dossier, Fact, Override
from services.artist.labels.resolving import LabelMethod
from services.artist.view import Explanation, Viewpoint
from tests.fakes.clock import FakeClock
from tests.services.artist.known import MBID, MBIDS, NOW, TRUST, check, claim, fact

ONE, OTHER = MBIDS[:2]
ARTIST = Artist(ArtistId("a"), "Nirvana", NOW, NOW)


def dossier(*facts: Fact, checks=(), claims=(), overrides=()) -> Dossier:
    return Dossier(ARTIST, facts=facts, checks=checks, claims=claims, overrides=overrides)


def explain(known: Dossier, *fields: ArtistField) -> Explanation:
    viewpoint = Viewpoint(TRUST, "en", {}, (), LabelMethod.LATEST_RELEASE, FakeClock())
    (explanation,) = viewpoint.explain(known, fields)
    return explanation


def release(title: str, label: str, year: int) -> Release:
    return Release(f"id of {title}", title, date(year, 9, 24), labels=(label,), kind="album", url="https://example.org/r")


def of_label(*releases: Release) -> Fact:
    return fact(ArtistField.RELEASES, releases, "musicbrainz")


def test_an_explanation_has_every_loser_and_why_the_winner_won():
    sure, less = fact(ArtistField.GENRES, ("rock",), "spotify", 0.95), fact(ArtistField.GENRES, ("pop",), "musicbrainz", 0.7)

    told = explain(dossier(less, sure), ArtistField.GENRES)

    assert [(each.value, each.standing) for each in told.candidates] == [
        (("rock",), Standing.CHOSEN),
        (("pop",), Standing.CANDIDATE),
    ]
    assert told.chosen == told.candidates[0]
    assert told.why == "spotify is the surest of 2 providers, matched on name (confidence 0.95)."


def test_an_explanation_tells_when_it_is_asked_again():
    soon = check(Kind.LINKS, provider="musicbrainz", next_check_at=NOW + timedelta(hours=1))
    checks = (check(Kind.PROFILE, provider="spotify"), soon, check(Kind.TAGS, next_check_at=NOW))

    assert explain(dossier(checks=checks), ArtistField.GENRES).next_check_at == NOW + timedelta(hours=1)
    assert explain(dossier(), ArtistField.GENRES).next_check_at is None


def test_a_field_that_nobody_gave_is_explained_all_the_same():
    told = explain(dossier(), ArtistField.LISTENERS)

    assert (told.candidates, told.chosen, told.why, told.override) == ((), None, "Nobody gave a value.", None)


def test_a_person_s_value_is_explained_with_the_reason_and_what_the_providers_say():
    override = Override(ArtistField.LISTENERS, 7, "counted them", NOW)

    told = explain(dossier(fact(ArtistField.LISTENERS, 5), overrides=(override,)), ArtistField.LISTENERS)

    assert [(each.value, each.standing) for each in told.candidates] == [(7, Standing.LOCKED), (5, Standing.CANDIDATE)]
    assert told.why == "A person set it: counted them"
    assert told.override == override


def test_a_namesakes_value_is_explained_as_rejected():
    told = explain(dossier(fact(ArtistField.LISTENERS, 9, rests_on=(MBID, OTHER)), claims=(claim(ONE),)), ArtistField.LISTENERS)

    assert [each.standing for each in told.candidates] == [Standing.REJECTED]
    assert told.chosen is None


def test_an_id_is_explained_with_everybodys_words_for_it_and_its_rivals():
    claims = (claim(ONE, "musicbrainz"), claim(ONE, "wikidata", 0.5), claim(OTHER, "lastfm", 0.3))

    told = explain(dossier(claims=claims), ArtistField.MBID)

    assert [(each.value, each.standing) for each in told.candidates] == [(ONE, Standing.CHOSEN), (OTHER, Standing.REJECTED)]
    assert told.candidates[0].evidence.matched_on == ("musicbrainz: name", "wikidata: name")
    assert told.candidates[0].evidence.confidence == pytest.approx(0.975)


def test_namesakes_that_nothing_tells_apart_are_explained_without_a_choice():
    claims = (claim(ONE, confidence=0.35), claim(OTHER, confidence=0.35))

    told = explain(dossier(claims=claims), ArtistField.MBID)

    assert {each.standing for each in told.candidates} == {Standing.CANDIDATE}
    assert (told.chosen, told.why) == (None, "None is sure enough, or far enough ahead of the next, to be chosen.")


def test_a_label_is_explained_by_the_releases_that_prove_it_with_the_others():
    releases = of_label(release("Bleach", "Sub Pop", 1989), release("Nevermind", "DGC", 1991), release("In Utero", "DGC", 1993))

    told = explain(dossier(releases), ArtistField.LABEL)

    assert [(each.value, each.standing) for each in told.candidates] == [
        ("DGC", Standing.CHOSEN),
        ("Sub Pop", Standing.CANDIDATE),
    ]
    assert told.candidates[0].evidence.matched_on == (
        "musicbrainz: In Utero (1993-09-24)",
        "musicbrainz: Nevermind (1991-09-24)",
    )
    assert told.why.startswith("The latest release came out on it; 2 releases prove it")


def test_a_person_s_label_wins_and_what_the_releases_tell_is_seen_beside_it():
    override = Override(ArtistField.LABEL, "Sub Pop", "it is theirs", NOW)

    told = explain(dossier(of_label(release("Nevermind", "DGC", 1991)), overrides=(override,)), ArtistField.LABEL)

    assert told.chosen is not None
    assert (told.chosen.value, told.chosen.standing) == ("Sub Pop", Standing.LOCKED)
    assert "it is theirs" in told.why
    assert [(each.value, each.standing) for each in told.candidates[1:]] == [("DGC", Standing.CANDIDATE)]
