"""A cover service beside an album and an artist service, all of them asking a sandbox; a module's tests share one of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.cover.wiring import MIGRATIONS
from tests.fakes.clock import StandingClock
from tests.fakes.servers import free_service_port
from tests.sandbox.running import RunningSandbox
from tests.services.album.running import RunningAlbum
from tests.services.artist.running import RunningArtist
from tests.services.cover.library import Library
from tests.services.cover.running import RunningCover


@dataclass(frozen=True)
class World:
    """All that runs, and the clock it runs by. Tests name their music apart."""

    clock: StandingClock
    artists: RunningArtist
    albums: RunningAlbum
    service: RunningCover
    library: Library
    folder: Path


@pytest.fixture
def migrations() -> Path | None:
    """Every database here has the service's tables."""
    return MIGRATIONS


@pytest.fixture(scope="module")
def world(sandbox_process: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder, clock, url = tmp_path_factory.mktemp("world"), StandingClock(), sandbox_process.url
    music, port = folder / "music", free_service_port()
    music.mkdir()
    with (
        RunningArtist(url, folder / "artist", every_source=True) as artists,
        RunningAlbum(artists.server.port, folder / "album", clock, upstream=url, music_dir=music, cover_port=port) as albums,
        RunningCover(
            artists.server.port, albums.server.port, folder / "cover", clock, upstream=url, port=port, music_dir=music
        ) as service,
    ):
        yield World(clock, artists, albums, service, Library(albums, music), folder)


@pytest.fixture
def service(world: World, sandbox: RunningSandbox) -> RunningCover:
    """With a sandbox that has forgotten the tests before, and an hour after them: no breaker is open any more."""
    world.clock.advance(3600)
    return world.service


@pytest.fixture
def library(world: World) -> Library:
    return world.library
