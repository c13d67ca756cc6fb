"""How are the files of the music folder and its scans laid out, and how is each found again?"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from kernel.database import Json, UtcDateTime, dialect_insert, upsert
from services.album.scanning.domain import Counts, FileProblem, FileState, IndexedFile, Scan, ScanId, ScanState
from services.album.storing.tables import albums, metadata

index_files: Final = sa.Table(
    "index_files",
    metadata,
    sa.Column("path", sa.LargeBinary, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("mtime_ns", sa.BigInteger, nullable=False),
    sa.Column("fingerprint", sa.String(64)),
    sa.Column("said", sa.String(32)),
    sa.Column("track_id", sa.String(36), sa.ForeignKey("tracks.id", ondelete="SET NULL")),
    sa.Column("album_id", sa.String(36), sa.ForeignKey("albums.id", ondelete="SET NULL")),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("genres", Json, nullable=False),
    sa.Column("released", sa.String(10)),
    sa.Column("release_group_mbid", sa.String(36)),
    sa.Column("picture", sa.String(5), nullable=False),
    sa.Column("folder_picture", sa.LargeBinary),
    sa.Column("reader", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("scanned_at", UtcDateTime, nullable=False),
    sa.Column("scan_id", sa.BigInteger, nullable=False),  # the last one that saw it
)
IS_THERE = sa.or_(
    index_files.c.state == FileState.INDEXED,
    sa.and_(index_files.c.state == FileState.FAILED, index_files.c.track_id.is_not(None)),
)
"""It is in the folder and holds a track, though perhaps it cannot be read at the moment."""
_IS_MISSING = index_files.c.state == FileState.MISSING
sa.Index("ix_index_files_fingerprint", index_files.c.fingerprint)
sa.Index("ix_index_files_track", index_files.c.track_id)
sa.Index("ix_index_files_album", index_files.c.album_id)
sa.Index("ix_index_files_folder_picture", index_files.c.folder_picture)
_KEPT_SCANS: Final = 1000
_SHARED_BY: Final = 3
"""So many albums may have one picture beside them: the discs of a box, each filed as one. More, and it is of none of them."""
_FAILED = sa.text("state = 'failed'")
sa.Index("ix_index_files_failed", index_files.c.path, sqlite_where=_FAILED, postgresql_where=_FAILED)

scans: Final = sa.Table(
    "scans",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("turn", sa.SmallInteger, unique=True),  # 1 until it is over, so that there is one at a time
    sa.Column("state", sa.String(9), nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("counts", Json, nullable=False),
    sa.Column("folder", sa.LargeBinary, nullable=False),
    sa.Column("job_id", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("started_at", UtcDateTime),
    sa.Column("ended_at", UtcDateTime),
    sqlite_autoincrement=True,
)


def add_scan(connection: sa.Connection, now: datetime) -> ScanId | None:
    """A new scan, QUEUED, without a job yet; None while another one is not over. The oldest of many are forgotten."""
    row = {"turn": 1, "state": ScanState.QUEUED, "error": "", "counts": {}, "folder": b"", "job_id": "", "revision": 1}
    new = dialect_insert(connection, scans).values(**row, created_at=now)
    added = connection.execute(new.on_conflict_do_nothing(index_elements=["turn"]).returning(scans.c.id)).scalar_one_or_none()
    if added is None:
        return None
    oldest = sa.select(scans.c.id).order_by(scans.c.id.desc()).offset(_KEPT_SCANS - 1).limit(1).scalar_subquery()
    connection.execute(sa.delete(scans).where(scans.c.id < oldest))
    return ScanId(added)


def load_scan(connection: sa.Connection, scan_id: ScanId) -> Scan | None:
    row = connection.execute(sa.select(scans).where(scans.c.id == scan_id)).one_or_none()
    return None if row is None else _scan_of(row)


def load_active_scan(connection: sa.Connection) -> Scan | None:
    """The one that is not over, if there is one."""
    row = connection.execute(sa.select(scans).where(scans.c.turn == 1)).one_or_none()
    return None if row is None else _scan_of(row)


def list_scans(connection: sa.Connection, *, before: int | None, limit: int) -> list[Scan]:
    """Newest first, those older than the scan `before`."""
    wanted = sa.select(scans).order_by(scans.c.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(scans.c.id < before)
    return [_scan_of(row) for row in connection.execute(wanted)]


def change_scan(connection: sa.Connection, scan_id: ScanId, **values: Any) -> bool:
    """Whether the scan was not over, and now has these values. Who watches it sees a new revision."""
    plain: dict[str, Any] = {name: value.to_json() if isinstance(value, Counts) else value for name, value in values.items()}
    if values.get("state") in (ScanState.COMPLETED, ScanState.CANCELLED, ScanState.FAILED):
        plain["turn"] = None
    changed = sa.update(scans).where(scans.c.id == scan_id, scans.c.turn == 1).values(**plain, revision=scans.c.revision + 1)
    return connection.execute(changed).rowcount > 0


def load_files(connection: sa.Connection, paths: Collection[bytes]) -> dict[bytes, IndexedFile]:
    """What is known of these paths."""
    found = connection.execute(sa.select(index_files).where(index_files.c.path.in_(paths)))
    return {row.path: _file_of(row) for row in found}


def load_alike(connection: sa.Connection, fingerprints: Collection[str], *, limit: int) -> list[IndexedFile]:
    """Files that have a track and one of these fingerprints, at most `limit` of each: what is missing, then what was seen last
    the longest ago.
    """
    found = index_files.c
    places = sa.func.row_number().over(
        partition_by=found.fingerprint, order_by=[sa.case((_IS_MISSING, 0), else_=1), found.scan_id, found.path]
    )
    is_alike = found.fingerprint.in_(fingerprints), found.track_id.is_not(None)
    alike = sa.select(index_files, places.label("place")).where(*is_alike).subquery()
    wanted = sa.select(alike).where(alike.c.place <= limit).order_by(alike.c.fingerprint, alike.c.place)
    return [_file_of(row) for row in connection.execute(wanted)]


def save_files(connection: sa.Connection, files: Sequence[IndexedFile], scan_id: ScanId, now: datetime) -> None:
    rows = [file.to_row() | {"scanned_at": now, "scan_id": scan_id} for file in files]
    upsert(connection, index_files, rows, key=["path"])


def list_files(
    connection: sa.Connection, *, album_id: str = "", artist_id: str = "", limit: int
) -> list[tuple[bytes, bool, bytes]]:
    """What is there of an album, or of all albums of an artist, by path: path, whether its tags hold a picture, and the picture
    that lies with it, unless it lies with more than three albums.
    """
    columns = index_files.c
    found = sa.select(columns.path, columns.picture != "none", columns.folder_picture)
    found = found.where(IS_THERE).order_by(columns.path).limit(limit)
    if album_id:
        found = found.where(columns.album_id == album_id)
    if artist_id:
        found = found.join(albums, albums.c.id == columns.album_id).where(albums.c.artist_id == artist_id)
    rows = connection.execute(found).all()
    beside = {picture for *_, picture in rows if picture}
    of_few = (
        sa.select(columns.folder_picture).where(IS_THERE, columns.folder_picture.in_(beside)).group_by(columns.folder_picture)
    )
    own = set(connection.execute(of_few.having(sa.func.count(sa.distinct(columns.album_id)) <= _SHARED_BY)).scalars())
    return [(path, bool(has_picture), picture if picture in own else b"") for path, has_picture, picture in rows]


def forget_files(connection: sa.Connection, paths: Collection[bytes]) -> None:
    if paths:
        connection.execute(sa.delete(index_files).where(index_files.c.path.in_(paths)))


def mark_seen(connection: sa.Connection, paths: Collection[bytes], scan_id: ScanId, now: datetime) -> None:
    """They are as they were."""
    if paths:
        seen = sa.update(index_files).where(index_files.c.path.in_(paths))
        connection.execute(seen.values(scan_id=scan_id, scanned_at=now))


def mark_unknown(connection: sa.Connection, folder: bytes, scan_id: ScanId) -> None:
    """Nobody could look below this folder: what was there is not known to be gone."""
    connection.execute(sa.update(index_files).where(_is_below(folder), ~_IS_MISSING).values(scan_id=scan_id))


def count_below(connection: sa.Connection, folder: bytes, *, at_most: int) -> int:
    """How many files are known to be below this folder, as far as `at_most`."""
    some = sa.select(index_files.c.path).where(_is_below(folder), IS_THERE).limit(at_most).subquery()
    return connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one()


def count_gone(connection: sa.Connection, scan_id: ScanId) -> int:
    """How many were indexed, and not seen by this scan."""
    gone = sa.select(sa.func.count()).select_from(index_files).where(IS_THERE, index_files.c.scan_id < scan_id)
    return connection.execute(gone).scalar_one()


def settle_gone(connection: sa.Connection, scan_id: ScanId) -> int:
    """At the end of a scan: what it did not see is missing, or no problem any more. How many are missing."""
    is_unseen = index_files.c.scan_id < scan_id
    connection.execute(sa.delete(index_files).where(_FAILED, ~IS_THERE, is_unseen))
    gone = sa.update(index_files).where(IS_THERE, is_unseen).values(state=FileState.MISSING, reason="")
    return connection.execute(gone).rowcount


def list_problems(connection: sa.Connection, *, after: bytes | None, limit: int) -> list[FileProblem]:
    """By path, those after that one."""
    wanted = sa.select(index_files).where(_FAILED).order_by(index_files.c.path).limit(limit)
    if after is not None:
        wanted = wanted.where(index_files.c.path > after)
    return [FileProblem(row.path, row.reason, row.scanned_at) for row in connection.execute(wanted)]


def _is_below(folder: bytes) -> sa.ColumnElement[bool]:
    return sa.and_(index_files.c.path > folder + b"/", index_files.c.path < folder + b"0")  # the byte after the slash


def _scan_of(row: sa.Row[Any]) -> Scan:
    values = {name: getattr(row, name) for name in Scan.__dataclass_fields__}
    return Scan(**values | {"id": ScanId(row.id), "state": ScanState(row.state), "counts": Counts(**row.counts)})


def _file_of(row: sa.Row[Any]) -> IndexedFile:
    values = {name: getattr(row, name) for name in IndexedFile.__dataclass_fields__}
    return IndexedFile(**values | {"state": FileState(row.state), "genres": tuple(row.genres)})
