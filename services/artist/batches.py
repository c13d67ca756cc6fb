"""Which artists are being enriched together, and how far is that?"""

import uuid
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from kernel import deadline
from kernel.clock import Clock
from kernel.database import Database, dialect_insert
from kernel.errors import AlreadyExists, NotFound
from kernel.jobs import Job, JobState, JobStore, Lane
from kernel.waiting import Waiting
from services.artist.asking.research import Wish
from services.artist.storing.tables import batches

ENRICH_BATCH = "enrich_batch"
MOST_ARTISTS = 50

_POLL = 0.2
_KEPT = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Done:
    """One artist of a batch that is done: its place, and why it failed; empty when it did not."""

    position: int
    error: str


@dataclass(frozen=True, slots=True)
class Batch:
    """How far a batch is. `done` is in the order in which the artists were done; once it is over, all of them are."""

    artist_ids: tuple[str, ...]
    done: tuple[Done, ...]
    is_over: bool

    @property
    def failed(self) -> int:
        return sum(bool(each.error) for each in self.done)


class Batches:
    """Batches are jobs: they outlive their callers and this process. Any number of threads may start them."""

    def __init__(self, database: Database, jobs: JobStore, *, clock: Clock, most_waiting: int = 8) -> None:
        """`most_waiting`: how many may wait for batches at once; each holds one of the service's threads for as long."""
        self._database = database
        self._jobs = jobs
        self._clock = clock
        self._waiting = Waiting(most_waiting, clock)

    def start(self, batch_id: str, artist_ids: Sequence[str], wish: Wish) -> str:
        """Answers the batch's id: of a new batch, or of the one that is there; if that is over, `force` begins it anew.

        Raises AlreadyExists when the one that is there has other artists.
        """
        batch_id = batch_id or str(uuid.uuid4())
        while True:
            row = self._find(batch_id)
            if row is not None and self._stands(row, artist_ids, wish):
                return batch_id
            if self._begin(batch_id, artist_ids, wish, instead_of=row):
                return batch_id

    def get(self, batch_id: str) -> Batch:
        """Raises NotFound."""
        return self._batch(self._find(batch_id))

    def watch(self, batch_id: str) -> Generator[Batch]:
        """The batch as it is, and again whenever more is done. Only the last one says that it is over: nothing follows it.

        Raises NotFound; Overloaded when too many wait already; DeadlineSpent when the caller's time is up before the end.
        """
        row = self._find(batch_id)  # once: should the batch be begun anew meanwhile, its first run is watched to the end
        batch = self._batch(row)
        yield replace(batch, is_over=False)
        if not batch.is_over:
            for _ in self._waiting.rounds(_POLL):
                before, batch = batch, self._batch(row)
                if batch.done != before.done:
                    yield replace(batch, is_over=False)
                if batch.is_over:
                    break
        yield batch

    def wait(self, batch_id: str, *, leave: float) -> Batch:
        """The batch once it is over, or as it is when no more than `leave` seconds are left of the caller's time, or when too
        many wait already. Raises NotFound.
        """
        batch = self.get(batch_id)
        with self._waiting.place() as has_place:
            while has_place and not batch.is_over and deadline.at_most(leave + 1) > leave:
                self._clock.sleep(_POLL)
                batch = self.get(batch_id)
        return batch

    def _stands(self, row: sa.Row[Any], artist_ids: Sequence[str], wish: Wish) -> bool:
        """Whether the batch that is there is the one that is wanted."""
        if list(row.artist_ids) != list(artist_ids):
            raise AlreadyExists("A batch of this id has other artists.")
        job = self._jobs.get(row.job_id)
        return job is not None and not (wish.force and _read(row, job).is_over)

    def _begin(self, batch_id: str, artist_ids: Sequence[str], wish: Wish, *, instead_of: sa.Row[Any] | None) -> bool:
        """Whether the batch is begun; not when somebody else has begun one of this id since we looked."""
        replaced = "" if instead_of is None else instead_of.job_id
        self._give_up(replaced)
        payload = {"artist_ids": list(artist_ids), "language": wish.language, "force": wish.force}
        with self._database.write() as connection:
            now = self._clock.now()
            connection.execute(sa.delete(batches).where(batches.c.created_at < now - _KEPT, batches.c.batch_id != batch_id))
            row = {"batch_id": batch_id, "job_id": "", "artist_ids": list(artist_ids), "created_at": now}
            mine = dialect_insert(connection, batches).values(row)
            mine = mine.on_conflict_do_update(index_elements=["batch_id"], set_=row, where=batches.c.job_id == replaced)
            if connection.execute(mine.returning(batches.c.batch_id)).one_or_none() is None:
                return False
            job_id = self._jobs.enqueue(ENRICH_BATCH, payload, lane=Lane.NORMAL, connection=connection)
            connection.execute(sa.update(batches).where(batches.c.batch_id == batch_id).values(job_id=job_id))
        return True

    def _give_up(self, job_id: str) -> None:
        """Else "retry all that is dead" would do the artists of a batch that was begun anew once more."""
        job = self._jobs.get(job_id)
        if job is not None and job.state is JobState.DEAD:
            self._jobs.cancel(job_id)

    def _find(self, batch_id: str) -> sa.Row[Any] | None:
        with self._database.read() as connection:
            return connection.execute(sa.select(batches).where(batches.c.batch_id == batch_id)).one_or_none()

    def _batch(self, row: sa.Row[Any] | None) -> Batch:
        job = self._jobs.get(row.job_id) if row is not None else None
        if row is None or job is None:
            raise NotFound("No batch has this id; batches are kept for a week.")
        return _read(row, job)


def _read(row: sa.Row[Any], job: Job) -> Batch:
    done = [Done(position, error) for position, error in (job.progress or {}).get("done", ())]
    is_over = job.state not in (JobState.PENDING, JobState.RUNNING)
    if is_over:  # and nobody will do what is not done
        missing = set(range(len(row.artist_ids))).difference(each.position for each in done)
        done += [Done(position, f"The batch was given up. {job.error or ''}".strip()) for position in sorted(missing)]
    return Batch(tuple(row.artist_ids), tuple(done), is_over or len(done) == len(row.artist_ids))
