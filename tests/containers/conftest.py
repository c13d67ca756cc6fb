"""What is tried in containers: images must have been built and podman be there, so it runs only when it is named."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.containers.podman import Podman
from tests.sandbox.running import RunningSandbox


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    is_named = any(Path(__file__).parent.name in Path(argument.partition("::")[0]).parts for argument in config.args)
    return None if is_named else True


@pytest.fixture
def podman(tmp_path: Path) -> Iterator[Podman]:
    engine = Podman(tmp_path)
    yield engine
    engine.clean()


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with RunningSandbox("--no-limits") as running:
        yield running
