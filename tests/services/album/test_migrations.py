"""services/album/migrations: they make the tables of the code, and leave nothing on the way down."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from kernel.database import Database
from kernel.job_table import job_table
from services.album.storing.tables import metadata
from services.album.wiring import MIGRATIONS


def differences(database: Database) -> list[object]:
    wanted = sa.MetaData()
    for table in metadata.tables.values():
        table.to_metadata(wanted)
    job_table(wanted)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": _is_ours})
        return list(compare_metadata(context, wanted))


def _is_ours(thing: object, name: str | None, kind: str, reflected: bool, compared: object) -> bool:  # noqa: FBT001 - alembic's
    return name != "alembic_version"


def tables_of(database: Database) -> set[str]:
    with database.read() as connection:
        return set(sa.inspect(connection).get_table_names()) - {"alembic_version"}


def test_the_migrations_make_exactly_the_tables_of_the_code(database: Database):
    database.migrate(MIGRATIONS)

    assert differences(database) == []


def test_all_the_way_down_leaves_nothing_and_up_again_makes_the_same(database: Database):
    database.migrate(MIGRATIONS)

    database.downgrade(MIGRATIONS)
    left = tables_of(database)
    database.migrate(MIGRATIONS)

    assert left == set()
    assert tables_of(database) == {*metadata.tables, "jobs"}
    assert differences(database) == []


def test_two_tracks_of_one_name_and_no_album_are_refused_by_the_database_itself(database: Database):
    database.migrate(MIGRATIONS)
    with database.read() as connection:
        indexes = {index["name"]: index["unique"] for index in sa.inspect(connection).get_indexes("tracks")}

    assert (indexes["uq_tracks_name"], indexes["uq_tracks_loose"]) == (True, True)
