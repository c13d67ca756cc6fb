"""`python -m services.cover migrate-legacy`, as a person calls it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.cover.legacy import command
from tests.services.artist.older import OlderDatabase
from tests.services.cover.legacy_walking import Neighbourhood, neighbourhood, put_artists

ROOT = Path(__file__).parents[3]


@pytest.fixture
def older(tmp_path: Path) -> OlderDatabase:
    return OlderDatabase(f"sqlite:///{tmp_path / 'older.sqlite'}")


@pytest.fixture
def neighbours(tmp_path: Path) -> Iterator[Neighbourhood]:
    with neighbourhood(tmp_path / "neighbours") as opened:
        yield opened


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, neighbours: Neighbourhood, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ARTIST_PORT", str(neighbours.artists.server.port))
    monkeypatch.setenv("ALBUM_PORT", str(neighbours.albums.server.port))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path / "data"


def kept(own_data: Path) -> list[Any]:
    engine = sa.create_engine(f"sqlite:///{own_data / 'cover.sqlite'}", poolclass=sa.NullPool)
    with engine.connect() as connection:
        return list(connection.execute(sa.text("SELECT legacy_ref FROM covers ORDER BY legacy_ref")).scalars())


def start(older: OlderDatabase) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "services.cover", "migrate-legacy", "--from", older.url],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_covers_are_requested_and_the_report_says_so(older: OlderDatabase, own_data: Path, capsys: pytest.CaptureFixture[str]):
    put_artists(older, ["Blur"])

    status = command.run(["--from", older.url.removeprefix("sqlite:///")])

    assert (status, kept(own_data)) == (0, ["lastfm://artist/1"])
    said = capsys.readouterr().out
    assert "covers requested: 1, looked for before: 0, taken over already: 0" in said
    assert said.endswith("taken over so far: 1 pending, 0 found, 0 absent, 0 gone\n  served by a lastfm:// address: 0\n")


def test_a_dry_run_says_so_and_writes_no_cover(older: OlderDatabase, own_data: Path, capsys: pytest.CaptureFixture[str]):
    put_artists(older, ["Blur"])

    status = command.run(["--from", older.url, "--dry-run"])

    assert (status, kept(own_data)) == (0, [])
    assert capsys.readouterr().out.startswith("Dry run, nothing was written: 1 cover references read from")


def test_rows_that_fail_show_in_the_exit_status(older: OlderDatabase, capsys: pytest.CaptureFixture[str]):
    put_artists(older, ["Blur", " "])

    status = command.run(["--from", older.url])

    assert status == 1
    assert "failed, artist 2: it has no name" in capsys.readouterr().out


def test_what_is_no_older_database_makes_nothing_here(own_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    status = command.run(["--from", str(tmp_path / "missing.sqlite")])

    assert status == 2
    assert "is not there" in capsys.readouterr().err
    assert not own_data.exists()


def test_a_neighbour_that_is_away_cuts_it_short(
    older: OlderDatabase, own_data: Path, neighbours: Neighbourhood, capsys: pytest.CaptureFixture[str]
):
    put_artists(older, ["Blur"])
    neighbours.artists.server.stop(grace=0)

    status = command.run(["--from", older.url])

    assert (status, kept(own_data)) == (1, [])
    assert "Cut short: The artist service does not answer. Run it again to go on." in capsys.readouterr().err


def test_without_a_database_to_read_the_command_says_what_it_needs(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        command.run([])

    assert ended.value.code == 2
    assert "--from" in capsys.readouterr().err


def test_killed_in_the_middle_and_run_again_all_is_taken_over_once(older: OlderDatabase, own_data: Path):
    put_artists(older, [f"artist {n}" for n in range(1200)])
    killed = start(older)
    assert killed.stderr is not None
    first = killed.stderr.readline()
    killed.kill()
    killed.communicate()
    halfway = len(kept(own_data))

    ended = start(older)
    _, trouble = ended.communicate(timeout=60)

    assert (first, ended.returncode) == ("500 cover references read\n", 0), trouble
    assert halfway >= 500
    assert len(kept(own_data)) == len(set(kept(own_data))) == 1200
