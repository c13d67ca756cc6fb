"""A sandbox whose accounts nobody else has changed, and an upstream that answers what the test lays in."""

import itertools
from collections.abc import Iterator

import pytest

from services.tracker.providers.lastfm import LastfmHistory
from services.tracker.providers.listenbrainz import ListenbrainzHistory
from tests.fakes.canned import CannedUpstream
from tests.sandbox.running import LASTFM, RunningSandbox
from tests.services.tracker.providers.asking import lastfm_at, listenbrainz_at

_numbers = itertools.count()


@pytest.fixture
def somebody() -> str:
    """An account that no other test knows: what was played stays."""
    return f"one_of_many_{next(_numbers)}"


@pytest.fixture
def lastfm(sandbox: RunningSandbox) -> Iterator[LastfmHistory]:
    with lastfm_at(f"{sandbox.url}{LASTFM}") as source:
        yield source


@pytest.fixture
def listenbrainz(sandbox: RunningSandbox) -> Iterator[ListenbrainzHistory]:
    with listenbrainz_at(f"{sandbox.url}/listenbrainz") as source:
        yield source


@pytest.fixture(scope="module")
def running_upstream() -> Iterator[CannedUpstream]:
    canned = CannedUpstream()
    yield canned
    canned.server.stop()


@pytest.fixture
def upstream(running_upstream: CannedUpstream) -> CannedUpstream:
    """Asked nothing yet."""
    running_upstream.asked.clear()
    return running_upstream


@pytest.fixture
def canned_lastfm(upstream: CannedUpstream) -> Iterator[LastfmHistory]:
    with lastfm_at(upstream.server.url) as source:
        yield source


@pytest.fixture
def canned_listenbrainz(upstream: CannedUpstream) -> Iterator[ListenbrainzHistory]:
    with listenbrainz_at(upstream.server.url) as source:
        yield source
