"""A store in a folder of the test's own."""

from pathlib import Path

import pytest

from services.cover.keeping import ImageStore
from tests.fakes.clock import FakeClock


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "covers"


@pytest.fixture
def store(root: Path, clock: FakeClock) -> ImageStore:
    return ImageStore(root, clock=clock, max_bytes=10_000)
