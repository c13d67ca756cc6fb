"""Tables that are full go one migration up and back, and a program goes on where a newer one has been."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import structlog.testing

from kernel.database import Database
from tests.fakes.clock import FakeClock
from tests.fakes.servers import PostgresServer
from tests.services.migrating import APPS, fill, rows_of, steps, tables_of, until, versions

NEXT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "next", "{head}"

def upgrade():
    op.create_table("novelties", sa.Column("id", sa.Integer, primary_key=True))
    op.add_column("{table}", sa.Column("novelty", sa.Text))
    op.add_column("{table}", sa.Column("is_novel", sa.Boolean, nullable=False, server_default=sa.false()))
"""


@pytest.mark.parametrize(("name", "before"), steps())
def test_one_step_up_and_one_back_keep_every_row_and_column(name: str, before: int, database: Database, tmp_path: Path):
    older, newer = (until(APPS[name], count, tmp_path / str(count)) for count in (before, before + 1))
    database.migrate(older)
    tables = tables_of(database)
    fill(database, [1, 2])
    kept = rows_of(database, tables)

    database.migrate(newer)
    upgraded = rows_of(database, tables)
    fill(database, [3, 4])
    grown = rows_of(database, tables)
    database.downgrade(newer)

    assert all(len(rows) == 2 for rows in kept.values())
    assert upgraded == kept
    assert set(tables_of(database).tables) == set(tables.tables)
    assert rows_of(database, tables) == grown


@pytest.mark.parametrize("name", sorted({name for name, _ in steps()}))
def test_from_the_first_tables_to_the_newest_every_row_and_column_is_kept(name: str, database: Database, tmp_path: Path):
    database.migrate(until(APPS[name], 1, tmp_path / "first"))
    tables = tables_of(database)
    fill(database, [1, 2])
    kept = rows_of(database, tables)

    database.migrate(APPS[name])

    assert rows_of(database, tables) == kept


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path, postgres_server: PostgresServer) -> Any:
    """Settings that say where an app keeps its tables."""
    if request.param == "sqlite":
        yield {"data_dir": tmp_path}
        return
    with postgres_server.fresh_database() as url:
        yield {"data_dir": tmp_path, "database_url": url}


def lay_newer_tables(name: str, place: dict[str, Any], folder: Path) -> None:
    """As the next release would leave them."""
    newer = until(APPS[name], 99, folder)
    head = versions(newer)[-1].name.partition("_")[0]
    table = "jobs" if name != "gateway" else "idempotent_answers"
    (newer / "versions" / "9999_next.py").write_text(NEXT.format(head=head, table=table))
    database = Database.for_app(place.get("database_url", ""), place["data_dir"], name)
    database.migrate(newer)
    database.close()


def builder(name: str) -> tuple[type, Callable[..., Any]]:
    package = name if name == "gateway" else f"services.{name}"
    settings = getattr(importlib.import_module(f"{package}.settings"), f"{name.title()}Settings")
    return settings, importlib.import_module(f"{package}.wiring").build


@pytest.mark.parametrize("name", APPS)
def test_a_program_starts_on_the_tables_of_a_newer_one(name: str, place: dict[str, Any], tmp_path: Path, clock: FakeClock):
    lay_newer_tables(name, place, tmp_path / "newer")
    settings, build = builder(name)

    with structlog.testing.capture_logs() as said:
        parts = build(settings(**place), clock=clock)

    try:
        if name != "gateway":
            job_id = parts.jobs.store.enqueue("anything")
            assert parts.jobs.store.get(job_id).kind == "anything"
        assert [line["event"] for line in said if line["log_level"] == "warning"] == ["tables_are_newer"]
    finally:
        parts.close()
