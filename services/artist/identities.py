"""Which of our artists is meant by a name? External ids first, then the name, and never two artists made of one."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from services.artist import rows
from services.artist.domain import Artist, ArtistId, ArtistName, ArtistRef, clean_name, match_key
from services.artist.tables import artists, names


def find_artist(connection: sa.Connection, ref: ArtistRef) -> Artist | None:
    """The artist meant, or None."""
    if ref.named is not None:
        return _best(ref.named, _of_names(connection, [ref.named]))
    column, value = (artists.c.id, ref.id) if ref.id is not None else (artists.c.spotify_id, ref.spotify_id)
    row = connection.execute(sa.select(artists).where(column == value)).one_or_none()
    return None if row is None else rows.artist_of(row)


def resolve(connection: sa.Connection, wanted: Sequence[ArtistName], now: datetime) -> list[ArtistId]:
    """Ids in the order given; artists that are not there yet are made. Inside the caller's write transaction."""
    known = _of_names(connection, wanted)
    ids: list[ArtistId] = []
    made: list[Artist] = []
    adopted: dict[ArtistId, str] = {}
    for name in wanted:
        artist = _best(name, known)
        if artist is None:
            artist = Artist(ArtistId(str(uuid.uuid4())), clean_name(name.name), now, now, mbid=name.mbid)
            made.append(artist)
            known.add(artist, match_key(name.name))
        elif artist.mbid is None and name.mbid is not None and artist.id not in adopted and name.mbid not in known.by_mbid:
            adopted[artist.id] = name.mbid
            known.identify(artist, name.mbid)
        ids.append(artist.id)
    _insert(connection, made)
    for artist_id, mbid in adopted.items():
        connection.execute(sa.update(artists).where(artists.c.id == artist_id).values(mbid=mbid, updated_at=now))
    return ids


class _Known:
    """The artists that may be meant, by each way of naming them."""

    def __init__(self) -> None:
        self.by_mbid: dict[str, Artist] = {}
        self.by_name: defaultdict[str, list[Artist]] = defaultdict(list)

    def add(self, artist: Artist, key: str) -> None:
        self.by_name[key].append(artist)
        if artist.mbid is not None:
            self.by_mbid[artist.mbid] = artist

    def identify(self, artist: Artist, mbid: str) -> None:
        """From now on the artist is the one of this id, and of no other: the next id under the same name is another artist's."""
        self.by_mbid[mbid] = identified = replace(artist, mbid=mbid)
        for alike in self.by_name.values():
            alike[:] = [identified if each.id == artist.id else each for each in alike]


def _of_names(connection: sa.Connection, wanted: Iterable[ArtistName]) -> _Known:
    known = _Known()
    keys = {match_key(name.name) for name in wanted}
    mbids = {name.mbid for name in wanted if name.mbid is not None}
    by_name = sa.select(artists, names.c.match_key.label("said")).join(names).where(names.c.match_key.in_(keys))
    for row in connection.execute(by_name):
        known.add(rows.artist_of(row), row.said)
    if mbids - known.by_mbid.keys():
        for row in connection.execute(sa.select(artists).where(artists.c.mbid.in_(mbids))):
            artist = rows.artist_of(row)
            known.by_mbid.setdefault(row.mbid, artist)
    return known


def _best(name: ArtistName, known: _Known) -> Artist | None:
    if name.mbid is not None and name.mbid in known.by_mbid:
        return known.by_mbid[name.mbid]
    # Another MusicBrainz id under the same name is another artist.
    alike = [a for a in known.by_name.get(match_key(name.name), ()) if name.mbid is None or a.mbid in (None, name.mbid)]
    return min(alike, key=partial(_preference, match_key(name.name)), default=None)


def _preference(key: str, artist: Artist) -> tuple[bool, bool, int, datetime, str]:
    """Who is really called so before who is also called so; then the library's own, the most heard, the first seen."""
    is_alias = match_key(artist.name) != key
    return (is_alias, not artist.in_library, -(artist.lastfm_listeners or 0), artist.created_at, artist.id)


def _insert(connection: sa.Connection, made: Sequence[Artist]) -> None:
    if not made:
        return
    connection.execute(sa.insert(artists), [_row(artist) for artist in made])
    connection.execute(sa.insert(names), [{"match_key": match_key(artist.name), "artist_id": artist.id} for artist in made])


def _row(artist: Artist) -> dict[str, Any]:
    return {
        "id": artist.id,
        "name": artist.name,
        "match_key": match_key(artist.name),
        "sort_key": rows.sort_key(artist.name),
        "mbid": artist.mbid,
        "in_library": False,
        "created_at": artist.created_at,
        "updated_at": artist.updated_at,
    }
