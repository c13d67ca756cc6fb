"""A source whose history a test writes, changes and breaks; satisfies ReadsHistory."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeVar

from kernel.errors import ProviderFault, ProviderUnavailable
from kernel.evidence import Answer, Found
from services.tracker.domain import Page, Play, Title
from services.tracker.walking import Ask

NAME = "lastfm"

T = TypeVar("T")


class FakeHistory:
    """Answers like `user.getRecentTracks`, at most `largest` plays a page. `before` is called ahead of each page, with the
    question; it may change anything. `is_refusing`: it answers everything but pages; `hides`: it says how
    many plays there are, and shows none.
    """

    def __init__(self, plays: Iterable[Play] = ()) -> None:
        self.plays = list(plays)
        self.before: Callable[[Ask], object] = lambda _: None
        self.poison: tuple[int, int] = (0, 0)
        self.is_down = False
        self.is_refusing = False
        self.hides = False
        self.largest = 1000
        self.playing: Title | None = None
        self.asked: list[Ask] = []
        self.checks = 0

    def find_page(self, _account: str, ask: Ask) -> Answer[Page]:
        self.asked.append(ask)
        self.before(ask)
        self._check()
        inside = [play for play in self.plays if (ask.since or 0) <= play.uts and (ask.until is None or play.uts < ask.until)]
        inside.sort(key=lambda play: play.uts, reverse=True)
        size = min(ask.size, self.largest)
        shown = [] if self.hides else inside[(ask.page - 1) * size : ask.page * size]
        if self.is_refusing or any(self.poison[0] <= play.uts < self.poison[1] for play in shown):
            raise ProviderUnavailable(NAME, "temporarily unavailable (code 8)")
        return Found(Page(tuple(shown), total=len(inside), playing=self.playing))

    def find_total(self, _account: str) -> Answer[int]:
        self.checks += 1
        self._check()
        return Found(len(self.plays))

    def multiset(self) -> Counter[tuple[int, Title]]:
        return Counter((play.uts, play.title) for play in self.plays)

    def _check(self) -> None:
        if self.is_down:
            raise ProviderUnavailable(NAME, "does not answer")


class Door:
    """Where a guard would stand; lets everybody through."""

    provider = NAME

    def call(self, _operation: str, ask: Callable[[], Answer[T]]) -> Answer[T]:
        return ask()


__all__ = ["NAME", "Door", "FakeHistory", "ProviderFault"]
