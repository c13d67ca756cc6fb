"""One database of each kind for all tests of a module; each test, and each example, fills it anew."""

from collections.abc import Iterator

import pytest

from kernel.database import Database
from services.tracker.telling.history import History
from tests.fakes.clock import FakeClock
from tests.services.tracker.telling.shelf import Shelf


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def url(request, tmp_path_factory) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('plays') / 'store.sqlite'}"
        return
    with request.getfixturevalue("postgres_server").fresh_database() as address:
        yield address


@pytest.fixture(scope="module")
def shelf(url) -> Iterator[Shelf]:
    database = Database(url, schema="public")
    yield Shelf(database)
    database.close()


@pytest.fixture
def history(shelf) -> History:
    """Of somebody in Paris, in the first hours of 2026; no plays yet."""
    shelf.refill([])
    return History(shelf.database, zone="Europe/Paris", clock=FakeClock())
