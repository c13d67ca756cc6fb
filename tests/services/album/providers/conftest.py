"""Upstreams that answer what the test lays in, and providers that ask them."""

from collections.abc import Iterator

import pytest

from services.album.providers.lastfm import LastfmAlbums
from services.album.providers.musicbrainz import MusicbrainzReleases
from services.album.providers.spotify import SpotifyAlbums
from tests.fakes.canned import CannedUpstream
from tests.fakes.canned_spotify import CannedSpotify
from tests.services.album.providers.asking import lastfm_at, musicbrainz_at, spotify_at


@pytest.fixture(scope="module")
def upstream() -> Iterator[CannedUpstream]:
    canned = CannedUpstream()
    yield canned
    canned.server.stop()


@pytest.fixture(scope="module")
def lastfm(upstream: CannedUpstream) -> Iterator[LastfmAlbums]:
    with lastfm_at(upstream.server.url) as provider:
        yield provider


@pytest.fixture(scope="module")
def musicbrainz(upstream: CannedUpstream) -> Iterator[MusicbrainzReleases]:
    with musicbrainz_at(upstream.server.url) as provider:
        yield provider


@pytest.fixture
def catalogue() -> Iterator[CannedSpotify]:
    canned = CannedSpotify()
    yield canned
    canned.server.stop()


@pytest.fixture
def spotify(catalogue: CannedSpotify) -> Iterator[SpotifyAlbums]:
    with spotify_at(f"{catalogue.server.url}v1", catalogue.server.url) as provider:
        yield provider
