"""What does a Last.fm request ask for?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.catalogue.library import Library
from sandbox.catalogue.model import Album, Artist, Track
from sandbox.lastfm.errors import build_bad_parameter, build_error, build_miss
from sandbox.wire import Request

# Where Last.fm's pictures are.
IMAGES = "https://lastfm.freetls.fastly.net/i/u"
_MAX_LIMIT, _MAX_PAGE = 1000, 1_000_000
_WHOLE = re.compile(r"-?\d{1,15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Ask:
    """The parameters of one call, with the readers that raise Last.fm's own errors; `images` is the host of pictures."""

    params: Mapping[str, str]
    images: str = IMAGES

    @property
    def method(self) -> str:
        """Names the method in lower case; empty when none was named."""
        return self.params.get("method", "").strip().lower()

    @property
    def wants_json(self) -> bool:
        """Tells whether JSON was asked for; anything else means XML."""
        return self.params.get("format", "").lower() == "json"

    @property
    def language(self) -> str:
        """Names the language of biographies, English by default."""
        return self.params.get("lang", "en").lower()[:2] or "en"

    @property
    def has_username(self) -> bool:
        """Tells whether a listener's own counts are wanted."""
        return bool(self.params.get("username"))

    def need(self, name: str) -> str:
        """Reads a parameter; raises error 6 when it is missing."""
        value = self.params.get(name, "").strip()
        if not value:
            raise build_error(6)
        return value

    def read_bounded(self, name: str, default: int, *, most: int = _MAX_LIMIT) -> int:
        """Reads a number from 1 to `most`; raises error 6 outside of that."""
        value = self.params.get(name, "") or str(min(default, most))
        if not _WHOLE.fullmatch(value) or not 1 <= int(value) <= most:
            raise build_bad_parameter(f"{name} param out of bounds (1-{most})")
        return int(value)

    def read_page(self) -> int:
        """Reads `page`, 1 to a million; raises error 6 outside of that."""
        return self.read_bounded("page", 1, most=_MAX_PAGE)

    def read_second(self, name: str) -> int | None:
        """Reads a time in seconds since 1970; None when absent or no number."""
        value = self.params.get(name, "")
        return int(value) if _WHOLE.fullmatch(value) else None

    def find_artist(self, library: Library) -> Artist:
        """Finds the artist by identifier or name; raises error 6."""
        mbid = self.params.get("mbid", "")
        is_lenient = self.params.get("autocorrect") == "1"
        found = library.find_artist_by_mbid(mbid) if mbid else library.find_artist(self.need("artist"), is_lenient=is_lenient)
        if found is None:
            raise build_miss("The artist you supplied could not be found")
        return found

    def find_album(self, library: Library) -> tuple[Artist, Album]:
        """Finds the album by identifier or by artist and title; raises error 6."""
        mbid = self.params.get("mbid", "")
        if mbid:
            found = library.find_album_by_mbid(mbid)
        else:
            title, artist = self.need("album"), self._named_artist(library)
            album = library.find_album(artist, title) if artist else None
            found = (artist, album) if artist and album else None
        if found is None:
            raise build_miss("Album not found")
        return found

    def find_track(self, library: Library) -> tuple[Artist, Album, Track]:
        """Finds the track by identifier or by artist and title; raises error 6."""
        mbid = self.params.get("mbid", "")
        if mbid:
            found = library.find_track_by_mbid(mbid)
        else:
            title, artist = self.need("track"), self._named_artist(library)
            on_album = library.find_track(artist, title) if artist else None
            found = (artist, *on_album) if artist and on_album else None
        if found is None:
            raise build_miss("Track not found")
        return found

    def _named_artist(self, library: Library) -> Artist | None:
        is_lenient = self.params.get("autocorrect") == "1"
        return library.find_artist(self.need("artist"), is_lenient=is_lenient)


def parse_ask(request: Request, images: str = IMAGES) -> Ask:
    """Reads query and form together; parameter names are lower case."""
    return Ask({name.lower(): value for name, value in request.params.items()}, images)
