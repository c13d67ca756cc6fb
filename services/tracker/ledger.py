"""What does an import know of itself while it is at work? Written into its row with every page."""

from dataclasses import dataclass, field
from typing import Any

from services.tracker.domain import Counts, Hole, merge_windows
from services.tracker.storing.runs import ImportRun
from services.tracker.walking import Ask, Step, Walk

_NEWS = 0.3
"""Weight of the last page in the average pace."""


@dataclass(slots=True)
class Ledger:
    """Counts and pace of one attempt; one thread's."""

    run: ImportRun
    counts: Counts = field(init=False)
    total: int | None = field(init=False)
    reached: int | None = field(init=False)
    seconds_a_play: float | None = field(init=False)
    waits: int = field(init=False)

    def __post_init__(self) -> None:
        run = self.run
        self.counts, self.total, self.reached = run.counts, run.total, run.reached
        self.seconds_a_play, self.waits = run.seconds_a_play, run.waits

    def add(self, step: Step, delta: Counts, seconds: float) -> None:
        """A page was written that took so long."""
        self.counts += delta
        self.waits = 0
        if step.plays:
            self.reached = min(self.reached or step.plays[-1].uts, step.plays[-1].uts)
        if step.counted:
            pace = seconds / step.counted
            self.seconds_a_play = pace if self.seconds_a_play is None else (1 - _NEWS) * self.seconds_a_play + _NEWS * pace

    def hear_total(self, ask: Ask, total: int | None) -> None:
        """The source said how many plays the asked window has: when that is all of what is imported, it is worth showing."""
        options = self.run.options
        if self.total is None and total is not None and ask.until == options.until and ask.since in (None, options.since):
            self.total = total

    def values(self) -> dict[str, Any]:
        """Of its row."""
        return {
            "counts": self.counts,
            "total": self.total,
            "reached": self.reached,
            "seconds_a_play": self.seconds_a_play,
            "waits": self.waits,
        }


def merged_holes(walk: Walk) -> tuple[Hole, ...]:
    """The walk's holes, newest first, those that touch made one."""
    reasons = {hole.since: hole.reason for hole in walk.holes}
    merged = merge_windows((hole.since, hole.until) for hole in walk.holes)
    return tuple(Hole(since, until, reasons[since]) for since, until in reversed(merged))
