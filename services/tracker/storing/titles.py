"""Which row stands for what was heard, and what has been learnt of it since?"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from facts.naming import match_key
from kernel.database import dialect_insert
from services.tracker.domain import ImportId, Mbids, Play, Title
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
    import_id: ImportId | None = None
    """The import it came in by, if it was one."""


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


def write_titles(
    connection: sa.Connection, heard: Sequence[Play], import_id: ImportId | None, *, settles_first: bool
) -> dict[Title, int]:
    """The id of every title; those that are missing are made, and what came with the plays is added to the others.

    New ones are remembered with the import: so are, whoever names them and when, the albums it brings in.

    `settles_first`: whether it is noted when a title that is there was played earlier than was known; a walk into the past finds
    that on every page, and notes it once at its end.
    """
    told: dict[Title, dict[str, Any]] = {}
    came_with: dict[Title, Mbids] = {}
    for play in heard:
        row = told.get(play.title)
        if row is None:
            told[play.title] = _row(play) | {"import_id": import_id}
        else:
            row["first_uts"] = min(row["first_uts"], play.uts)
            if play.mbids is not came_with[play.title]:
                row |= {name: value for name, value in _learnt(play).items() if value and not row[name]}
        came_with[play.title] = play.mbids
    by_digest = {row["digest"]: title for title, row in told.items()}
    ids: dict[Title, int] = {}
    fresh = dict(told)
    for known in _rows(connection, by_digest):
        title = by_digest[known.digest]
        ids[title] = known.id
        if not _is_news(known, told[title], settles_first=settles_first):
            del fresh[title]
    for some in _in_pieces(sorted(fresh.values(), key=lambda row: bytes(row["digest"]))):
        saved = _upsert(connection, some)
        ids |= {by_digest[digest]: title_id for digest, title_id in saved.items()}
    return ids


def forget_first_plays(connection: sa.Connection, title_ids: Iterable[int]) -> None:
    """After plays were taken out: the first play of each title is looked up anew."""
    for some in _in_pieces(sorted(set(title_ids))):
        connection.execute(sa.update(titles).where(titles.c.id.in_(some)).values(first_uts=_first_play()))


def settle_first_plays(connection: sa.Connection) -> None:
    """After a walk into the past: the first play of every title is what it is."""
    first = _first_play()
    connection.execute(sa.update(titles).where(first < titles.c.first_uts).values(first_uts=first))


def _first_play() -> sa.ScalarSelect[int]:
    return sa.select(sa.func.min(plays.c.uts)).where(plays.c.title_id == titles.c.id).correlate(titles).scalar_subquery()


def unnamed_titles(connection: sa.Connection, limit: int, title_ids: Iterable[int] | None = None) -> list[UnnamedTitle]:
    """Titles without ids of ours, oldest first; of these only, if given."""
    wanted = sa.select(titles).where(titles.c.is_named.is_(False)).order_by(titles.c.id).limit(limit)
    if title_ids is not None:
        wanted = wanted.where(titles.c.id.in_(list(title_ids)))
    return [
        UnnamedTitle(
            row.id,
            Title(row.artist, row.track, row.album),
            row.artist_mbid,
            row.track_mbid,
            row.album_mbid,
            ImportId(row.import_id) if row.import_id else None,
        )
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


def _row(play: Play) -> dict[str, Any]:
    return {**_spelt(play.title), "first_uts": play.uts, **_learnt(play)}


@lru_cache(maxsize=8192)
def _spelt(title: Title) -> Mapping[str, Any]:
    names = {name: getattr(title, name) for name in ("artist", "track", "album")}
    keys = {f"{name}_key": match_key(value) for name, value in names.items()}
    return {"digest": digest_of(*names.values()), **names, **keys}


def _learnt(play: Play) -> dict[str, str]:
    return dict(zip(_LEARNT, (play.mbids.artist, play.mbids.track, play.mbids.album, play.image_url), strict=True))


def _is_news(row: sa.Row[Any], told: Mapping[str, Any], *, settles_first: bool) -> bool:
    is_earlier = row.first_uts is None or (settles_first and told["first_uts"] < row.first_uts)
    return is_earlier or any(told[name] and told[name] != getattr(row, name) for name in _LEARNT)


def _in_pieces(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))
