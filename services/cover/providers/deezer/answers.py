"""How are Deezer's artists and albums read, and what do its errors mean? All of them come with status 200."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from kernel.errors import ProviderFault, ProviderMalformed, ProviderThrottled, ProviderUnavailable
from services.cover.domain import SourceName
from upstreams.reading import Json, child, children, count, text

NAME = SourceName.DEEZER.value

_SITE = "https://www.deezer.com/artist"
_SIZES = ("picture_xl", "picture_big", "picture_medium")
# Without a picture the address stays, and has nothing where the picture's name would be.
_NAMED = re.compile(r"/images/artist/[0-9a-f]{32}/")
_MAX_URL = 2000
_QUOTA, _BUSY, _NO_DATA = 4, 700, 800
_WINDOW = timedelta(seconds=5)  # over which Deezer counts


@dataclass(frozen=True, slots=True)
class Artist:
    """An artist on Deezer; `picture` is empty where it has none."""

    id: int
    name: str
    picture: str
    fans: int
    albums: int

    @property
    def page(self) -> str:
        return f"{_SITE}/{self.id}"


def parse_artist(node: Json) -> Artist:
    """Raises ProviderMalformed when it is none."""
    artist = _artist(node)
    if artist is None:
        raise ProviderMalformed(NAME, "the answer has no artist")
    return artist


def parse_hits(node: Json) -> tuple[Artist, ...]:
    """The artists of a list, in Deezer's order. Raises ProviderMalformed."""
    return tuple(artist for row in _rows(node) if (artist := _artist(row)))


def parse_titles(node: Json) -> tuple[str, ...]:
    """Of a list of albums. Raises ProviderMalformed."""
    return tuple(title for row in _rows(node) if (title := text(row, "title")))


def is_refusal(node: Json) -> bool:
    return "error" in node


def fault_of_refusal(node: Json) -> ProviderFault | None:
    """What an error means; None when it says that there is no such thing."""
    code = count(child(node, "error"), "code")
    if code == _NO_DATA:
        return None
    if code == _QUOTA:
        return ProviderThrottled(NAME, "too many requests", retry_after=_WINDOW)
    if code == _BUSY:
        return ProviderUnavailable(NAME, "temporarily unavailable")
    return ProviderMalformed(NAME, f"refuses the question (code {code})")


def _rows(node: Json) -> Iterator[Json]:
    if not isinstance(node.get("data"), list):
        raise ProviderMalformed(NAME, "the answer has no list")
    return children(node, "data")


def _artist(node: Json) -> Artist | None:
    number, name = count(node, "id"), text(node, "name")
    if not number or not name:
        return None
    pictures = (text(node, size, _MAX_URL) for size in _SIZES)
    picture = next((url for url in pictures if _NAMED.search(url)), "")
    # A number of albums that is not told is not none.
    albums = count(node, "nb_album")
    return Artist(number, name, picture, count(node, "nb_fan") or 0, 1 if albums is None else albums)
