"""A MusicBrainz provider as the service builds it, and what tests lay in for it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from kernel.http import HttpClient
from services.artist.providers.musicbrainz import MusicbrainzProvider
from tests.fakes.canned import USER_AGENT
from tests.fakes.clock import FakeClock

MBID = "0b51f328-1f2b-464c-9e2c-0c2a8cce20ae"
OTHER = "1c62a439-2a3c-475d-8f3d-1d3b9ddf31bf"
SPOTIFY_ID = "1dfeR4HaWDbWqFHLkxsg1d"
OTHER_SPOTIFY_ID = "12Chz98pHFMPJEknJQMWvI"


@contextmanager
def musicbrainz_at(
    url: str, *, timeout: timedelta = timedelta(seconds=5), pace: Callable[[], None] = lambda: None
) -> Iterator[MusicbrainzProvider]:
    """Asks whoever is at `url`."""
    http = HttpClient(user_agent=USER_AGENT, trusted_hosts=[urlsplit(url).netloc])
    try:
        yield MusicbrainzProvider(http, url=url, timeout=timeout, clock=FakeClock(), pace=pace)
    finally:
        http.close()


def artist(name: str = "Queen", mbid: str = MBID, **more: object) -> dict[str, object]:
    """An artist as MusicBrainz writes one."""
    return {"id": mbid, "name": name, **{key.replace("_", "-"): value for key, value in more.items()}}


def link(resource: str, kind: str = "free streaming", *, ended: object = False) -> dict[str, Any]:
    """A relation to an address."""
    return {"type": kind, "ended": ended, "url": {"resource": resource}}


def spotify(spotify_id: str) -> str:
    return f"https://open.spotify.com/artist/{spotify_id}"


def hits(*artists: Mapping[str, object]) -> dict[str, object]:
    """The answer of a search."""
    return {"count": len(artists), "offset": 0, "artists": list(artists)}


def groups(*titles: str) -> dict[str, object]:
    """The answer of browsing release groups."""
    return {"release-group-count": len(titles), "release-groups": [{"title": title} for title in titles]}
