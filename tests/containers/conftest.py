"""Fixtures of what is tried in containers. Not part of `make test`: images must have been built, and podman be there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.containers.podman import Podman
from tests.sandbox.running import RunningSandbox


@pytest.fixture
def podman(tmp_path: Path) -> Iterator[Podman]:
    engine = Podman(tmp_path)
    yield engine
    engine.clean()


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with RunningSandbox("--no-limits") as running:
        yield running
