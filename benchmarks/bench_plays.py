"""Pages, days and years of ten thousand plays and of a million, beside their limits, in both databases. `make bench`."""

import hashlib
import io
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import sqlalchemy as sa

from benchmarks.bars import Bar, report
from kernel.clock import SystemClock
from kernel.database import Database
from services.tracker.storing.tables import accounts, plays, titles
from services.tracker.telling.history import History
from services.tracker.telling.journal import PlayFilter
from tests.fakes.servers import PostgresServer
from tests.journeys.running import ROOT

FEW, MANY = 10_000, 1_000_000
STEP = 473  # seconds; a million plays take fifteen years
END = 1_767_222_000  # of 2025
RARE = "Heard Once"
ALBUM_TITLES = 10
ARTIST_TITLES = 40
AT_ONCE = 50_000
ROUNDS = 9
ZONE = "Europe/Paris"
PAGES = ("journal", "journal, old", "artist, common", "artist, rare", "album", "day")

_KEY = ("uts", "account_id", "title_id", "ordinal", "import_id", "stored_at")


def main() -> int:
    """The exit status: 1 when a bar was missed, after all were measured."""
    bars: list[Bar] = []
    with tempfile.TemporaryDirectory() as folder:
        small, large = (f"sqlite:///{folder}/{count}.sqlite" for count in (FEW, MANY))
        bars += compare("SQLite", small, large)
    server = PostgresServer()
    try:
        with server.fresh_database() as small, server.fresh_database() as large:
            bars += compare("PostgreSQL", small, large)
    finally:
        server.stop()
    return report(bars)


def compare(name: str, small: str, large: str) -> list[Bar]:
    """Both libraries are asked the same by turns: whatever else the machine does meets both alike."""
    databases = {count: Database(url, schema="public") for count, url in ((FEW, small), (MANY, large))}
    asked = {
        count: questions(History(fill(database, count), zone=ZONE, clock=SystemClock()), count)
        for count, database in databases.items()
    }
    first = milliseconds(asked[MANY]["year"])
    rounds = [{count: {each: milliseconds(ask) for each, ask in asked[count].items()} for count in asked} for _ in range(ROUNDS)]
    # The fastest of some: the rest of the machine only ever adds to it.
    few, many = ({each: min(figures[count][each] for figures in rounds) for each in asked[count]} for count in (FEW, MANY))
    for count, figures in ((FEW, few), (MANY, many)):
        print(f"{name}, {count} plays: " + ", ".join(f"{each} {figure:.1f} ms" for each, figure in figures.items()))
    print(f"  the first year asked for since the process began, of {MANY}: {first:.0f} ms")
    for database in databases.values():
        database.close()
    growth = {each: many[each] / few[each] for each in many}
    return [
        *(Bar(name=f"{name}: {each} of a million plays, ms", figure=many[each], at_most=20) for each in PAGES),
        Bar(name=f"{name}: a year of a million plays, ms", figure=many["year"], at_most=200),
        *(Bar(name=f"{name}: {each}, times that of {FEW}", figure=growth[each], at_most=1.5) for each in ("journal", "day")),
        Bar(name=f"{name}: all years, times those of {FEW}", figure=growth["all years"], at_most=MANY / FEW),
    ]


def questions(history: History, count: int) -> dict[str, Callable[[], object]]:
    def page(**wanted: Any) -> Callable[[], object]:
        return lambda: history.list_plays(PlayFilter(**wanted), after=None, limit=51)

    return {
        "journal": page(),
        "journal, old": page(until=END - STEP * count // 2),
        "artist, common": page(artist=artist_of(0)),
        "artist, rare": page(artist=RARE),
        "album": page(album=album_of(count // 20)),
        "text nowhere": page(text="nobody sings this"),
        "day": lambda: history.timeline("2025-12-24", ""),
        "year": lambda: history.analytics("2025-01-01", "2025-12-31", "", 0),
        "all years": lambda: history.analytics("2000-01-01", "2025-12-31", "", 0),
        "export of 10,000": lambda: sum(map(len, history.export("jsonl", END - 10_000 * STEP, None))),
    }


def milliseconds(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000


def fill(database: Database, count: int) -> Database:
    """Somebody who plays one title every eight minutes, a new one each tenth time, else mostly what was found lately."""
    database.migrate(ROOT / "services" / "tracker" / "migrations")
    with database.write() as connection:
        connection.execute(sa.insert(accounts), [{"id": 1, "source": "lastfm", "name": "listener"}])
        connection.execute(sa.insert(titles), [*map(title_row, range(count // 10)), title_row(count // 10, RARE)])
    rows = made_up_plays(count)
    while some := list(islice(rows, AT_ONCE)):
        with database.write() as connection:
            store(connection, some)
    with database.write() as connection:
        first = sa.select(sa.func.min(plays.c.uts)).where(plays.c.title_id == titles.c.id).scalar_subquery()
        connection.execute(sa.update(titles).values(first_uts=first))
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ANALYZE")  # as autovacuum would within a minute
    return database


def made_up_plays(count: int) -> Iterator[tuple[int | None, ...]]:
    """Oldest first; the first of them is the one that is never played again. In a year some 25,000 different titles are heard."""
    chooser = random.Random(1)  # noqa: S311 - a listener, not a secret
    yield END - STEP * count, 1, count // 10 + 1, 0, None, 0
    for number in range(1, count):
        found = number // 10 + 1
        yield END - STEP * (count - number), 1, found - int(found * chooser.random() ** 8), 0, None, 0


def store(connection: sa.Connection, some: list[tuple[int | None, ...]]) -> None:
    if connection.dialect.name != "postgresql":
        connection.exec_driver_sql(f"INSERT INTO plays ({', '.join(_KEY)}) VALUES ({', '.join('?' * len(_KEY))})", some)  # noqa: S608
        return
    text = "".join("\t".join("\\N" if value is None else str(value) for value in row) + "\n" for row in some)
    cursor = connection.connection.cursor()
    cursor.copy_expert(f"COPY plays ({', '.join(_KEY)}) FROM STDIN", io.StringIO(text))


def title_row(number: int, artist: str = "") -> dict[str, object]:
    artist, album, track = artist or artist_of(number), album_of(number), f"Track {number}, the long way round"
    return {
        "id": number + 1,
        "digest": hashlib.blake2b(str(number).encode(), digest_size=16).digest(),
        "artist": artist,
        "track": track,
        "album": album,
        "artist_key": artist.casefold(),
        "track_key": track.casefold(),
        "album_key": album.casefold(),
        "artist_mbid": "",
        "track_mbid": "",
        "album_mbid": "",
        "image_url": f"https://images.example/300x300/{number:032x}.jpg",
        "artist_id": f"{number // ARTIST_TITLES:032x}",
    }


def artist_of(number: int) -> str:
    return f"Fictional Band {number // ARTIST_TITLES}"


def album_of(number: int) -> str:
    return f"Their Album {number // ALBUM_TITLES}"


if __name__ == "__main__":
    sys.exit(main())
