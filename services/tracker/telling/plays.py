"""What is told of a play, and how are the tables it lies in read together?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from services.tracker.storing.tables import accounts, plays, titles

Position = tuple[int, int, int, int]
"""Where a play stands in the journal: second, account, title, ordinal. No two plays stand at one."""

Conditions = Sequence[sa.ColumnElement[bool]]

KEY = (plays.c.uts, plays.c.account_id, plays.c.title_id, plays.c.ordinal)


@dataclass(frozen=True, slots=True)
class ToldPlay:
    """One listening, named as its source named it; ids are those of other services, None until they are known there."""

    uts: int
    artist: str
    track: str
    album: str
    artist_id: str | None
    album_id: str | None
    track_id: str | None
    image_url: str
    source: str
    import_id: int | None
    position: Position


def within(since: int | None, until: int | None) -> list[sa.ColumnElement[bool]]:
    """Plays of the seconds [since, until); None is no bound."""
    bounds = (None if since is None else plays.c.uts >= since, None if until is None else plays.c.uts < until)
    return [bound for bound in bounds if bound is not None]


def told(connection: sa.Connection, chosen: sa.Select[Any], *, newest_first: bool) -> list[ToldPlay]:
    """The plays of a query of whole rows of `plays`."""
    return told_among(connection, chosen, (), newest_first=newest_first, limit=None)


def told_among(
    connection: sa.Connection,
    chosen: sa.Select[Any],
    of: Conditions,
    *,
    newest_first: bool,
    limit: int | None,
) -> list[ToldPlay]:
    """Those of the chosen whose title is as `of` says, at most `limit`."""
    play = chosen.subquery("chosen")
    key = [play.c[column.name] for column in KEY]
    names = (titles.c.artist, titles.c.track, titles.c.album, titles.c.artist_id, titles.c.album_id, titles.c.track_id)
    query = (
        sa.select(play.c.uts, *names, titles.c.image_url, accounts.c.source, play.c.import_id, *key[1:])
        .select_from(play)
        .join(titles, titles.c.id == play.c.title_id)
        .join(accounts, accounts.c.id == play.c.account_id)
        .where(*of)
        .order_by(*(column.desc() if newest_first else column for column in key))
        .limit(limit)
    )
    return [ToldPlay(*row[:10], position=(row[0], *row[10:])) for row in connection.execute(query)]
