"""What is an artist, and which rules hold between the things said of one?"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

ArtistId = NewType("ArtistId", str)

MAX_NAME = 500
MAX_TAGS = 10
MAX_SIMILAR = 50

_MBID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SPOTIFY_ID = re.compile(r"[0-9A-Za-z]{22}")
_SPOTIFY_URL = re.compile(r"https://open\.spotify\.com/(?:intl-[a-z]{2,3}/)?artist/([0-9A-Za-z]{22})/?(?:\?[^#]*)?")
_LANGUAGE = re.compile(r"[a-z]{2}")

# Not artists but ways to say "nobody" or "everybody": a provider has a page for each, about nothing we want to show.
_SPECIAL_NAMES = frozenset(
    f"[{name}]" for name in ("unknown", "traditional", "anonymous", "no artist", "dialogue", "data", "christmas music", "theatre")
) | {"various artists", "various", "unknown artist", "unknown"}


class Kind(StrEnum):
    """A kind of fact: what is asked, cached, refreshed and refused as one."""

    PROFILE = "profile"
    TAGS = "tags"
    SIMILAR = "similar"


class ArtistField(StrEnum):
    """A field that several providers, or a person, may give a value."""

    URL = "url"
    LISTENERS = "listeners"
    PLAYCOUNT = "playcount"
    TAGS = "tags"
    BIO = "bio"
    IMAGES = "images"
    MBID = "mbid"


@dataclass(frozen=True, slots=True)
class Tag:
    """A word people put on an artist; `weight` 1–100, relative to the heaviest."""

    name: str
    weight: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Biography:
    """The life of an artist in one language (ISO 639-1), plain text."""

    language: str
    summary: str
    content: str
    licence: str = ""
    url: str = ""
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """An image somewhere else; `size` is the provider's own word."""

    size: str
    url: str


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


def is_mbid(text: str) -> bool:
    return _MBID.fullmatch(text) is not None


def is_spotify_id(text: str) -> bool:
    return _SPOTIFY_ID.fullmatch(text) is not None


def is_language(text: str) -> bool:
    return _LANGUAGE.fullmatch(text) is not None


def spotify_id_from_url(url: str) -> str | None:
    """The artist id in a link people copy from Spotify, or None when it is not such a link."""
    match = _SPOTIFY_URL.fullmatch(url.strip())
    return match[1] if match else None


def is_special_name(name: str) -> bool:
    """Whether the name stands for nobody in particular; such names are never sent to a provider."""
    return match_key(name) in _SPECIAL_NAMES


def clean_name(name: str) -> str:
    """The name as it is stored: NFC, surrounding and doubled white space gone, nothing else touched."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def match_key(name: str) -> str:
    """What two spellings of one name have in common for certain: case and Unicode form. Accents and punctuation stay:
    "Björk" and "Bjork" may be different artists.
    """
    return unicodedata.normalize("NFC", clean_name(name).casefold())


def heaviest_tags(tags: Iterable[Tag], artist_name: str) -> tuple[Tag, ...]:
    """The tags worth showing: weight above zero, not the artist's own name, each once, heaviest first, at most ten."""
    own = match_key(artist_name)
    kept: dict[str, Tag] = {}
    for tag in sorted(tags, key=lambda tag: -tag.weight):
        key = match_key(tag.name)
        if key and key != own and tag.weight > 0:
            kept.setdefault(key, tag)
    return tuple(kept.values())[:MAX_TAGS]


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


@dataclass(frozen=True, slots=True)
class ArtistFilter:
    """Which artists a list holds; None does not filter."""

    name_prefix: str = ""
    in_library: bool | None = None


@dataclass(frozen=True, slots=True)
class SimilarFilter:
    """Which similar artists a list holds; `in_library` None does not filter."""

    min_weight: float = 0.0
    in_library: bool | None = None
