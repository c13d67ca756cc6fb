"""How is an SQLite file copied while others write to it, and how is it known that nobody has it open?"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from scripts.backups.system import NotDone

_HELD: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def copy(source: Path, target: Path) -> str:
    """As it was at one moment; the version of its tables. Writers go on meanwhile. Raises NotDone for a damaged one.

    Opened for reading only: such a connection never checkpoints, and two that do so in the same instant may spoil a file.
    """
    try:
        with (
            closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as reading,
            closing(sqlite3.connect(target)) as writing,
        ):
            writing.execute("PRAGMA synchronous = OFF")  # it is read into an archive, which is forced to the disk
            reading.backup(writing)  # all pages in one step: in parts it would begin anew with every write
            (found,) = writing.execute("PRAGMA quick_check(1)").fetchone()
            if found != "ok":
                raise NotDone(f"{source} is damaged, and was not kept: {found}")
            return version_of(writing)
    except sqlite3.Error as error:
        raise NotDone(f"{source} cannot be kept: {error}") from error


def version_of(connection: sqlite3.Connection) -> str:
    """Empty where no migration has run."""
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError:
        return ""
    return str(row[0]) if row else ""


def is_open(path: Path) -> bool:
    """Whether some program has it open, be it idle."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in _HELD:
                return True
            raise NotDone(f"{path} cannot be opened: {error}") from error
        except sqlite3.DatabaseError:
            return False  # none of ours, or spoilt: nobody can work with it
    return False
