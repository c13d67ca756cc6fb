"""What are albums and tracks, and how does a play or a file name them?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, NewType

from facts.values import Image, Tag, Text

AlbumId = NewType("AlbumId", str)
TrackId = NewType("TrackId", str)
ArtistId = NewType("ArtistId", str)
"""The artist service's."""
ArtistKey = tuple[str, str]
"""What all spellings of a name have in common, and the MusicBrainz id it was named with, if any: who is asked for is one."""


class Kind(StrEnum):
    """A kind of fact about an album: what is asked, cached, refreshed and refused as one."""

    PROFILE = "profile"
    TAGS = "tags"
    LISTING = "listing"
    RELEASE = "release"
    DESCRIPTION = "description"


class AlbumField(StrEnum):
    """A field of an album that several providers, or a person, may give a value."""

    URL = "url"
    LISTENERS = "listeners"
    PLAYCOUNT = "playcount"
    TAGS = "tags"
    WIKI = "wiki"
    IMAGES = "images"
    TRACKS = "tracks"
    GENRES = "genres"
    RELEASED = "released"
    KIND = "kind"
    LABELS = "labels"
    BARCODE = "barcode"
    MBID = "mbid"
    RELEASE_GROUP_MBID = "release_group_mbid"
    SPOTIFY_ID = "spotify_id"
    DESCRIPTION = "description"


class TrackKind(StrEnum):
    """The same of a track."""

    PROFILE = "profile"


class TrackField(StrEnum):
    """The same of a track."""

    URL = "url"
    LISTENERS = "listeners"
    PLAYCOUNT = "playcount"
    TAGS = "tags"
    DURATION = "duration"


@dataclass(frozen=True, slots=True)
class AlbumTrack:
    """One track of a provider's list; `position` from 1. None: the provider does not say how long it lasts."""

    position: int
    title: str
    duration: timedelta | None = None


@dataclass(frozen=True, slots=True)
class AlbumIdentity:
    """Which album is meant, as far as it is known. `mbid` is a release's; `track_count` 0 when none of its tracks is known.

    `is_settled`: a person gave the ids, so that they are right, whatever the title there.
    """

    title: str
    artist: str
    mbid: str | None = None
    release_group_mbid: str | None = None
    spotify_id: str | None = None
    track_count: int = 0
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class TrackIdentity:
    """Which track is meant."""

    title: str
    artist: str


@dataclass(frozen=True, slots=True)
class AlbumProfile:
    """What one provider's page says of an album. None, or empty: it does not say."""

    title: str
    artist: str
    url: str = ""
    mbid: str | None = None
    listeners: int | None = None
    playcount: int | None = None
    wiki: Text | None = None
    images: tuple[Image, ...] = ()
    tracks: tuple[AlbumTrack, ...] = ()


@dataclass(frozen=True, slots=True)
class AlbumListing:
    """An album in a shop's catalogue. `released` is YYYY, YYYY-MM or YYYY-MM-DD; empty or None: the shop does not say."""

    id: str
    title: str
    artist: str
    url: str = ""
    images: tuple[Image, ...] = ()
    released: str = ""
    barcode: str = ""
    label: str = ""
    kind: str = ""
    track_count: int | None = None


@dataclass(frozen=True, slots=True)
class AlbumRelease:
    """An album in a directory of records: one release, and what all its editions have in common (the group).

    `released` is the group's first day, YYYY, YYYY-MM or YYYY-MM-DD; `kind` "album", "ep", "single", "compilation", "live",
    "remix", "other" or ""; `labels` of the editions seen, the release's own first; `genres` by votes.
    """

    mbid: str
    group_mbid: str
    title: str
    artist: str
    released: str = ""
    kind: str = ""
    labels: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    barcode: str = ""
    track_count: int | None = None


@dataclass(frozen=True, slots=True)
class TrackProfile:
    """What one provider's page says of a track. None: it does not say."""

    title: str
    artist: str
    url: str = ""
    mbid: str | None = None
    listeners: int | None = None
    playcount: int | None = None
    tags: tuple[Tag, ...] = ()
    duration: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Brief:
    """What a writer is told of an album: the language to write in (ISO 639-1), and `facts` as (key, value) in plain words."""

    language: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Description:
    """A text about an album that a model wrote from the facts it was given."""

    language: str
    content: str
    model: str
    prompt_version: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Genre:
    """A genre and what speaks for it: `weight` 1–100, `stage` the step that decided, `read_from` what it was read from."""

    name: str
    weight: int
    stage: str
    read_from: tuple[str, ...] = ()


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
    release_group_mbid: str | None = None
    spotify_id: str | None = None
    lastfm_url: str | None = None
    lastfm_listeners: int | None = None
    lastfm_playcount: int | None = None
    lastfm_tags: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    released: str = ""
    in_library: bool = False
    enriched_at: datetime | None = None
    """When a provider last answered about it."""


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
    disc_number: int = 0
    """From 1; 0 when it is not known, as of the next."""
    track_number: int = 0
    duration: timedelta | None = None
    """Of the file, else as a provider says."""
    lastfm_url: str | None = None
    lastfm_listeners: int | None = None
    lastfm_playcount: int | None = None
    lastfm_tags: tuple[str, ...] = ()
    in_library: bool = False
    enriched_at: datetime | None = None


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
