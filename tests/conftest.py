"""Fixtures that every folder of tests may ask for: a clock, a free port, real databases, a real Redis."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from kernel.database import Database
from tests.fakes.clock import FakeClock
from tests.fakes.servers import PostgresServer, RedisServer, find_free_port, lay_sqlite
from tests.memory import keep_files_in_memory
from tests.running_order import pytest_collection_modifyitems, pytest_xdist_make_scheduler  # noqa: F401 - pytest's hooks

keep_files_in_memory()
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # of whoever runs the tests in the background; some of them press Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes is the machine's affair: another run beside this one makes any of them slow.
settings.register_profile("timeless", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("timeless")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def free_port() -> int:
    return find_free_port()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture
def migrations() -> Path | None:
    """What made the tables of `database_url`; a folder of tests, or one file, says otherwise by a fixture of this name."""
    return None


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, migrations: Path | None, tmp_path: Path) -> Iterator[str]:
    """A database nobody has touched yet: the test runs once on an SQLite file and once on PostgreSQL."""
    if request.param == "sqlite":
        if migrations:
            lay_sqlite(tmp_path / "store.sqlite", migrations)
        yield f"sqlite:///{tmp_path / 'store.sqlite'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.fresh_database(migrations) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The same, opened."""
    opened = Database(database_url, schema="public")
    yield opened
    opened.close()


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    """A Redis of the test's own, to fill, flush, pause, kill and restart."""
    server = RedisServer()
    yield server
    server.close()
