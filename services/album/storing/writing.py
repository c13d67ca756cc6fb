"""How do several writers of albums keep out of each other's way?"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from kernel import deadline
from kernel.database import Database
from kernel.errors import StoreUnavailable

_LONGEST_WAIT = 30.0  # seconds
_WRITERS = 0x616C6275  # any number that no other service has, the same in every replica


class Pen:
    """One writer at a time, of this process and of all others. A process has one pen."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # Who waits for the others in PostgreSQL holds one of its few connections meanwhile; so only one of this process does.
        self._turn = threading.Lock()

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One write transaction in which albums and tracks may be made."""
        if not self._turn.acquire(timeout=deadline.at_most(_LONGEST_WAIT)):
            deadline.check()
            raise StoreUnavailable("Somebody else has been writing for too long.")
        try:
            with self._database.write() as connection:
                take_pen(connection)
                yield connection
        finally:
            self._turn.release()


def take_pen(connection: sa.Connection) -> None:
    """Until the transaction ends nobody else makes or marks albums and tracks."""
    if connection.dialect.name == "postgresql":
        # Two that make each other's albums would deadlock. SQLite has one pen by itself.
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITERS)))
