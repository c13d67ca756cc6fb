"""What did taking over an older installation's covers come to, in words for the person who started it?"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from services.cover.domain import State
from services.cover.legacy.standing import Figures

_MOST_NAMED: Final = 20


@dataclass(slots=True)
class Report:
    """Grows while the rows are read; one thread's. Every reference read is counted in one of the figures below `read`."""

    source: str
    is_dry: bool = False
    resumed_after: str | None = None
    read: int = 0
    requested: int = 0
    noted: int = 0
    """Of covers that were looked for already."""
    known: int = 0
    """Of covers that have one: by an earlier run, or by another row."""
    left: Counter[str] = field(default_factory=Counter)
    failed: list[tuple[str, str]] = field(default_factory=list)
    newcomers: int = 0
    """In a dry run, of those requested: artists that a real one would make."""
    figures: Figures = field(default_factory=lambda: Figures({}, 0))

    def lines(self) -> Iterator[str]:
        """One sentence a line."""
        yield f"{'Dry run, nothing was written: ' if self.is_dry else ''}{self.read} cover references read from {self.source}."
        if self.resumed_after is not None:
            yield f"  went on after {self.resumed_after}, where an earlier run was stopped"
        yield f"  covers requested: {self.requested}, looked for before: {self.noted}, taken over already: {self.known}"
        if self.newcomers:
            yield f"  {self.newcomers} of those requested are of artists not known here by these names, who would be made"
        yield f"  left: {self.left.total()}, failed: {len(self.failed)}"
        yield from (f"    left {count}: {reason}" for reason, count in sorted(self.left.items()))
        yield from (f"    failed, {owner}: {reason}" for owner, reason in self.failed[:_MOST_NAMED])
        if len(self.failed) > _MOST_NAMED:
            yield f"    and {len(self.failed) - _MOST_NAMED} more that failed"
        counts = {state: self.figures.states.get(state, 0) for state in State}
        yield f"  taken over so far: {', '.join(f'{count} {state}' for state, count in counts.items())}"
        yield f"  served by a lastfm:// address: {self.figures.served}"
