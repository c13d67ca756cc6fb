"""A hundred thousand plays from the sandbox: time, requests and memory of the import, beside parsing and inserting alone.

`make bench-import`; on SQLite, then on PostgreSQL. With `--slow` also against a source that takes a second for each page.
"""

import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Self

import httpx
import orjson
import psutil
import psycopg2
from psycopg2.extras import execute_values

from benchmarks.bars import Bar, report
from tests.fakes.servers import PostgresServer
from tests.journeys.running import RunningSystem

PLAYS = 100_000
LISTENER = f"listener_{PLAYS}"
IMPORT = "/api/v1/services/lastfm/import-history"
_PAGE = 1000
_UNLIMITED = {"LASTFM_USERNAME": LISTENER, "LASTFM_RATE_PER_SECOND": "100000", "LOG_LEVEL": "WARNING", "SANDBOX": "1"}


def main() -> int:
    """The exit status: 1 when a bar was missed, after all were measured."""
    server = PostgresServer()
    try:
        bars = measure("SQLite", {}, is_slow="--slow" in sys.argv)
        with server.fresh_database() as url:
            bars += measure("PostgreSQL", {"DATABASE_URL": url}, is_slow=False)
    finally:
        server.stop()
    return report(bars)


def measure(name: str, settings: Mapping[str, str], *, is_slow: bool) -> list[Bar]:
    """Imports everything into an empty system, and again."""
    with tempfile.TemporaryDirectory() as folder, RunningSystem(Path(folder), {**_UNLIMITED, **settings}) as system:
        system.sandbox.put("/_sandbox/limits", json={"lastfm": None})
        pages = _pages(system.sandbox)
        alone = min(_alone(pages, Path(folder) / f"alone-{number}.sqlite", settings) for number in range(2))
        with Peak(_tracker(system)) as memory:
            seconds, answer = _import(system)
        again, second = _import(system, {})
        requests = _requests(system)
        _expect(answer["tracks_imported"] == PLAYS and second["tracks_imported"] == 0, f"{answer} {second}")
        print(f"{name}: {PLAYS:,} plays in {seconds:.1f} s, {memory.growth:.0f} MB above idle; again in {again:.2f} s")
        print(f"  the limit (parsing the same pages and one bulk insert a page): {alone:.1f} s; {requests} requests in all")
        bars = [
            Bar(name=f"{name}: seconds for {PLAYS:,} plays", figure=seconds, at_most=15),
            Bar(name=f"{name}: share of the limit", figure=alone / seconds, at_least=0.3),
            Bar(name=f"{name}: MB above idle", figure=memory.growth, at_most=40),
            Bar(name=f"{name}: requests of the second import", figure=requests - PLAYS / _PAGE - 1, at_most=1),
        ]
    return bars + (_slowly(name) if is_slow else [])


def _slowly(name: str) -> list[Bar]:
    """The same at a second for each page."""
    with tempfile.TemporaryDirectory() as folder, RunningSystem(Path(folder), _UNLIMITED) as system:
        system.sandbox.put("/_sandbox/limits", json={"lastfm": None})
        system.sandbox.put("/_sandbox/lastfm", json={"page_seconds": 1})
        seconds, answer = _import(system)
        _expect(answer["tracks_imported"] == PLAYS, str(answer))
        requests = _requests(system)
    print(f"{name}, a second for each page: {seconds:.0f} s, {requests} requests")
    return [
        Bar(name=f"{name}: minutes at a second a page", figure=seconds / 60, at_most=3),
        Bar(name=f"{name}: requests at a second a page", figure=requests, at_most=110),
    ]


class Peak:
    """Watches how far a process' resident memory grows."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self._idle = self._most = process.memory_info().rss
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def growth(self) -> float:
        """In MB."""
        return (self._most - self._idle) / 2**20

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            self._most = max(self._most, self._process.memory_info().rss)


def _import(system: RunningSystem, params: Mapping[str, str] | None = None) -> tuple[float, dict[str, Any]]:
    began = time.perf_counter()
    answer = system.client.post(IMPORT, params=dict(params or {}), timeout=600)
    _expect(answer.status_code == 200, answer.text)  # noqa: PLR2004
    body: dict[str, Any] = answer.json()
    return time.perf_counter() - began, body


def _pages(sandbox: httpx.Client) -> list[bytes]:
    """Every page of the history, as the source sends it."""
    asked = {"method": "user.getrecenttracks", "user": LISTENER, "api_key": "k", "format": "json", "limit": str(_PAGE)}
    pages = [sandbox.get("/lastfm/2.0/", params={**asked, "page": page}).content for page in range(1, PLAYS // _PAGE + 1)]
    sandbox.post("/_sandbox/reset", json={"journal": True})
    return pages


def _alone(pages: Sequence[bytes], path: Path, settings: Mapping[str, str]) -> float:
    """Seconds to parse the pages and insert their rows into one bare table, a transaction a page."""
    insert = _into_postgres(settings["DATABASE_URL"]) if settings else _into_sqlite(path)
    began = time.perf_counter()
    for page in pages:
        tracks = orjson.loads(page)["recenttracks"]["track"]
        insert([(int(t["date"]["uts"]), t["artist"]["#text"], t["name"], t["album"]["#text"]) for t in tracks])
    return time.perf_counter() - began


def _into_sqlite(path: Path) -> Any:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE plays (uts INTEGER, artist TEXT, track TEXT, album TEXT)")

    def insert(rows: list[tuple[int, str, str, str]]) -> None:
        with connection:
            connection.executemany("INSERT INTO plays VALUES (?, ?, ?, ?)", rows)

    return insert


def _into_postgres(url: str) -> Any:
    connection = psycopg2.connect(url.replace("+psycopg2", ""))
    with connection, closing(connection.cursor()) as cursor:
        cursor.execute(
            "DROP TABLE IF EXISTS public.alone; CREATE TABLE public.alone (uts BIGINT, artist TEXT, track TEXT, album TEXT)"
        )

    def insert(rows: list[tuple[int, str, str, str]]) -> None:
        with connection, closing(connection.cursor()) as cursor:
            execute_values(cursor, "INSERT INTO public.alone VALUES %s", rows, page_size=len(rows))

    return insert


def _tracker(system: RunningSystem) -> psutil.Process:
    return next(p for p in psutil.Process(system.process.pid).children() if "services.tracker" in " ".join(p.cmdline()))


def _requests(system: RunningSystem) -> int:
    return int(system.sandbox.get("/_sandbox/counters").json()["lastfm"]["total"])


def _expect(is_so: bool, said: str) -> None:  # noqa: FBT001 - reads as a sentence where it is called
    if not is_so:
        raise RuntimeError(said)


if __name__ == "__main__":
    sys.exit(main())
