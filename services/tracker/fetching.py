"""How is one page of a history got, crowded seconds and all, and is a refusal about the page or about the source?"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

from kernel.errors import ProviderFault, ProviderMalformed
from kernel.evidence import Answer, Found
from services.tracker.domain import Page, Play
from services.tracker.providers import ReadsHistory
from services.tracker.walking import Ask, Step, Walk

T = TypeVar("T")

_NOTHING_SHOWN = "says that there is more, and shows nothing of it"
_MOST_PAGES = 100
"""Of one second: more than a hundred thousand plays in one is no listening."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a walk comes to after one more page; `page` as it was answered, `requests` how many it took."""

    walk: Walk
    step: Step
    page: Page
    requests: int


class Door(Protocol):
    """What stands before a source: for one that is asked over the network, its `kernel.guard.Guard`."""

    @property
    def provider(self) -> str: ...

    def call(self, operation: str, ask: Callable[[], Answer[T]]) -> Answer[T]: ...


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Asks one source."""

    source: ReadsHistory
    guard: Door

    def fetch(self, account: str, walk: Walk) -> Fetched:
        """The walk's next page. Raises what `find_page` does, BreakerOpen and DeadlineSpent."""
        ask = walk.ask()
        page = self.ask(account, ask)
        after, step = walk.answered(ask, page)
        if step.is_nonsense:
            raise ProviderMalformed(self.guard.provider, _NOTHING_SHOWN)
        if step.crowded is None:
            return Fetched(after, step, page, 1)
        plays, requests = self._second(account, walk, step.crowded)
        after, step = walk.answered_second(ask, step.crowded, plays)
        return Fetched(after, step, page, 1 + requests)

    def ask(self, account: str, ask: Ask) -> Page:
        """One page. Raises as `fetch` does."""
        answer = self.guard.call("plays", partial(self.source.find_page, account, ask))
        if not isinstance(answer, Found):
            raise ProviderMalformed(self.guard.provider, "answered neither plays nor why there are none")
        return answer.value

    def is_answering(self, account: str) -> bool:
        """Whether the source answers something else at this moment: then a refusal was about what was asked."""
        try:
            self.guard.call("check", partial(self.source.find_total, account))
        except ProviderFault:
            return False
        return True

    def _second(self, account: str, walk: Walk, second: int) -> tuple[tuple[Play, ...], int]:
        plays: list[Play] = []
        for number in range(1, _MOST_PAGES + 1):
            page = self.ask(account, walk.ask_second(second, number))
            plays += page.plays
            if len(plays) >= (page.total if page.total is not None else len(plays) + bool(page.plays)):
                return tuple(plays), number
            if not page.plays:
                raise ProviderMalformed(self.guard.provider, _NOTHING_SHOWN)
        raise ProviderMalformed(self.guard.provider, "says that one second has no end")
