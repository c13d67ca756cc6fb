"""How tables are brought up to date and back, by whoever starts first, and by a program older than they are."""

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog.testing

from kernel.database import Database
from tests.fakes.servers import PostgresServer

FIRST = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0001", None

def upgrade():
    op.create_table("shelves", sa.Column("id", sa.Text, primary_key=True))
    op.create_table(
        "books",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("shelf", sa.Text, sa.ForeignKey("shelves.id", ondelete="CASCADE")),
    )
    op.execute("INSERT INTO shelves VALUES ('a')")
    op.execute("INSERT INTO books VALUES ('b', 'a')")

def downgrade():
    op.drop_table("books")
    op.drop_table("shelves")
"""

SECOND = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"

def upgrade():
    with op.batch_alter_table("shelves", recreate="auto") as shelves:
        shelves.alter_column("id", type_=sa.String(40))

def downgrade():
    pass
"""


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """A folder as an app has it, whose name holds what configuration parsers trip over."""
    versions = tmp_path / "my 100% app:s" / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions / "0001_first.py").write_text(FIRST)
    (versions / "0002_second.py").write_text(SECOND)
    return versions.parent


def count(database: Database, table: str) -> int:
    with database.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(sa.table(table))).scalar_one()


def test_migrations_run_once_and_go_back(database: Database, scripts: Path) -> None:
    database.migrate(scripts)
    database.migrate(scripts)
    found = count(database, "books")

    database.downgrade(scripts, steps=2)

    assert found == 1
    with pytest.raises(sa.exc.DBAPIError):
        count(database, "books")


def test_rebuilding_a_table_in_a_migration_deletes_no_row_that_points_to_it(database: Database, scripts: Path) -> None:
    database.migrate(scripts)

    assert (count(database, "shelves"), count(database, "books")) == (1, 1)


def test_foreign_keys_hold_again_after_a_migration(database: Database, scripts: Path) -> None:
    database.migrate(scripts)

    with pytest.raises(sa.exc.IntegrityError), database.write() as connection:
        connection.execute(sa.text("INSERT INTO books VALUES ('c', 'nowhere')"))


def test_an_older_program_leaves_newer_tables_as_they_are_and_says_so(database: Database, scripts: Path) -> None:
    database.migrate(scripts)
    (scripts / "versions" / "0002_second.py").unlink()

    with structlog.testing.capture_logs() as said:
        database.migrate(scripts)
    with database.write() as connection:
        connection.execute(sa.text("INSERT INTO books VALUES ('c', 'a')"))

    assert count(database, "books") == 2
    assert said == [{"event": "tables_are_newer", "log_level": "warning", "subject": "public", "state": "0002"}]
    with database.read() as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one() == "0002"


def test_replicas_starting_together_migrate_once(database_url: str, scripts: Path) -> None:
    replicas = [Database(database_url, schema="test") for _ in range(4)]
    start = threading.Barrier(4)
    failures: list[BaseException] = []

    def begin(replica: Database) -> None:
        start.wait()
        try:
            replica.migrate(scripts)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test shows it
            failures.append(error)

    threads = [threading.Thread(target=begin, args=(replica,)) for replica in replicas]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert count(replicas[0], "books") == 1
    for replica in replicas:
        replica.close()


def test_a_migration_that_fails_leaves_the_tables_as_they_were(database: Database, scripts: Path) -> None:
    (scripts / "versions" / "0002_second.py").write_text(
        SECOND.replace("with op.", "op.drop_table('books'); 1 / 0\n    with op.")
    )

    with pytest.raises(ZeroDivisionError):
        database.migrate(scripts)

    with pytest.raises(sa.exc.DBAPIError):
        count(database, "books")


def test_two_apps_share_a_postgres_without_seeing_each_other(postgres_server: PostgresServer, scripts: Path) -> None:
    with postgres_server.fresh_database() as url:
        for name in ("one", "two"):
            Database.for_app(url, Path(), name).migrate(scripts)
        one, two = (Database.for_app(url, Path(), name) for name in ("one", "two"))

        with one.write() as connection:
            connection.execute(sa.text("DELETE FROM books"))

        assert (count(one, "books"), count(two, "books")) == (0, 1)
