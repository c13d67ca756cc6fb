"""What does a migration take from the program before it, which may go on with the tables, or come back to them?"""

import importlib.util
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

import sqlalchemy as sa

from kernel.database import Database
from tests.services.migrating import APPS, tables_of, until, versions

RELEASED: Mapping[str, Mapping[str, str]] = {}
"""By release, the newest migration of each app in it. Who tags a release writes it down here."""

Contractions = dict[str, list[str]]
"""By revision, one line each."""


def contractions(migrations: Path, folder: Path) -> Contractions:
    """What each migration but the first takes away. The tables are really made, in an SQLite file of `folder`."""
    found: Contractions = {}
    database = Database(f"sqlite:///{folder / 'stairs.sqlite'}", schema="stairs")
    before = None
    for count, path in enumerate(versions(migrations), 1):
        database.migrate(until(migrations, count, folder / str(count)))
        after = tables_of(database)
        if before is not None:
            found[module_of(path).revision] = list(taken(before, after))
        before = after
    database.close()
    return found


def taken(before: sa.MetaData, after: sa.MetaData) -> Iterator[str]:
    """What a program that knows the tables as they were before would miss, or trip over."""
    for name, old in before.tables.items():
        new = after.tables.get(name)
        if new is None:
            yield f"{name} is gone"
            continue
        yield from (f"{name}.{column} is gone" for column in _names(old) - _names(new))
        for column in new.columns:
            was_needed = column.name in old.columns and not old.columns[column.name].nullable
            # A default is for what is not given: of a column that it knows, the program before may give NULL.
            if not column.nullable and not was_needed and (column.server_default is None or column.name in old.columns):
                yield f"{name}.{column.name} must be given"
            if column.name in old.columns and str(column.type) != str(old.columns[column.name].type):
                yield f"{name}.{column.name} is no longer {old.columns[column.name].type}"
        yield from (f"{name}: must be {each}" for each in _checks(new) - _checks(old))
        # An upsert names what is unique, and the database refuses it where that no longer is.
        yield from (f"{name}: {sorted(each)} need no longer be unique" for each in _unique(old) - _unique(new))
        yield from (f"{name}: {sorted(each)} must be unique" for each in _unique(new) - _unique(old) if each <= _names(old))


def is_allowed(name: str, path: Path, released: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether it says `contracts = "…"`: the migration since which nothing uses any more what it takes away, and that is in a
    release which this one is not in.
    """
    unused_since = getattr(module_of(path), "contracts", None)
    order = [module_of(each).revision for each in sorted(path.parent.glob("*.py"))]
    own = order.index(module_of(path).revision)
    heads = [order.index(heads[name]) for heads in released.values() if name in heads]
    return unused_since in order and any(order.index(unused_since) <= head < own for head in heads)


def module_of(path: Path) -> ModuleType:
    specification = importlib.util.spec_from_file_location(path.stem, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def path_of(name: str, revision: str) -> Path:
    return next(path for path in versions(APPS[name]) if module_of(path).revision == revision)


def _names(table: sa.Table) -> set[str]:
    return {column.name for column in table.columns}


def _checks(table: sa.Table) -> set[str]:
    return {str(each.sqltext) for each in table.constraints if isinstance(each, sa.CheckConstraint)}


def _unique(table: sa.Table) -> set[frozenset[str]]:
    indexes = {frozenset(column.name for column in each.columns) for each in table.indexes if each.unique}
    constraints = [each for each in table.constraints if isinstance(each, sa.UniqueConstraint)]
    return indexes | {frozenset(column.name for column in each.columns) for each in constraints}
