"""A child of the test's own."""

from collections.abc import Iterator

import pytest

from tests.untrusted import answering
from untrusted.child import Child, Limits

PROGRAM = answering.__name__


@pytest.fixture
def child() -> Iterator[Child]:
    """One that may hold 64 MB, compute for a second, and write 1000 bytes to a file."""
    with Child("The program", PROGRAM, Limits(memory=64 * 2**20, computing=1, wall=20, written=1000)) as running:
        yield running
