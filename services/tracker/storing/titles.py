"""Which row stands for what was heard, and what has been learnt of it since?"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kernel.database import dialect_insert
from kernel.naming import match_key
from services.tracker.domain import Play, Title
from services.tracker.storing.tables import plays, titles

_LEARNT = ("artist_mbid", "track_mbid", "album_mbid", "image_url")
_AT_ONCE = 500
"""Values in one IN list or VALUES; databases take some thousands."""


@dataclass(frozen=True, slots=True)
class UnnamedTitle:
    """A title whose artist, album and track have no ids of ours yet."""

    id: int
    title: Title
    artist_mbid: str
    track_mbid: str
    album_mbid: str


@dataclass(frozen=True, slots=True)
class TitleIds:
    """The ids of one title's artist, track and album; None where the names are such that nobody can have them."""

    title_id: int
    artist_id: str | None
    track_id: str | None
    album_id: str | None


def digest_of(*parts: str) -> bytes:
    """Stands for texts of any length in an index."""
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def find_titles(connection: sa.Connection, wanted: Iterable[Title]) -> dict[Title, int]:
    """The ids of those that are there."""
    digests = {digest_of(title.artist, title.track, title.album): title for title in wanted}
    return {digests[row.digest]: row.id for row in _rows(connection, digests)}


def write_titles(connection: sa.Connection, heard: Sequence[Play]) -> dict[Title, int]:
    """The id of every title; those that are missing are made, and what came with the plays is added to the others."""
    told: dict[bytes, dict[str, Any]] = {}
    for play in heard:
        digest = digest_of(play.title.artist, play.title.track, play.title.album)
        row = told.get(digest)
        if row is None:
            told[digest] = _row(digest, play)
        else:
            row["first_uts"] = min(row["first_uts"], play.uts)
            row |= {name: value for name, value in _learnt(play).items() if value and not row[name]}
    ids: dict[bytes, int] = {}
    for known in _rows(connection, told):
        ids[known.digest] = known.id
        if not _is_news(known, told[known.digest]):
            del told[known.digest]
    for some in _in_pieces(sorted(told)):
        ids |= _upsert(connection, [told[digest] for digest in some])
    return {play.title: ids[digest_of(play.title.artist, play.title.track, play.title.album)] for play in heard}


def forget_first_plays(connection: sa.Connection, title_ids: Iterable[int]) -> None:
    """After plays were taken out: the first play of each title is looked up anew."""
    for some in _in_pieces(sorted(set(title_ids))):
        first = sa.select(sa.func.min(plays.c.uts)).where(plays.c.title_id == titles.c.id).scalar_subquery()
        connection.execute(sa.update(titles).where(titles.c.id.in_(some)).values(first_uts=first))


def unnamed_titles(connection: sa.Connection, limit: int, title_ids: Iterable[int] | None = None) -> list[UnnamedTitle]:
    """Titles without ids of ours, oldest first; of these only, if given."""
    wanted = sa.select(titles).where(titles.c.is_named.is_(False)).order_by(titles.c.id).limit(limit)
    if title_ids is not None:
        wanted = wanted.where(titles.c.id.in_(list(title_ids)))
    return [
        UnnamedTitle(row.id, Title(row.artist, row.track, row.album), row.artist_mbid, row.track_mbid, row.album_mbid)
        for row in connection.execute(wanted)
    ]


def name_titles(connection: sa.Connection, named: Sequence[TitleIds]) -> None:
    """Writes down the ids."""
    for some in _in_pieces(sorted(named, key=lambda each: each.title_id)):
        rows = [(each.title_id, each.artist_id, each.track_id, each.album_id) for each in some]
        names = ("artist_id", "track_id", "album_id")
        ids = sa.values(sa.column("id", sa.BigInteger), *(sa.column(name, sa.String) for name in names)).data(rows).cte("ids")
        known = {name: ids.c[name] for name in names}
        connection.execute(sa.update(titles).where(titles.c.id == ids.c.id).values(**known, is_named=True))


def _rows(connection: sa.Connection, digests: Mapping[bytes, object]) -> Iterable[sa.Row[Any]]:
    columns = titles.c.id, titles.c.digest, titles.c.first_uts, *(titles.c[name] for name in _LEARNT)
    for some in _in_pieces(list(digests)):
        yield from connection.execute(sa.select(*columns).where(titles.c.digest.in_(some))).all()


def _upsert(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> dict[bytes, int]:
    statement = dialect_insert(connection, titles)
    new = statement.excluded
    earlier = sa.case((titles.c.first_uts < new.first_uts, titles.c.first_uts), else_=new.first_uts)
    changes: dict[str, Any] = {name: sa.case((new[name] == "", titles.c[name]), else_=new[name]) for name in _LEARNT}
    saved = statement.on_conflict_do_update(index_elements=["digest"], set_=changes | {"first_uts": earlier})
    return {row.digest: row.id for row in connection.execute(saved.returning(titles.c.digest, titles.c.id), rows)}


def _row(digest: bytes, play: Play) -> dict[str, Any]:
    title = play.title
    return {
        "digest": digest,
        "artist": title.artist,
        "track": title.track,
        "album": title.album,
        "artist_key": match_key(title.artist),
        "track_key": match_key(title.track),
        "album_key": match_key(title.album),
        "first_uts": play.uts,
        **_learnt(play),
    }


def _learnt(play: Play) -> dict[str, str]:
    return dict(zip(_LEARNT, (play.mbids.artist, play.mbids.track, play.mbids.album, play.image_url), strict=True))


def _is_news(row: sa.Row[Any], told: Mapping[str, Any]) -> bool:
    is_earlier = row.first_uts is None or told["first_uts"] < row.first_uts
    return is_earlier or any(told[name] and told[name] != getattr(row, name) for name in _LEARNT)


def _in_pieces(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))
