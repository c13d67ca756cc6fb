"""Who wins among candidates, and that nobody is lost on the way."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kernel.evidence import Candidate, Evidence, Standing, rank

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
PRIORITY = ("north", "east", "south")

candidates = st.builds(
    Candidate,
    value=st.integers(0, 5),
    evidence=st.builds(
        Evidence,
        provider=st.sampled_from([*PRIORITY, "unlisted", "unheard-of"]),
        retrieved_at=st.integers(0, 3).map(lambda hours: NOON + timedelta(hours=hours)),
        confidence=st.sampled_from([0.0, 0.4, 0.9, 1.0]),
    ),
    standing=st.sampled_from(Standing),
)


def candidate(
    provider: str, *, confidence: float = 1.0, hours: int = 0, standing: Standing = Standing.CANDIDATE
) -> Candidate[str]:
    return Candidate(provider, Evidence(provider, NOON + timedelta(hours=hours), confidence=confidence), standing)


def providers(ranked: list[Candidate[str]]) -> list[str]:
    return [each.evidence.provider for each in ranked]


def standings(ranked: list[Candidate[str]]) -> list[Standing]:
    return [each.standing for each in ranked]


def test_nothing_to_rank_is_an_empty_list():
    assert rank([], PRIORITY) == []


def test_a_single_candidate_is_chosen():
    assert standings(rank([candidate("south")], PRIORITY)) == [Standing.CHOSEN]


def test_a_persons_lock_beats_every_confidence():
    locked = candidate("person", confidence=0.0, standing=Standing.LOCKED)

    ranked = rank([candidate("north"), locked], PRIORITY)

    assert providers(ranked) == ["person", "north"]
    assert standings(ranked) == [Standing.LOCKED, Standing.CANDIDATE]


def test_confidence_beats_provider_order():
    ranked = rank([candidate("north", confidence=0.5), candidate("south", confidence=0.9)], PRIORITY)

    assert providers(ranked) == ["south", "north"]


def test_provider_order_beats_freshness():
    ranked = rank([candidate("east", hours=9), candidate("north")], PRIORITY)

    assert providers(ranked) == ["north", "east"]


def test_a_provider_not_in_the_order_stands_behind_those_that_are():
    ranked = rank([candidate("unlisted", hours=9), candidate("south")], PRIORITY)

    assert providers(ranked) == ["south", "unlisted"]


def test_the_fresher_of_one_providers_values_wins():
    ranked = rank([candidate("north", hours=1), candidate("north", hours=2)], PRIORITY)

    assert ranked[0].evidence.retrieved_at == NOON + timedelta(hours=2)


def test_equals_of_different_providers_stand_the_same_whoever_answered_first():
    one, other = candidate("unlisted"), candidate("unheard-of")

    assert rank([one, other], PRIORITY) == rank([other, one], PRIORITY)


def test_equals_of_one_provider_keep_the_order_it_gave():
    evidence = Evidence("north", NOON)

    ranked = rank([Candidate("best", evidence), Candidate("second", evidence)], PRIORITY)

    assert [each.value for each in ranked] == ["best", "second"]


def test_a_better_value_replaces_the_one_chosen_before():
    before = candidate("south", confidence=0.4, standing=Standing.CHOSEN)

    ranked = rank([before, candidate("north")], PRIORITY)

    assert providers(ranked) == ["north", "south"]
    assert standings(ranked) == [Standing.CHOSEN, Standing.CANDIDATE]


def test_a_rejected_candidate_never_wins_even_alone():
    rejected = candidate("north", standing=Standing.REJECTED)

    assert standings(rank([rejected, candidate("south", confidence=0.1)], PRIORITY)) == [Standing.CHOSEN, Standing.REJECTED]
    assert standings(rank([rejected], PRIORITY)) == [Standing.REJECTED]


@given(st.lists(candidates, max_size=12))
def test_ranking_loses_nobody_and_invents_nobody(given_candidates):
    ranked = rank(given_candidates, PRIORITY)

    assert Counter((c.value, c.evidence) for c in ranked) == Counter((c.value, c.evidence) for c in given_candidates)


@given(st.lists(candidates, max_size=12))
def test_at_most_one_is_chosen_and_only_the_first(given_candidates):
    ranked = rank(given_candidates, PRIORITY)

    chosen = [position for position, each in enumerate(ranked) if each.standing is Standing.CHOSEN]
    assert chosen in ([], [0])
    assert chosen or not ranked or ranked[0].standing in (Standing.LOCKED, Standing.REJECTED)


@given(st.lists(candidates, max_size=12))
def test_a_persons_decisions_are_never_changed(given_candidates):
    ranked = rank(given_candidates, PRIORITY)

    decided = (Standing.LOCKED, Standing.REJECTED)
    assert Counter((c.value, c.evidence, c.standing) for c in ranked if c.standing in decided) == Counter(
        (c.value, c.evidence, c.standing) for c in given_candidates if c.standing in decided
    )


@given(st.lists(candidates, max_size=12))
def test_ranking_again_changes_nothing(given_candidates):
    ranked = rank(given_candidates, PRIORITY)

    assert rank(ranked, PRIORITY) == ranked


@given(st.lists(candidates, max_size=12, unique_by=lambda c: (c.evidence, c.standing)), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(given_candidates, random):
    # A chosen one and a candidate with the same evidence are equals, so only their undecided forms are compared.
    open_ones = {(c.evidence, c.standing in (Standing.LOCKED, Standing.REJECTED)): c for c in given_candidates}
    arrived = list(open_ones.values())
    shuffled = random.sample(arrived, len(arrived))

    def decisive(ranked: list[Candidate[int]]) -> list[tuple[Evidence, Standing]]:
        return [(c.evidence, c.standing) for c in ranked]

    assert decisive(rank(shuffled, PRIORITY)) == decisive(rank(arrived, PRIORITY))


@given(st.lists(candidates, min_size=1, max_size=12))
def test_the_winner_is_beaten_by_nobody(given_candidates):
    first, *others = rank(given_candidates, PRIORITY)

    def stands(each: Candidate[int]) -> tuple[bool, bool, float, int, datetime]:
        position = PRIORITY.index(each.evidence.provider) if each.evidence.provider in PRIORITY else len(PRIORITY)
        return (
            each.standing is Standing.LOCKED,
            each.standing is not Standing.REJECTED,
            each.evidence.confidence,
            -position,
            each.evidence.retrieved_at,
        )

    assert all(stands(first) >= stands(each) for each in others)
