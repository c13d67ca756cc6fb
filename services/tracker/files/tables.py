"""What is in a table of plays? Its rows by the names of their columns, whatever delimiter and names a tool gives them."""

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from services.tracker.files.lines import lines_of
from services.tracker.files.streams import DAMAGED, TOO_LONG, Member, Row, Stopped

NOT_A_LINE = "is no line of the table: its quotes do not close or are misplaced"
WRONG_COLUMNS = "has more or fewer columns than the table"

_COLUMNS = {
    "uts": ("uts", "timestamp", "unix_timestamp"),
    "date": ("date", "time", "datetime", "listened_at", "played_at", "scrobble_time"),
    "utc_time": ("utc_time",),
    "artist": ("artist", "artist_name"),
    "track": ("track", "track_name", "title", "name", "song"),
    "album": ("album", "album_name", "album_title", "release", "release_name"),
    "artist_mbid": ("artist_mbid",),
    "track_mbid": ("track_mbid", "recording_mbid"),
    "album_mbid": ("album_mbid", "release_mbid"),
}
_NAMES = {alias: name for name, aliases in _COLUMNS.items() for alias in aliases}
_OURS = {"uts", "artist", "track", "album", "artist_id", "album_id", "track_id", "source"}
_HEADERLESS = ("artist", "album", "track", "utc_time")
_DATE = re.compile(r"[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4},? [0-9]{2}:[0-9]{2}")
_DELIMITERS = ",;\t"
_LOOK = 20
_LOOK_AT = 1 << 16
_MAX_COLUMNS = 100

_MAX_LINES = 20
"""Lines of one row: names hold few line breaks. A quote that never closes spoils its own line, not what follows."""


@dataclass(frozen=True, slots=True)
class Table:
    """How a table is to be read. `columns` by place, empty for those of no use here."""

    kind: str
    delimiter: str
    columns: tuple[str, ...]
    has_header: bool = True
    account: str = ""


def recognise_table(head: str) -> Table | None:
    """The table that begins like this, if it is one of plays."""
    lines = head[:_LOOK_AT].split("\n")[:_LOOK]
    for delimiter in _DELIMITERS:
        rows = _first_rows(lines, delimiter)
        found = _with_header(rows[0], delimiter) if rows else None
        if found:
            return found
        if any(len(row) == len(_HEADERLESS) and _DATE.fullmatch(row[-1].strip()) for row in rows):
            return Table("lastfm_csv", delimiter, _HEADERLESS, has_header=False)
    return None


def read_table(member: Member, table: Table) -> Iterator[Row]:
    """The rows below the header, each by the names of its columns. Raises Stopped when the last is cut off."""
    lines = _Lines(member)
    if table.has_header:
        lines.next_cells(table.delimiter)
    while cells := lines.next_cells(table.delimiter):
        if isinstance(cells, Row):
            yield cells
        elif not _fits(cells, len(table.columns)):
            if lines.is_last_open and len(cells) < len(table.columns):
                raise Stopped(DAMAGED, str(cells))
            yield Row(None, cells, WRONG_COLUMNS)
        else:
            if lines.is_last_open and member.fault:
                raise Stopped(DAMAGED, str(cells))
            yield Row({name: cell for name, cell in zip(table.columns, cells, strict=False) if name}, cells)


class _Lines:
    """The lines of a table, of which one row may take several; what a row took in vain is read again."""

    def __init__(self, member: Member) -> None:
        self._lines = lines_of(member)
        self._again: deque[str | None] = deque()
        self._taken: list[str] = []

    @property
    def is_last_open(self) -> bool:
        """Whether the row last read ended with the file, not with its line."""
        return bool(self._taken) and not self._taken[-1].endswith("\n")

    def next_cells(self, delimiter: str) -> list[str] | Row | None:
        """The cells of the next row that is not blank, or why it has none; None at the end."""
        while True:
            self._taken = []
            try:
                cells = next(csv.reader(self._feed(), delimiter=delimiter, strict=True), None)
            except csv.Error:
                return self._broken()
            if cells is None:
                return Row(None, "", TOO_LONG) if self._drop_long() else None
            if cells:
                return cells

    def _feed(self) -> Iterator[str]:
        """Lines for as long as one row asks for them."""
        while len(self._taken) < _MAX_LINES:
            line = self._again.popleft() if self._again else next(self._lines, "")
            if line is None:
                self._again.appendleft(None)
            if not line:
                return
            self._taken.append(line)
            yield line

    def _drop_long(self) -> bool:
        return bool(self._again) and self._again.popleft() is None

    def _broken(self) -> Row:
        first, *others = self._taken
        if not others and not first.endswith("\n"):
            raise Stopped(DAMAGED, first)
        self._again.extendleft(reversed(others))
        return Row(None, [first], NOT_A_LINE)


def _first_rows(lines: list[str], delimiter: str) -> list[list[str]]:
    try:
        return [row for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return []


def _with_header(header: list[str], delimiter: str) -> Table | None:
    if len(header) > _MAX_COLUMNS:
        return None
    names = [name.strip().lower().replace(" ", "_") for name in header]
    account = ""
    if "#" in header[-1]:  # lastfm-stats-web writes Date#name
        names[-1] = names[-1].partition("#")[0]
        account = header[-1].partition("#")[2].strip()
    known = [_NAMES.get(name, "") for name in names]
    columns = tuple(name if name not in known[:place] else "" for place, name in enumerate(known))
    if not {"artist", "track"} <= set(columns) or not {"uts", "date", "utc_time"} & set(columns):
        return None
    return Table("soniquebay_csv" if set(names) >= _OURS else "lastfm_csv", delimiter, columns, account=account)


def _fits(cells: list[str], width: int) -> bool:
    """Whether the cells are those of the columns; empty ones too many do no harm."""
    return len(cells) >= width and not any(cells[width:])
