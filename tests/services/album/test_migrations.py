"""services/album/migrations: what the database itself refuses."""

import sqlalchemy as sa

from kernel.database import Database
from services.album.wiring import MIGRATIONS


def test_two_tracks_of_one_name_and_no_album_are_refused_by_the_database_itself(database: Database):
    database.migrate(MIGRATIONS)
    with database.read() as connection:
        indexes = {index["name"]: index["unique"] for index in sa.inspect(connection).get_indexes("tracks")}

    assert (indexes["uq_tracks_name"], indexes["uq_tracks_loose"]) == (True, True)
