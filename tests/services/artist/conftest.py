"""An artist service over the sandbox, its clock the test's."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.clock import FakeClock
from tests.sandbox.running import RunningSandbox
from tests.services.artist.running import RunningArtist


@pytest.fixture
def service(sandbox: RunningSandbox, tmp_path: Path, clock: FakeClock) -> Iterator[RunningArtist]:
    with RunningArtist(sandbox.url, tmp_path, clock) as running:
        yield running
