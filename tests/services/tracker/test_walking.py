"""The walk alone: every play once, few questions, and holes no larger than they must be."""

import random
from collections import Counter
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.codec import JsonCodec
from kernel.errors import ProviderFault
from services.tracker.domain import Play, Title
from services.tracker.fetching import Fetcher
from services.tracker.walking import Step, Walk, Window
from tests.services.tracker.histories import Door, FakeHistory

START = 1_500_000_000
NOW = START + 4_000_000
WALKS: JsonCodec[Walk] = JsonCodec(Walk)


def go(history: FakeHistory, walk: Walk) -> tuple[Walk, list[Step], int]:
    """To the end; each state written down and read again, as between two processes. Answers how often it was refused."""
    fetcher, steps, refusals = Fetcher(history, Door()), list[Step](), 0
    while not walk.is_over:
        walk = WALKS.decode(WALKS.encode(walk))
        try:
            fetched = fetcher.fetch("rj", walk)
        except ProviderFault as error:
            refusals += 1
            walk = walk.refused(str(error), now=NOW)
        else:
            walk = fetched.walk
            steps.append(fetched.step)
    return walk, steps, refusals


def read(steps: list[Step]) -> Counter[tuple[int, Title]]:
    return Counter((play.uts, play.title) for step in steps for play in step.plays)


@st.composite
def histories(draw: st.DrawFn) -> FakeHistory:
    chance = random.Random(draw(st.integers(0, 2**32)))  # noqa: S311 - reproducible, not secret
    count, span = draw(st.integers(0, 600)), draw(st.sampled_from([1, 40, 3_000_000]))
    history = FakeHistory(
        Play(START + chance.randrange(span), Title(chance.choice("ab"), chance.choice("xyz"))) for _ in range(count)
    )
    history.largest = draw(st.sampled_from([7, 40, 1000]))
    return history


@settings(max_examples=100, deadline=None)
@given(history=histories())
def test_every_play_is_read_once_and_the_whole_time_is_covered(history: FakeHistory):
    walk, steps, _ = go(history, Walk((Window(),)))

    covered = sorted(step.whole for step in steps if step.whole is not None)
    assert read(steps) == history.multiset()
    assert sum(step.counted for step in steps) == len(history.plays)
    assert covered[0][0] == 0
    assert all(before[1] == after[0] for before, after in pairwise(covered))
    assert walk.holes == ()


@settings(max_examples=100, deadline=None)
@given(history=histories(), limit=st.integers(1, 700))
def test_a_limit_is_reached_exactly_from_the_newest_down(history: FakeHistory, limit: int):
    _, steps, _ = go(history, Walk((Window(),), left=limit))

    newest = sorted((play.uts for play in history.plays), reverse=True)[:limit]
    assert sorted((play.uts for step in steps for play in step.plays), reverse=True) == newest
    assert sum(step.counted for step in steps) == len(newest)


@settings(max_examples=100, deadline=None)
@given(history=histories(), where=st.integers(0, 3_000_000), span=st.sampled_from([1, 60, 5_000, 1_000_000]))
def test_what_is_refused_is_one_hole_found_with_few_questions(history: FakeHistory, where: int, span: int):
    history.largest = 50
    history.poison = START + where, START + where + span
    bad = sorted(play.uts for play in history.plays if START + where <= play.uts < START + where + span)

    walk, steps, refusals = go(history, Walk((Window(),)))

    missing = history.multiset() - read(steps)
    assert len(walk.holes) == bool(bad)
    assert refusals <= 60
    assert sum(step.counted for step in steps) == len(history.plays) - missing.total()
    if bad:
        (hole,) = walk.holes
        assert hole.since <= bad[0]
        assert bad[-1] < hole.until
        assert all(hole.since <= uts < hole.until for uts, _ in missing)
        assert "code 8" in hole.reason


def test_thirty_thousand_plays_cost_thirty_one_questions():
    history = FakeHistory(Play(START + 30 * number, Title("Can", "Vitamin C")) for number in range(30_000))

    _, steps, _ = go(history, Walk((Window(),)))

    assert sum(step.counted for step in steps) == 30_000
    assert len(history.asked) == 31


def test_a_source_that_shows_fewer_than_were_asked_for_is_read_to_its_end():
    history = FakeHistory(Play(START + 30 * number, Title("Can", "Vitamin C")) for number in range(2_000))
    history.largest = 200

    _, steps, _ = go(history, Walk((Window(),)))

    assert read(steps) == history.multiset()


def test_pages_become_larger_again_once_it_is_calm():
    history = FakeHistory(Play(START + 30 * number, Title("Can", "Vitamin C")) for number in range(20_000))
    refused: list[int] = []

    def trouble(_: object) -> None:
        history.is_refusing = len(history.asked) in (3, 4)
        refused.extend([history.asked[-1].size] if history.is_refusing else [])

    history.before = trouble
    go(history, Walk((Window(),)))

    sizes = [ask.size for ask in history.asked]
    assert refused == [1000, 500]
    assert sizes[4:9] == [200] * 5
    assert sizes[9:14] == [500] * 5
    assert set(sizes[14:]) == {1000}
