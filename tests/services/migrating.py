"""What the tests of migrations share: every app's migrations, step by step, and tables that are full before them."""

import shutil
import warnings
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kernel.database import Database

ROOT = Path(__file__).parents[2]
APPS = {path.parent.name: path for path in sorted([*ROOT.glob("services/*/migrations"), *ROOT.glob("gateway/migrations")])}
"""The migrations of each app, by its name."""
_NOON = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)
_PLAUSIBLE = {"field": "tags", "kind": "tags", "state": "PENDING"}
"""Columns whose words mean something to a migration."""

_VALUES: Mapping[type[sa.types.TypeEngine[Any]], Callable[[int], object]] = {
    sa.Boolean: lambda number: bool(number % 2),
    sa.DateTime: lambda number: _NOON + timedelta(days=number),
    sa.JSON: lambda number: {"number": number, "é": [None, 1.5, "\x00"]},
    sa.Float: lambda number: number + 0.5,
    sa.BigInteger: lambda number: 2**40 + number,
    sa.Integer: lambda number: number,
    sa.LargeBinary: lambda number: bytes([number, 0, 255]),
}
"""Of those that fit, the first is taken: a BigInteger is an Integer too."""

Rows = dict[str, list[Mapping[str, Any]]]
"""By table, in no order."""


def versions(migrations: Path) -> list[Path]:
    """Oldest first."""
    return sorted(migrations.glob("versions/*.py"))


def steps() -> list[tuple[str, int]]:
    """Each migration but every app's first, as the app's name and how many come before it."""
    return [(name, before) for name, path in APPS.items() for before in range(1, len(versions(path)))]


def until(migrations: Path, count: int, folder: Path) -> Path:
    """The migrations of a program that has only so many of them."""
    (folder / "versions").mkdir(parents=True)
    for path in versions(migrations)[:count]:
        shutil.copy(path, folder / "versions")
    return folder


def tables_of(database: Database) -> sa.MetaData:
    """All but alembic's own."""
    found = sa.MetaData()
    with database.read() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore", sa.exc.SAWarning)  # indexes over expressions, which are not asked for
        found.reflect(connection)
    if "alembic_version" in found.tables:
        found.remove(found.tables["alembic_version"])
    return found


def fill(database: Database, numbers: Sequence[int]) -> None:
    """A row with each number in every table; of each odd one every column is filled, of the others all that must be.

    What refers to a row of another table refers to the one with the same number.
    """
    with database.write() as connection:
        for table in tables_of(database).sorted_tables:
            for number in numbers:
                wanted = [column for column in table.columns if number % 2 or not column.nullable]
                connection.execute(sa.insert(table).values({column.name: _value(column, number) for column in wanted}))


def rows_of(database: Database, tables: sa.MetaData) -> Rows:
    """All that these tables hold in these columns."""
    with database.read() as connection:
        return {
            name: sorted((dict(row) for row in connection.execute(sa.select(table)).mappings()), key=repr)
            for name, table in tables.tables.items()
        }


def _value(column: sa.Column[Any], number: int) -> Any:
    for key in column.foreign_keys:
        return _value(key.column, number)
    if column.name in _PLAUSIBLE:
        return _PLAUSIBLE[column.name]
    for sort, make in _VALUES.items():
        if isinstance(column.type, sort):
            return make(number)
    return f"{number} é {column.table.name} {column.name}"[: getattr(column.type, "length", None)]
