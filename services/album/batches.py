"""Which tracks are being enriched together, and how far is that?"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from kernel.clock import Clock
from kernel.database import Database
from kernel.errors import NotFound
from kernel.jobs import JobState, JobStore, Lane
from kernel.waiting import Waiting
from services.album.domain import TrackId
from services.album.storing.tables import batches

ENRICH_TRACKS = "enrich_tracks"
MOST_TRACKS = 200
ALL, LASTFM, COVERS = "all", "lastfm", "covers"
TYPES = (LASTFM, COVERS, ALL)

_POLL = 0.25
_KEPT = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Failure:
    """Something of a batch that could not be enriched; `kind` is "track", "album" or "artist"."""

    kind: str
    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class TrackBatch:
    """How far a batch is; `total` counts tracks, albums and artists, each once."""

    id: str
    total: int
    done: int
    failed: int
    is_over: bool
    failures: tuple[Failure, ...]


class Batches:
    """Batches are jobs: they outlive their callers and this process."""

    def __init__(self, database: Database, jobs: JobStore, *, waiting: Waiting, clock: Clock) -> None:
        self._database = database
        self._jobs = jobs
        self._waiting = waiting
        self._clock = clock

    def start(self, track_ids: Sequence[TrackId], types: Sequence[str], *, force: bool) -> TrackBatch:
        """A new batch, to be done in the background."""
        batch_id, now = str(uuid.uuid4()), self._clock.now()
        payload = {"track_ids": list(dict.fromkeys(track_ids)), "types": list(types), "force": force}
        with self._database.write() as connection:
            connection.execute(sa.delete(batches).where(batches.c.created_at < now - _KEPT))
            job_id = self._jobs.enqueue(ENRICH_TRACKS, payload, lane=Lane.NORMAL, connection=connection)
            connection.execute(sa.insert(batches).values(batch_id=batch_id, job_id=job_id, created_at=now))
        return self.get(batch_id)

    def get(self, batch_id: str) -> TrackBatch:
        """Raises NotFound."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(batches).where(batches.c.batch_id == batch_id)).one_or_none()
        job = self._jobs.get(row.job_id) if row is not None else None
        if job is None:
            raise NotFound("No batch has this id; batches are kept for a week.")
        progress: dict[str, Any] = job.progress or {"total": len(job.payload["track_ids"]), "done": [], "failures": []}
        failures = tuple(Failure(*each) for each in progress["failures"])
        is_over = job.state not in (JobState.PENDING, JobState.RUNNING)
        return TrackBatch(batch_id, progress["total"], len(progress["done"]), len(failures), is_over, failures[:100])

    def watch(self, batch_id: str) -> Iterator[TrackBatch]:
        """The batch as it is, and again whenever more is done; ends with it. Raises NotFound, Overloaded, DeadlineSpent."""
        batch = self.get(batch_id)
        yield batch
        if batch.is_over:
            return
        for _ in self._waiting.rounds(_POLL):
            before, batch = batch, self.get(batch_id)
            if batch != before:
                yield batch
            if batch.is_over:
                return
