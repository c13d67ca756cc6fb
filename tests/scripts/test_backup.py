"""What `make backup` keeps, `make restore` puts back; and neither does anything by halves."""

import dataclasses
import os
import signal
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from scripts import backup, restore
from scripts.backups.system import APPS, NotDone, System
from tests.scripts.keeping import IMAGE, NOW, fill_system, lay_out, listening, opened, told

WRITES = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA journal_mode = WAL").close()
connection.execute("CREATE TABLE pairs (left INTEGER, right INTEGER)")
for number in range(1, 1_000_000):
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO pairs (left) VALUES (?)", (number,))
    connection.execute("UPDATE pairs SET right = left WHERE right IS NULL")
    connection.execute("COMMIT")
    if number == 100:
        print("writing", flush=True)
"""


@pytest.fixture
def system(tmp_path: Path) -> System:
    made = lay_out(tmp_path / "data")
    fill_system(made)
    return made


@pytest.fixture
def kept(system: System, tmp_path: Path) -> Path:
    place = tmp_path / "kept.tar"
    backup.keep(system, place, NOW)
    return place


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[tuple[Path, "subprocess.Popen[str]"]]:
    """A database that another process writes to, without a pause."""
    path = tmp_path / "busy" / "tracker.sqlite"
    path.parent.mkdir()
    process = subprocess.Popen([sys.executable, "-c", WRITES, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    yield path, process
    process.kill()
    process.communicate()


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_all_that_lasts_comes_back_in_another_folder(system: System, kept: Path, tmp_path: Path):
    other = lay_out(tmp_path / "other")

    said, aside = restore.put_back(other, kept, NOW, may_replace=False)

    assert told(other) == told(system)
    assert (said.kind, said.made_at, aside) == ("SQLite", NOW, [])
    assert set(said.tables) == set(APPS)


def test_neither_keys_nor_limits_nor_logs_nor_half_an_image_are_kept(kept: Path):
    with tarfile.open(kept) as tar:
        names = tar.getnames()

    images = [f"{IMAGE}/1200.jpg", f"{IMAGE}/300.jpg"]
    assert names == [*(f"databases/{app}.sqlite" for app in APPS), *images, "manifest.json"]


def test_only_its_owner_may_read_it_and_nothing_else_is_left_beside_it(system: System, tmp_path: Path):
    place = tmp_path / "new" / "kept.tar"

    backup.keep(system, place, NOW)

    assert (place.stat().st_mode & 0o777, place.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert names_in(place.parent) == ["kept.tar"]


def test_what_is_put_back_only_its_owner_may_read(kept: Path, tmp_path: Path):
    other = lay_out(tmp_path / "other")

    restore.put_back(other, kept, NOW, may_replace=False)

    modes = {path.stat().st_mode & 0o777 for path in other.data_dir.rglob("*") if path.is_file()}
    assert modes == {0o600}


def test_a_backup_is_never_written_over(system: System, kept: Path):
    before = kept.read_bytes()

    with pytest.raises(NotDone, match="is there already"):
        backup.keep(system, kept, NOW)

    assert kept.read_bytes() == before


def test_a_damaged_database_is_said_to_be_and_no_backup_is_left(system: System, tmp_path: Path):
    path = system.file("tracker")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 9] = os.urandom(4096 * 6)
    path.write_bytes(content)

    with pytest.raises(NotDone, match=r"tracker\.sqlite"):
        backup.keep(system, tmp_path / "backups" / "kept.tar", NOW)

    assert names_in(tmp_path / "backups") == []


def test_where_there_is_nothing_yet_nothing_is_kept(tmp_path: Path):
    with pytest.raises(NotDone, match="nothing to keep"):
        backup.keep(lay_out(tmp_path / "nowhere"), tmp_path / "kept.tar", NOW)

    assert names_in(tmp_path) == []


def test_a_file_that_is_written_to_all_the_time_is_kept_as_it_was_at_one_moment_and_the_writer_goes_on(writer, tmp_path: Path):
    path, process = writer
    busy, other = lay_out(path.parent), lay_out(tmp_path / "other")

    for number in range(5):
        backup.keep(busy, tmp_path / f"{number}.tar", NOW)

    assert process.poll() is None
    process.kill()
    process.wait()
    restore.put_back(other, tmp_path / "4.tar", NOW, may_replace=False)
    with closing(sqlite3.connect(other.file("tracker"))) as connection:
        ((count, newest, halves),) = connection.execute("SELECT count(*), max(left), count(*) - count(right) FROM pairs")
    assert count == newest >= 100
    assert halves == 0


def test_what_a_killed_writer_left_is_kept_too(writer, tmp_path: Path):
    path, process = writer
    process.send_signal(signal.SIGKILL)
    process.wait()
    path.with_name("tracker.sqlite-shm").unlink()

    backup.keep(lay_out(path.parent), tmp_path / "kept.tar", NOW)

    restore.put_back(lay_out(tmp_path / "other"), tmp_path / "kept.tar", NOW, may_replace=False)
    with closing(sqlite3.connect(tmp_path / "other" / "tracker.sqlite")) as connection:
        assert connection.execute("SELECT count(*) FROM pairs").fetchone()[0] >= 100


def test_an_image_that_goes_meanwhile_is_left_out_whole(system: System, tmp_path: Path):
    goes = system.data_dir / "covers" / "ee" / "ee" / (64 * "e")
    goes.mkdir(parents=True)
    (goes / "300.jpg").symlink_to("gone")  # as a file that is listed, and not there any more

    said = backup.keep(system, tmp_path / "kept.tar", NOW)

    assert [name for name in said.members if name.startswith("covers/")] == [f"{IMAGE}/1200.jpg", f"{IMAGE}/300.jpg"]


def test_while_somebody_answers_nothing_is_put_back(kept: Path, tmp_path: Path):
    with listening() as port:
        running = dataclasses.replace(lay_out(tmp_path / "other"), ports={"GATEWAY_PORT": port})

        with pytest.raises(NotDone, match=f"somebody answers at GATEWAY_PORT={port}"):
            restore.put_back(running, kept, NOW, may_replace=True)

    assert not running.data_dir.exists()


def test_while_a_file_is_open_be_it_by_somebody_idle_nothing_is_put_back(system: System, kept: Path):
    database = opened(system, "album")
    with database.read() as connection:
        connection.execute(sa.text("SELECT 1"))
    before = told(system)

    with pytest.raises(NotDone, match=r"album.sqlite is in use"):
        restore.put_back(system, kept, NOW, may_replace=True)
    database.close()

    assert told(system) == before
    assert not list(system.data_dir.glob("before-*"))


def test_what_is_there_stays_unless_it_may_be_set_aside(system: System, kept: Path):
    database = opened(system, "tracker")
    with database.write() as connection:
        connection.execute(sa.text("DELETE FROM plays"))
    database.close()
    emptied = told(system)
    (system.images / "ab" / "cd" / "mine").mkdir()

    with pytest.raises(NotDone, match="REPLACE=1"):
        restore.put_back(system, kept, NOW, may_replace=False)
    untouched = told(system)
    _, aside = restore.put_back(system, kept, NOW, may_replace=True)

    assert untouched == emptied
    assert aside == [str(system.data_dir / "before-20261127t021500z")]
    assert told(system) != emptied
    assert told(lay_out(Path(aside[0]))) == emptied
    assert (Path(aside[0]) / "covers" / "ab" / "cd" / "mine").is_dir()
    assert (system.data_dir / "page.key").read_bytes() == b"not to be kept"


def test_what_fails_at_the_end_leaves_all_as_it_was(system: System, kept: Path, monkeypatch: pytest.MonkeyPatch):
    before, there = told(system), names_in(system.data_dir)
    rename = Path.rename

    def fail(source: Path, target: Path) -> Path:
        if source.name == "artist.sqlite" and source.parent.name == "databases":
            raise OSError(5, "Input/output error")
        return rename(source, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="Input/output error"):
        restore.put_back(system, kept, NOW, may_replace=True)

    assert told(system) == before
    assert [name for name in names_in(system.data_dir) if not name.endswith(("-wal", "-shm"))] == [
        name for name in there if not name.endswith(("-wal", "-shm"))
    ]


def test_what_is_made_up_never_mixes_with_ones_own(kept: Path, tmp_path: Path):
    sandbox = lay_out(tmp_path / "sandbox", realm="sandbox_")

    with pytest.raises(NotDone, match=r"your own system, and the settings are those of the sandbox"):
        restore.put_back(sandbox, kept, NOW, may_replace=True)


def test_a_backup_of_files_is_not_put_into_postgres(kept: Path, tmp_path: Path):
    with pytest.raises(NotDone, match=r"of SQLite, and the settings say PostgreSQL: leave DATABASE_URL empty"):
        restore.put_back(lay_out(tmp_path / "other", "postgresql://nowhere.invalid/x"), kept, NOW, may_replace=True)
