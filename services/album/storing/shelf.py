"""What is held of all that one request names? Read at once, so that a page of plays costs four queries."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from services.album.domain import AlbumId, ArtistId, ArtistKey, TrackId, TrackName
from services.album.storing.tables import album_titles, albums, artist_names, tracks

IdT = TypeVar("IdT")


class Named(NamedTuple):
    """A track's name with the ids of its artist and of its album's, and the keys its rows are found by."""

    name: TrackName
    artist_id: ArtistId
    track_key: str
    album_artist_id: ArtistId
    album_key: str | None


@dataclass(slots=True)
class Held(Generic[IdT]):
    """A row that may be meant."""

    id: IdT
    mbid: str | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """The albums and tracks that may be meant: by name key, by MusicBrainz id; tracks by name key and album."""

    albums: dict[str, Held[AlbumId]] = field(default_factory=dict)
    releases: dict[str, Held[AlbumId]] = field(default_factory=dict)
    tracks: dict[str, dict[AlbumId | None, Held[TrackId]]] = field(default_factory=dict)
    titles: dict[AlbumId, set[str]] = field(default_factory=dict)
    """Match keys of the titles of albums that hold a track named, whosever album it is."""
    holders: dict[AlbumId, Held[AlbumId]] = field(default_factory=dict)
    """The same albums."""


def load_artists(connection: sa.Connection, keys: Collection[ArtistKey]) -> dict[ArtistKey, ArtistId]:
    """Ids of those who were asked about before, under this name and with this MusicBrainz id, or without any."""
    query = sa.select(artist_names).where(_among(connection, artist_names.c.match_key, {key for key, _ in keys}))
    found = connection.execute(query).all()
    return {(key, mbid): artist_id for key, mbid, artist_id in found if (key, mbid) in keys}


def with_keys(wanted: Sequence[TrackName], artists: Mapping[ArtistKey, ArtistId]) -> list[Named]:
    named = []
    for name in wanted:
        artist_id = artists[name.artist.key, name.artist.mbid]
        owner = name.album_artist
        owner_id = artists[owner.key, owner.mbid] if owner else artist_id
        album_key = f"{owner_id}/{name.album.key}" if name.album else None
        named.append(Named(name, artist_id, f"{artist_id}/{name.title.key}", owner_id, album_key))
    return named


def load_shelf(connection: sa.Connection, wanted: Sequence[Named]) -> Shelf:
    shelf = Shelf()
    album_keys = {each.album_key for each in wanted if each.album_key}
    by_title = sa.select(album_titles.c.name_key, albums.c.id, albums.c.mbid).join(albums)
    by_title = by_title.where(_among(connection, album_titles.c.name_key, album_keys))
    for name_key, album_id, mbid in connection.execute(by_title).all():
        shelf.albums[name_key] = held = Held(album_id, mbid)
        if mbid:
            shelf.releases[mbid] = held
    mbids = {each.name.album_mbid for each in wanted if each.name.album_mbid} - shelf.releases.keys()
    if mbids:
        by_mbid = sa.select(albums.c.mbid, albums.c.id).where(_among(connection, albums.c.mbid, mbids))
        for mbid, album_id in connection.execute(by_mbid).all():
            shelf.releases[mbid] = Held(album_id, mbid)
    by_name = sa.select(tracks.c.name_key, tracks.c.album_id, tracks.c.id, tracks.c.mbid)
    by_name = by_name.where(_among(connection, tracks.c.name_key, {each.track_key for each in wanted}))
    for name_key, album_id, track_id, mbid in connection.execute(by_name).all():
        shelf.tracks.setdefault(name_key, {})[album_id] = Held(track_id, mbid)
    _load_titles(connection, wanted, shelf)
    return shelf


def _load_titles(connection: sa.Connection, wanted: Sequence[Named], shelf: Shelf) -> None:
    """Of albums that may be meant by who does not say whose they are: a play names a track of a compilation by its own artist."""
    unsaid = [each for each in wanted if each.album_key not in shelf.albums and each.name.album_artist is None]
    holding = {album_id for each in unsaid for album_id in shelf.tracks.get(each.track_key, {}) if album_id}
    if not holding:
        return
    query = sa.select(album_titles.c.album_id, album_titles.c.name_key, albums.c.mbid).join(albums)
    for album_id, name_key, mbid in connection.execute(query.where(_among(connection, album_titles.c.album_id, holding))):
        shelf.titles.setdefault(album_id, set()).add(name_key.partition("/")[2])
        shelf.holders.setdefault(album_id, shelf.releases.get(mbid) or Held(album_id, mbid))


def _among(connection: sa.Connection, column: sa.ColumnElement[str], values: Collection[str]) -> sa.ColumnElement[bool]:
    """`column IN values`, the values as one parameter: a thousand of them take as long to be bound one by one as to be found."""
    if connection.dialect.name == "postgresql":
        return column == sa.any_(sa.literal(list(values), postgresql.ARRAY(sa.Text)))
    listed = sa.func.json_each(json.dumps(list(values), ensure_ascii=False)).table_valued("value")
    return column.in_(sa.select(listed.c.value))
