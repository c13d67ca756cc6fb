"""A database as an older installation left it, on SQLite or PostgreSQL."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kernel.database import Database

_TYPES: Mapping[str, Any] = {
    "id": sa.Integer,
    "lastfm_listeners": sa.BigInteger,
    "lastfm_playcount": sa.BigInteger,
    "lastfm_tags": sa.JSON,
    "lastfm_similar_artists_fetched": sa.Boolean,
    "lastfm_info_fetched_at": sa.DateTime,
    "artist_id": sa.Integer,
    "similar_artist_id": sa.Integer,
    "entity_id": sa.Integer,
    "weight": sa.Float,
}
FETCHED_AT = datetime(2025, 6, 1, 12)  # noqa: DTZ001 - as the older installation wrote them
RADIOHEAD = {
    "id": 1,
    "name": "Radiohead",
    "musicbrainz_artistid": "a74b1b7f-71a5-4011-9441-d0b5e4122711",
    "spotify_id": "4Z8W4fKeB5YxbusRsdQVPb",
    "lastfm_url": "https://www.last.fm/music/Radiohead",
    "lastfm_listeners": 5_000_000,
    "lastfm_playcount": 900_000_000,
    "lastfm_tags": ["alternative", "rock"],
    "lastfm_similar_artists_fetched": True,
    "lastfm_info_fetched_at": FETCHED_AT,
}


class OlderDatabase:
    """Tables of any columns, made with their first rows."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = sa.create_engine(url, poolclass=sa.NullPool)

    def put(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Adds rows that all have the columns of the first."""
        rows = list(rows)
        columns = [sa.Column(name, _TYPES.get(name, sa.Text)) for name in rows[0]]
        made = sa.Table(table, sa.MetaData(), *columns)
        made.create(self._engine, checkfirst=True)
        with self._engine.begin() as connection:
            connection.execute(sa.insert(made), rows)

    def run(self, statement: str) -> None:
        with self._engine.begin() as connection:
            connection.exec_driver_sql(statement)

    def contents(self) -> dict[str, list[Any]]:
        """Every row of every table."""
        with self._engine.connect() as connection:
            tables = sa.inspect(connection).get_table_names()
            return {name: sorted(map(repr, connection.execute(sa.text(f"SELECT * FROM {name}")))) for name in tables}  # noqa: S608


@contextmanager
def open_older(database: Database, request: pytest.FixtureRequest, folder: Path) -> Iterator[OlderDatabase]:
    """An empty one on the same kind of database as ours."""
    with database.read() as connection:
        kind = connection.dialect.name
    if kind == "sqlite":
        yield OlderDatabase(f"sqlite:///{folder / 'older.sqlite'}")
        return
    with request.getfixturevalue("postgres_server").fresh_database() as url:
        yield OlderDatabase(url)
