"""services/artist/inquiry.py: what is asked next, given what was answered so far."""

from contextvars import ContextVar
from datetime import date
from typing import Any

import pytest

from kernel.errors import ProviderUnavailable
from kernel.evidence import Absent, Ambiguous, Deferred, Fault, Found
from services.artist.asking.inquiry import Inquiry
from services.artist.asking.questions import NAMESAKES, STRANGER
from services.artist.asking.sources import BY_NAME, MERGED
from services.artist.domain import Artist, ArtistField, ArtistId, Audience, Identity, IdentityMatch, Profile, Release
from services.artist.dossier import Dossier, Override
from services.artist.identity.judging import Basis
from tests.services.artist.known import (
    DAY,
    MBID,
    MBIDS,
    NOW,
    SPOTIFY,
    SPOTIFY_IDS,
    DirectAsker,
    claim,
    fact,
    merged,
    question,
    reply,
)

ONE, OTHER = MBIDS[:2]
HERE, ELSEWHERE = SPOTIFY_IDS[:2]
ARTIST = Artist(ArtistId("a"), "Nirvana", NOW, NOW)
PROFILE, TAGS = "lastfm/profile", "lastfm/tags"
LINKS, FOUND_BY_NAME = "musicbrainz/links", f"musicbrainz/identity/{BY_NAME}"
WHO: ContextVar[str] = ContextVar("who", default="nobody")


def answers(outcome):
    return lambda subject: outcome


def entry(mbid: str | None = ONE, **rest) -> Found[IdentityMatch]:
    return Found(IdentityMatch(rest.pop("name", "Nirvana"), mbid, **rest), 0.95, ("link",))


def release(title: str) -> Release:
    return Release(title, title, date(1991, 9, 24))


def inquire(*questions, **how) -> Inquiry:
    return Inquiry(
        questions,
        who=how.get("who", Identity("Nirvana")),
        claims=how.get("claims", ()),
        dossier=how.get("dossier"),
        language="en",
        wanted=how.get("wanted", lambda _: True),
        is_waited_for=how.get("is_waited_for", True),
        force=how.get("force", lambda _: False),
        given=how.get("given", {}),
    )


def ended(inquiry: Inquiry) -> list[list[str]]:
    """The names of what was asked in each round, until nothing is left to ask."""
    rounds: list[list[str]] = []
    replies: dict[str, Any] = {}
    while calls := inquiry.next_calls(replies):
        rounds.append(list(calls))
        replies = {**replies, **{name: call() for name, call in calls.items()}}
    return rounds


def test_what_depends_on_nothing_is_asked_at_once_and_once():
    inquiry = inquire(question(PROFILE), question(TAGS))

    first, again = inquiry.next_calls({}), inquiry.next_calls({})

    assert (list(first), list(again)) == ([PROFILE, TAGS], [])


def test_what_is_not_due_is_not_asked():
    inquiry = inquire(question(PROFILE), question(TAGS), wanted=lambda each: each.name == TAGS)

    assert ended(inquiry) == [[TAGS]]


def test_a_question_by_id_is_asked_as_soon_as_the_id_is_accepted():
    links = question(LINKS, needs=("mbid",))
    inquiry = inquire(links, question(FOUND_BY_NAME, answers(entry())))

    assert ended(inquiry) == [[FOUND_BY_NAME], [LINKS]]
    assert [each.subject.who.mbid for each in inquiry.asked()] == [None, ONE]


def test_a_question_by_an_id_that_nobody_is_sure_of_is_not_asked():
    several = Ambiguous((IdentityMatch("Nirvana", ONE), IdentityMatch("Nirvana", OTHER)))
    inquiry = inquire(question(LINKS, needs=("mbid",)), question(FOUND_BY_NAME, answers(several)))

    assert ended(inquiry) == [[FOUND_BY_NAME]]
    assert set(inquiry.subject().namesakes) == {ONE, OTHER}


def test_namesakes_are_asked_about_while_none_is_chosen():
    several = Ambiguous((IdentityMatch("Nirvana", ONE), IdentityMatch("Nirvana", OTHER)))
    heard = "listenbrainz/identity/popularity"
    counts = question(heard, answers(Found(((ONE, 50_000), (OTHER, 100)))), needs=(NAMESAKES,), unless="mbid")
    inquiry = inquire(question(FOUND_BY_NAME, answers(several)), counts, question(LINKS, needs=("mbid",)))

    assert ended(inquiry) == [[FOUND_BY_NAME], [heard], [LINKS]]
    assert (inquiry.subject().who.mbid, inquiry.subject().namesakes) == (ONE, ())


