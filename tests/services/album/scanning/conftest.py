"""A music folder of the test's own, and a studio that scans it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kernel.database import Database
from services.album.scanning.readers import TagReader
from services.album.scanning.tags import Tags
from tests.fakes.clock import FakeClock
from tests.services.album.scanning.studio import Studio

ReadsBytes = Callable[[bytes, str], Tags]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "music"
    folder.mkdir()
    return folder


@pytest.fixture
def studio(database: Database, clock: FakeClock, root: Path) -> Studio:
    return Studio(database, clock, root)


@pytest.fixture(scope="session")
def reader() -> Iterator[TagReader]:
    """One process for all tests that read single files."""
    with TagReader() as running:
        yield running


@pytest.fixture
def read(reader: TagReader, tmp_path: Path) -> ReadsBytes:
    """What a file of these bytes and this suffix says."""

    def read_bytes(content: bytes, suffix: str) -> Tags:
        path = tmp_path / f"file{suffix}"
        path.write_bytes(content)
        with path.open("rb") as file:
            return reader.read(file.fileno(), suffix)

    return read_bytes
