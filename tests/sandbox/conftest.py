"""One sandbox process for all tests of this folder, wiped clean before each."""

import itertools
from collections.abc import Iterator

import pytest

from tests.sandbox.running import RunningSandbox

_numbers = itertools.count()


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[RunningSandbox]:
    with RunningSandbox() as running:
        yield running


@pytest.fixture
def sandbox(sandbox_process: RunningSandbox) -> RunningSandbox:
    sandbox_process.reset()
    return sandbox_process


@pytest.fixture
def somebody() -> str:
    """An account that no other test knows: what was submitted stays."""
    return f"somebody_{next(_numbers)}"
