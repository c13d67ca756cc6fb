"""An album service beside an artist service that asks nobody; the clock is the test's."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.album.wiring import MIGRATIONS
from tests.fakes.clock import FakeClock
from tests.sandbox.running import RunningSandbox
from tests.services.album.running import RunningAlbum
from tests.services.artist.running import RunningArtist

NOWHERE = "http://127.0.0.1:9"
"""No upstream is asked by making artists."""


@pytest.fixture
def migrations() -> Path | None:
    """Every database here has the service's tables."""
    return MIGRATIONS


@pytest.fixture
def artists(tmp_path: Path) -> Iterator[RunningArtist]:
    with RunningArtist(NOWHERE, tmp_path / "artist") as running:
        yield running


@pytest.fixture
def asking(artists: RunningArtist, sandbox: RunningSandbox, tmp_path: Path, clock: FakeClock) -> Iterator[RunningAlbum]:
    """One that asks all its providers, at the sandbox."""
    with RunningAlbum(artists.server.port, tmp_path / "album", clock, upstream=sandbox.url) as running:
        yield running


@pytest.fixture
def service(artists: RunningArtist, tmp_path: Path, clock: FakeClock) -> Iterator[RunningAlbum]:
    with RunningAlbum(artists.server.port, tmp_path / "album", clock) as running:
        yield running
