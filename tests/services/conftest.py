"""One sandbox process for all tests of the services, wiped clean before each."""

from collections.abc import Iterator

import pytest

from tests.sandbox.running import RunningSandbox


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[RunningSandbox]:
    with RunningSandbox() as running:
        yield running


@pytest.fixture
def sandbox(sandbox_process: RunningSandbox) -> RunningSandbox:
    """Without faults, limits or memory of earlier tests."""
    sandbox_process.reset()
    return sandbox_process
