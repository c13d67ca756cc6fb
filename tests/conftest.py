"""Fixtures that every folder of tests may ask for: a clock, a free port, real databases, a real Redis."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.database import Database
from tests.fakes.clock import FakeClock
from tests.fakes.servers import PostgresServer, RedisServer, find_free_port


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


@pytest.fixture(scope="session")
def postgres_url(postgres_server: PostgresServer) -> str:
    """The server's maintenance database; for tables of your own ask for `database` or `database_url`."""
    return postgres_server.url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database nobody has touched yet: the test runs once on an SQLite file and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.sqlite'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.fresh_database() as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The same, opened: no tables yet."""
    opened = Database(database_url, schema="public")
    yield opened
    opened.close()


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    """A Redis of the test's own, to fill, flush, pause, kill and restart."""
    server = RedisServer()
    yield server
    server.close()
