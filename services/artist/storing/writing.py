"""How do several writers of artists keep out of each other's way?"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from kernel.database import Database

_WRITERS = 0x736F6E69  # any number, the same in every replica


@contextmanager
def writing(database: Database) -> Iterator[sa.Connection]:
    """One write transaction in which artists may be made."""
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            # SQLite has one pen; here two that make each other's artists would deadlock, or make one of them twice. Not a lock of
            # the table: autovacuum would have to wait for it, or be cancelled.
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITERS)))
        yield connection
