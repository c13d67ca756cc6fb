"""How are older covers written beside what is known by now, and how far are they?"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from kernel.database import Json, upsert
from services.cover.domain import CoverRef, Kind, State
from services.cover.storing.rows import is_of
from services.cover.storing.tables import covers, metadata, versions
from upstreams.older import SCHEME, OldId

# How far an unfinished walk has come; written with each batch, gone when the walk is done.
progress = sa.Table(
    "legacy_progress",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("last_id", Json, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known here of a cover: whether a reference is written down, and whether anybody has to look for it."""

    has_reference: bool = False
    is_wanted: bool = True


@dataclass(frozen=True, slots=True)
class Figures:
    """Covers with a reference by what became of them, and how many are served by such an address: none ever."""

    states: Mapping[State, int]
    served: int


NOTHING: Final = Standing()


def load_standings(connection: sa.Connection, refs: Collection[CoverRef]) -> dict[CoverRef, Standing]:
    """Of those that are here at all."""
    keys = sa.tuple_(covers.c.kind, covers.c.entity_id).in_([(str(ref.kind), ref.id) for ref in refs])
    columns = covers.c.kind, covers.c.entity_id, covers.c.legacy_ref, covers.c.image_id, covers.c.checked_at, covers.c.is_locked
    found = connection.execute(sa.select(*columns).where(keys))
    return {
        CoverRef(Kind(row.kind), row.entity_id): Standing(
            row.legacy_ref is not None, row.image_id is None and row.checked_at is None and not row.is_locked
        )
        for row in found
    }


def keep_references(connection: sa.Connection, references: Mapping[CoverRef, str]) -> None:
    """For covers that are here; one that has a reference keeps that. Nothing shows it, so nobody who watches is told."""
    for ref, reference in sorted(references.items()):
        unsaid = sa.update(covers).where(is_of(covers, ref), covers.c.legacy_ref.is_(None))
        connection.execute(unsaid.values(legacy_ref=reference))


def count_figures(connection: sa.Connection) -> Figures:
    by_state = sa.select(covers.c.state, sa.func.count()).where(covers.c.legacy_ref.is_not(None)).group_by(covers.c.state)
    states = {State(state): count for state, count in connection.execute(by_state)}
    served = sum(
        connection.scalar(sa.select(sa.func.count()).where(sa.func.lower(table.c.origin).like(f"{SCHEME}%"))) or 0
        for table in (covers, versions)
    )
    return Figures(states, served)


def load_progress(connection: sa.Connection, source: str) -> tuple[Kind, OldId] | None:
    """The last owner of the last whole batch of a walk that was stopped."""
    row = connection.execute(sa.select(progress).where(progress.c.source == source)).one_or_none()
    return row and (Kind(row.kind), row.last_id)


def save_progress(connection: sa.Connection, source: str, kind: Kind, last_id: OldId) -> None:
    upsert(connection, progress, [{"source": source, "kind": str(kind), "last_id": last_id}], key=["source"])


def forget_progress(connection: sa.Connection, source: str) -> None:
    connection.execute(sa.delete(progress).where(progress.c.source == source))
