"""What does the cover service do when nobody waits?"""

from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Final

from kernel.clock import Clock
from kernel.errors import SoniqueBayError
from kernel.jobs import Again, JobContext, Jobs, Lane
from services.cover.domain import CoverRef, Kind
from services.cover.finding import Finding
from services.cover.house import House, Member
from services.cover.housekeeping import Housekeeping
from services.cover.store import FIND, CoverStore

BACKFILL: Final = "backfill_covers"
SWEEP: Final = "sweep_images"
_NEW_FOR: Final = timedelta(days=1)
"""So long an album is new, and its cover looked for before those of others."""
_AT_ONCE: Final = 500
_COME_BACK: Final = timedelta(seconds=15)
_SWEEP_EVERY: Final = timedelta(hours=6)
_FOR_EVER: Final = 1_000_000
"""Attempts of what recurs: a disk that was away for an hour must not end it."""


@dataclass(frozen=True, slots=True)
class Work:
    """What this service's jobs need. `backfill_interval` of nothing: only what is asked for is looked for."""

    finding: Finding
    house: House
    store: CoverStore
    housekeeping: Housekeeping
    backfill_interval: timedelta
    clock: Clock


def register(jobs: Jobs, work: Work) -> None:
    """Makes this service's kinds of work known to the worker, and plans those that come again by themselves."""
    doing = _Doing(work)
    jobs.register(FIND, work.finding.find)
    jobs.register(BACKFILL, doing.backfill)
    jobs.register(SWEEP, doing.sweep)
    for kind in (BACKFILL, SWEEP):
        jobs.store.enqueue(kind, lane=Lane.LOW, dedupe_key=kind, max_attempts=_FOR_EVER)


@dataclass(frozen=True, slots=True)
class _Doing:
    work: Work

    def backfill(self, context: JobContext) -> Again | None:  # noqa: ARG002 - the shape of a handler
        """Has the covers of the library looked for that nobody has asked for yet, and again all those whose time has come."""
        if not self.work.backfill_interval:
            return None
        try:
            self.work.store.request_due()
            for kind in Kind:
                members = self.work.house.list_library(kind)
                while some := list(islice(members, _AT_ONCE)):
                    self._request(some)
        except SoniqueBayError as error:  # a neighbour that is away, or refuses a page, must not bury what is to come again
            return Again(self.work.clock.now() + _COME_BACK, str(error))
        return Again(self.work.clock.now() + self.work.backfill_interval)

    def sweep(self, context: JobContext) -> Again:  # noqa: ARG002 - the shape of a handler
        self.work.housekeeping.sweep()
        return Again(self.work.clock.now() + _SWEEP_EVERY)

    def _request(self, members: list[Member]) -> None:
        new_since = self.work.clock.now() - _NEW_FOR
        new: list[CoverRef] = []
        others: list[CoverRef] = []
        for each in members:
            is_new = each.ref.kind is Kind.ALBUM and each.created_at >= new_since
            (new if is_new else others).append(each.ref)
        self.work.store.request(new, Lane.NORMAL)
        self.work.store.request(others, Lane.LOW)
