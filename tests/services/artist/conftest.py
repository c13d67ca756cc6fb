"""An artist service over the sandbox, or its pipeline around fakes; the clock is the test's."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.database import Database
from services.artist.pipeline import ArtistPipeline
from services.artist.wiring import MIGRATIONS
from tests.fakes.clock import FakeClock
from tests.sandbox.running import RunningSandbox
from tests.services.artist.fakes import RADIOHEAD, FakeArtists, FakeWorld
from tests.services.artist.running import RunningArtist
from tests.services.artist.workshop import Workshop


@pytest.fixture
def service(sandbox: RunningSandbox, tmp_path: Path, clock: FakeClock) -> Iterator[RunningArtist]:
    """Only Last.fm is on."""
    with RunningArtist(sandbox.url, tmp_path, clock) as running:
        yield running


@pytest.fixture
def migrations() -> Path | None:
    """Every database here has the service's tables."""
    return MIGRATIONS


@pytest.fixture
def workshop(database: Database, clock: FakeClock) -> Iterator[Workshop]:
    shop = Workshop(database, clock)
    yield shop
    shop.close()


@pytest.fixture
def fake() -> FakeArtists:
    return FakeArtists()


@pytest.fixture
def pipeline(workshop: Workshop, fake: FakeArtists) -> ArtistPipeline:
    """Asks one provider, by name."""
    return workshop.build(fake)


@pytest.fixture
def world() -> FakeWorld:
    """Six providers that know Radiohead."""
    return FakeWorld(RADIOHEAD)
