"""What are albums and tracks, and how does a play or a file name them?"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, NewType

AlbumId = NewType("AlbumId", str)
TrackId = NewType("TrackId", str)
ArtistId = NewType("ArtistId", str)
"""The artist service's."""
ArtistKey = tuple[str, str]
"""What all spellings of a name have in common, and the MusicBrainz id it was named with, if any: who is asked for is one."""


@dataclass(frozen=True, slots=True)
class Album:
    """An album as we hold it; `title` and `artist_name` as they were first heard of."""

    id: AlbumId
    title: str
    artist_id: ArtistId
    artist_name: str
    created_at: datetime
    updated_at: datetime
    mbid: str | None = None
    """Of a release."""
    track_count: int = 0


@dataclass(frozen=True, slots=True)
class Track:
    """A track as we hold it; `title` and `artist_name` as they were first heard of."""

    id: TrackId
    title: str
    artist_id: ArtistId
    artist_name: str
    created_at: datetime
    updated_at: datetime
    album_id: AlbumId | None = None
    mbid: str | None = None
    """Of the recording."""


# Tuples from here on: a page of plays makes them by the thousand, and a frozen dataclass takes four times as long to make.


class Title(NamedTuple):
    """A title as somebody writes it; `key` is what all its spellings have in common."""

    text: str
    key: str


class ArtistName(NamedTuple):
    """An artist as a play or a file names it; `key` is what all spellings have in common, `mbid` is empty when none was named."""

    text: str
    key: str
    mbid: str = ""


class TrackName(NamedTuple):
    """A track as a play or a file names it; `mbid` is the recording's, `album_mbid` a release's, empty when none was named.

    `album_artist`: whose album it is, where that is not the track's artist, as on a compilation; plays do not say.
    """

    artist: ArtistName
    title: Title
    album: Title | None = None
    mbid: str = ""
    album_mbid: str = ""
    album_artist: ArtistName | None = None


class EnsuredTrack(NamedTuple):
    """What one name has come to; `album_id` is None where no album was named."""

    artist_id: ArtistId
    track_id: TrackId
    album_id: AlbumId | None


@dataclass(frozen=True, slots=True)
class Ensured:
    """In the order asked; `new_albums` are those nobody had heard of."""

    tracks: list[EnsuredTrack]
    new_albums: list[AlbumId]
