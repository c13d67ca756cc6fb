"""services/artist/claims.py: what each kind of answer claims, what it is worth, and on which id it rests."""

import pytest

from kernel.errors import ProviderUnavailable
from kernel.evidence import Absent, Ambiguous, Deferred, Fault, Found
from services.artist.asking.questions import Subject
from services.artist.asking.sources import BY_NAME, LINK, MERGED, POPULARITY
from services.artist.domain import Audience, Identity, IdentityMatch, Management, Manager, Profile
from services.artist.identity.claims import GIVEN_BY_CALLER, asked_by, claims_of, is_named, is_named_nearly
from services.artist.identity.judging import NAMED_SO_ASIDE, PAGE_OF_THE_NAME, SEVERAL_OF_THE_NAME, Basis, Claim
from tests.services.artist.known import DAY, MBID, MBIDS, NOW, SPOTIFY, SPOTIFY_IDS, WIKIDATA, question, reply

ONE, OTHER = MBIDS[:2]
HERE, ELSEWHERE = SPOTIFY_IDS[:2]
ENTRY = IdentityMatch("Nirvana", ONE, HERE, "Q1", description="90s US grunge band")
NAMED = Identity("Nirvana")
DOWN = Fault(ProviderUnavailable("musicbrainz", "is down"))


def claimed(name, outcome, who=NAMED, stranger=""):
    asked = question(name)
    return claims_of(asked, Subject(who, "en", stranger=stranger), reply(asked.provider, outcome))


def short(claims: list[Claim]):
    return [(each.scheme, each.value, each.evidence.confidence, each.rests_on) for each in claims]


@pytest.mark.parametrize("outcome", [Absent("none"), DOWN, Deferred(NOW + DAY), Found(Audience(7, name="Nirvana"))])
@pytest.mark.parametrize("name", ["musicbrainz/links", f"musicbrainz/identity/{BY_NAME}", f"musicbrainz/identity/{MERGED}"])
def test_what_names_no_entry_claims_nothing(name, outcome):
    assert claimed(name, outcome) == []


def test_the_id_on_a_page_of_the_name_is_worth_little_even_from_a_sure_page():
    (claim,) = claimed("lastfm/profile", Found(Profile("Nirvana", mbid=ONE), 1.0, ("name",)))

    assert (claim.scheme, claim.value, claim.name, claim.basis) == (MBID, ONE, "Nirvana", Basis.STATED)
    assert claim.evidence.confidence == PAGE_OF_THE_NAME
    assert claim.evidence.provider == "lastfm"


def test_the_id_on_a_page_that_hardly_matches_is_worth_less():
    (claim,) = claimed("lastfm/profile", Found(Profile("Nirvana UK", mbid=ONE), 0.6, ("name, corrected",)))

    assert claim.evidence.confidence == NAMED_SO_ASIDE


def test_a_page_without_an_id_claims_nothing():
    assert claimed("lastfm/profile", Found(Profile("Nirvana"))) == []


def test_links_rest_on_the_id_they_were_looked_up_by():
    claims = claimed("musicbrainz/links", Found(ENTRY, 0.95), Identity("Nirvana", mbid=ONE))

    assert short(claims) == [(SPOTIFY, HERE, 0.95, (MBID, ONE)), (WIKIDATA, "Q1", 0.95, (MBID, ONE))]
    assert {claim.description for claim in claims} == {"90s US grunge band"}


def test_an_entry_that_answers_under_another_id_tells_that_the_id_was_merged():
    claims = claimed("musicbrainz/links", Found(ENTRY, 0.95), Identity("Nirvana", mbid=OTHER))

    assert [(claim.basis, claim.value, claim.now) for claim in claims if claim.scheme is MBID] == [(Basis.MERGED, OTHER, ONE)]
    assert {claim.rests_on for claim in claims if claim.scheme is not MBID} == {(MBID, OTHER)}


def test_an_entry_found_by_its_link_to_spotify_rests_on_that_id():
    claims = claimed(f"musicbrainz/identity/{LINK}", Found(ENTRY, 0.95), Identity("Nirvana", spotify_id=HERE))

    assert short(claims) == [(MBID, ONE, 0.95, (SPOTIFY, HERE)), (WIKIDATA, "Q1", 0.95, (SPOTIFY, HERE))]


def test_an_entry_found_by_its_name_and_albums_is_worth_what_the_directory_says_and_rests_on_nothing():
    claims = claimed(f"musicbrainz/identity/{BY_NAME}", Found(IdentityMatch("Nirvana", ONE), 0.9, ("name", "albums")))

    assert short(claims) == [(MBID, ONE, 0.9, None)]
    assert claims[0].evidence.matched_on == ("name", "albums")


