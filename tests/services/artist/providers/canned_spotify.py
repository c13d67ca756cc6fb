"""A Spotify provider as the service builds it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from kernel.http import HttpClient
from sandbox.spotify.accounts import CLIENT_ID, CLIENT_SECRET
from services.artist.providers.spotify import SpotifyProvider
from tests.fakes.canned import USER_AGENT
from tests.fakes.canned_spotify import CannedSpotify
from tests.fakes.clock import FakeClock


def no_pace() -> None:
    """Waits for nobody."""


@contextmanager
def spotify_at(
    api_url: str,
    accounts_url: str,
    *,
    timeout: timedelta = timedelta(seconds=5),
    clock: FakeClock | None = None,
    pace: Callable[[], None] = no_pace,
    **credentials: Any,
) -> Iterator[SpotifyProvider]:
    """A provider as the service builds it, its upstreams at these addresses."""
    http = HttpClient(user_agent=USER_AGENT, trusted_hosts=[urlsplit(url).netloc for url in (api_url, accounts_url)])
    pair = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET} | credentials
    yield SpotifyProvider(
        http, url=api_url, accounts_url=accounts_url, timeout=timeout, clock=clock or FakeClock(), pace=pace, **pair
    )
    http.close()


@contextmanager
def spotify_over(canned: CannedSpotify, **options: Any) -> Iterator[SpotifyProvider]:
    """A provider that asks this one."""
    with spotify_at(f"{canned.server.url}v1", canned.server.url, **options) as provider:
        yield provider
