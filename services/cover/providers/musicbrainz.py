"""What does MusicBrainz know that helps to find a picture: whether a release has artwork, and who an artist is on Deezer?"""

import re
from dataclasses import dataclass
from datetime import timedelta

from facts.naming import is_uuid
from kernel.clock import Clock
from kernel.evidence import Absent, Answer, Found
from kernel.guard import Guard
from kernel.http import HttpClient
from upstreams.musicbrainz import Door
from upstreams.musicbrainz.reading import linked_id
from upstreams.reading import Json, child, text

_STREAMING = ("free streaming", "streaming")
_DEEZER_ARTIST = re.compile(r"https?://(?:www\.)?deezer\.com/(?:[a-z]{2}/)?artist/([1-9]\d{0,14})/?", re.ASCII)
_UNKNOWN = Absent("MusicBrainz has nothing under this id.")


@dataclass(frozen=True, slots=True)
class Artwork:
    """What there is to see of a release, as far as MusicBrainz says; `group_mbid` is empty where it does not."""

    has_front: bool
    group_mbid: str


class Directory:
    """MusicBrainz, asked by its own ids."""

    def __init__(self, http: HttpClient, *, url: str, timeout: timedelta, clock: Clock, guard: Guard) -> None:
        """`url` is the web service's address; `timeout` bounds one call."""
        self._door = Door(http, url=url, timeout=timeout, clock=clock)
        self._guard = guard

    def find_artwork(self, release_mbid: str) -> Artwork | None:
        """None where MusicBrainz has no such release. Raises ProviderFault, DeadlineSpent."""
        node = self._look_up("release", release_mbid, "release-groups")
        return None if node is None else parse_artwork(node)

    def find_deezer_id(self, artist_mbid: str) -> str:
        """The only one that the artist is linked to; empty where there is none. Raises ProviderFault, DeadlineSpent."""
        node = self._look_up("artist", artist_mbid, "url-rels")
        return "" if node is None else parse_deezer_id(node)

    def _look_up(self, entity: str, mbid: str, inc: str) -> Json | None:
        def ask() -> Answer[Json]:
            node = self._door.look_up(entity, mbid, inc=inc, pace=self._guard.pace)
            return _UNKNOWN if node is None else Found(node)

        answer = self._guard.call(f"{entity}.lookup", ask)
        return answer.value if isinstance(answer, Found) else None


def parse_artwork(node: Json) -> Artwork:
    """Of a release. Only a plain "no" is believed: what is not said may be there; darkened artwork is not shown to anybody."""
    said = child(node, "cover-art-archive")
    has_none = said.get("artwork") is False or said.get("front") is False or said.get("darkened") is True
    group_mbid = text(child(node, "release-group"), "id").lower()
    return Artwork(not has_none, group_mbid if is_uuid(group_mbid) else "")


def parse_deezer_id(node: Json) -> str:
    """Of an artist with its links."""
    return linked_id(node, _STREAMING, _deezer_id_from_url) or ""


def _deezer_id_from_url(url: str) -> str | None:
    found = _DEEZER_ARTIST.fullmatch(url)
    return found[1] if found else None