def test_what_comes_after_another_waits_for_it():
    inquiry = inquire(question(TAGS, after=(PROFILE,)), question(PROFILE))

    assert ended(inquiry) == [[PROFILE], [TAGS]]


def test_what_comes_after_another_does_not_wait_for_what_nobody_will_ask():
    never = question(LINKS, needs=("mbid",))

    assert ended(inquire(question(TAGS, after=(LINKS, "nobody/profile")), never)) == [[TAGS]]


def test_what_is_needed_only_unless_an_id_is_known_is_not_asked_once_it_is():
    by_name = question(FOUND_BY_NAME, unless="mbid", after=("musicbrainz/identity/link",))
    by_link = question("musicbrainz/identity/link", answers(entry()), needs=("spotify_id",), unless="mbid")
    claims = [claim(HERE, "request", scheme=SPOTIFY)]

    assert ended(inquire(by_name, by_link, claims=claims)) == [["musicbrainz/identity/link"]]


@pytest.mark.parametrize(("is_waited_for", "asked"), [(True, []), (False, [[LINKS]])])
def test_what_is_left_for_leisure_is_asked_when_nobody_waits(is_waited_for, asked):
    leisurely = question(LINKS, leisurely=lambda subject: True)

    assert ended(inquire(leisurely, is_waited_for=is_waited_for)) == asked


@pytest.mark.parametrize(
    ("slow", "is_waited_for", "seen"), [(True, True, "nobody"), (True, False, "reader"), (False, True, "reader")]
)
def test_a_slow_question_outlives_the_reader_who_waits(slow, is_waited_for, seen):
    inquiry = inquire(question(PROFILE, lambda _: Absent(WHO.get()), slow=slow), is_waited_for=is_waited_for)
    token = WHO.set("reader")

    ended(inquiry)
    WHO.reset(token)

    assert [each.reply and each.reply.outcome for each in inquiry.asked()] == [Absent(seen)]


def test_an_answer_at_hand_is_not_asked_for_though_nothing_was_due():
    asker = DirectAsker("lastfm")
    given = {PROFILE: reply("lastfm", Found(Profile("Nirvana")))}
    inquiry = inquire(question(PROFILE, asker=asker), wanted=lambda _: False, given=given)

    assert ended(inquiry) == [[PROFILE]]
    assert [each.reply for each in inquiry.asked()] == [given[PROFILE]]
    assert asker.keys == []


def test_what_an_answer_at_hand_tells_is_known_at_once():
    given = {FOUND_BY_NAME: reply("musicbrainz", entry())}
    inquiry = inquire(question(FOUND_BY_NAME), question(LINKS, needs=("mbid",)), given=given)

    inquiry.next_calls({})

    assert inquiry.subject().who.mbid == ONE


@pytest.mark.parametrize("force", [True, False])
def test_whether_memories_are_skipped_is_told_to_who_asks(force):
    asker = DirectAsker("lastfm")

    ended(inquire(question(PROFILE, asker=asker), force=lambda _: force))

    assert asker.keys == [("Nirvana", force)]


def test_what_is_still_being_answered_is_put_without_a_reply():
    inquiry = inquire(question(PROFILE), question(TAGS))
    calls = inquiry.next_calls({})
    inquiry.next_calls({TAGS: calls[TAGS]()})

    assert [(each.question.name, each.reply is None) for each in inquiry.asked()] == [(PROFILE, True), (TAGS, False)]


def test_a_new_answer_takes_the_place_of_the_same_question_s_last_one_and_of_no_other():
    held = (
        claim(OTHER, "musicbrainz", source=f"identity/{BY_NAME}", basis=Basis.OFFERED),
        claim(OTHER, "lastfm", source="profile"),
        claim(OTHER, "library"),
    )
    inquiry = inquire(question(FOUND_BY_NAME, answers(entry())), dossier=Dossier(ARTIST, claims=held))

    ended(inquiry)

    told = {(each.evidence.provider, each.source, each.value) for each in inquiry.claims()}
    assert told == {("musicbrainz", f"identity/{BY_NAME}", ONE), ("lastfm", "profile", OTHER), ("library", "", OTHER)}


