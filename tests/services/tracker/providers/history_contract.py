"""What must hold of everything that satisfies ReadsHistory, with a wire or without?

A test module subclasses `HistoryContract` (its name beginning with Test) and gives the one fixture `kept`. `AskedHistoryContract`
is the suite of all providers, for a source that is asked over HTTP.
"""

from collections import Counter
from dataclasses import dataclass

import pytest

from kernel.errors import NotFound
from kernel.evidence import Found
from services.tracker.domain import Page, Title
from services.tracker.fetching import Fetcher
from services.tracker.providers import ReadsHistory
from services.tracker.providers.file import Unguarded
from services.tracker.walking import Walk, Window
from tests.services.providers.contract import Subject, WireContract
from tests.services.tracker.providers.asking import error_of, is_one_sentence, page_of, total_of

START, PAUSE = 1_500_000_000, 200
CROWDED = START + 50 * PAUSE
"""A second in which more was played than the smallest page holds."""
HEARD: tuple[tuple[int, Title], ...] = (
    *((START + number * PAUSE, Title("Air", f"Track {number}", "Moon Safari")) for number in range(100)),
    *((CROWDED, Title("Can", f"Piece {number}")) for number in range(60)),
    *((START + 70 * PAUSE, Title("Air", "Track 70", "Moon Safari")) for _ in range(2)),
)
NEWEST_FIRST = sorted((uts for uts, _ in HEARD), reverse=True)
UNKNOWN = "nobody_of_that_name"


@dataclass(frozen=True, slots=True)
class Kept:
    """A source, and an account there that has played HEARD and nothing else."""

    source: ReadsHistory
    account: str

    def page(self, since: int | None = None, until: int | None = None, *, size: int = 1000, page: int = 1) -> Page:
        return page_of(self.source, self.account, since, until, size=size, page=page)


def heard_of(page: Page) -> Counter[tuple[int, Title]]:
    return Counter((play.uts, play.title) for play in page.plays)


def heard_within(since: int | None, until: int | None) -> Counter[tuple[int, Title]]:
    return Counter((uts, title) for uts, title in HEARD if (since or 0) <= uts and (until is None or uts < until))


WINDOWS = {
    "all": (None, None),
    "from a second that has a play": (START + 20 * PAUSE, None),
    "from a second that has none": (START + 20 * PAUSE + 1, None),
    "until a second that has a play": (None, START + 20 * PAUSE),
    "until a second that has none": (None, START + 20 * PAUSE + 1),
    "between two plays": (START + 20 * PAUSE, START + 40 * PAUSE),
    "the second that is crowded": (CROWDED, CROWDED + 1),
    "before everything": (None, START),
    "after everything": (START + 100 * PAUSE, None),
    "a pause": (START + 1, START + PAUSE),
}


class HistoryContract:
    """For everything that satisfies ReadsHistory."""

    @pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)
    def test_a_window_has_the_plays_of_its_seconds_the_first_among_them_and_not_the_last(
        self, kept: Kept, window: tuple[int | None, int | None]
    ) -> None:
        page = kept.page(*window)

        assert heard_of(page) == heard_within(*window)
        assert page.rejects == ()

    def test_plays_are_told_newest_first(self, kept: Kept) -> None:
        assert [play.uts for play in kept.page().plays] == NEWEST_FIRST

    @pytest.mark.parametrize("size", [1, 50, 161])
    def test_a_page_is_as_large_as_asked_for_and_has_the_newest(self, kept: Kept, size: int) -> None:
        assert [play.uts for play in kept.page(size=size).plays] == NEWEST_FIRST[:size]

    @pytest.mark.parametrize("size", [1, 20, 60, 1000])
    @pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)
    def test_how_much_is_in_a_window_is_told_rightly_or_not_at_all_and_never_left_open_at_its_end(
        self, kept: Kept, window: tuple[int | None, int | None], size: int
    ) -> None:
        page = kept.page(*window, size=size)

        assert page.total in (None, heard_within(*window).total())
        assert page.total is not None or page.row_count >= size

    def test_how_much_was_played_in_all_is_known(self, kept: Kept) -> None:
        assert total_of(kept.source, kept.account) == len(HEARD)

    @pytest.mark.parametrize("size", [1000, 200, 50])
    def test_a_walk_reads_every_play_once_those_of_a_crowded_second_too(self, kept: Kept, size: int) -> None:
        fetcher, walk = Fetcher(kept.source, Unguarded()), Walk((Window(),), size=size)
        read: Counter[tuple[int, Title]] = Counter()

        while not walk.is_over:
            fetched = fetcher.fetch(kept.account, walk)
            read.update((play.uts, play.title) for play in fetched.step.plays)
            walk = fetched.walk

        assert read == Counter(HEARD)


class AskedHistoryContract(WireContract):
    """For a source that is asked over HTTP. An account that is not there is nobody's absence: it was written down wrong."""

    def test_what_is_known_is_found(self, subject: Subject) -> None:
        assert isinstance(subject.ask_known(), Found)

    def test_an_account_that_is_not_there_is_named_with_the_setting_that_holds_it(self, subject: Subject) -> None:
        error = error_of(subject.ask_unknown)

        assert type(error) is NotFound
        assert UNKNOWN in str(error)
        assert f"{subject.provider.upper()}_USERNAME" in str(error)
        assert is_one_sentence(str(error))
