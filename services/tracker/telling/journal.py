"""Which plays were heard last, of all, of one artist, from one album, or with some text in their names?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from facts.naming import match_key
from services.tracker.storing.tables import plays, titles
from services.tracker.telling.plays import KEY, Conditions, Position, ToldPlay, told, told_among, within

__all__ = ["PlayFilter", "ToldPlay", "list_plays"]

_GLANCE = 1000
"""Plays that are looked through before titles are: whatever is heard often is found among them."""


@dataclass(frozen=True, slots=True)
class PlayFilter:
    """Which plays a list holds: seconds [since, until); an artist or album by name or by our id; a text in any of the names.

    What is None or empty does not filter. Case does not matter.
    """

    since: int | None = None
    until: int | None = None
    artist: str = ""
    album: str = ""
    text: str = ""


def list_plays(connection: sa.Connection, wanted: PlayFilter, after: Position | None, limit: int) -> list[ToldPlay]:
    """At most `limit` plays, newest first, beginning after that position: what is stored meanwhile shifts nothing."""
    window = within(wanted.since, wanted.until)
    if after is not None:
        window = [*window, sa.tuple_(*KEY) < sa.tuple_(*map(sa.literal, after))]
    of = _of_titles(wanted)
    if not of:
        return told(connection, _newest(window).limit(limit), newest_first=True)
    found = told_among(connection, _newest(window).limit(max(_GLANCE, limit)), of, newest_first=True, limit=limit)
    return found if len(found) == limit else _by_title(connection, wanted, after, limit)


def _newest(window: Conditions) -> sa.Select[Any]:
    return sa.select(plays).where(*window).order_by(*(column.desc() for column in KEY))


def _of_titles(wanted: PlayFilter) -> list[sa.ColumnElement[bool]]:
    """What a title must be like; nothing when any will do."""
    artist, album, text = match_key(wanted.artist), match_key(wanted.album), match_key(wanted.text)
    of: list[sa.ColumnElement[bool]] = []
    if artist:
        of.append(sa.or_(titles.c.artist_key == artist, titles.c.artist_id == wanted.artist.strip()))
    if album:
        of.append(sa.or_(titles.c.album_key == album, titles.c.album_id == wanted.album.strip()))
    if text:
        keys = (titles.c.artist_key, titles.c.track_key, titles.c.album_key)
        of.append(sa.or_(*(key.contains(text, autoescape=True) for key in keys)))
    return of


def _by_title(connection: sa.Connection, wanted: PlayFilter, after: Position | None, limit: int) -> list[ToldPlay]:
    """What a walk through all plays would find, found from the titles: it costs a look-up a title, however old or rare the plays.

    The newest `limit` plays are not older than the last play of the last of the `limit` titles that were heard last; nor than the
    play of any one of them that, counted back, is its `limit`th.
    """
    of = _of_titles(wanted)
    before = wanted.until if after is None else after[0]
    window = within(wanted.since, before)
    found = [] if after is None else _of_second(connection, of, after[0], sa.tuple_(*KEY) < sa.tuple_(*map(sa.literal, after)))
    heard = _heard_last(connection, of, window, limit)
    if not heard:
        return found[:limit]
    title_ids = [title_id for title_id, _ in heard]
    floors = (heard[-1][1] if len(heard) == limit else None, _when_full(connection, title_ids, window, limit))
    floor = max((floor for floor in floors if floor is not None), default=None)
    newer = window if floor is None else [*window, plays.c.uts > floor]
    # Ordered by what no index holds: SQLite would walk through everybody's plays just to have them in order.
    order = ((plays.c.uts + 0).desc(), *(column.desc() for column in KEY[1:]))
    chosen = sa.select(plays).where(plays.c.title_id.in_(title_ids), *newer).order_by(*order).limit(limit)
    found += told(connection, chosen, newest_first=True)
    if floor is not None and len(found) < limit:
        found += _of_second(connection, of, floor)  # which titles beyond the `limit` may have been heard in as well
    return found[:limit]


def _of_second(connection: sa.Connection, of: Conditions, uts: int, *beyond: sa.ColumnElement[bool]) -> list[ToldPlay]:
    return told_among(connection, _newest([plays.c.uts == uts, *beyond]), of, newest_first=True, limit=None)


def _heard_last(connection: sa.Connection, of: Conditions, window: Conditions, limit: int) -> list[tuple[int, int]]:
    """The titles that were heard last, each with the second when."""
    last = sa.select(sa.func.max(plays.c.uts)).where(plays.c.title_id == titles.c.id, *window).scalar_subquery()
    each = sa.select(titles.c.id, last.label("uts")).where(*of).subquery("each")
    found = connection.execute(sa.select(each).order_by(each.c.uts.desc().nulls_last(), each.c.id).limit(limit))
    return [(title_id, uts) for title_id, uts in found if uts is not None]


def _when_full(connection: sa.Connection, title_ids: Sequence[int], window: Conditions, limit: int) -> int | None:
    """The latest second from which on one of the titles alone was heard `limit` times."""
    seconds = sa.select(plays.c.uts).where(plays.c.title_id == titles.c.id, *window)
    nth = seconds.order_by(plays.c.uts.desc()).limit(1).offset(limit - 1).scalar_subquery()
    each = sa.select(nth.label("uts")).where(titles.c.id.in_(title_ids)).subquery("each")
    return connection.execute(sa.select(sa.func.max(each.c.uts))).scalar()
