"""A cover service beside an album and an artist service, all of them asking a sandbox; a module's tests share one of each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from kernel.clock import Clock
from kernel.database import Database
from kernel.jobs import JobStore, Lane
from services.cover.choosing import Settled
from services.cover.domain import CoverRef, Grade, ImageId, Outcome, Shown, SourceName, State, Tried
from services.cover.store import CoverStore
from services.cover.wiring import MIGRATIONS
from tests.fakes.clock import StandingClock
from tests.fakes.servers import free_service_port
from tests.sandbox.running import RunningSandbox
from tests.services.album.running import RunningAlbum
from tests.services.artist.running import RunningArtist
from tests.services.cover.covers import image
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


@pytest.fixture
def jobs(database: Database, clock: Clock) -> JobStore:
    return JobStore(database, clock)


@pytest.fixture
def store(database: Database, jobs: JobStore, clock: Clock) -> CoverStore:
    return CoverStore(database, jobs, clock=clock)


@pytest.fixture
def put(database: Database, store: CoverStore, clock: Clock) -> Callable[..., Shown]:
    """Settles a cover with an image, as a job would."""

    def put(
        ref: CoverRef, name: str, *, source: SourceName = SourceName.DEEZER, grade: Grade = Grade.NAME, digest: str = ""
    ) -> Shown:
        store.request([ref], Lane.LOW)
        store.keep_image(image(name))
        shown = Shown(ImageId(name * 64), source, grade, f"from {source}", "CC0", "Somebody", digest or name * 64, clock.now())
        settled = Settled(State.FOUND, shown, False, False, clock.now() + timedelta(days=30))
        store.settle(database.write(), ref, settled, [Tried(source, Outcome.HIT, "Found.")])
        return shown

    return put
