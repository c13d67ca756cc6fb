"""Where does what we know of albums and tracks stay, and how is it found again?"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kernel.clock import Clock
from kernel.database import Database
from services.album.domain import Album, AlbumId, ArtistId, ArtistKey, Ensured, Track, TrackId, TrackName
from services.album.storing import listing, rows
from services.album.storing.files import list_files
from services.album.storing.listing import AlbumFilter, Place, Position
from services.album.storing.placing import Changes, place
from services.album.storing.shelf import load_artists, load_shelf, with_keys
from services.album.storing.tables import album_titles, albums, artist_names, tracks
from services.album.storing.writing import Pen

_MOST_FILES = 1000


class AlbumStore:
    """All of it is safe to call from any thread; each method is one transaction."""

    def __init__(self, database: Database, pen: Pen, *, clock: Clock) -> None:
        self._database = database
        self._pen = pen
        self._clock = clock

    def load_artists(self, wanted: Collection[ArtistKey]) -> dict[ArtistKey, ArtistId]:
        """Ids of those that were ever named so before."""
        with self._database.read() as connection:
            return load_artists(connection, wanted)

    def ensure(
        self,
        wanted: Sequence[TrackName],
        known: Mapping[ArtistKey, ArtistId],
        learnt: Mapping[ArtistKey, ArtistId],
        *,
        import_id: str = "",
    ) -> Ensured:
        """Makes the albums and tracks that are missing, all or nothing. The ids of all artists are `known` here or just `learnt`.

        New albums are remembered with the import they came in by.

        Always with the pen, for mostly some of a page is missing: to read all of it without the pen first would cost it twice.
        """
        with self._pen.write() as connection:
            there = load_artists(connection, learnt.keys()) if learnt else {}
            added = {key: artist_id for key, artist_id in learnt.items() if key not in there}
            _insert(connection, artist_names, [_artist_row(key, artist_id) for key, artist_id in added.items()])
            artists = {**known, **added, **there}  # of two that learnt of the same name at once, the first is believed
            named = with_keys(wanted, artists)
            ensured, changes = place(named, load_shelf(connection, named))
            _apply(connection, changes, import_id, self._clock.now())
        return ensured

    def load_album(self, album_id: AlbumId) -> Album | None:
        with self._database.read() as connection:
            row = connection.execute(listing.whole_albums().where(albums.c.id == album_id)).one_or_none()
        return None if row is None else rows.album_of(row)

    def load_track(self, track_id: TrackId) -> Track | None:
        with self._database.read() as connection:
            row = connection.execute(sa.select(tracks).where(tracks.c.id == track_id)).one_or_none()
        return None if row is None else rows.track_of(row)

    def list_albums(self, wanted: AlbumFilter, *, after: Position | None, limit: int) -> list[tuple[Position, Album]]:
        """At most `limit` albums by title, each with its position; `after` is that of the last one had."""
        with self._database.read() as connection:
            found = connection.execute(listing.albums_by_title(wanted, after=after, limit=limit))
            return [((row.sort_key, row.id), rows.album_of(row)) for row in found]

    def list_tracks(self, album_id: AlbumId, *, after: Place | None, limit: int) -> list[tuple[Place, Track]]:
        """At most `limit` tracks of the album in its order, each with its position; `after` is that of the last one had."""
        with self._database.read() as connection:
            found = connection.execute(listing.tracks_in_order(album_id, after=after, limit=limit))
            return [((row.disc, row.number, row.sort_key, row.id), rows.track_of(row)) for row in found]

    def list_files(self, *, album_id: str = "", artist_id: str = "") -> list[tuple[bytes, bool, bytes]]:
        """Files of an album, or of all of an artist: path, whether its tags hold a picture, the picture that lies with it."""
        with self._database.read() as connection:
            return list_files(connection, album_id=album_id, artist_id=artist_id, limit=_MOST_FILES)


def _apply(connection: sa.Connection, changes: Changes, import_id: str, now: datetime) -> None:
    _insert(connection, albums, list(rows.rows_of_albums(changes, import_id, now)))
    _insert(connection, album_titles, [{"name_key": key, "album_id": album_id} for key, album_id in changes.titles.items()])
    _insert(connection, tracks, list(rows.rows_of_tracks(changes, now)))
    _identify(connection, albums, {key: mbid for key, mbid in changes.releases.items() if key not in changes.albums}, now)
    _identify(connection, tracks, {key: mbid for key, mbid in changes.recordings.items() if key not in changes.tracks}, now)
    longer = {album_id for _, album_id in changes.tracks.values() if album_id and album_id not in changes.albums}
    if longer:
        connection.execute(sa.update(albums).where(albums.c.id.in_(longer)).values(updated_at=now))


def _insert(connection: sa.Connection, table: sa.Table, made: list[dict[str, Any]]) -> None:
    if made:
        connection.execute(sa.insert(table), made)


def _identify(connection: sa.Connection, table: sa.Table, mbids: Mapping[Any, str], now: datetime) -> None:
    if mbids:
        identified = sa.update(table).where(table.c.id == sa.bindparam("row_id"))
        identified = identified.values(mbid=sa.bindparam("its_mbid"), updated_at=now)
        connection.execute(identified, [{"row_id": row_id, "its_mbid": mbid} for row_id, mbid in mbids.items()])


def _artist_row(key: ArtistKey, artist_id: ArtistId) -> dict[str, Any]:
    return {"match_key": key[0], "mbid": key[1], "artist_id": artist_id}
