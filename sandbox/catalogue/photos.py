"""Which photos has an artist at Wikimedia Commons? The Wikidata item names them; who took them is invented."""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property

from sandbox.catalogue.directory import Directory
from sandbox.catalogue.identity import Identity
from sandbox.catalogue.reading import make_up_number

_UNFIT = re.compile(r"[#<>\[\]|{}/:_\s]+")
_BAND = re.compile(r"Fictional Band \d{4}")
_FACELESS_ONE_IN, _SECOND_ONE_IN = 5, 6
# What Commons has most of comes most often.
_KINDS = ("jpg", "svg", "jpg", "png", "jpg", "tif", "jpg", "svg", "jpg", "jpg", "jpg", "jpg")
_SHAPES = ((1600, 1200), (1200, 1600), (2048, 1365), (1000, 1000), (640, 480))
_USER = '<a href="//commons.wikimedia.org/wiki/User:Example_{0}" title="User:Example {0}">Example Photographer {0}</a>'
_CREATORS = (
    _USER,
    '<span lang="en">Example &amp; Sons, <i>{0}</i></span><script>alert("not for display")</script>',
    "Example Agency {0}",
    _USER,
    '<div class="vcard"><span class="fn">Éva Példa</span><br>from Example, {0}</div>',
)
_LICENCES = (
    ("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0"),
    ("CC BY 2.0", "https://creativecommons.org/licenses/by/2.0"),
    ("CC BY-SA 3.0", "https://creativecommons.org/licenses/by-sa/3.0/"),
    ("CC0", "http://creativecommons.org/publicdomain/zero/1.0/deed.en"),
    ("Public domain", ""),
)


@dataclass(frozen=True, slots=True)
class Photo:
    """One file. `creator` is HTML and may be empty; `has_thumbs` is false where the renderer gave up on an SVG."""

    name: str
    suffix: str
    width: int
    height: int
    creator: str
    licence: str
    licence_url: str
    has_thumbs: bool

    @property
    def shelf(self) -> str:
        """Where it is kept: by its name's hash, as Commons does."""
        stored = self.name.replace(" ", "_")
        digest = hashlib.md5(stored.encode(), usedforsecurity=False).hexdigest()
        return f"{digest[0]}/{digest[:2]}"


class Photos:
    """All files, by name."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def find(self, name: str) -> Photo | None:
        """Finds a file by its name without "File:", blanks for underscores."""
        band = _BAND.match(name)
        identity = self._directory.find_by_name(band[0]) if band else None
        known = {photo.name: photo for photo in list_photos(identity)} if identity else self._by_name
        return known.get(name)

    @cached_property
    def _by_name(self) -> dict[str, Photo]:
        return {photo.name: photo for identity in self._directory.identities for photo in list_photos(identity)}


def list_photos(identity: Identity) -> tuple[Photo, ...]:
    """Lists the files that the artist's Wikidata item names: none, one, or two; none where there is no item."""
    if not identity.wikidata_id or _draw(identity, "faceless", _FACELESS_ONE_IN) == 0:
        return ()
    count = 2 if _draw(identity, "second", _SECOND_ONE_IN) == 0 else 1
    return tuple(_make_photo(identity, place) for place in range(count))


def _make_photo(identity: Identity, place: int) -> Photo:
    lot = _draw(identity, f"kind {place}", len(_KINDS))
    suffix, year = _KINDS[lot], 1990 + _draw(identity, f"year {place}", 34)
    width, height = _SHAPES[_draw(identity, f"shape {place}", len(_SHAPES))]
    words = _UNFIT.sub(" ", f"{identity.artist.name} {identity.disambiguation}").strip()
    words = words[:1].upper() + words[1:]
    licence, licence_url = _LICENCES[_draw(identity, f"licence {place}", len(_LICENCES))]
    creators = (*_CREATORS, "")
    return Photo(
        name=f"{words} live, {year} ({place + 1}).{suffix}",
        suffix=suffix,
        width=width,
        height=height,
        creator=creators[_draw(identity, f"creator {place}", len(creators))].format(place + 1),
        licence=licence,
        licence_url=licence_url,
        has_thumbs=suffix != "svg" or _draw(identity, "rendered", 2) == 0,
    )


def _draw(identity: Identity, lot: str, most: int) -> int:
    """Draws a number below `most`, always the same for the same artist and lot."""
    return make_up_number(0, most - 1, "commons", lot, identity.artist.mbid)
