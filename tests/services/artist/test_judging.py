"""identity.judge: precision first. Of whom it is not sure it says nothing, in whatever order it was told."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.artist.domain import Identity, IdScheme
from services.artist.identity.judging import (
    LEAD,
    PAGE_OF_THE_NAME,
    SEVERAL_OF_THE_NAME,
    SURE,
    Basis,
    Claim,
    Verdicts,
    identified,
    judge,
    popularity_claims,
)
from tests.services.artist.known import MBID, MBIDS, SPOTIFY, SPOTIFY_IDS, WIKIDATA, claim, evidence, merged

ONE, OTHER, THIRD = MBIDS[:3]
HERE, ELSEWHERE = SPOTIFY_IDS[:2]
VALUES = {MBID: MBIDS[:2], SPOTIFY: SPOTIFY_IDS[:2], WIKIDATA: ["Q1", "Q2"]}
IDS = [(scheme, value) for scheme, values in VALUES.items() for value in values]
BASES = [known for known in IDS if known[0] is not WIKIDATA]


@st.composite
def claims_of_anything(draw: st.DrawFn) -> Claim:
    scheme, value = draw(st.sampled_from(IDS))
    base = draw(st.sampled_from([None, *(known for known in BASES if known[0] is not scheme)]))
    confidence = draw(st.sampled_from([0.3, 0.35, 0.6, 0.9, 0.95, 1.0]))
    basis = draw(st.sampled_from([Basis.STATED, Basis.OFFERED]))
    provider = draw(st.sampled_from(["lastfm", "musicbrainz", "wikidata", "spotify", "request"]))
    return claim(value, provider, confidence, scheme=scheme, rests_on=base, basis=basis)


MERGERS = st.sampled_from([merged(old, now) for old in MBIDS[:3] for now in MBIDS[:3] if old != now])
CLAIMS = st.lists(claims_of_anything() | MERGERS, max_size=10)
LOCKS = st.dictionaries(st.sampled_from(list(IdScheme)), st.just("")).map(lambda of: {scheme: VALUES[scheme][0] for scheme in of})


def said(verdicts: Verdicts) -> Mapping[IdScheme, object]:
    """A verdict but for the order in which its claims are held."""
    return {
        scheme: (each.value, each.confidence, each.former, [(r.value, r.confidence) for r in each.rivals])
        for scheme, each in verdicts.items()
    }


def mbid(*claims: Claim) -> str | None:
    return judge(claims, {})[MBID].value


def several_of_the_name(*mbids: str) -> list[Claim]:
    return [claim(each, confidence=SEVERAL_OF_THE_NAME, basis=Basis.OFFERED) for each in mbids]


def heard(counts: Mapping[str, int]) -> list[Claim]:
    return popularity_claims(counts, evidence("listenbrainz", 1.0))


@given(CLAIMS.flatmap(lambda claims: st.tuples(st.just(claims), st.permutations(claims))), LOCKS)
@example(([merged(ONE, OTHER), merged(ONE, THIRD), claim(ONE)], [merged(ONE, THIRD), claim(ONE), merged(ONE, OTHER)]), {})
def test_the_order_of_the_claims_does_not_matter(orders, locked):
    one, other = orders

    assert said(judge(one, locked)) == said(judge(other, locked))


@given(CLAIMS, LOCKS)
def test_what_a_person_settled_is_so_whatever_is_claimed(claims, locked):
    verdicts = judge(claims, locked)

    assert {scheme: verdicts[scheme].value for scheme in locked} == locked
    assert all(verdicts[scheme].is_locked is (scheme in locked) for scheme in IdScheme)


@given(CLAIMS)
def test_an_id_is_accepted_only_when_it_is_sure_and_leads(claims):
    for verdict in judge(claims, {}).values():
        ranked = [rival.confidence for rival in verdict.rivals]
        assert ranked == sorted(ranked, reverse=True)
        if verdict.value is not None:
            assert verdict.confidence == ranked[0] >= SURE
            assert len(ranked) == 1 or ranked[0] - ranked[1] >= LEAD


@given(CLAIMS, LOCKS)
def test_what_is_accepted_rests_on_nothing_that_is_not(claims, locked):
    verdicts = judge(claims, locked)

    for verdict in (each for each in verdicts.values() if each.value is not None and not each.is_locked):
        (accepted,) = (rival for rival in verdict.rivals if rival.value == verdict.value)
        bases = [each.rests_on for each in accepted.claims if each.rests_on is not None]
        assert all(verdicts[scheme].value is not None for scheme, _ in bases)
        assert not any(verdicts[scheme].contradicts(value) for scheme, value in bases)


PLAIN = st.lists(
    st.builds(
        claim,
        st.sampled_from(MBIDS[:3]),
        st.sampled_from(["lastfm", "musicbrainz", "wikidata"]),
        st.sampled_from([0.2, 0.3, 0.35, 0.5, 0.6, 0.9, 0.95, 1.0]),
    ),
    min_size=1,
    max_size=8,
)


def confidence_of(claims: Sequence[Claim], value: str) -> float:
    return next(rival.confidence for rival in judge(claims, {})[MBID].rivals if rival.value == value)


@given(PLAIN, st.floats(0.01, 1.0))
def test_one_more_that_agrees_never_makes_an_id_less_sure(claims, confidence):
    value = claims[0].value
    agreeing = claim(value, "somebody new", confidence)

    more = [*claims, agreeing]

    assert confidence_of(more, value) >= confidence_of(claims, value)
    assert judge(claims, {})[MBID].value in (None, judge(more, {})[MBID].value) or judge(claims, {})[MBID].value != value


@given(PLAIN)
def test_a_provider_that_says_it_twice_says_it_once(claims):
    assert said(judge([*claims, *claims], {})) == said(judge(claims, {}))


def test_nothing_claimed_is_nothing_known():
    assert identified(Identity("Nobody"), judge([], {})) == Identity("Nobody")


def test_one_link_is_enough_and_a_page_of_the_name_is_not():
    assert mbid(claim(ONE, confidence=0.95)) == ONE
    assert mbid(claim(ONE, "lastfm", PAGE_OF_THE_NAME)) is None


def test_a_page_and_the_most_heard_of_the_name_together_are_not_overruled_by_namesakes():
    counts = {ONE: 10_000, OTHER: 500}

    assert mbid(*several_of_the_name(ONE, OTHER), *heard(counts), claim(ONE, "lastfm", PAGE_OF_THE_NAME)) == ONE


@pytest.mark.parametrize("second", [4_000, 1_500, 1_001])
def test_namesakes_of_comparable_fame_stay_undecided(second):
    claims = [*several_of_the_name(ONE, OTHER), *heard({ONE: 10_000, OTHER: second})]

    verdict = judge(claims, {})[MBID]

    assert (verdict.value, verdict.is_ambiguous) == (None, True)
    assert {rival.value for rival in verdict.rivals} == {ONE, OTHER}


def test_who_is_heard_ten_times_as_much_as_any_namesake_is_meant():
    claims = [*several_of_the_name(ONE, OTHER, THIRD), *heard({ONE: 100, OTHER: 10_000, THIRD: 1_000})]

    assert mbid(*claims) == OTHER


def test_being_heard_alone_makes_nobody_the_one_who_is_meant():
    assert mbid(*heard({ONE: 10_000_000, OTHER: 3})) is None


def test_nobody_is_the_most_heard_of_those_whom_nobody_hears():
    assert heard({ONE: 0, OTHER: 0}) == []
    assert heard({}) == []


def test_listeners_weigh_the_most_heard_and_those_about_as_much_heard():
    weighed = {each.value: each.evidence.matched_on[0] for each in heard({ONE: 900, OTHER: 400, THIRD: 299})}

    assert set(weighed) == {ONE, OTHER}
    assert "900 listeners, the next 400" in weighed[ONE]
    assert "400 listeners of 900" in weighed[OTHER]


def test_an_older_id_counts_as_the_present_one():
    verdict = judge([claim(ONE, "request", 0.5), claim(OTHER, "lastfm", 0.5), merged(ONE, OTHER)], {})[MBID]

    assert verdict.value == OTHER
    assert verdict.former == {ONE}
    assert not verdict.contradicts(ONE)


def test_an_id_that_was_merged_twice_counts_as_the_newest():
    verdict = judge([claim(ONE, "request", 0.9), merged(ONE, OTHER), claim(THIRD, "lastfm", 0.9), merged(OTHER, THIRD)], {})[MBID]

    assert verdict.value == THIRD
    assert verdict.former == {ONE, OTHER}


def test_ids_said_to_be_merged_into_each_other_end_the_judging_all_the_same():
    assert mbid(claim(ONE), merged(ONE, OTHER), merged(OTHER, ONE)) in (ONE, OTHER)


def test_what_rests_on_a_rejected_id_does_not_count():
    through_other = claim(ELSEWHERE, scheme=SPOTIFY, rests_on=(MBID, OTHER))

    verdicts = judge([claim(ONE, "request", 0.95), claim(OTHER, "lastfm", 0.3), through_other], {})

    assert verdicts[SPOTIFY].value is None
    assert verdicts[SPOTIFY].rivals == ()


def test_what_rests_on_an_undecided_id_does_not_count_yet():
    link = claim(HERE, scheme=SPOTIFY, rests_on=(MBID, ONE))

    assert judge([*several_of_the_name(ONE, OTHER), link], {})[SPOTIFY].value is None
    assert judge([*several_of_the_name(ONE, OTHER), link], {MBID: ONE})[SPOTIFY].value == HERE


def test_what_rests_on_an_older_id_goes_on_counting():
    link = claim(HERE, scheme=SPOTIFY, rests_on=(MBID, ONE))

    assert judge([claim(OTHER), merged(ONE, OTHER), link], {})[SPOTIFY].value == HERE


def test_a_chain_of_links_is_no_surer_than_its_first_link():
    verdicts = judge(
        [
            claim(HERE, "request", 0.8, scheme=SPOTIFY),
            claim(ONE, confidence=1.0, rests_on=(SPOTIFY, HERE)),
            claim("Q1", confidence=1.0, scheme=WIKIDATA, rests_on=(MBID, ONE)),
        ],
        {},
    )

    assert [verdicts[scheme].value for scheme in IdScheme] == [ONE, HERE, "Q1"]
    assert [verdicts[scheme].confidence for scheme in IdScheme] == [0.8, 0.8, 0.8]


def test_two_links_of_equal_worth_to_two_ids_are_no_answer():
    verdict = judge([claim(ONE, "musicbrainz"), claim(OTHER, "wikidata")], {})[MBID]

    assert verdict.value is None
    assert verdict.is_ambiguous


def test_settling_one_id_rederives_all_that_hangs_on_it():
    claims = [
        claim(ONE, "request", 0.95),
        claim(HERE, scheme=SPOTIFY, rests_on=(MBID, ONE)),
        claim(ELSEWHERE, scheme=SPOTIFY, rests_on=(MBID, OTHER)),
    ]

    before, after = judge(claims, {}), judge(claims, {MBID: OTHER})

    assert (before[SPOTIFY].value, after[SPOTIFY].value) == (HERE, ELSEWHERE)


@pytest.mark.parametrize("sureness", [0.5, 0.95])
def test_an_entry_found_by_name_that_links_another_spotify_id_is_a_namesakes(sureness):
    claims = [
        claim(HERE, "request", 0.95, scheme=SPOTIFY),
        claim(ONE, confidence=0.9),
        claim(ELSEWHERE, confidence=sureness, scheme=SPOTIFY, rests_on=(MBID, ONE)),
    ]

    verdicts = judge(claims, {})

    assert (verdicts[SPOTIFY].value, verdicts[MBID].value) == (HERE, None)


def test_an_id_is_not_contradicted_by_what_it_led_to_itself():
    claims = [
        claim(HERE, "request", 0.95, scheme=SPOTIFY),
        claim(ONE, confidence=1.0, rests_on=(SPOTIFY, HERE)),
        claim(ELSEWHERE, confidence=1.0, scheme=SPOTIFY, rests_on=(MBID, ONE)),
    ]

    verdicts = judge(claims, {})

    assert (verdicts[SPOTIFY].value, verdicts[MBID].value) == (HERE, ONE)


def test_an_id_is_made_no_surer_by_what_it_led_to_itself():
    link = claim(ONE, rests_on=(SPOTIFY, HERE))
    back = claim(HERE, scheme=SPOTIFY, rests_on=(MBID, ONE))
    asked = claim(HERE, "request", 0.7, scheme=SPOTIFY)

    assert judge([asked, link, back], {})[SPOTIFY].confidence == judge([asked, link], {})[SPOTIFY].confidence == 0.7


def test_of_two_ids_that_lead_away_from_each_other_the_spotify_id_is_believed():
    claims = [
        claim(HERE, "request", 0.95, scheme=SPOTIFY),
        claim(ONE, "library", 0.9),
        claim(ELSEWHERE, scheme=SPOTIFY, rests_on=(MBID, ONE)),
        claim(OTHER, rests_on=(SPOTIFY, HERE)),
    ]

    verdicts = judge(claims, {})

    assert (verdicts[SPOTIFY].value, verdicts[MBID].value) == (HERE, OTHER)
