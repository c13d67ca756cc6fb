"""Every service's migrations make exactly the tables of its code, and leave nothing on the way down."""

import importlib
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from kernel.database import Database
from kernel.job_table import job_table

SERVICES = Path(__file__).parents[2] / "services"
NAMES = sorted(path.parent.name for path in SERVICES.glob("*/__main__.py"))


def metadata_of(name: str) -> sa.MetaData:
    """The tables of the code, wherever in the service they are written, and the jobs."""
    importlib.import_module(f"services.{name}.__main__")
    metadata: sa.MetaData = importlib.import_module(f"services.{name}.storing.tables").metadata
    wanted = sa.MetaData()
    for table in metadata.tables.values():
        table.to_metadata(wanted)
    job_table(wanted)
    return wanted


def differences(database: Database, wanted: sa.MetaData) -> list[object]:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": _is_ours})
        return list(compare_metadata(context, wanted))


def _is_ours(_thing: object, name: str | None, _kind: str, _reflected: bool, _compared: object) -> bool:  # noqa: FBT001 - alembic's
    return name != "alembic_version"


@pytest.mark.parametrize("name", NAMES)
def test_the_migrations_make_exactly_the_tables_of_the_code(name: str, database: Database):
    database.migrate(SERVICES / name / "migrations")

    assert differences(database, metadata_of(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_all_the_way_down_leaves_nothing_and_up_again_makes_the_same(name: str, database: Database):
    migrations = SERVICES / name / "migrations"
    database.migrate(migrations)

    database.downgrade(migrations, steps=len(list(migrations.glob("versions/*.py"))))
    with database.read() as connection:
        left = set(sa.inspect(connection).get_table_names()) - {"alembic_version"}
    database.migrate(migrations)

    assert left == set()
    assert differences(database, metadata_of(name)) == []
