"""How do rows become what the domain speaks of, and back?"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from facts.naming import sort_key
from services.album.domain import Album, AlbumId, ArtistId, Title, Track, TrackId
from services.album.storing.placing import Changes
from services.album.storing.shelf import Named


def album_of(row: sa.Row[Any]) -> Album:
    return Album(
        id=AlbumId(row.id),
        title=row.title,
        artist_id=ArtistId(row.artist_id),
        artist_name=row.artist_name,
        created_at=row.created_at,
        updated_at=row.updated_at,
        mbid=row.mbid,
        track_count=row.track_count,
        release_group_mbid=row.release_group_mbid,
        spotify_id=row.spotify_id,
        lastfm_url=row.lastfm_url,
        lastfm_listeners=row.lastfm_listeners,
        lastfm_playcount=row.lastfm_playcount,
        lastfm_tags=tuple(row.lastfm_tags or ()),
        genres=tuple(row.genres or ()),
        released=row.released or "",
        in_library=row.in_library,
        enriched_at=row.enriched_at,
    )


def track_of(row: sa.Row[Any]) -> Track:
    return Track(
        id=TrackId(row.id),
        title=row.title,
        artist_id=ArtistId(row.artist_id),
        artist_name=row.artist_name,
        created_at=row.created_at,
        updated_at=row.updated_at,
        album_id=AlbumId(row.album_id) if row.album_id else None,
        mbid=row.mbid,
        disc_number=row.disc_number or 0,
        track_number=row.track_number or 0,
        duration=_duration(row.file_duration_ms or row.duration_ms),
        lastfm_url=row.lastfm_url,
        lastfm_listeners=row.lastfm_listeners,
        lastfm_playcount=row.lastfm_playcount,
        lastfm_tags=tuple(row.lastfm_tags or ()),
        in_library=row.in_library,
        enriched_at=row.enriched_at,
    )


def _duration(milliseconds: int | None) -> timedelta | None:
    return timedelta(milliseconds=milliseconds) if milliseconds else None


def rows_of_albums(changes: Changes, import_id: str, now: datetime) -> Iterator[dict[str, Any]]:
    for album_id, named in changes.albums.items():
        assert named.name.album is not None, "an album is made for a name that has one"  # noqa: S101
        owner = named.name.album_artist or named.name.artist
        yield _row(album_id, named.name.album, named, now) | {
            "artist_id": named.album_artist_id,
            "artist_name": owner.text,
            "mbid": changes.releases.get(album_id),
            "import_id": import_id or None,
        }


def rows_of_tracks(changes: Changes, now: datetime) -> Iterator[dict[str, Any]]:
    for track_id, (named, album_id) in changes.tracks.items():
        yield _row(track_id, named.name.title, named, now) | {
            "name_key": named.track_key,
            "album_id": album_id,
            "mbid": changes.recordings.get(track_id),
        }


def _row(row_id: str, title: Title, named: Named, now: datetime) -> dict[str, Any]:
    return {
        "id": row_id,
        "title": title.text,
        "sort_key": sort_key(title.text),
        "artist_id": named.artist_id,
        "artist_name": named.name.artist.text,
        "created_at": now,
        "updated_at": now,
    }
