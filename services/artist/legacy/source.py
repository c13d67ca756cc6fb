"""What does an older installation's database hold of artists?"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from upstreams.older import BATCH, OldDatabase, OldId, Unreadable, plain_id

_COLUMNS: Final = (
    "id",
    "name",
    "musicbrainz_artistid",
    "mbid",
    "spotify_id",
    "spotify_artist_id",
    "lastfm_url",
    "lastfm_listeners",
    "lastfm_playcount",
    "lastfm_tags",
    "lastfm_similar_artists_fetched",
    "lastfm_info_fetched_at",
)
_STRAYS: Final = {"": "it is not an artist's", "artist": "its artist is not there"}


@dataclass(frozen=True, slots=True)
class OldArtist:
    """One row of the older installation as it stands there: any value may be missing, or of any type."""

    id: OldId
    columns: Mapping[str, Any]
    references: tuple[Any, ...] = ()
    similar: tuple[tuple[Any, Any, Any], ...] = ()
    """Name, MusicBrainz id and weight of each similar artist."""


class OldArtists(OldDatabase):
    """Its artists, their cover references and who is like them."""

    def __init__(self, address: sa.URL, *, batch: int = BATCH) -> None:
        super().__init__(address, batch=batch)
        if not self.has("artists", "id", "name"):
            raise Unreadable(f"{self.name} has no table of artists with an id and a name.")
        if self.has("artist_facts"):
            raise Unreadable(f"{self.name} is not an older installation's: it has this version's tables already.")

    def batches(self, after: OldId | None) -> Iterator[list[OldArtist]]:
        """The artists with an id above `after`, at most a batch at a time. Raises Unreadable when the database is lost."""
        while rows := self._batch(after):
            yield rows
            after = rows[-1].id

    def stray_references(self) -> Counter[str]:
        """How many references belong to no artist that `batches` told of, by reason."""
        return Counter({_STRAYS[owner]: count for owner, count in self.count_strays({"artist": "artists"}).items()})

    def _batch(self, after: OldId | None) -> list[OldArtist]:
        table = self.table("artists")
        query = sa.select(*(table.c[name] for name in _COLUMNS if name in table.c))
        with self.reading() as connection:
            rows: Any = self.page(connection, query, table.c.id, after)
            ids = [row["id"] for row in rows]
            references, similar = self.references(connection, "artist", ids), self._similar(connection, ids)
        return [OldArtist(plain_id(row["id"]), row, tuple(references[str(row["id"])]), tuple(similar[row["id"]])) for row in rows]

    def _similar(self, connection: sa.Connection, ids: Sequence[Any]) -> defaultdict[Any, list[tuple[Any, Any, Any]]]:
        found: defaultdict[Any, list[tuple[Any, Any, Any]]] = defaultdict(list)
        if not self.has("artist_similar", "artist_id", "similar_artist_id", "weight"):
            return found
        edges, other = self.table("artist_similar"), self.table("artists").alias("other")
        mbid = next((other.c[name] for name in ("musicbrainz_artistid", "mbid") if name in other.c), sa.null())
        query = sa.select(edges.c.artist_id, other.c.name, mbid.label("mbid"), edges.c.weight).where(
            edges.c.artist_id.in_(ids), other.c.id == edges.c.similar_artist_id
        )
        for row in connection.execute(query.order_by(edges.c.weight.desc(), other.c.name)):
            found[row.artist_id].append((row.name, row.mbid, row.weight))
        return found