@pytest.mark.parametrize("outcome", [Fault(ProviderUnavailable("musicbrainz", "is down")), Deferred(NOW + DAY)])
def test_no_answer_leaves_what_was_claimed_before(outcome):
    held = claim(ONE, source=f"identity/{BY_NAME}")
    inquiry = inquire(question(FOUND_BY_NAME, answers(outcome)), dossier=Dossier(ARTIST, claims=(held,)))

    ended(inquiry)

    assert inquiry.claims() == (held,)
    assert inquiry.verdicts()[MBID].value == ONE


def test_an_answer_that_there_is_none_takes_back_what_was_claimed_before():
    held = claim(ONE, source=f"identity/{BY_NAME}")
    inquiry = inquire(question(FOUND_BY_NAME, answers(Absent())), dossier=Dossier(ARTIST, claims=(held,)))

    ended(inquiry)

    assert inquiry.claims() == ()


def test_a_person_s_id_is_asked_about_whatever_is_claimed():
    override = Override(ArtistField.MBID, OTHER, "I know them", NOW)
    dossier = Dossier(ARTIST, overrides=(override,), claims=(claim(ONE, source="identity"),))

    assert inquire(dossier=dossier).subject().who.mbid == OTHER


def test_whoever_only_an_id_was_given_of_is_called_as_the_first_answer_calls_it():
    tags = question(TAGS)
    audience = question("apify/monthly_listeners", answers(Found(Audience(5, name="Nirvana"))), needs=("spotify_id",))
    inquiry = inquire(tags, audience, who=Identity(), claims=[claim(HERE, "request", scheme=SPOTIFY)])

    assert ended(inquiry) == [[audience.name], [TAGS]]
    assert inquiry.subject().who.name == "Nirvana"


def test_albums_in_the_answers_are_the_artists_each_once():
    records = question("spotify/labels", answers(Found((release("Nevermind"), release("Bleach"), release("Nevermind")))))
    inquiry = inquire(records, question(FOUND_BY_NAME, answers(entry(titles=("Incesticide", "Bleach")))))

    ended(inquiry)

    assert inquiry.subject().who.titles == ("Nevermind", "Bleach", "Incesticide")


def test_albums_known_from_before_do_while_no_answer_has_any():
    dossier = Dossier(ARTIST, facts=(fact(ArtistField.RELEASES, (release("Bleach"),), "spotify"),))

    assert inquire(dossier=dossier).subject().who.titles == ("Bleach",)


def test_a_stranger_s_albums_are_not_the_artists():
    stranger = question(f"musicbrainz/identity/{MERGED}", answers(entry(titles=("All of Us",))), needs=(STRANGER,))
    inquiry = inquire(stranger, claims=[claim(OTHER, "lastfm", 0.3)])

    assert ended(inquiry) == [[stranger.name]]
    assert inquiry.subject().who.titles == ()


def test_an_id_that_its_directory_has_not_spoken_of_is_a_stranger():
    accepted = claim(ONE, "musicbrainz")

    assert inquire(claims=[accepted, claim(OTHER, "lastfm", 0.3)]).subject().stranger == OTHER


@pytest.mark.parametrize(
    "known",
    [
        [claim(OTHER, "lastfm", 0.3), merged(OTHER, ONE)],
        [claim(OTHER, "lastfm", 0.3), claim(OTHER, "musicbrainz", 0.35, basis=Basis.OFFERED)],
        [claim(OTHER, "wikidata", 0.9, rests_on=(SPOTIFY, HERE))],
        [claim(OTHER, "listenbrainz", 0.5, basis=Basis.OFFERED)],
        [claim(OTHER, "lastfm", 0.95)],
    ],
    ids=["merged", "one of the name", "linked", "offered", "accepted"],
)
def test_an_id_of_which_more_is_known_is_no_stranger(known):
    assert inquire(claims=known).subject().stranger == ""


def test_once_a_person_has_settled_it_nobody_is_a_stranger():
    dossier = Dossier(ARTIST, overrides=(Override(ArtistField.MBID, ONE, "I know them", NOW),))

    assert inquire(dossier=dossier, claims=[claim(OTHER, "lastfm", 0.3)]).subject().stranger == ""
