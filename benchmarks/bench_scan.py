"""Ten thousand damaged files and ten thousand good ones: hangs, memory and time of a scan, beside a bare walk with mutagen.

`make bench-scan`; on SQLite, then on PostgreSQL.
"""

import os
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import mutagen
import psutil

from benchmarks.bars import Bar, report
from benchmarks.bench_import import Peak
from kernel.clock import SystemClock
from kernel.database import Database
from services.album.scanning.domain import Scan, ScanState
from services.album.scanning.readers import TagReader
from services.album.scanning.tags import Unreadable
from services.album.wiring import MIGRATIONS
from tests.fakes.music_folder import make
from tests.fakes.servers import PostgresServer
from tests.services.album.scanning.mutations import mutated
from tests.services.album.scanning.studio import Studio

FILES = 10_000
_SEED = 7
_HANG = 10.0
"""Seconds that no file may take."""


def main() -> int:
    """The exit status: 1 when a bar was missed, after all were measured."""
    with tempfile.TemporaryDirectory() as folder:
        bars = damaged(Path(folder))
        root = Path(folder) / "music"
        root.mkdir()
        make(root, FILES, with_broken=False)
        alone = min(_alone(root) for _ in range(2))
        bars += scanned("SQLite", f"sqlite:///{folder}/scan.sqlite", root, alone)
        server = PostgresServer()
        try:
            with server.fresh_database() as url:
                bars += scanned("PostgreSQL", url, root, alone)
        finally:
            server.stop()
    return report(bars)


def damaged(folder: Path) -> list[Bar]:
    """Reads files that were damaged at random, one after the other."""
    path, longest, problems = folder / "damaged", 0.0, 0
    with Peak(psutil.Process()) as memory, TagReader() as reader:
        began = time.perf_counter()
        for suffix, content in mutated(FILES, _SEED):
            path.write_bytes(content)
            since = time.perf_counter()
            with path.open("rb") as file:
                try:
                    reader.read(file.fileno(), suffix)
                except Unreadable:
                    problems += 1
            longest = max(longest, time.perf_counter() - since)
        seconds = time.perf_counter() - began
    print(f"{FILES:,} damaged files in {seconds:.1f} s: {problems:,} could not be read; the slowest took {longest:.2f} s")
    return [
        Bar(name="damaged: seconds of the slowest", figure=longest, at_most=_HANG),
        Bar(name="damaged: MB the service grew by", figure=memory.growth, at_most=32),
    ]


def scanned(name: str, url: str, root: Path, alone: float) -> list[Bar]:
    """Scans everything into an empty database, and again."""
    database = Database(url, schema="public")
    database.migrate(MIGRATIONS)
    studio = Studio(database, SystemClock(), root)
    with Peak(psutil.Process()) as memory:
        first, scan = _timed(studio)
        second, again = _timed(studio)
    database.close()
    _expect(scan.state is ScanState.COMPLETED and scan.counts.added == FILES, str(scan))
    _expect(again.counts.unchanged == FILES, str(again))
    print(f"{name}: {FILES:,} files in {first:.1f} s, {memory.growth:.0f} MB above idle; again in {second:.2f} s")
    print(f"  the limit (a bare walk and mutagen in one process): {alone:.1f} s")
    return [
        Bar(name=f"{name}: share of the limit", figure=alone / first, at_least=0.1),
        Bar(name=f"{name}: seconds of the second scan", figure=second, at_most=5),
        Bar(name=f"{name}: MB above idle", figure=memory.growth, at_most=32),
    ]


def _timed(studio: Studio) -> tuple[float, Scan]:
    began = time.perf_counter()
    scan = studio.scan()
    return time.perf_counter() - began, scan


def _alone(root: Path) -> float:
    began = time.perf_counter()
    for folder, _, names in os.walk(root):
        for name in names:
            with suppress(mutagen.MutagenError):
                mutagen.File(Path(folder, name))
    return time.perf_counter() - began


def _expect(is_so: bool, said: str) -> None:  # noqa: FBT001 - reads as a sentence where it is called
    if not is_so:
        raise RuntimeError(said)


if __name__ == "__main__":
    sys.exit(main())