def test_a_spotify_id_found_by_the_albums_of_an_entry_rests_on_that_entry():
    who = Identity("Nirvana", mbid=ONE, titles=("Nevermind",))

    claims = claimed(f"spotify/identity/{BY_NAME}", Found(IdentityMatch("Nirvana", spotify_id=HERE), 0.9), who)

    assert short(claims) == [(SPOTIFY, HERE, 0.9, (MBID, ONE))]


def test_of_several_entries_each_is_offered_the_exactly_named_for_more():
    several = Ambiguous((IdentityMatch("NIRVANA", ONE), IdentityMatch("Nirvāna", OTHER)))

    claims = claimed(f"musicbrainz/identity/{BY_NAME}", several)

    assert short(claims) == [(MBID, ONE, SEVERAL_OF_THE_NAME, None), (MBID, OTHER, NAMED_SO_ASIDE, None)]
    assert {claim.basis for claim in claims} == {Basis.OFFERED}


def test_several_entries_behind_one_link_are_offered_whatever_they_are_called():
    several = Ambiguous((IdentityMatch("Kurt", ONE), IdentityMatch("Krist", OTHER)))

    claims = claimed(f"musicbrainz/identity/{LINK}", several, Identity("Nirvana", spotify_id=HERE))

    assert [claim.evidence.confidence for claim in claims] == [SEVERAL_OF_THE_NAME] * 2


def test_a_wikidata_entry_of_the_spotify_id_stands_for_the_other_ids():
    known = Management((Manager("Q9", {}, "manager"),), ENTRY)

    claims = claimed("wikidata/management", Found(known, 0.9), Identity("Nirvana", spotify_id=HERE, mbid=ONE))

    assert short(claims) == [(MBID, ONE, 0.9, (SPOTIFY, HERE)), (WIKIDATA, "Q1", 0.9, (SPOTIFY, HERE))]


def test_a_wikidata_entry_of_the_musicbrainz_id_stands_for_the_other_ids():
    known = Management((), IdentityMatch("Nirvana", ONE, ELSEWHERE, "Q1"))

    claims = claimed("wikidata/management", Found(known, 0.9), Identity("Nirvana", spotify_id=HERE, mbid=ONE))

    assert short(claims) == [(SPOTIFY, ELSEWHERE, 0.9, (MBID, ONE)), (WIKIDATA, "Q1", 0.9, (MBID, ONE))]


def test_several_wikidata_entries_are_offers():
    several = Ambiguous(
        (Management((), IdentityMatch("A", wikidata_id="Q1")), Management((), IdentityMatch("B", wikidata_id="Q2")))
    )

    claims = claimed("wikidata/management", several, Identity("Nirvana", mbid=ONE))

    assert [(claim.value, claim.basis) for claim in claims] == [("Q1", Basis.OFFERED), ("Q2", Basis.OFFERED)]


def test_the_listeners_of_namesakes_are_weighed():
    claims = claimed(f"listenbrainz/identity/{POPULARITY}", Found(((ONE, 10_000), (OTHER, 90))))

    assert [claim.value for claim in claims] == [ONE]
    assert claims[0].evidence.provider == "listenbrainz"


def test_a_stranger_that_its_directory_calls_by_the_artists_name_is_one_of_the_name():
    claims = claimed(f"musicbrainz/identity/{MERGED}", Found(IdentityMatch("Nirvana", ONE)), stranger=ONE)

    assert short(claims) == [(MBID, ONE, SEVERAL_OF_THE_NAME, None)]


def test_a_stranger_that_was_merged_says_so_and_offers_the_present_entry():
    claims = claimed(f"musicbrainz/identity/{MERGED}", Found(IdentityMatch("Foo", ONE)), stranger=OTHER)

    assert [(claim.basis, claim.value, claim.now) for claim in claims] == [
        (Basis.MERGED, OTHER, ONE),
        (Basis.OFFERED, ONE, ""),
    ]
    assert claims[1].evidence.confidence == NAMED_SO_ASIDE


def test_ids_that_came_with_the_request_are_worth_as_much_as_a_link():
    claims = asked_by(Identity(mbid=ONE, spotify_id=HERE), "request", GIVEN_BY_CALLER, NOW, "asked for by this id")

    assert short(claims) == [(MBID, ONE, GIVEN_BY_CALLER, None), (SPOTIFY, HERE, GIVEN_BY_CALLER, None)]
    assert claims[0].evidence.matched_on == ("asked for by this id",)


def test_case_and_unicode_form_are_the_same_name_and_accents_are_nearly_so():
    assert is_named(IdentityMatch("BJÖRK"), "björk")
    assert not is_named(IdentityMatch("Björk"), "Bjork")
    assert is_named_nearly("Björk", "BJORK")
    assert not is_named_nearly("Björk", "Bjorn")
