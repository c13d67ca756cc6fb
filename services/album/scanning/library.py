"""Which albums and tracks does the music folder hold? Said of them in the transaction that writes of their files."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.album.domain import AlbumId, TrackId
from services.album.scanning.domain import ScanId
from services.album.storing.files import IS_THERE, index_files
from services.album.storing.tables import albums, tracks


@dataclass(frozen=True, slots=True)
class Shelved:
    """What a file says of the place and length of its track."""

    track_id: TrackId
    disc: int | None = None
    number: int | None = None
    duration_ms: int | None = None


def count_new(connection: sa.Connection, table: sa.Table, ids: Collection[str], since: datetime) -> int:
    """How many of these are about to be marked for the first time, and were made since.

    Counted from what is stored: an attempt that is made again has made none, and counts what the one before it made.
    """
    new = table.c.id.in_(ids), table.c.in_library.is_(False), table.c.created_at >= since
    return connection.execute(sa.select(sa.func.count()).select_from(table).where(*new)).scalar_one()


def mark_albums(connection: sa.Connection, ids: Collection[AlbumId], now: datetime) -> None:
    """The library holds something of them."""
    marked = sa.update(albums).where(albums.c.id.in_(ids), albums.c.in_library.is_(False))
    connection.execute(marked.values(in_library=True, updated_at=now))


def mark_tracks(connection: sa.Connection, shelved: Sequence[Shelved], now: datetime) -> None:
    """The library holds them. What a file does not say stays as it was."""
    if not shelved:
        return
    said: list[tuple[Any, str]] = [
        (tracks.c.disc_number, "said_disc"),
        (tracks.c.track_number, "said_number"),
        (tracks.c.file_duration_ms, "said_ms"),
    ]
    values = {column: sa.func.coalesce(sa.bindparam(name, type_=column.type), column) for column, name in said}
    is_news = [column.is_distinct_from(value) for column, value in values.items()]
    marked = sa.update(tracks).where(tracks.c.id == sa.bindparam("marked"), tracks.c.in_library.is_(False) | sa.or_(*is_news))
    rows = [
        {"marked": each.track_id, "said_disc": each.disc, "said_number": each.number, "said_ms": each.duration_ms}
        for each in shelved
    ]
    connection.execute(marked.values({**values, tracks.c.in_library: True, tracks.c.updated_at: now}), rows)


def list_leaving(connection: sa.Connection, scan_id: ScanId) -> list[AlbumId]:
    """Albums that lose files, or have lost all, once what this scan did not see is settled."""
    file = index_files.c
    lost = sa.select(file.album_id).where(file.album_id.is_not(None), IS_THERE, file.scan_id < scan_id).distinct()
    held = sa.exists().where(file.album_id == albums.c.id, IS_THERE)
    left = sa.select(albums.c.id).where(albums.c.in_library.is_(True), ~held)
    return [AlbumId(each) for each in connection.execute(lost.union(left)).scalars()]


def settle_library(connection: sa.Connection, now: datetime) -> None:
    """What no file is left of is not in the library any more."""
    for table, column in ((tracks, index_files.c.track_id), (albums, index_files.c.album_id)):
        held = sa.exists().where(column == table.c.id, IS_THERE)
        left = sa.update(table).where(table.c.in_library.is_(True), ~held)
        connection.execute(left.values(in_library=False, updated_at=now))
