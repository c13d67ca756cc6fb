"""Whose are the lastfm:// covers of an older installation?"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from services.cover.domain import Kind
from upstreams.older import BATCH, OldDatabase, OldId, Unreadable, plain_id

_OWNERS: Final = {Kind.ARTIST: "artist", Kind.ALBUM: "album"}
"""What covers there call them."""


@dataclass(frozen=True, slots=True)
class OldOwner:
    """An artist or album as it stands there, with at least one cover reference; any value may be missing."""

    kind: Kind
    id: OldId
    name: str | None
    artist_name: str | None = None
    """Of an album."""
    mbid: str | None = None
    """MusicBrainz id of an artist."""
    references: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return f"{_OWNERS[self.kind]} {self.id!r}"


class OldCovers(OldDatabase):
    """Its artists and albums that have such covers."""

    def __init__(self, address: sa.URL, *, batch: int = BATCH) -> None:
        super().__init__(address, batch=batch)
        if not self.has_references:
            raise Unreadable(f"{self.name} has no table of covers with owners and addresses.")
        if self.has("cover_versions"):
            raise Unreadable(f"{self.name} is not an older installation's: it has this version's tables already.")

    def batches(self, kind: Kind, after: OldId | None) -> Iterator[list[OldOwner]]:
        """Those with an id above `after`, at most a batch at a time. Raises Unreadable when the database is lost."""
        while rows := self._batch(kind, after):
            yield rows
            after = rows[-1].id

    def strays(self) -> Counter[str]:
        """How many references belong to nobody that `batches` told of, by reason."""
        tables = {owner: str(kind) if self._is_readable(kind) else "" for kind, owner in _OWNERS.items()}
        counted = self.count_strays(tables)
        reasons = {"": "it is neither an artist's nor an album's"} | {owner: f"its {owner} is not there" for owner in tables}
        return Counter({reasons[owner]: count for owner, count in counted.items()})

    def _batch(self, kind: Kind, after: OldId | None) -> list[OldOwner]:
        if not self._is_readable(kind):
            return []
        owner, table = _OWNERS[kind], self.table(kind)
        query = self._artists() if kind is Kind.ARTIST else self._albums()
        query = query.where(sa.cast(table.c.id, sa.Text).in_(self.owners_of_references(owner)))
        with self.reading() as connection:
            rows = self.page(connection, query, table.c.id, after)
            references = self.references(connection, owner, [row["id"] for row in rows])
        return [
            OldOwner(kind, plain_id(row["id"]), row["name"], row["artist_name"], row["mbid"], tuple(references[str(row["id"])]))
            for row in rows
        ]

    def _artists(self) -> sa.Select[Any]:
        table = self.table(Kind.ARTIST)
        mbid = _first(table, "musicbrainz_artistid", "mbid")
        return sa.select(table.c.id, _first(table, "name").label("name"), _NOTHING.label("artist_name"), mbid.label("mbid"))

    def _albums(self) -> sa.Select[Any]:
        """With the name of the artist that an album leads to, or else that it has written beside it."""
        table = self.table(Kind.ALBUM)
        title, artist_name = _first(table, "title", "name"), _first(table, "artist_name", "artist")
        columns = table.c.id, title.label("name"), _NOTHING.label("mbid")
        if not (self._is_readable(Kind.ARTIST) and "artist_id" in table.c):
            return sa.select(*columns, artist_name.label("artist_name"))
        artists = self.table(Kind.ARTIST).alias("of_album")
        is_its_own = sa.cast(artists.c.id, sa.Text) == sa.cast(table.c.artist_id, sa.Text)
        name = sa.func.coalesce(_first(artists, "name"), artist_name)
        return sa.select(*columns, name.label("artist_name")).select_from(table.outerjoin(artists, is_its_own))

    def _is_readable(self, kind: Kind) -> bool:
        return any(self.has(kind, "id", name) for name in ("name", "title"))


_NOTHING: Final = sa.cast(sa.null(), sa.Text)


def _first(table: sa.FromClause, *names: str) -> sa.ColumnElement[Any]:
    """The first of the columns that are there and hold anything, as text."""
    filled = [sa.func.nullif(sa.cast(table.c[name], sa.Text), "") for name in names if name in table.c]
    return sa.func.coalesce(*filled, _NOTHING, _NOTHING)  # SQLite wants two at least
