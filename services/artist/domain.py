"""What is an artist, and which rules hold between the things said of one?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from facts import naming
from facts.values import Image, Text
from services.artist.ids import is_spotify_id

ArtistId = NewType("ArtistId", str)

Biography = Text
"""The life of an artist."""

MAX_NAME = naming.MAX_NAME
MAX_SIMILAR = 50

clean_name = naming.clean_name
match_key = naming.match_key

# Not artists but ways to say "nobody" or "everybody": a provider has a page for each, about nothing we want to show.
_SPECIAL_NAMES = frozenset(
    f"[{name}]" for name in ("unknown", "traditional", "anonymous", "no artist", "dialogue", "data", "christmas music", "theatre")
) | {"various artists", "various", "unknown artist", "unknown"}


class Kind(StrEnum):
    """A kind of fact: what is asked, cached, refreshed and refused as one."""

    IDENTITY = "identity"
    LINKS = "links"
    PROFILE = "profile"
    TAGS = "tags"
    SIMILAR = "similar"
    MONTHLY_LISTENERS = "monthly_listeners"
    LISTENS = "listens"
    LABELS = "labels"
    MANAGEMENT = "management"


class IdScheme(StrEnum):
    """Who gives out the identifiers an artist is known by elsewhere."""

    MBID = "mbid"
    SPOTIFY = "spotify_id"
    WIKIDATA = "wikidata_id"


class ArtistField(StrEnum):
    """A field that several providers, or a person, may give a value."""

    URL = "url"
    LISTENERS = "listeners"
    PLAYCOUNT = "playcount"
    TAGS = "tags"
    BIO = "bio"
    IMAGES = "images"
    GENRES = "genres"
    FOLLOWERS = "followers"
    POPULARITY = "popularity"
    MONTHLY_LISTENERS = "monthly_listeners"
    LISTENBRAINZ_LISTENERS = "listenbrainz_listeners"
    LISTENBRAINZ_LISTENS = "listenbrainz_listens"
    RELEASES = "releases"
    LABEL = "label"
    MANAGEMENT = "management"
    MBID = "mbid"
    SPOTIFY_ID = "spotify_id"
    WIKIDATA_ID = "wikidata_id"


@dataclass(frozen=True, slots=True)
class Profile:
    """What one provider says of an artist in one answer. None: the provider does not say."""

    name: str
    url: str = ""
    mbid: str | None = None
    listeners: int | None = None
    playcount: int | None = None
    biography: Biography | None = None
    images: tuple[Image, ...] = ()
    genres: tuple[str, ...] = ()
    followers: int | None = None
    popularity: int | None = None
    """0–100."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is meant, as far as it is known: a name, and ids that are believed to be this artist's.

    `titles` are names of albums that are known to be by the artist, for telling namesakes apart.
    """

    name: str = ""
    mbid: str | None = None
    spotify_id: str | None = None
    wikidata_id: str | None = None
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IdentityMatch:
    """One artist as a provider's directory has it, with all the ids it says are the same artist's.

    `former_mbids` were merged into `mbid`; `description` tells namesakes apart ("UK rock group"); `aliases` are other names.
    """

    name: str
    mbid: str | None = None
    spotify_id: str | None = None
    wikidata_id: str | None = None
    former_mbids: tuple[str, ...] = ()
    description: str = ""
    aliases: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Audience:
    """What is counted of the people who listen to an artist. None: the provider does not say."""

    monthly_listeners: int | None = None
    followers: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class ListenCounts:
    """People who ever listened, and how often, by one provider's own count. None: too few to be counted."""

    listeners: int | None
    listens: int | None


@dataclass(frozen=True, slots=True)
class Release:
    """One edition of a record.

    `labels` as printed on it, imprints first; empty when the provider does not say. `released` is the day, of a partial date the
    first possible one, with `precision` "day", "month" or "year". `group_id` names the record that editions share, else "".
    `kind` is "album", "ep", "single", "compilation", "live", "remix", "other" or "".
    """

    id: str
    title: str
    released: date | None
    precision: str = "day"
    labels: tuple[str, ...] = ()
    group_id: str = ""
    group_title: str = ""
    kind: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Manager:
    """Who looks after an artist. `role` is "manager" or "representation"; dates are of the engagement, None when unknown.

    `names` are by language (ISO 639-1); `references` is how many sources the statement cites.
    """

    id: str
    names: Mapping[str, str]
    role: str
    started: date | None = None
    ended: date | None = None
    references: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True)
class Management:
    """Who looks after an artist, present and former, and the ids the provider's entry links."""

    managers: tuple[Manager, ...]
    match: IdentityMatch


@dataclass(frozen=True, slots=True)
class SimilarName:
    """One row of a provider's list of similar artists; `weight` 0–1, `rank` from 1."""

    name: str
    weight: float
    rank: int
    mbid: str | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Artist:
    """An artist as we hold it: our id, its external ids, and the values chosen among the providers'."""

    id: ArtistId
    name: str
    created_at: datetime
    updated_at: datetime
    mbid: str | None = None
    spotify_id: str | None = None
    wikidata_id: str | None = None
    in_library: bool = False
    lastfm_url: str | None = None
    lastfm_listeners: int | None = None
    lastfm_playcount: int | None = None
    lastfm_tags: tuple[str, ...] = ()
    lastfm_info_fetched_at: datetime | None = None
    lastfm_similar_artists_fetched: bool = False


@dataclass(frozen=True, slots=True)
class ArtistName:
    """An artist as a file, a play or a person names it."""

    name: str
    mbid: str | None = None
    spotify_id: str | None = None


def is_special_name(name: str) -> bool:
    """Whether the name stands for nobody in particular; such names are never sent to a provider."""
    return match_key(name) in _SPECIAL_NAMES


@dataclass(frozen=True, slots=True)
class ArtistRef:
    """Which artist is meant: exactly one of our id, its Spotify id, or a name."""

    id: ArtistId | None = None
    spotify_id: str | None = None
    named: ArtistName | None = None

    @classmethod
    def parse(cls, text: str) -> "ArtistRef":
        """An id as it stands in a path: 22 letters and digits are Spotify's, anything else is ours."""
        return cls(spotify_id=text) if is_spotify_id(text) else cls(id=ArtistId(text))
