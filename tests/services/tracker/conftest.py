"""A workshop on a database of its own."""

from pathlib import Path

import pytest

from kernel.database import Database
from services.tracker.wiring import MIGRATIONS
from tests.fakes.clock import FakeClock
from tests.services.tracker.workshop import Workshop


@pytest.fixture
def migrations() -> Path | None:
    """Every database here has the service's tables."""
    return MIGRATIONS


@pytest.fixture
def workshop(database: Database, clock: FakeClock) -> Workshop:
    return Workshop(database, clock)
