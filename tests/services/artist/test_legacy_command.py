"""`python -m services.artist migrate-legacy`, as a person calls it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.artist.legacy import command
from tests.services.artist.older import RADIOHEAD, OlderDatabase

ROOT = Path(__file__).parents[3]


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """The file of an older installation with one artist."""
    file = tmp_path / "older.sqlite"
    OlderDatabase(f"sqlite:///{file}").put("artists", [RADIOHEAD])
    return file


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path / "data"


def names(own_data: Path) -> list[str]:
    engine = sa.create_engine(f"sqlite:///{own_data / 'artist.sqlite'}", poolclass=sa.NullPool)
    with engine.connect() as connection:
        return list(connection.execute(sa.text("SELECT name FROM artists")).scalars())


def test_an_older_installation_is_taken_over_by_its_path(older: Path, own_data: Path, capsys: pytest.CaptureFixture[str]):
    status = command.run(["--from", str(older)])

    assert (status, names(own_data)) == (0, ["Radiohead"])
    assert "artists made: 1, matched: 0, failed: 0" in capsys.readouterr().out


def test_a_dry_run_says_so_and_writes_no_artist(older: Path, own_data: Path, capsys: pytest.CaptureFixture[str]):
    status = command.run(["--from", f"sqlite:///{older}", "--dry-run"])

    assert (status, names(own_data)) == (0, [])
    assert capsys.readouterr().out.startswith("Dry run, nothing was written: 1 artists read from")


def test_rows_that_fail_show_in_the_exit_status(older: Path, capsys: pytest.CaptureFixture[str]):
    OlderDatabase(f"sqlite:///{older}").run("INSERT INTO artists (id) VALUES (2)")

    status = command.run(["--from", str(older)])

    assert status == 1
    assert "failed, id 2: it has no name" in capsys.readouterr().out


def test_what_is_no_older_database_makes_nothing_here(own_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    status = command.run(["--from", str(tmp_path / "missing.sqlite")])

    assert status == 2
    assert "is not there" in capsys.readouterr().err
    assert not own_data.exists()


def test_without_a_database_to_read_the_command_says_what_it_needs(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        command.run([])

    assert ended.value.code == 2
    assert "--from" in capsys.readouterr().err


def test_the_service_knows_the_command(older: Path):
    ended = subprocess.run(
        [sys.executable, "-m", "services.artist", "migrate-legacy", "--from", str(older)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (ended.returncode, "artists made: 1" in ended.stdout) == (0, True), ended.stderr
