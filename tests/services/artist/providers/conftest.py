"""A Last.fm that answers what the test lays in, and a provider that asks it."""

from collections.abc import Iterator

import pytest

from services.artist.providers.lastfm import LastfmProvider
from tests.fakes.canned import CannedUpstream
from tests.services.artist.providers.canned import lastfm_at


@pytest.fixture(scope="module")
def upstream() -> Iterator[CannedUpstream]:
    canned = CannedUpstream()
    yield canned
    canned.server.stop()


@pytest.fixture(scope="module")
def lastfm(upstream: CannedUpstream) -> Iterator[LastfmProvider]:
    with lastfm_at(upstream.server.url, upstream.server.host_port) as provider:
        yield provider
