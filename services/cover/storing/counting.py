"""How many covers are there, from where, and what waits? Figures of all tables together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from kernel.job_table import ACTIVE, Lane, job_table
from services.cover.domain import Kind, Outcome, SourceName, State
from services.cover.storing.changes import OUTSIDE
from services.cover.storing.tables import attempts, covers, images, quarantine

_JOBS: Final = job_table(sa.MetaData())


@dataclass(frozen=True, slots=True)
class Counted:
    """`outcomes` count each source's latest answer for each cover; ratios are None while there is nothing to tell them from."""

    outcomes: Mapping[tuple[Kind, SourceName], Mapping[Outcome, int]]
    covers: Mapping[tuple[Kind, State], int]
    images: int
    image_bytes: int
    quarantined: int
    embedded_ratio: float | None
    external_ratio: float | None


@dataclass(frozen=True, slots=True)
class Queued:
    """How many jobs are due in each lane, and since when the first."""

    by_lane: Mapping[Lane, int]
    oldest_due_at: datetime | None


def count_all(connection: sa.Connection) -> Counted:
    """Reads whole tables."""
    image_count, image_bytes = connection.execute(sa.select(sa.func.count(), sa.func.sum(images.c.bytes))).one()
    return Counted(
        outcomes=_count_outcomes(connection),
        covers=_count_covers(connection),
        images=image_count,
        image_bytes=int(image_bytes or 0),
        quarantined=connection.execute(sa.select(sa.func.count()).select_from(quarantine)).scalar_one(),
        embedded_ratio=_count_embedded(connection),
        external_ratio=_count_external(connection),
    )


def _count_outcomes(connection: sa.Connection) -> dict[tuple[Kind, SourceName], dict[Outcome, int]]:
    columns = attempts.c.kind, attempts.c.source, attempts.c.outcome
    counted: dict[tuple[Kind, SourceName], dict[Outcome, int]] = {}
    for kind, source, outcome, count in connection.execute(sa.select(*columns, sa.func.count()).group_by(*columns)):
        counted.setdefault((Kind(kind), SourceName(source)), {})[Outcome(outcome)] = count
    return counted


def _count_covers(connection: sa.Connection) -> dict[tuple[Kind, State], int]:
    columns = covers.c.kind, covers.c.state
    found = connection.execute(sa.select(*columns, sa.func.count()).group_by(*columns))
    return {(Kind(kind), State(state)): count for kind, state, count in found}


def count_queue(connection: sa.Connection, kind: str, now: datetime) -> Queued:
    """Of jobs of that kind."""
    waiting = sa.select(_JOBS.c.lane, sa.func.count(), sa.func.min(_JOBS.c.due_at, type_=_JOBS.c.due_at.type))
    found = connection.execute(waiting.where(ACTIVE, _JOBS.c.kind == kind, _JOBS.c.due_at <= now).group_by(_JOBS.c.lane)).all()
    counts = dict.fromkeys(Lane, 0) | {Lane(lane): count for lane, count, _ in found}
    return Queued(counts, min((oldest for *_, oldest in found), default=None))


def _count_embedded(connection: sa.Connection) -> float | None:
    sums = sa.func.sum(attempts.c.taken), sa.func.sum(attempts.c.held)
    taken, held = connection.execute(sa.select(*sums).where(attempts.c.source == SourceName.EMBEDDED)).one()
    return float(taken) / float(held) if held else None


def _count_external(connection: sa.Connection) -> float | None:
    """Of the covers about which every source outside that was asked gave an answer, those for which one had an image."""

    def has(*outcomes: Outcome) -> sa.ColumnElement[int]:
        return sa.func.max(sa.case((attempts.c.outcome.in_(outcomes), 1), else_=0))

    per_cover = (
        sa.select(
            has(Outcome.HIT).label("hit"),
            has(Outcome.FAULT).label("fault"),
            has(Outcome.MISS, Outcome.REJECTED).label("miss"),
        )
        .where(attempts.c.source.in_(OUTSIDE))
        .group_by(attempts.c.kind, attempts.c.entity_id)
        .subquery()
    )
    is_miss = sa.and_(per_cover.c.hit == 0, per_cover.c.fault == 0, per_cover.c.miss == 1)
    sums = sa.func.sum(per_cover.c.hit), sa.func.sum(sa.case((is_miss, 1), else_=0))
    hits, misses = connection.execute(sa.select(*sums)).one()
    asked = (hits or 0) + (misses or 0)
    return float(hits) / float(asked) if asked else None
