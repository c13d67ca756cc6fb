"""What is known of an artist and of an album, independent of any upstream's format."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Track:
    """One track; `seconds` is None when the length is not known."""

    title: str
    seconds: int | None
    mbid: str


@dataclass(frozen=True, slots=True)
class Album:
    """One album; `released` is YYYY or YYYY-MM-DD, or empty when not known."""

    title: str
    mbid: str
    is_mbid_real: bool
    released: str
    label: str
    listeners: int
    playcount: int
    tags: Mapping[str, int]
    tracks: tuple[Track, ...]


@dataclass(frozen=True, slots=True)
class Similar:
    """A link to another artist by name; `match` is 0 to 1, the closest is 1."""

    name: str
    match: float


@dataclass(frozen=True, slots=True)
class Artist:
    """One artist; `tags` weigh 0 to 100, `biographies` is keyed by language, `mbid` is empty when there is none.

    `is_mbid_real` is False for identifiers made up for the sandbox; `aliases` are other
    spellings that a lenient look-up corrects.
    """

    name: str
    mbid: str = ""
    is_mbid_real: bool = False
    is_fictional: bool = False
    aliases: tuple[str, ...] = ()
    country: str = ""
    founded: str = ""
    listeners: int = 0
    playcount: int = 0
    tags: Mapping[str, int] = field(default_factory=dict)
    similar: tuple[Similar, ...] = ()
    biographies: Mapping[str, str] = field(default_factory=dict)
    bio_published: str = "01 Jan 1970, 00:00"
    albums: tuple[Album, ...] = ()
