"""In which order is a history read so that nothing is lost? The walk alone: what to ask next, what an answer changes.

Always page 1 of a window, newest first. A page's oldest second may be cut by the page's end, so it is left for the next page,
which ends one second after it: every second is read whole, whatever arrives, is edited or deleted meanwhile. Page numbers are
used inside one crowded second only. What is refused is asked in smaller pages, then leapt over; see `leaping.py`.
"""

from dataclasses import dataclass, replace

from services.tracker.domain import Hole, Page, Play
from services.tracker.leaping import Leap, Search

SIZES = (1000, 500, 200, 50)
"""Plays a page: fewer on trouble, more again once it is calm."""

END_OF_TIME = 2**40
"""Where a window ends that is open at its end; who writes down what was read cuts it at the time of asking."""

DOCUMENTED = 200
"""Plays a page that no source refuses: more is an open secret of Last.fm, which it may stop to grant."""

_REACH_BACK = 200
"""Plays of a first look at what is new: enough to overlap what is known."""
_CALM = 5
"""Pages in a row that must be answered before larger ones are tried."""


@dataclass(frozen=True, slots=True)
class Window:
    """Seconds [since, until) to be read; None: open at that end.

    `reaches_back`: asked for without its lower bound, so that the page overlaps what is known. `is_known`: it is stored already.
    """

    since: int | None = None
    until: int | None = None
    reaches_back: bool = False
    is_known: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """One question: page `page` (from 1) of `size` plays within [since, until), newest first."""

    since: int | None
    until: int | None
    size: int
    page: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    """What a page comes to: plays of whole seconds, how many of them count as seen, which seconds [since, until) are whole now.

    `crowded`: one second fills the page alone; it is to be read by `Walk.ask_second`, and nothing else is said. `is_nonsense`:
    there is said to be more, and nothing of it is shown.
    """

    plays: tuple[Play, ...] = ()
    counted: int = 0
    whole: tuple[int, int] | None = None
    crowded: int | None = None
    is_nonsense: bool = False


@dataclass(frozen=True, slots=True)
class Walk:
    """How far a walk is. Kept with the plays it has stored, so that it can be gone on with from there.

    `left`: how many more plays may be counted; None: all. `largest`: as many plays as a page may ask for.
    """

    windows: tuple[Window, ...]
    left: int | None = None
    size: int = SIZES[0]
    calm: int = 0
    leap: Leap | None = None
    holes: tuple[Hole, ...] = ()
    largest: int = SIZES[0]

    @property
    def is_over(self) -> bool:
        return self.leap is None and (not self.windows or self.left == 0)

    @property
    def window(self) -> Window | None:
        """The one being read; None while only a hole is left to be measured."""
        return self.windows[0] if self.windows else None

    def ask(self) -> Ask:
        """The next question. The walk must not be over, nor its window known."""
        if self.leap is not None:
            return Ask(*self.leap.bounds(), SIZES[-1])
        window = self.windows[0]
        size = self.size if self.left is None else min(self.size, self.left + 1)
        if window.reaches_back:
            return Ask(None, window.until, min(size, _REACH_BACK) if window.until is None else size)
        return Ask(window.since, window.until, size)

    def ask_second(self, second: int, page: int) -> Ask:
        """A page of one crowded second."""
        return Ask(second, second + 1, self.size, page)

    def skip(self, count: int) -> "Walk":
        """After a window that is known, with so many plays in it."""
        return replace(self, windows=self.windows[1:], left=None if self.left is None else max(0, self.left - count))

    def answered(self, ask: Ask, page: Page) -> tuple["Walk", Step]:
        """What an answer changes. Plays outside what was asked for are passed over."""
        plays = tuple(play for play in page.plays if _is_within(play.uts, ask))
        # Both: a source may show fewer than were asked for, and its count may lag behind what it shows.
        is_all = page.row_count < ask.size and (page.total is None or page.total <= page.row_count)
        if not is_all and not plays:
            return self, Step(is_nonsense=True)
        if not is_all and plays[0].uts == plays[-1].uts:
            return self, Step(crowded=plays[0].uts)
        low = (ask.since or 0) if is_all else plays[-1].uts + 1
        return self._took(tuple(play for play in plays if play.uts >= low), (low, _top(ask)))

    def answered_second(self, ask: Ask, second: int, plays: tuple[Play, ...]) -> tuple["Walk", Step]:
        """What all plays of the crowded second that answered `ask` change."""
        return self._took(plays, (second, _top(ask)))

    def refused(self, reason: str, *, now: int) -> "Walk":
        """After a refusal that is about what was asked, not about the source being down."""
        if self.leap is None and self.size > SIZES[-1]:
            return replace(self, size=next(size for size in SIZES if size < self.size), calm=0)
        if self.leap is not None and self.leap.search is not Search.END:
            return _measuring(self, self.leap.refused())
        window = self.windows[0]
        top = now if window.until is None else window.until
        leap = self.leap.refused() if self.leap is not None else Leap.begin(top, window.since, reason)
        # The source answers nowhere below: all that is left of the window is part of the hole, or found on the way to its edges.
        walk = self if leap.search is Search.END else replace(self, windows=self.windows[1:])
        return _measuring(walk, leap)

    def _took(self, plays: tuple[Play, ...], whole: tuple[int, int]) -> tuple["Walk", Step]:
        """After these plays of the seconds `whole`, the next ones of what was asked for."""
        if self.leap is not None and self.leap.search is not Search.END:
            leap, rest = self.leap.answered(whole)
            more = (Window(*rest),) if rest is not None else ()
            walk = replace(_measuring(self, leap), windows=(*self.windows, *more))
            return _minus(walk, len(plays)), Step(plays, len(plays), whole)
        floor = self.windows[0].since
        counted = plays if floor is None else tuple(play for play in plays if play.uts >= floor)
        if self.left is not None and len(counted) > self.left:
            plays = counted = counted[: self.left]
            whole = plays[-1].uts + 1, whole[1]
        walk = _down_to(_minus(_calmer(self), len(counted)), whole[0])
        if self.leap is not None:
            walk = _measuring(walk, self.leap.answered(whole)[0])
        return walk, Step(plays, len(counted), whole if whole[0] < whole[1] else None)


def _down_to(walk: Walk, second: int) -> Walk:
    first, *others = walk.windows
    is_done = second <= (first.since or 0)
    return replace(walk, windows=tuple(others) if is_done else (replace(first, until=second), *others))


def _minus(walk: Walk, count: int) -> Walk:
    return walk if walk.left is None else replace(walk, left=max(0, walk.left - count))


def _calmer(walk: Walk) -> Walk:
    if walk.size >= walk.largest or walk.calm + 1 < _CALM:
        return replace(walk, calm=walk.calm + 1)
    return replace(walk, calm=0, size=next(size for size in reversed(SIZES) if size > walk.size))


def _measuring(walk: Walk, leap: Leap) -> Walk:
    if leap.search is not Search.DONE:
        return replace(walk, leap=leap)
    return replace(walk, leap=None, holes=(*walk.holes, leap.hole) if leap.hole is not None else walk.holes)


def _top(ask: Ask) -> int:
    """The second after the last one asked for."""
    return END_OF_TIME if ask.until is None else ask.until


def _is_within(uts: int, ask: Ask) -> bool:
    return (ask.since is None or uts >= ask.since) and (ask.until is None or uts < ask.until)
