"""What must SQLite and PostgreSQL each be told before they keep the promises `kernel.database` makes?"""

import functools
from typing import Any, Final, Literal

import sqlalchemy as sa
from filelock import FileLock

from kernel import deadline
from kernel.settings import SettingsError

Purpose = Literal["read", "write", "migrate"]

LOCK_WAIT: Final = 5.0  # seconds

# No isolation level: the driver's own BEGIN is deferred, and a deferred BEGIN that comes to write after another writer has
# been there fails at once (measured: 139 of 160). _begin_sqlite says BEGIN instead.
_SQLITE_OPTIONS: Final = {"isolation_level": None, "timeout": LOCK_WAIT, "check_same_thread": False}


def parse_url(text: str) -> sa.URL:
    """The address in the spelling SQLAlchemy wants. Raises SettingsError, which never shows the text: it may hold a password."""
    try:
        address = sa.make_url(text.replace("postgres://", "postgresql://", 1))
    except sa.exc.ArgumentError:
        raise SettingsError(["DATABASE_URL: is not a database URL"]) from None
    return address.set(drivername="postgresql+psycopg2") if is_postgres(address) else address


def is_postgres(address: sa.URL) -> bool:
    return address.get_backend_name() == "postgresql"


def open_engine(address: sa.URL, *, schema: str, connections: int) -> sa.Engine:
    """An engine whose transactions must name their `purpose` (and the `schema`) as execution options; connects to nothing yet."""
    engine = sa.create_engine(
        address,
        poolclass=sa.QueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=2.0,  # overload is shed, not queued for the default 30 s
        pool_pre_ping=is_postgres(address),
        connect_args=_postgres_options(schema) if is_postgres(address) else _SQLITE_OPTIONS,
    )
    if not is_postgres(address):
        sa.event.listen(engine, "connect", functools.partial(_prepare_sqlite, FileLock(f"{address.database}.lock")))
    sa.event.listen(engine, "begin", _begin_postgres if is_postgres(address) else _begin_sqlite)
    return engine


def _prepare_sqlite(first: FileLock, connection: Any, _record: object) -> None:
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        # Only a new file is not in WAL mode yet, and SQLite never waits to change it: of six openers, some were turned away.
        with first:
            connection.execute("PRAGMA journal_mode = WAL").close()
    connection.execute("PRAGMA synchronous = FULL").close()
    connection.execute("PRAGMA foreign_keys = ON").close()


def _begin_sqlite(connection: sa.Connection) -> None:
    purpose: Purpose = connection.get_execution_options()["purpose"]
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {_milliseconds(deadline.at_most(LOCK_WAIT))}")
    connection.exec_driver_sql(f"PRAGMA query_only = {int(purpose == 'read')}")
    if purpose == "migrate":
        # Rebuilding a table drops the old one; with foreign keys on, that would delete every row that points to it.
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    connection.exec_driver_sql("BEGIN" if purpose == "read" else "BEGIN IMMEDIATE")


def _postgres_options(schema: str) -> dict[str, Any]:
    return {
        "connect_timeout": 3,
        "options": f"-c search_path={schema} -c lock_timeout={LOCK_WAIT:.0f}s -c idle_in_transaction_session_timeout=60s",
        # A peer that vanished without a word is noticed within 15 s, not after TCP's 15 minutes.
        "keepalives_idle": 5,
        "keepalives_interval": 5,
        "keepalives_count": 2,
        "tcp_user_timeout": 15_000,
    }


def _begin_postgres(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if options["purpose"] != "migrate":
        # Travels with BEGIN: one round trip, and no query outlives the request it was made for.
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {_milliseconds(deadline.at_most(30.0))}")
        return
    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
    turn = sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"migrate {options['schema']}", 0))
    connection.execute(sa.select(turn))
    connection.execute(sa.schema.CreateSchema(options["schema"], if_not_exists=True))


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))
