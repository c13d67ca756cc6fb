"""How do all plays leave the house?

As JSON Lines or CSV, either of which our own importer reads back to the letter. That is why the cells of a CSV are not guarded
against spreadsheets, which take a name such as "=LOVE", "+44" or "-M-" for a formula: whatever is put before it to prevent that
is part of the name for every other program, and those are what an export is for. A spreadsheet that imports the columns as text
shows them as they are.
"""

import csv
from collections.abc import Callable, Iterator

import orjson
import sqlalchemy as sa

from kernel.database import Database
from services.tracker.storing.tables import plays
from services.tracker.telling.plays import KEY, ToldPlay, told, within

FIELDS = ("uts", "artist", "track", "album", "artist_id", "album_id", "track_id", "source")

_AT_ONCE = 2000
_PIECE = 1 << 16

Writer = Callable[[ToldPlay], bytes]
"""Makes a line of a play."""


def export_plays(database: Database, form: str, since: int | None, until: int | None) -> Iterator[bytes]:
    """The plays of [since, until), oldest first, in pieces of about 64 KiB.

    Each read is a short transaction of its own, over before a piece is handed out: a slow reader holds nothing up, and sees what
    is stored meanwhile if it is later than what was read.
    """
    held, write = bytearray(_HEADERS[form]), FORMATS[form]()
    for some in _batches(database, since, until):
        for play in some:
            held += write(play)
            if len(held) >= _PIECE:
                yield bytes(held)
                held.clear()
    if held:
        yield bytes(held)


def _batches(database: Database, since: int | None, until: int | None) -> Iterator[list[ToldPlay]]:
    window = within(since, until)
    after: list[sa.ColumnElement[bool]] = []
    while True:
        chosen = sa.select(plays).where(*window, *after).order_by(*KEY).limit(_AT_ONCE)
        with database.read() as connection:
            some = told(connection, chosen, newest_first=False)
        yield some
        if len(some) < _AT_ONCE:
            return
        after = [sa.tuple_(*KEY) > sa.tuple_(*map(sa.literal, some[-1].position))]


class _Passed:
    """What is written to it is what `write` answers, and so what the csv module's writers do."""

    def write(self, text: str) -> str:
        return text


def _csv_writer() -> Writer:
    table = csv.writer(_Passed())

    def write(play: ToldPlay) -> bytes:
        line: str = table.writerow([getattr(play, name) for name in FIELDS])
        return line.encode()

    return write


def _jsonl_writer() -> Writer:
    return lambda play: orjson.dumps({name: getattr(play, name) for name in FIELDS}, option=orjson.OPT_APPEND_NEWLINE)


FORMATS: dict[str, Callable[[], Writer]] = {"csv": _csv_writer, "jsonl": _jsonl_writer}
_HEADERS = {"csv": (",".join(FIELDS) + "\r\n").encode(), "jsonl": b""}
