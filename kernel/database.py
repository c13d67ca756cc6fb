"""How do we keep what must last? One SQLite file per app, or one PostgreSQL schema per app, behind the same few calls."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
import structlog
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql, sqlite

from kernel import deadline, dialects
from kernel.errors import StoreUnavailable
from kernel.settings import SettingsError

_MIGRATIONS = Path(__file__).parent / "migrations"
_log = structlog.get_logger(__name__)


class Database:
    """Short transactions on one app's tables. Any number of threads may use it; a connection belongs to one block of one thread.

    Both blocks raise StoreUnavailable when the database does not answer, is full or stays locked, and DeadlineSpent when the
    caller's time is up. A violated constraint stays sqlalchemy.exc.IntegrityError. Nothing is asked upstream inside a block,
    and no second block is opened inside `write()`: every other writer of an SQLite file is waiting.
    """

    def __init__(self, url: str, *, schema: str, connections: int = 10) -> None:
        address = dialects.parse_url(url)
        self._schema = schema
        # Guards SQLite's one pen. Waiting here beats SQLite's polling, and keeps two threads from writing or checkpointing in the
        # same instant, which SQLite before 3.51.3 now and then answered with a damaged file ("WAL-reset").
        self._pen = None if dialects.is_postgres(address) else threading.Lock()
        self._engine = dialects.open_engine(address, schema=schema, connections=connections)

    @classmethod
    def for_app(cls, database_url: str, data_dir: Path, name: str) -> Self:
        """What the settings ask for: the PostgreSQL schema `name`, or without a URL the file `data_dir`/`name`.sqlite."""
        if not database_url:
            data_dir.mkdir(parents=True, exist_ok=True)
            return cls(f"sqlite:///{data_dir.absolute() / name}.sqlite", schema=name)
        if not dialects.is_postgres(dialects.parse_url(database_url)):
            raise SettingsError(["DATABASE_URL: must begin with postgresql:// (leave it empty for SQLite files in DATA_DIR)"])
        return cls(database_url, schema=name)

    def read(self) -> AbstractContextManager[sa.Connection]:
        """One transaction that cannot write."""
        return self._transaction("read")

    def write(self) -> AbstractContextManager[sa.Connection]:
        """One transaction: when the block ends all of it is on disk, when it raises nothing is."""
        return self._transaction("write")

    def migrate(self, script_location: Path) -> None:
        """Brings the tables to the newest of `script_location`/versions/*.py. Replicas starting together take turns.

        Tables of a newer program are left as they are: migrations take away only what the release before does without.
        """
        with self._transaction("migrate") as connection:
            config = _alembic(script_location, connection)
            known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
            unknown = set(MigrationContext.configure(connection).get_current_heads()) - known
            if unknown:
                _log.warning("tables_are_newer", subject=self._schema, state=", ".join(sorted(unknown)))
            else:
                command.upgrade(config, "head")

    def downgrade(self, script_location: Path, *, steps: int = 1) -> None:
        """Takes the newest `steps` migrations back."""
        with self._transaction("migrate") as connection:
            command.downgrade(_alembic(script_location, connection), f"-{steps}")

    def close(self) -> None:
        """Closes every idle connection."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self, purpose: dialects.Purpose) -> Iterator[sa.Connection]:
        with ExitStack() as ending:
            if self._pen is not None and purpose != "read":
                if not self._pen.acquire(timeout=deadline.at_most(dialects.LOCK_WAIT)):
                    raise _unavailable("The database is busy.")
                ending.callback(self._pen.release)
            deadline.check()
            ending.enter_context(_translated())
            connection = ending.enter_context(self._engine.connect())
            connection.execution_options(purpose=purpose, schema=self._schema, postgresql_readonly=purpose == "read")
            with connection.begin():
                yield connection
            if purpose == "migrate":
                connection.detach()  # its foreign keys are off: it must not come back from the pool


class UtcDateTime(sa.TypeDecorator[datetime]):
    """A moment, aware on the way in and in UTC on the way out, in both databases. A naive one is refused with ValueError."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a stored time must say its time zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        return value and (value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC))


Json = sa.JSON(none_as_null=True)
"""Column type for any JSON value; None is SQL's NULL. PostgreSQL keeps it as text, since JSONB refuses NUL characters."""


def upsert(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]], *, key: Sequence[str]) -> None:
    """Inserts the rows; where `key` is there already, overwrites the columns given. The last wins.

    All rows must have the same columns, and `key` must be the primary key or a unique constraint.
    """
    if not rows:
        return
    statement = dialect_insert(connection, table)
    changes = {name: statement.excluded[name] for name in rows[0] if name not in key}
    if changes:
        statement = statement.on_conflict_do_update(index_elements=key, set_=changes)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=key)
    connection.execute(statement, _in_order(rows, key))


def dialect_insert(connection: sa.Connection, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can say ON CONFLICT, which SQLAlchemy offers per dialect only."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def _in_order(rows: Sequence[Mapping[str, Any]], key: Sequence[str]) -> list[Mapping[str, Any]]:
    """One row per key, since PostgreSQL refuses to touch a row twice; in one order everywhere, or two writers could deadlock."""
    latest = {tuple(row[name] for name in key): row for row in rows}
    return [latest[name] for name in sorted(latest, key=repr)]


def _alembic(script_location: Path, connection: sa.Connection) -> Config:
    config = Config(attributes={"connection": connection})
    versions = str(script_location.absolute() / "versions")
    options = {"script_location": str(_MIGRATIONS), "version_locations": versions, "path_separator": "newline"}
    for name, value in options.items():
        config.set_main_option(name, value.replace("%", "%%"))
    return config


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
        if not _is_outage(error):
            raise
        raise _unavailable("The database does not answer.") from error


def _is_outage(error: sa.exc.SQLAlchemyError) -> bool:
    """SQLite files a misspelt column under the same class as a full disk, and only the latter is worth asking again."""
    if isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated:
        return True
    if getattr(getattr(error, "orig", None), "sqlite_errorname", "") in ("SQLITE_ERROR", "SQLITE_READONLY"):
        return False
    return isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError | sa.exc.TimeoutError)


def _unavailable(message: str) -> StoreUnavailable:
    deadline.check()  # where the caller's time is up, that is why
    return StoreUnavailable(message, retry_after=timedelta(seconds=5))
