"""In which order are albums and tracks listed, and which of them? Queries, to be run by the store."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from facts.naming import sort_key
from services.album.domain import AlbumId
from services.album.storing.tables import albums, tracks

_UNTIL_THE_END = "\U0010ffff"
_TRACK_COUNT = sa.select(sa.func.count()).where(tracks.c.album_id == albums.c.id).scalar_subquery().label("track_count")

_LAST = 2**31 - 1

Position = tuple[str, str]
"""Sort key and id of a row."""
Place = tuple[int, int, str, str]
"""Disc, number, sort key and id of a track."""


@dataclass(frozen=True, slots=True)
class AlbumFilter:
    """Which albums a list holds; what is empty does not filter."""

    title_prefix: str = ""
    artist_id: str = ""


def whole_albums() -> sa.Select[Any]:
    """All columns, and how many tracks are known."""
    return sa.select(albums, _TRACK_COUNT)


def albums_by_title(wanted: AlbumFilter, *, after: Position | None, limit: int) -> sa.Select[Any]:
    """Albums by sort key, then by id."""
    query = whole_albums()
    if wanted.artist_id:
        query = query.where(albums.c.artist_id == wanted.artist_id)
    if wanted.title_prefix:
        prefix = sort_key(wanted.title_prefix)
        query = query.where(albums.c.sort_key >= prefix, albums.c.sort_key < prefix + _UNTIL_THE_END)
    return _page(query, albums, after, limit)


def tracks_in_order(album_id: AlbumId, *, after: Place | None, limit: int) -> sa.Select[Any]:
    """An album's tracks by disc and number, those without one last, by sort key, then by id; `disc` and `number` are labels."""
    disc = sa.func.coalesce(tracks.c.disc_number, _LAST).label("disc")
    number = sa.func.coalesce(tracks.c.track_number, _LAST).label("number")
    order = (disc, number, tracks.c.sort_key, tracks.c.id)
    query = sa.select(tracks, disc, number).where(tracks.c.album_id == album_id)
    if after is not None:
        query = query.where(sa.tuple_(*order) > sa.tuple_(*map(sa.literal, after)))
    return query.order_by(*order).limit(limit)


def _page(query: sa.Select[Any], table: sa.Table, after: Position | None, limit: int) -> sa.Select[Any]:
    if after is not None:
        query = query.where(sa.tuple_(table.c.sort_key, table.c.id) > sa.tuple_(*map(sa.literal, after)))
    return query.order_by(table.c.sort_key, table.c.id).limit(limit)
