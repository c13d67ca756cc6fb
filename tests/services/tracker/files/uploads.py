"""Files as somebody might send them, and what is read of them."""

import gzip
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from services.tracker.domain import Play, Reject
from services.tracker.files import Recognised, read_rows, recognise

ARTIST_ID = "0da6296c-a562-4d06-85d2-5e2740885d07"
TRACK_ID = "33fbbd13-dbaf-40b7-89e2-9fec2fe66bd8"
ALBUM_ID = "7394d4d8-f3b7-4f59-a4bf-14b2ce5a85ff"


def upload(content: str | bytes) -> io.BytesIO:
    return io.BytesIO(content.encode() if isinstance(content, str) else content)


def kind_of(content: str | bytes) -> Recognised:
    return recognise(upload(content))


def read(content: str | bytes) -> list[Play | Reject]:
    """All rows, the kind told by what is inside."""
    return list(read_rows(upload(content), kind_of(content).kind))


def plays(content: str | bytes) -> list[Play]:
    """All rows, which must be plays."""
    rows = read(content)
    assert all(isinstance(row, Play) for row in rows), rows
    return [row for row in rows if isinstance(row, Play)]


def only_play(content: str | bytes) -> Play:
    (play,) = plays(content)
    return play


def last_reject(rows: list[Play | Reject]) -> Reject:
    """The row that ends a reading before its time."""
    last = rows[-1]
    assert isinstance(last, Reject)
    return last


def only_reject(content: str | bytes) -> Reject:
    (reject,) = (row for row in read(content) if isinstance(row, Reject))
    return reject


def zipped(members: Mapping[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def gzipped(content: str | bytes) -> bytes:
    return gzip.compress(content.encode() if isinstance(content, str) else content)


def lastfm_row(**changes: Any) -> dict[str, Any]:
    """A row of getRecentTracks; a key changed to None is left out."""
    row = {
        "artist": {"mbid": ARTIST_ID, "#text": "Wild Belle"},
        "streamable": "0",
        "image": [
            {"size": "small", "#text": "https://img.test/34s/cover.png"},
            {"size": "extralarge", "#text": "https://img.test/300x300/cover.png"},
            {"size": "large", "#text": "https://img.test/174s/cover.png"},
        ],
        "mbid": TRACK_ID,
        "album": {"mbid": ALBUM_ID, "#text": "Isles"},
        "name": "Take Me Away",
        "date": {"uts": "1464727569", "#text": "31 May 2016, 20:46"},
        **changes,
    }
    return {key: value for key, value in row.items() if value is not None}


def lastfm_file(*rows: Any) -> str:
    return json.dumps([list(rows)], ensure_ascii=False)
