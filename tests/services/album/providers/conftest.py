"""Upstreams that answer what the test lays in, providers that ask them, and a door to the sandbox."""

from collections.abc import Iterator

import pytest

from kernel.http import HttpClient
from services.album.providers.lastfm import LastfmAlbums
from services.album.providers.musicbrainz import MusicbrainzReleases
from services.album.providers.spotify import SpotifyAlbums
from tests.fakes.canned import AnsweringInTurn, CannedUpstream, answering
from tests.fakes.canned_spotify import CannedSpotify
from tests.sandbox.running import RunningSandbox
from tests.services.album.providers.asking import door_to, lastfm_over, musicbrainz_over, spotify_over


@pytest.fixture(scope="module")
def door(sandbox_process: RunningSandbox) -> Iterator[HttpClient]:
    """To the sandbox."""
    with door_to(sandbox_process.url) as http:
        yield http


@pytest.fixture(scope="module")
def upstream() -> Iterator[CannedUpstream]:
    canned = CannedUpstream()
    yield canned
    canned.server.stop()


@pytest.fixture(scope="module")
def lastfm(upstream: CannedUpstream) -> Iterator[LastfmAlbums]:
    with door_to(upstream.server.url) as http:
        yield lastfm_over(http, upstream.server.url)


@pytest.fixture(scope="module")
def turns() -> Iterator[AnsweringInTurn]:
    with answering() as in_turn:
        yield in_turn


@pytest.fixture(scope="module")
def musicbrainz(turns: AnsweringInTurn) -> Iterator[MusicbrainzReleases]:
    with door_to(turns.server.url) as http:
        yield musicbrainz_over(http, f"{turns.server.url}ws/2")


@pytest.fixture(scope="module")
def canned_spotify() -> Iterator[CannedSpotify]:
    canned = CannedSpotify()
    yield canned
    canned.server.stop()


@pytest.fixture
def catalogue(canned_spotify: CannedSpotify) -> CannedSpotify:
    """Of which nothing was asked yet."""
    canned_spotify.forget()
    return canned_spotify


@pytest.fixture(scope="module")
def spotify(canned_spotify: CannedSpotify) -> Iterator[SpotifyAlbums]:
    with door_to(canned_spotify.server.url) as http:
        yield spotify_over(http, f"{canned_spotify.server.url}v1", canned_spotify.server.url)
