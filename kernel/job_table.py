"""What does one job's row say? It is the truth about that work: brokers and workers may vanish, the row is still due."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, Final

import sqlalchemy as sa

from kernel.database import Json, UtcDateTime


class Lane(IntEnum):
    """How urgent a job is: somebody waits for it, it keeps the library current, or it may take all night."""

    HIGH = 0
    NORMAL = 1
    LOW = 2


class JobState(StrEnum):
    """A failed attempt is PENDING again, due later and with its error; after the last one the job is DEAD: a person must look."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    DEAD = "DEAD"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Job:
    """One row as it was read. `attempts` counts the runs begun; `error` is why the last one failed, fit to be shown."""

    id: str
    kind: str
    payload: Any
    lane: Lane
    state: JobState
    attempts: int
    max_attempts: int
    due_at: datetime
    progress: Any
    error: str | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """A job and the proof that it is ours: every claim has a `token` of its own, so one thought dead holds a worthless one."""

    job: Job
    token: str


@dataclass(frozen=True, slots=True)
class Heap:
    """How many unfinished jobs are alike in kind, lane and state; `due` of them wait for somebody to do them."""

    kind: str
    lane: Lane
    state: JobState
    jobs: int
    due: int
    first_due_at: datetime


class LeaseLost(Exception):
    """The job was cancelled, or its lease ran out and another worker has it: nothing of this attempt may be written."""


# Written out, not bound: both databases use a partial index only where they can read that the query implies it.
ACTIVE: Final = sa.text("state IN ('PENDING', 'RUNNING')")
UNFINISHED: Final = sa.text("state IN ('PENDING', 'RUNNING', 'DEAD')")
OVER: Final = sa.text("state IN ('SUCCEEDED', 'CANCELLED')")


def job_table(metadata: sa.MetaData) -> sa.Table:
    """The table `jobs`. An app's first migration creates it: `job_table(MetaData()).create(op.get_bind())`."""
    table = sa.Table(
        "jobs",
        metadata,
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("payload", Json),
        sa.Column("lane", sa.SmallInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("max_attempts", sa.Integer, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("again_at", UtcDateTime),
        sa.Column("rank_at", UtcDateTime, nullable=False),
        sa.Column("lease_until", UtcDateTime),
        sa.Column("lease_owner", sa.Text),
        sa.Column("progress", Json),
        sa.Column("dedupe_key", sa.Text),
        sa.Column("error", sa.Text),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
    )
    sa.Index("jobs_next", table.c.rank_at, sqlite_where=ACTIVE, postgresql_where=ACTIVE)
    sa.Index("jobs_over", table.c.updated_at, sqlite_where=OVER, postgresql_where=OVER)
    sa.Index("jobs_once", table.c.dedupe_key, unique=True, sqlite_where=UNFINISHED, postgresql_where=UNFINISHED)
    return table


def read_job(row: sa.Row[Any]) -> Job:
    values = {name: getattr(row, name) for name in Job.__dataclass_fields__}
    return Job(**values | {"lane": Lane(row.lane), "state": JobState(row.state)})
