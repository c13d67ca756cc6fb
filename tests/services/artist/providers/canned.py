"""A Last.fm provider as the service builds it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from kernel.http import HttpClient
from services.artist.providers.lastfm import LastfmProvider
from tests.fakes.canned import KEY, USER_AGENT
from tests.fakes.clock import FakeClock


@contextmanager
def lastfm_at(url: str, trusted_host: str, *, timeout: timedelta = timedelta(seconds=5)) -> Iterator[LastfmProvider]:
    """Its upstream is at `url`."""
    http = HttpClient(user_agent=USER_AGENT, trusted_hosts=[trusted_host])
    yield LastfmProvider(http, api_key=KEY, url=url, timeout=timeout, clock=FakeClock())
    http.close()
