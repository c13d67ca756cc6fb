"""Pages, days and years of ten thousand plays and of a million, beside their limits, in both databases. `make bench`."""

import hashlib
import io
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice

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
YEAR = 365 * 86_400
RARE = "Heard Once"
ALBUM_TITLES = 10
ARTIST_TITLES = 40
AT_ONCE = 50_000
ROUNDS = 15

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
    """Both libraries in one database's manner, asked the same."""
    few, many = (measure(f"{name}, {count} plays", url, count) for url, count in ((small, FEW), (large, MANY)))
    growth = {asked: many[asked] / few[asked] for asked in many}
    return [
        *(Bar(name=f"{name}: {asked} of a million plays, ms", figure=many[asked], at_most=20) for asked in PAGES),
        Bar(name=f"{name}: a year of a million plays, ms", figure=many["year"], at_most=200),
        *(Bar(name=f"{name}: {asked}, times that of {FEW}", figure=growth[asked], at_most=1.5) for asked in ("journal", "day")),
        Bar(name=f"{name}: all years, times those of {FEW}", figure=growth["all years"], at_most=MANY / FEW),
    ]


PAGES = ("journal", "journal, old", "artist, common", "artist, rare", "album", "day")


def measure(name: str, url: str, count: int) -> dict[str, float]:
    """Milliseconds of each question, the median of some."""
    database = Database(url, schema="public")
    began = time.perf_counter()
    fill(database, count)
    print(f"{name}: stored in {time.perf_counter() - began:.0f} s")
    history = History(database, zone="Europe/Paris", clock=SystemClock())
    asked: dict[str, Callable[[], object]] = {
        "journal": lambda: history.list_plays(PlayFilter(), after=None, limit=51),
        "journal, old": lambda: history.list_plays(PlayFilter(until=END - YEAR), after=None, limit=51),
        "artist, common": lambda: history.list_plays(PlayFilter(artist=artist_of(0)), after=None, limit=51),
        "artist, rare": lambda: history.list_plays(PlayFilter(artist=RARE), after=None, limit=51),
        "album": lambda: history.list_plays(PlayFilter(album=album_of(count // 20)), after=None, limit=51),
        "text": lambda: history.list_plays(PlayFilter(text="nobody sings this"), after=None, limit=51),
        "day": lambda: history.timeline("2025-12-24", ""),
        "year": lambda: history.analytics("2025-01-01", "2025-12-31", "", 0),
        "all years": lambda: history.analytics("2000-01-01", "2025-12-31", "", 0),
    }
    began = time.perf_counter()
    asked["year"]()
    print(f"  the first year asked for, with the names of its titles: {(time.perf_counter() - began) * 1000:.0f} ms")
    figures = {each: median_ms(ask) for each, ask in asked.items()}
    print("  " + ", ".join(f"{each} {figure:.1f} ms" for each, figure in figures.items()))
    began = time.perf_counter()
    size = sum(map(len, history.export("jsonl", None, None)))
    print(f"  export: {size / 1e6:.0f} MB in {time.perf_counter() - began:.1f} s")
    database.close()
    return figures


def median_ms(ask: Callable[[], object]) -> float:
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask()
        took.append((time.perf_counter() - began) * 1000)
    return sorted(took)[ROUNDS // 2]


def fill(database: Database, count: int) -> None:
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


def made_up_plays(count: int) -> Iterator[tuple[int | None, ...]]:
    """Oldest first; the first of them is the one that is never played again."""
    chooser = random.Random(1)  # noqa: S311 - a listener, not a secret
    yield END - STEP * count, 1, count // 10 + 1, 0, None, 0
    for number in range(1, count):
        found = number // 10 + 1
        yield END - STEP * (count - number), 1, found - int(found * chooser.random() ** 3), 0, None, 0


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
