"""services/tracker/providers/file.py: does a file answer like a source, with all its rows, each once?"""

import json
import random
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from services.tracker.domain import Mbids, Page, Play, Reject, Title
from services.tracker.fetching import Fetcher
from services.tracker.providers.file import FileHistory, Unguarded, sorted_rows
from services.tracker.walking import Walk, Window
from tests.services.tracker.providers.asking import page_of, total_of
from tests.services.tracker.providers.history_contract import HEARD, START, HistoryContract, Kept

ANYBODY = "whoever"


def a_play(number: int) -> Play:
    return Play(START + number, Title("Air", f"Track {number}"))


def a_reject(number: int) -> Reject:
    return Reject("has no artist", json.dumps({"number": number}))


class TestAFileKeepsTheContractOfHistories(HistoryContract):
    @pytest.fixture
    def kept(self) -> Iterator[Kept]:
        rows = [Play(uts, title) for uts, title in HEARD]
        random.Random(1).shuffle(rows)  # noqa: S311 - reproducible, not secret
        with sorted_rows(rows) as history:
            yield Kept(history, ANYBODY)


def walk_through(history: FileHistory, walk: Walk) -> tuple[list[Play], list[Reject]]:
    """All plays and all rows that are none, as an import reads them."""
    fetcher = Fetcher(history, Unguarded())
    plays: list[Play] = []
    rejects: list[Reject] = []
    while not walk.is_over:
        fetched = fetcher.fetch(ANYBODY, walk)
        plays += fetched.step.plays
        rejects += fetched.page.rejects
        walk = fetched.walk
    return plays, rejects


def test_a_play_comes_back_as_it_was():
    play = Play(START, Title('Say "Hi"\\', "Jóga\u2028\0", "音楽 🎉"), Mbids("a", "b", "c"), "https://img.test/a.png")

    with sorted_rows([play]) as history:
        assert page_of(history, ANYBODY) == Page((play,), total=1)


def test_plays_of_one_second_are_in_the_files_order_and_alike_ones_are_all_kept():
    names = ["c", "a", "b", "a"]

    with sorted_rows(Play(START, Title("Air", name)) for name in names) as history:
        assert [play.title.track for play in page_of(history, ANYBODY).plays] == names
        assert [play.title.track for play in page_of(history, ANYBODY, START, START + 1, size=3, page=2).plays] == ["a"]


def test_a_file_without_rows_is_an_empty_page_and_none():
    with sorted_rows([]) as history:
        assert page_of(history, ANYBODY) == Page((), total=0)
        assert total_of(history, ANYBODY) == 0


def test_pages_of_a_window_follow_one_another_and_the_last_says_how_much_there_was():
    with sorted_rows(map(a_play, range(25))) as history:
        pages = [page_of(history, ANYBODY, START, START + 25, size=10, page=number) for number in (1, 2, 3, 4)]

    assert [play for page in pages for play in page.plays] == [a_play(number) for number in range(24, -1, -1)]
    assert [page.total for page in pages] == [None, None, 25, None]


def test_the_newest_page_tells_how_much_is_in_its_window_and_not_in_the_whole_file():
    with sorted_rows(map(a_play, range(25))) as history:
        page = page_of(history, ANYBODY, START + 5, size=10)

    assert (len(page.plays), page.total) == (10, 20)


def test_more_rows_than_are_written_at_once_are_all_there():
    with sorted_rows(map(a_play, range(4001))) as history:
        assert total_of(history, ANYBODY) == 4001


@pytest.mark.parametrize("window", [Window(), Window(since=START + 50)])
@pytest.mark.parametrize("limit", [None, 1500])
def test_rows_that_are_no_plays_come_once_with_the_first_page(window, limit):
    rejects = [a_reject(number) for number in range(3)]

    with sorted_rows([rejects[0], *map(a_play, range(3000)), *rejects[1:]]) as history:
        first = Fetcher(history, Unguarded()).fetch(ANYBODY, Walk((window,), limit))
        _, told = walk_through(history, Walk((window,), limit))

    assert list(first.page.rejects) == rejects
    assert told == rejects


def test_they_come_once_too_where_the_newest_plays_of_the_file_are_not_asked_for():
    rejects, until = [a_reject(number) for number in range(3)], START + 2500

    with sorted_rows([*rejects, *map(a_play, range(3000))], until=until) as history:
        plays, told = walk_through(history, Walk((Window(until=until),)))

    assert told == rejects
    assert plays == [a_play(number) for number in range(2499, -1, -1)]


@pytest.mark.parametrize("count", [1, 1000, 1500, 3000, 5000])
def test_however_many_they_are_no_play_is_passed_over_for_them(count):
    with sorted_rows(chain(map(a_play, range(3000)), map(a_reject, range(count)))) as history:
        plays, rejects = walk_through(history, Walk((Window(),)))

    assert plays == [a_play(number) for number in range(2999, -1, -1)]
    assert len(rejects) == count


def test_a_file_of_nothing_but_rows_that_are_no_plays_tells_them_all():
    with sorted_rows(map(a_reject, range(3))) as history:
        assert walk_through(history, Walk((Window(),))) == ([], [a_reject(number) for number in range(3)])


def test_so_many_of_them_are_kept_and_no_more():
    with sorted_rows([a_play(1), *map(a_reject, range(9))], most_rejects=5) as history:
        assert page_of(history, ANYBODY).rejects == tuple(map(a_reject, range(5)))


def test_a_play_dated_before_seconds_were_counted_is_told_and_not_lost():
    early = Play(-5, Title("Air", "Clock Never Set"))

    with sorted_rows([a_play(1), early]) as history:
        plays, (reject,) = walk_through(history, Walk((Window(),)))
        total = total_of(history, ANYBODY)

    assert (plays, total) == ([a_play(1)], 1)
    assert reject.reason.startswith("dated before 2002")
    assert json.loads(reject.raw) == asdict(early)


def test_nothing_is_left_of_the_scratch_file_even_when_the_reading_breaks_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def broken() -> Iterator[Any]:
        yield a_play(1)
        raise KeyError

    with sorted_rows([a_play(1)]):
        assert list(tmp_path.iterdir())
    with pytest.raises(KeyError), sorted_rows(broken()):
        pass

    assert list(tmp_path.iterdir()) == []
