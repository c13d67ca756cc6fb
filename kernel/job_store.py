"""Which job is due next, and who has it? Claims by lease, on one table in each app's own database."""

import uuid
from collections.abc import Collection
from contextlib import nullcontext
from dataclasses import KW_ONLY, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from kernel.clock import Clock
from kernel.database import Database, dialect_insert
from kernel.job_table import ACTIVE, OVER, UNFINISHED, Claim, Heap, Job, JobState, Lane, LeaseLost, job_table, read_job

_JOBS: Final = job_table(sa.MetaData())
_ENDED: Final = {"lease_until": None, "lease_owner": None}
_KEPT: Final = timedelta(days=7)
_FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)
_FORGOTTEN_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class JobStore:
    """Hands each due job to one worker at a time, and again to another when that one falls silent for `lease`.

    Lanes age: a job ranks as if it had become due `ageing_step` later per lane below HIGH. So nothing that becomes due more than
    two steps after a LOW job can overtake it, however busy the HIGH lane is.
    """

    database: Database
    clock: Clock
    _: KW_ONLY
    lease: timedelta = timedelta(minutes=1)
    ageing_step: timedelta = timedelta(minutes=5)

    def enqueue(
        self,
        kind: str,
        payload: Any = None,
        *,
        lane: Lane = Lane.NORMAL,
        due_at: datetime | None = None,
        dedupe_key: str | None = None,
        max_attempts: int = 5,
        connection: sa.Connection | None = None,
    ) -> str:
        """The id of a job that is there once the caller's transaction (`connection`), or without one this call, has committed.

        While an unfinished job has the same `dedupe_key`, that one is answered instead: asked for again it takes the more urgent
        lane and the earlier time, a dead one begins anew, and a running one will run once more: it may have read what has changed
        since, or be the one that asks. Waiting after a failed attempt is not cut short.
        """
        now = self.clock.now()
        row = {"id": uuid.uuid4().hex, "kind": kind, "payload": payload, "lane": lane, "dedupe_key": dedupe_key}
        row |= {"attempts": 0, "max_attempts": max_attempts, "created_at": now, "updated_at": now}
        with nullcontext(connection) if connection is not None else self.database.write() as writing:
            return str(writing.execute(self._insert(writing, row | self._waiting(due_at or now, lane))).scalar_one())

    def reserve(self, window: int, *, is_express: bool = False) -> list[str]:
        """Ids of due jobs to be sent to workers now, first in rank first; kept from other senders until `lease` has passed.

        Never more than `window` are sent or running at a time: what waits in a broker can no longer be overtaken. Beside those,
        so many of the HIGH lane for who has a thread free for them (`is_express`). What succeeded or was cancelled more than a
        week ago is forgotten on the way, some at each call.
        """
        now = self.clock.now()
        with self.database.write() as connection:
            self._bury_abandoned(connection, now)
            self._forget_over(connection, now)
            busy = sa.select(sa.func.count()).where(ACTIVE, _JOBS.c.lease_until > now)
            room = window if is_express else window - connection.execute(busy).scalar_one()
            wanted = self._next(now, max(0, room)).with_for_update(skip_locked=True)
            ids = connection.execute(wanted.where(_JOBS.c.lane == Lane.HIGH) if is_express else wanted).scalars().all()
            taken = {"state": JobState.PENDING, "lease_until": now + self.lease, "lease_owner": None, "updated_at": now}
            connection.execute(sa.update(_JOBS).where(_JOBS.c.id.in_(ids)).values(taken))
        return [str(job_id) for job_id in ids]

    def claim(self, job_id: str) -> Claim | None:
        """The job, now ours for `lease` and one attempt older; None when it is done, cancelled, not due, or another's."""
        now, token = self.clock.now(), uuid.uuid4().hex
        free = sa.case((_JOBS.c.state == JobState.PENDING, _JOBS.c.due_at <= now), else_=self._is_free(now))
        with self.database.write() as connection:
            values = {"state": JobState.RUNNING, "attempts": _JOBS.c.attempts + 1, "again_at": None}
            leased = {"lease_until": now + self.lease, "lease_owner": token, "updated_at": now}
            mine = sa.update(_JOBS).where(_JOBS.c.id == job_id, ACTIVE, free, _JOBS.c.attempts < _JOBS.c.max_attempts)
            row = connection.execute(mine.values(values | leased).returning(*_JOBS.c)).one_or_none()
        return Claim(read_job(row), token) if row else None

    def heartbeat(self, tokens: Collection[str]) -> set[str]:
        """Renews the leases; the tokens that still hold one. The others have lost their job."""
        now = self.clock.now()
        with self.database.write() as connection:
            alive = sa.update(_JOBS).where(_JOBS.c.lease_owner.in_(tokens), _JOBS.c.state == JobState.RUNNING)
            renewed = alive.values(lease_until=now + self.lease, updated_at=now).returning(_JOBS.c.lease_owner)
            return set(connection.execute(renewed).scalars())

    def save_progress(self, connection: sa.Connection, claim: Claim, progress: Any) -> None:
        """Part of the caller's transaction, with the results the progress speaks of. Raises LeaseLost, which must undo both."""
        self._settle(connection, claim, {"progress": progress})

    def succeed(self, claim: Claim) -> None:
        """Done, unless it was asked for again meanwhile. Raises LeaseLost, as do the other endings."""
        with self.database.write() as connection:
            self._settle(connection, claim, _ENDED | {"state": JobState.SUCCEEDED, "error": None}, until=_FOR_EVER)

    def bury(self, claim: Claim, error: str) -> None:
        """DEAD, and listed until a person has it tried again."""
        with self.database.write() as connection:
            self._settle(connection, claim, _ENDED | {"state": JobState.DEAD, "error": error})

    def postpone(self, claim: Claim, due_at: datetime, *, error: str | None = None, attempts: int | None = None) -> None:
        """PENDING again from `due_at` on, or, when nothing went wrong and it was asked for again meanwhile, from then on.
        `attempts`: how many to count so far, when not the one just made as well.
        """
        count = claim.job.attempts if attempts is None else attempts
        later = self._waiting(due_at, claim.job.lane) | {"error": error, "attempts": count}
        with self.database.write() as connection:
            self._settle(connection, claim, _ENDED | later, until=None if error else due_at)

    def cancel(self, job_id: str, *, connection: sa.Connection | None = None) -> bool:
        """Whether it was unfinished, and is no more, once the transaction (the caller's `connection`, if any) has committed.

        A worker that has it can write nothing from then on.
        """
        cancelled = _ENDED | {"state": JobState.CANCELLED, "updated_at": self.clock.now()}
        stop = sa.update(_JOBS).where(_JOBS.c.id == job_id, UNFINISHED).values(cancelled)
        with nullcontext(connection) if connection is not None else self.database.write() as writing:
            return writing.execute(stop).rowcount > 0

    def retry_all_dead(self) -> int:
        """Every dead job begins anew, now; how many. Doing it twice does it once."""
        now = self.clock.now()
        with self.database.write() as connection:
            dead = sa.update(_JOBS).where(_JOBS.c.state == JobState.DEAD)
            anew = dead.values(state=JobState.PENDING, attempts=0, due_at=now, rank_at=now, updated_at=now)
            return connection.execute(anew).rowcount

    def get(self, job_id: str) -> Job | None:
        with self.database.read() as connection:
            row = connection.execute(sa.select(_JOBS).where(_JOBS.c.id == job_id)).one_or_none()
        return read_job(row) if row else None

    def find_unfinished(self, dedupe_key: str) -> Job | None:
        """The one job of this key that is not over, if there is one."""
        with self.database.read() as connection:
            row = connection.execute(sa.select(_JOBS).where(UNFINISHED, _JOBS.c.dedupe_key == dedupe_key)).one_or_none()
        return read_job(row) if row else None

    def list_dead(self, limit: int = 100) -> list[Job]:
        """The latest first."""
        dead = sa.select(_JOBS).where(_JOBS.c.state == JobState.DEAD)
        with self.database.read() as connection:
            return [read_job(row) for row in connection.execute(dead.order_by(_JOBS.c.updated_at.desc()).limit(limit))]

    def count_by_state(self) -> dict[JobState, int]:
        with self.database.read() as connection:
            rows = connection.execute(sa.select(_JOBS.c.state, sa.func.count()).group_by(_JOBS.c.state)).all()
        return dict.fromkeys(JobState, 0) | {JobState(state): number for state, number in rows}

    def count_unfinished(self, now: datetime) -> list[Heap]:
        """By one walk along an index of the unfinished; where 100,000 wait it takes 0.17 s with SQLite, 0.06 with PostgreSQL."""
        alike = _JOBS.c.kind, _JOBS.c.lane, _JOBS.c.state
        is_due = sa.and_(_JOBS.c.state == JobState.PENDING, _JOBS.c.due_at <= now)
        due = sa.func.sum(sa.case((is_due, 1), else_=0))
        heaps = sa.select(*alike, sa.func.count(), due, sa.func.min(_JOBS.c.due_at)).where(UNFINISHED).group_by(*alike)
        with self.database.read() as connection:
            rows = connection.execute(heaps).all()
        return [Heap(kind, Lane(lane), JobState(state), *counted) for kind, lane, state, *counted in rows]

    def _rank(self, due_at: datetime, lane: Lane) -> datetime:
        return due_at + lane * self.ageing_step

    def _is_free(self, now: datetime) -> sa.ColumnElement[bool]:
        return sa.or_(_JOBS.c.lease_until.is_(None), _JOBS.c.lease_until <= now)

    def _next(self, now: datetime, limit: int) -> sa.Select[tuple[str]]:
        """What is due and nobody's. The bound on the rank follows from that on the time; it ends the index walk early."""
        due = _JOBS.c.due_at <= now, self._is_free(now), _JOBS.c.rank_at <= self._rank(now, Lane.LOW)
        return sa.select(_JOBS.c.id).where(ACTIVE, *due).order_by(_JOBS.c.rank_at, _JOBS.c.id).limit(limit)

    def _bury_abandoned(self, connection: sa.Connection, now: datetime) -> None:
        """Buries what ended its worker once too often."""
        abandoned = _JOBS.c.state == JobState.RUNNING, self._is_free(now), _JOBS.c.attempts >= _JOBS.c.max_attempts
        grave = _ENDED | {"state": JobState.DEAD, "error": "Its worker stopped without a word.", "updated_at": now}
        connection.execute(sa.update(_JOBS).where(*abandoned).values(grave))

    def _forget_over(self, connection: sa.Connection, now: datetime) -> None:
        """Without this the table grows for ever; bounded, or after a long pause one pass would hold up every other writer."""
        old = sa.select(_JOBS.c.id).where(OVER, _JOBS.c.updated_at < now - _KEPT).order_by(_JOBS.c.updated_at)
        some = old.limit(_FORGOTTEN_AT_ONCE).with_for_update(skip_locked=True)
        connection.execute(sa.delete(_JOBS).where(_JOBS.c.id.in_(some)))

    def _waiting(self, due_at: datetime, lane: Lane) -> dict[str, Any]:
        return {"state": JobState.PENDING, "due_at": due_at, "rank_at": self._rank(due_at, lane)}

    def _settle(self, connection: sa.Connection, claim: Claim, values: dict[str, Any], *, until: datetime | None = None) -> None:
        """What becomes of the job, still ours; asked for again meanwhile, and for before `until`, it is begun anew then.

        Raises LeaseLost.
        """
        is_ours = _JOBS.c.id == claim.job.id, _JOBS.c.lease_owner == claim.token, _JOBS.c.state == JobState.RUNNING
        settling = sa.update(_JOBS).where(*is_ours).values(values | {"updated_at": self.clock.now()})
        settled = connection.execute(settling.returning(_JOBS.c.again_at, _JOBS.c.lane)).one_or_none()
        if settled is None:
            raise LeaseLost(claim.job.id)
        is_asked_again = until and settled.again_at and settled.again_at < until
        if due_at := settled.again_at if is_asked_again else values.get("due_at"):
            # In the lane it is in by now: somebody may wait for it who did not when it was claimed.
            later = self._waiting(due_at, settled.lane) | ({"attempts": 0} if is_asked_again else {})
            connection.execute(sa.update(_JOBS).where(_JOBS.c.id == claim.job.id).values(later))

    def _insert(self, connection: sa.Connection, row: dict[str, Any]) -> sa.UpdateBase:
        new = dialect_insert(connection, _JOBS).values(row)
        asked, is_dead = new.excluded, _JOBS.c.state == JobState.DEAD
        is_unbegun = sa.and_(_JOBS.c.attempts == 0, _JOBS.c.error.is_(None))
        return new.on_conflict_do_update(
            index_elements=[_JOBS.c.dedupe_key],
            index_where=UNFINISHED,
            set_={
                "state": sa.case((is_dead, JobState.PENDING), else_=_JOBS.c.state),
                "attempts": sa.case((is_dead, 0), else_=_JOBS.c.attempts),
                "lane": _smaller(_JOBS.c.lane, asked.lane),
                **{
                    name: sa.case((is_dead, asked[name]), (is_unbegun, _smaller(_JOBS.c[name], asked[name])), else_=_JOBS.c[name])
                    for name in ("due_at", "rank_at")
                },
                "again_at": sa.case(
                    (_JOBS.c.state == JobState.RUNNING, _smaller(sa.func.coalesce(_JOBS.c.again_at, asked.due_at), asked.due_at))
                ),
                "updated_at": asked.updated_at,
            },
        ).returning(_JOBS.c.id)


def _smaller(one: sa.ColumnElement[Any], other: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """`min` in one database is `least` in the other."""
    return sa.case((one < other, one), else_=other)
