"""Providers as the service builds them, wherever the test has their upstream."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

from kernel.errors import ProviderMalformed, ProviderRejected, ProviderThrottled, ProviderUnavailable
from kernel.http import HttpClient
from sandbox.spotify.accounts import CLIENT_ID, CLIENT_SECRET
from services.album.providers.lastfm import LastfmAlbums
from services.album.providers.musicbrainz import MusicbrainzReleases
from services.album.providers.spotify import SpotifyAlbums
from tests.fakes.canned import KEY, USER_AGENT
from tests.fakes.clock import FakeClock
from tests.sandbox.running import RunningSandbox

DECLARED = (ProviderMalformed, ProviderRejected, ProviderThrottled, ProviderUnavailable)
PATIENCE = timedelta(seconds=5)


@contextmanager
def door_to(*urls: str) -> Iterator[HttpClient]:
    """One for many providers: making it takes longer than most tests."""
    http = HttpClient(user_agent=USER_AGENT, trusted_hosts=[urlsplit(url).netloc for url in urls])
    try:
        yield http
    finally:
        http.close()


def lastfm_over(http: HttpClient, url: str, *, timeout: timedelta = PATIENCE) -> LastfmAlbums:
    return LastfmAlbums(http, api_key=KEY, url=url, timeout=timeout, clock=FakeClock())


def spotify_over(
    http: HttpClient, api: str, accounts: str, *, timeout: timedelta = PATIENCE, pace: Callable[[], None] = lambda: None
) -> SpotifyAlbums:
    pair = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    return SpotifyAlbums(http, url=api, accounts_url=accounts, timeout=timeout, clock=FakeClock(), pace=pace, **pair)


def musicbrainz_over(
    http: HttpClient, url: str, *, timeout: timedelta = PATIENCE, pace: Callable[[], None] = lambda: None
) -> MusicbrainzReleases:
    return MusicbrainzReleases(http, url=url, timeout=timeout, clock=FakeClock(), pace=pace)


def calls(sandbox: RunningSandbox, upstream: str) -> dict[str, int]:
    """How often each method was asked."""
    counted: dict[str, int] = sandbox.control("counters").get(upstream, {})
    return {method: count for method, count in counted.items() if method != "total"}


def script(sandbox: RunningSandbox, upstream: str, fault: dict[str, object]) -> None:
    """The only fault from now on; none when it is empty."""
    sandbox.client.delete("/_sandbox/faults")
    if fault:
        sandbox.script({"provider": upstream, "fault": fault})
