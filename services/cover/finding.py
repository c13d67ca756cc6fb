"""How is one cover looked for? The job behind every image."""

from typing import Any, Final

import structlog

from kernel.clock import Clock
from kernel.errors import NotFound
from kernel.jobs import Again, JobContext, Lane
from services.cover.chain import Chain
from services.cover.choosing import Patience, settle
from services.cover.domain import CoverRef, Kind, Shown
from services.cover.house import House
from services.cover.metrics import CoverMeter
from services.cover.store import CoverStore

_MOST_ROUNDS: Final = 20
"""Of a cover that nobody has asked for since: then it waits for the next look at all that is due."""
_log = structlog.get_logger(__name__)


class Finding:
    """Looks for covers, one at a time; any number of threads may."""

    def __init__(
        self,
        house: House,
        chain: Chain,
        store: CoverStore,
        *,
        patience: Patience,
        poison_threshold: int,
        meter: CoverMeter,
        clock: Clock,
    ) -> None:
        self._house = house
        self._chain = chain
        self._store = store
        self._patience = patience
        self._poison_threshold = poison_threshold
        self._meter = meter
        self._clock = clock

    def find(self, context: JobContext) -> Again | None:
        """Asks the sources in order, and again later those that gave no answer."""
        ref = _ref_of(context.job.payload)
        cover = self._store.load(ref)
        if cover is None:
            return None
        rounds = (context.job.progress or {}).get("rounds", 0)
        is_waited_for = context.job.lane is Lane.HIGH
        try:
            subject = self._house.describe(ref)
            self._store.name(subject)
            if cover.is_locked:
                return None
            result = self._chain.ask(subject, lambda known: self._house.complete(known, is_waited_for=is_waited_for), rounds)
        except NotFound:
            self._store.bury(ref)
            return None
        settled = settle(cover.shown, result.asked, now=self._clock.now(), patience=self._patience)
        self._store.settle(context.commit({"rounds": rounds + 1}), ref, settled, result.asked.tried)
        for each in result.asked.tried:
            self._meter.tried(ref.kind, each)
        if result.asked.found is not None:
            self._quarantine_if_common(result.asked.found)
        if settled.is_unanswered and rounds < _MOST_ROUNDS:
            return Again(settled.next_check_at)
        return None

    def _quarantine_if_common(self, found: Shown) -> None:
        refs = self._store.quarantine_if_common(found, self._poison_threshold)
        if refs:
            self._meter.quarantined()
            _log.warning("image_quarantined", source=str(found.source), origin=found.origin, covers=len(refs))


def _ref_of(payload: Any) -> CoverRef:
    return CoverRef(Kind(payload["kind"]), payload["entity_id"])
