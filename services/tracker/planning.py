"""Which windows of a history are to be read, given what was read before?"""

from collections.abc import Sequence

from services.tracker.domain import Hole, ImportOptions, cut_windows
from services.tracker.leaping import Search
from services.tracker.walking import DOCUMENTED, Walk, Window


def plan_walk(options: ImportOptions, covered: Sequence[tuple[int, int]]) -> Walk:
    """The walk of a new import: newest first, past what is known, or through all of it where nothing is to be skipped."""
    left = options.limit or None
    if not options.skip_existing:
        return Walk((Window(options.since, options.until),), left)
    return Walk(tuple(_windows(options.since, options.until, covered)), left)


def plan_retry(walk: Walk, holes: Sequence[Hole]) -> Walk:
    """A walk through the holes, then through whatever was left when the walk ended.

    The holes are newer, so they come first where a limit is left; where it was reached without them, they are all there is to do.
    """
    measured = [Window(walk.leap.floor, walk.leap.top)] if walk.leap is not None and walk.leap.search is not Search.END else []
    missing = *measured, *(Window(hole.since, hole.until) for hole in holes)
    return Walk(missing) if walk.left == 0 else Walk((*missing, *walk.windows), walk.left)


def plan_catch_up(since: int, sweep_from: int, covered: Sequence[tuple[int, int]]) -> Walk:
    """What the live tracker reads: all from `since` on that was not read, and everything from `sweep_from` on once more."""
    top = max((until for _, until in covered), default=since)
    floor = max(since, min(sweep_from, top))
    known = cut_windows(covered, (floor, top))
    gaps = [window for window in _windows(since, floor, known) if not window.is_known]
    return Walk((Window(floor, None), *gaps), size=DOCUMENTED, largest=DOCUMENTED)


def _windows(since: int | None, until: int | None, covered: Sequence[tuple[int, int]]) -> list[Window]:
    """The windows of [since, until), newest first, those that are known told apart."""
    windows: list[Window] = []
    floor, top = since or 0, until
    inside = [(max(low, floor), high if top is None else min(high, top)) for low, high in covered]
    for low, high in reversed([(low, high) for low, high in inside if low < high]):
        if top is None:
            windows.append(Window(high, None, reaches_back=since is None))
        elif high < top:
            windows.append(Window(high, top))
        windows.append(Window(low, high, is_known=True))
        top = low
    if top is None or floor < top:
        windows.append(Window(since, top))
    return windows
