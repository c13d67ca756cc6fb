"""When is the music folder scanned? When somebody asks, and now and then by itself."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from kernel.clock import Clock
from kernel.errors import FailedPrecondition
from kernel.jobs import Again, JobContext, Jobs, Lane
from services.album.scanning.scanning import Scanning
from services.album.scanning.scans import Scans
from services.album.scanning.store import FOR_EVER, SCAN

SCAN_SOON: Final = "scan_soon"
"""Begins the next."""


@dataclass(frozen=True, slots=True)
class Work:
    """What these jobs need. `interval`: how long after a scan was begun the next is; zero: only when somebody asks."""

    scans: Scans
    scanning: Scanning
    interval: timedelta
    clock: Clock


def register(jobs: Jobs, work: Work) -> None:
    """Makes these kinds of work known to the worker, and begins what recurs."""
    recurring = _Recurring(work)
    jobs.register(SCAN, work.scanning.run)
    jobs.register(SCAN_SOON, recurring.begin)
    if work.interval:
        last = work.scans.list(before=None, limit=1)
        due_at = last[0].created_at + work.interval if last else work.clock.now()
        jobs.store.enqueue(SCAN_SOON, lane=Lane.LOW, due_at=due_at, dedupe_key=SCAN_SOON, max_attempts=FOR_EVER)


@dataclass(frozen=True, slots=True)
class _Recurring:
    work: Work

    def begin(self, context: JobContext) -> Again | None:  # noqa: ARG002 - a handler's signature
        if not self.work.interval:  # switched off since this job was planned
            return None
        with suppress(FailedPrecondition):  # the folder may be there the next time
            self.work.scans.create(lane=Lane.LOW)
        return Again(self.work.clock.now() + self.work.interval)
