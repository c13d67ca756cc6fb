"""A workshop on a database of its own."""

import pytest

from kernel.database import Database
from services.tracker.wiring import MIGRATIONS
from tests.fakes.clock import FakeClock
from tests.services.tracker.workshop import Workshop


@pytest.fixture
def workshop(database: Database, clock: FakeClock) -> Workshop:
    database.migrate(MIGRATIONS)
    return Workshop(database, clock)
