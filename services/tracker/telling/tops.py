"""What was heard most, and who was heard for the first time?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest
from itertools import compress
from typing import Any

import sqlalchemy as sa

from services.tracker.storing.tables import titles
from services.tracker.telling.groups import NONE
from services.tracker.telling.zones import Stretch


@dataclass(frozen=True, slots=True)
class TopEntry:
    """An artist, album or track; `title` is empty for an artist, an id None until it is known, `image_url` empty without one.

    `album_id`: an album's own; of a track that of an album it was heard from, if any; an artist has none.
    """

    artist: str
    title: str
    id: str | None
    play_count: int
    image_url: str
    artist_id: str | None
    album_id: str | None


@dataclass(frozen=True, slots=True)
class NewArtist:
    """An artist, and the second in which it was heard for the first time."""

    artist: str
    artist_id: str | None
    first_uts: int


@dataclass(frozen=True)
class Kind:
    """What can be heard most: the columns of its title, its id, its album's id, and of the keys that all titles of one share."""

    title: sa.ColumnElement[str]
    id: sa.Column[str]
    album_id: sa.Column[str] | None
    keys: tuple[sa.Column[str], ...]

    @cached_property
    def rows(self) -> sa.Select[Any]:
        """Names, ids and picture of all titles. Kept, since making it takes longer than finding twenty by it."""
        ids = {column.name: _borrowed(column, self.keys) for column in (self.id, self.album_id) if column is not None}
        ids |= {"artist_id": _borrowed(titles.c.artist_id, ARTIST.keys)}
        return sa.select(
            titles.c.id.label("title_id"),
            titles.c.artist,
            self.title.label("title"),
            _borrowed(titles.c.image_url, self.keys, unless="").label("image_url"),
            *(value.label(name) for name, value in ids.items()),
        )


ARTIST = Kind(sa.literal(""), titles.c.artist_id, None, (titles.c.artist_key,))
ALBUM = Kind(titles.c.album, titles.c.album_id, titles.c.album_id, (titles.c.artist_key, titles.c.album_key))
TRACK = Kind(titles.c.track, titles.c.track_id, titles.c.album_id, (titles.c.artist_key, titles.c.track_key))


def most_heard(
    connection: sa.Connection, kind: Kind, group_of: Sequence[int], heard: Mapping[int, int], limit: int
) -> tuple[int, list[TopEntry]]:
    """How many there are, and those heard most. `heard` is how often each title was, `group_of` its group, in the same order.

    Each is spelt as in the title of it that was heard most; among equals that which was stored first counts.
    """
    counts = dict.fromkeys(group_of, 0)
    for group, count in zip(group_of, heard.values(), strict=True):
        counts[group] += count
    counts.pop(NONE, None)
    enough = min(nlargest(limit, counts.values()), default=0)
    best = {group for group, count in counts.items() if count >= enough}
    is_best = [group in best for group in group_of]
    faces: dict[int, tuple[int, int]] = {}
    for group, title_id in zip(compress(group_of, is_best), compress(heard, is_best), strict=True):
        face = -heard[title_id], title_id
        faces[group] = min(faces.get(group, face), face)
    ranking = sorted((-counts[group], title_id) for group, (_, title_id) in faces.items())[:limit]
    rows = _named(connection, kind, [title_id for _, title_id in ranking])
    return len(counts), [_entry(rows[title_id], kind, -count) for count, title_id in ranking]


def first_heard(connection: sa.Connection, stretches: Sequence[Stretch], limit: int) -> tuple[int, list[NewArtist]]:
    """How many artists were heard for the first time ever within the stretches, and who, newest first."""
    if not stretches:
        return 0, []
    bounds = sa.or_(*(titles.c.first_uts.between(since, until - 1) for since, until in _joined(stretches)))
    # Of each artist one look is enough: most have many titles.
    first = sa.select(titles.c.artist_key, sa.func.min(titles.c.first_uts).label("uts")).where(bounds)
    new = first.group_by(titles.c.artist_key).subquery("new")
    earlier = sa.select(titles.c.id).where(titles.c.artist_key == new.c.artist_key, titles.c.first_uts < new.c.uts)
    face = sa.select(sa.func.min(titles.c.id)).where(titles.c.artist_key == new.c.artist_key, titles.c.first_uts == new.c.uts)
    query = sa.select(face.scalar_subquery(), new.c.uts, sa.func.count().over()).where(~earlier.exists())
    found = connection.execute(query.order_by(new.c.uts.desc(), new.c.artist_key).limit(limit)).all()
    rows = _named(connection, ARTIST, [title_id for title_id, _, _ in found])
    artists = [NewArtist(rows[title_id].artist, rows[title_id].artist_id, first_uts) for title_id, first_uts, _ in found]
    return (found[0][2] if found else 0), artists


def _entry(row: Any, kind: Kind, count: int) -> TopEntry:
    album_id = None if kind.album_id is None else row.album_id
    return TopEntry(row.artist, row.title, getattr(row, kind.id.name), count, row.image_url or "", row.artist_id, album_id)


def _named(connection: sa.Connection, kind: Kind, title_ids: Sequence[int]) -> dict[int, Any]:
    """Rows by title."""
    return {row.title_id: row for row in connection.execute(kind.rows.where(titles.c.id.in_(title_ids)))}


def _borrowed(column: sa.Column[str], keys: Sequence[sa.Column[str]], *, unless: str | None = None) -> sa.ColumnElement[str]:
    """What the title says; where that is nothing, what another one does that shares these keys: it is of the same."""
    other = titles.alias("other")
    said = other.c[column.name].is_not(None) if unless is None else other.c[column.name] != unless
    found = sa.select(other.c[column.name]).where(*(other.c[key.name] == key for key in keys), said).limit(1)
    own = column if unless is None else sa.func.nullif(column, unless)
    return sa.func.coalesce(own, found.scalar_subquery())


def _joined(stretches: Sequence[Stretch]) -> list[tuple[int, int]]:
    """The same seconds in fewer pieces."""
    joined: list[tuple[int, int]] = []
    for each in stretches:
        if joined and joined[-1][1] == each.since:
            joined[-1] = joined[-1][0], each.until
        else:
            joined.append((each.since, each.until))
    return joined
