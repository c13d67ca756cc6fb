"""A history of any size is read in the memory of a small one."""

import io
import json
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

import pytest

from services.tracker.domain import Play
from services.tracker.files import read_rows, recognise
from tests.services.tracker.files import test_koito, test_listenbrainz
from tests.services.tracker.files.uploads import lastfm_row

PAGE = 1000


class Endless(io.BufferedIOBase):
    """A file that is written while it is read, and so is nowhere whole."""

    def __init__(self, pieces: Callable[[], Iterator[bytes]]) -> None:
        self._pieces = pieces
        self.seek(0)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        assert (offset, whence) == (0, 0)
        self._left = self._pieces()
        self._held = b""
        return 0

    def read(self, size: int | None = -1, /) -> bytes:
        while len(self._held) < (size or 0) and (piece := next(self._left, b"")):
            self._held += piece
        taken, self._held = self._held[:size], self._held[size:]
        return taken


def pages_of_lastfm(count: int) -> Iterator[bytes]:
    slim = lastfm_row(image=None, streamable=None)
    page = json.dumps({"track": [slim] * PAGE, "@attr": {"user": "erik"}}).encode()
    yield b"[" + page
    yield from (b"," + page for _ in range(count // PAGE))
    yield b"]"


def lines_of_listenbrainz(count: int) -> Iterator[bytes]:
    line = test_listenbrainz.jsonl(test_listenbrainz.LISTEN).encode()
    return (line * PAGE for _ in range(count // PAGE))


def document_of_koito(count: int) -> Iterator[bytes]:
    start, end = test_koito.export().split("[]")
    listen = json.dumps(test_koito.LISTEN).encode()
    yield start.encode() + b"[" + listen
    for _ in range(count // PAGE):
        yield (b"," + listen) * PAGE
    yield b"]" + end.encode()


def table_of_lastfm(count: int) -> Iterator[bytes]:
    yield b"uts,artist,track\n"
    for page in range(count // PAGE):
        yield b"".join(b"%d,Burial,Archangel\n" % (1464727569 + page * PAGE + n) for n in range(PAGE))


@pytest.mark.parametrize(
    ("pieces", "rows"),
    [(pages_of_lastfm, 15_000), (lines_of_listenbrainz, 10_000), (document_of_koito, 10_000), (table_of_lastfm, 10_000)],
)
def test_tens_of_thousands_of_plays_are_read_in_less_than_8_mb(pieces, rows):
    file = cast("BinaryIO", Endless(lambda: pieces(rows)))
    began = time.process_time()
    tracemalloc.start()

    kind = recognise(file).kind
    count = sum(isinstance(row, Play) for row in read_rows(file, kind))

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count >= rows
    assert peak < 8_000_000
    assert time.process_time() - began < 60
