"""In which order are artists listed, and which of them? Queries, to be run by the store."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from facts.naming import sort_key
from services.artist.domain import ArtistId, Kind
from services.artist.storing.tables import artists, checks, similar

_UNTIL_THE_END = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class ArtistFilter:
    """Which artists a list holds; None does not filter."""

    name_prefix: str = ""
    in_library: bool | None = None


@dataclass(frozen=True, slots=True)
class SimilarFilter:
    """Which similar artists a list holds; `in_library` None does not filter."""

    min_weight: float = 0.0
    in_library: bool | None = None


def by_name(wanted: ArtistFilter, *, after: tuple[str, str] | None, limit: int) -> sa.Select[Any]:
    """Artists by sort key, then by id."""
    query = sa.select(artists).order_by(artists.c.sort_key, artists.c.id).limit(limit)
    if wanted.name_prefix:
        prefix = sort_key(wanted.name_prefix)
        query = query.where(artists.c.sort_key >= prefix, artists.c.sort_key < prefix + _UNTIL_THE_END)
    if wanted.in_library is not None:
        query = query.where(artists.c.in_library.is_(wanted.in_library))
    if after is not None:
        query = query.where(sa.tuple_(artists.c.sort_key, artists.c.id) > sa.tuple_(*map(sa.literal, after)))
    return query


def similar_to(artist_id: ArtistId, wanted: SimilarFilter) -> sa.Select[Any]:
    """Edges, the most alike first."""
    query = (
        sa.select(similar, artists.c.mbid, artists.c.in_library)
        .join(artists, artists.c.id == similar.c.similar_artist_id)
        .where(similar.c.artist_id == artist_id, similar.c.weight >= wanted.min_weight)
        .order_by(similar.c.weight.desc(), similar.c.rank, similar.c.similar_artist_id)
    )
    return query if wanted.in_library is None else query.where(artists.c.in_library.is_(wanted.in_library))


def due(before: datetime, *, limit: int) -> sa.Select[Any]:
    """Ids of the library's artists, the longest overdue first; what has to be paid for is not counted."""
    first = sa.func.min(checks.c.next_check_at)
    return (
        sa.select(checks.c.artist_id)
        .join(artists, artists.c.id == checks.c.artist_id)
        .where(artists.c.in_library.is_(True), checks.c.next_check_at <= before, checks.c.kind != Kind.MONTHLY_LISTENERS)
        .group_by(checks.c.artist_id)
        .order_by(first, checks.c.artist_id)
        .limit(limit)
    )
