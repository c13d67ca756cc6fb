"""What did taking over an older installation come to, in words for the person who started it?"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from services.artist.legacy.batch import Written
from services.artist.legacy.reading import Imported
from upstreams.older import OldId

_MOST_NAMED = 20


@dataclass(slots=True)
class Report:
    """Grows while the rows are read; one thread's."""

    source: str
    is_dry: bool = False
    resumed_after: OldId | None = None
    read: int = 0
    made: int = 0
    made_similar: int = 0
    matched: int = 0
    facts: int = 0
    similar: int = 0
    references: int = 0
    references_held: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    failed: list[tuple[OldId, str]] = field(default_factory=list)

    def add(self, batch: list[Imported], written: Written) -> None:
        self.made += written.made
        self.made_similar += written.made_similar
        self.matched += len(batch) - written.made
        self.facts += written.facts
        self.similar += written.similar
        self.references += written.references
        self.references_held += sum(each.references for each in batch) - written.references
        for each in batch:
            self.dropped.update(each.dropped)
            self.left_out.update(each.left_out)

    def lines(self) -> Iterator[str]:
        """One sentence a line."""
        yield f"{'Dry run, nothing was written: ' if self.is_dry else ''}{self.read} artists read from {self.source}."
        if self.resumed_after is not None:
            yield f"  went on after id {self.resumed_after}, where an earlier run was stopped"
        yield f"  artists made: {self.made}, matched: {self.matched}, failed: {len(self.failed)}"
        yield f"  facts written: {self.facts}"
        yield f"  similar artists written: {self.similar}, {self.made_similar} of them first met there"
        yield (
            f"  cover references converted: {self.references}, nothing newer to tell: {self.references_held}, "
            f"dropped: {self.dropped.total()}"
        )
        yield from (f"    dropped {count}: {reason}" for reason, count in sorted(self.dropped.items()))
        yield from (f"  left out {count}: {reason}" for reason, count in sorted(self.left_out.items()))
        yield from (f"  failed, id {old_id}: {reason}" for old_id, reason in self.failed[:_MOST_NAMED])
        if len(self.failed) > _MOST_NAMED:
            yield f"  and {len(self.failed) - _MOST_NAMED} more that failed"
