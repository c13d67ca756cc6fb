"""How does a file answer like a source? Its rows in the order of their seconds, kept in a scratch file: memory stays flat."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import orjson

from kernel.evidence import Answer, Found
from services.tracker.domain import Page, Play, Reject, fault_of_date, play_of
from services.tracker.walking import Ask

NAME = "file"

T = TypeVar("T")

_PIECE = 2000
_WITHIN = "FROM plays WHERE uts >= ? AND uts < ?"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class FileHistory:
    """Satisfies ReadsHistory, whatever the account. One thread's."""

    def __init__(self, connection: sqlite3.Connection, rejects: tuple[Reject, ...], newest: int | None) -> None:
        """`newest`: where the walk through it begins, the second after the newest play that is wanted; None: at the end."""
        self._rows = connection
        self._rejects = rejects
        self._newest = newest

    def find_page(self, _account: str, ask: Ask) -> Answer[Page]:
        """Rows that are no plays come with the page on which a walk begins; they count as if they were of its window."""
        window, before = _window(ask.since, ask.until), (ask.page - 1) * ask.size
        wanted = f"SELECT content {_WITHIN} ORDER BY uts DESC, number LIMIT ? OFFSET ?"
        found = self._rows.execute(wanted, (*window, ask.size, before))
        plays = tuple(play_of(orjson.loads(content)) for (content,) in found)
        if ask.until == self._newest and not before:
            return Found(Page(plays, self._rejects, self._count(window) + len(self._rejects)))
        is_last = len(plays) < ask.size and (plays or not before)
        return Found(Page(plays, total=before + len(plays) if is_last else None))

    def find_total(self, _account: str) -> Answer[int]:
        return Found(self._count(_window(None, None)))

    def _count(self, window: tuple[int, int]) -> int:
        return int(self._rows.execute(f"SELECT count(*) {_WITHIN}", window).fetchone()[0])


class Unguarded:
    """Stands where a provider's guard does: a file is no provider, and is never down."""

    provider = NAME

    def call(self, _operation: str, ask: Callable[[], T]) -> T:
        return ask()


@contextmanager
def sorted_rows(told: Iterable[Play | Reject], *, until: int | None = None, most_rejects: int = 10_000) -> Iterator[FileHistory]:
    """The rows in a scratch file that is gone afterwards, to be walked through from `until` down.

    Of rows that are no plays, so many are kept. A play before 1970 is none: its second is no place in a walk.
    """
    with tempfile.TemporaryDirectory(prefix="plays-") as folder, closing(sqlite3.connect(Path(folder) / "rows")) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("CREATE TABLE plays (number INTEGER PRIMARY KEY, uts INTEGER NOT NULL, content BLOB NOT NULL)")
        rejects: list[Reject] = []
        piece: list[tuple[int, bytes]] = []
        for each in told:
            row = _told_early(each) if isinstance(each, Play) and each.uts < 0 else each
            if isinstance(row, Reject):
                rejects += [row] if len(rejects) < most_rejects else []
                continue
            piece.append((row.uts, orjson.dumps(row)))
            if len(piece) == _PIECE:
                _insert(connection, piece)
        _insert(connection, piece)
        connection.execute("CREATE INDEX by_second ON plays (uts DESC, number)")
        yield FileHistory(connection, tuple(rejects), until)


def _insert(connection: sqlite3.Connection, piece: list[tuple[int, bytes]]) -> None:
    connection.executemany("INSERT INTO plays (uts, content) VALUES (?, ?)", piece)
    piece.clear()


def _told_early(play: Play) -> Reject:
    return Reject(fault_of_date(play.uts, _EPOCH), orjson.dumps(play).decode())


def _window(since: int | None, until: int | None) -> tuple[int, int]:
    return since or 0, 2**62 if until is None else until
