"""How does a file answer like a source? Its rows in the order of their seconds, kept in a scratch file: memory stays flat."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

import orjson

from kernel.evidence import Answer, Found
from services.tracker.domain import Page, Play, Reject, play_of
from services.tracker.walking import Ask

NAME = "file"

T = TypeVar("T")

_PIECE = 2000


class FileHistory:
    """Satisfies ReadsHistory, whatever the account. One thread's."""

    def __init__(self, connection: sqlite3.Connection, rejects: tuple[Reject, ...]) -> None:
        self._rows = connection
        self._rejects = rejects

    def find_page(self, _account: str, ask: Ask) -> Answer[Page]:
        """Rows that are no plays come with the newest page."""
        since, until = ask.since or 0, ask.until if ask.until is not None else 2**62
        wanted = "SELECT content FROM plays WHERE uts >= ? AND uts < ? ORDER BY uts DESC, number LIMIT ? OFFSET ?"
        found = self._rows.execute(wanted, (since, until, ask.size, (ask.page - 1) * ask.size))
        plays = tuple(play_of(orjson.loads(content)) for (content,) in found)
        if ask.until is not None:
            return Found(Page(plays, total=len(plays) if len(plays) < ask.size else None))
        return Found(Page(plays, self._rejects, self._total()))

    def find_total(self, _account: str) -> Answer[int]:
        return Found(self._total())

    def _total(self) -> int:
        return int(self._rows.execute("SELECT count(*) FROM plays").fetchone()[0])


class Unguarded:
    """Stands where a provider's guard does: a file is no provider, and is never down."""

    provider = NAME

    def call(self, _operation: str, ask: Callable[[], T]) -> T:
        return ask()


@contextmanager
def sorted_rows(told: Iterable[Play | Reject], most_rejects: int = 10_000) -> Iterator[FileHistory]:
    """The rows in a scratch file that is gone afterwards. Of rows that are no plays, so many are kept."""
    with tempfile.TemporaryDirectory(prefix="plays-") as folder, closing(sqlite3.connect(Path(folder) / "rows")) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("CREATE TABLE plays (number INTEGER PRIMARY KEY, uts INTEGER NOT NULL, content BLOB NOT NULL)")
        rejects: list[Reject] = []
        piece: list[tuple[int, bytes]] = []
        for row in told:
            if isinstance(row, Reject):
                rejects += [row] if len(rejects) < most_rejects else []
                continue
            piece.append((row.uts, orjson.dumps(row)))
            if len(piece) == _PIECE:
                _insert(connection, piece)
        _insert(connection, piece)
        connection.execute("CREATE INDEX by_second ON plays (uts DESC, number)")
        yield FileHistory(connection, tuple(rejects))


def _insert(connection: sqlite3.Connection, piece: list[tuple[int, bytes]]) -> None:
    connection.executemany("INSERT INTO plays (uts, content) VALUES (?, ?)", piece)
    piece.clear()
