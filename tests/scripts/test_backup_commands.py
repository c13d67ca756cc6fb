"""What a person types and sees: `scripts/backup.py`, `scripts/restore.py`."""

import re
from pathlib import Path

import pytest

from scripts import backup, restore
from scripts.backups.system import APPS, read_system
from tests.scripts.keeping import fill_system, postgres_programs, told


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free_port: int) -> None:
    """Those of the sandbox, in a folder of its own, and nobody answers."""
    monkeypatch.chdir(tmp_path)
    for app in APPS:
        monkeypatch.setenv(f"{app.upper()}_PORT", str(free_port))
    monkeypatch.setenv("SANDBOX", "1")


def test_it_is_kept_where_one_says_and_put_back_from_there(monkeypatch, tmp_path, capsys):
    system = read_system()
    fill_system(system)
    (tmp_path / "stick").mkdir()

    kept = backup.main([str(tmp_path / "stick")])
    said = capsys.readouterr().out
    (place,) = (tmp_path / "stick").iterdir()
    monkeypatch.setenv("DATA_DIR", "elsewhere")
    put_back = restore.main([str(place)])

    assert (kept, put_back) == (0, 0)
    assert re.fullmatch(r"soniquebay-\d{8}T\d{6}Z\.tar", place.name)
    assert re.match(rf"Kept in {place} \(\d+\.\d MB\): album, artist, cover, gateway, tracker; 2 files of images\.\n", said)
    assert "Not in it: settings and keys" in said
    assert re.match(r"Put back as it was on \d{4}-\d\d-\d\d [\d:]{8} UTC: album, artist, cover", capsys.readouterr().out)
    assert told(read_system()) == told(system)


def test_the_sandbox_and_ones_own_are_kept_apart(monkeypatch, tmp_path):
    sandbox = read_system()
    monkeypatch.setenv("SANDBOX", "0")
    own = read_system()

    assert (sandbox.data_dir, sandbox.realm) == (tmp_path / "data" / "sandbox", "sandbox_")
    assert (own.data_dir, own.realm) == (tmp_path / "data", "")


def test_it_is_told_where_what_was_there_is_now(tmp_path, capsys):
    fill_system(read_system())
    backup.main([str(tmp_path / "kept.tar")])

    refused = restore.main([str(tmp_path / "kept.tar")])
    why = capsys.readouterr().err
    done = restore.main([str(tmp_path / "kept.tar"), "--replace"])

    assert (refused, done) == (1, 0)
    assert why.startswith("Nothing was put back. There is something already: ")
    assert "What was there before is in " in capsys.readouterr().out


@pytest.mark.parametrize("command", [backup.main, restore.main])
def test_settings_that_cannot_be_used_are_told(command, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", "mysql://someone:hunter2@db/x")

    status = command(["somewhere"])

    said = capsys.readouterr().err
    assert status == 2
    assert said.startswith("DATABASE_URL: must begin with postgresql://")
    assert "hunter2" not in said


def test_a_place_that_cannot_be_written_to_is_told(tmp_path, capsys):
    fill_system(read_system())
    (tmp_path / "file").touch()

    status = backup.main([str(tmp_path / "file" / "kept.tar")])

    assert status == 1
    assert capsys.readouterr().err.startswith("Nothing was kept. ")


@pytest.mark.parametrize(("name", "verb"), [("pg_dump", "kept"), ("pg_restore", "put back")])
def test_after_ctrl_c_nothing_is_there_that_was_not_before(name, verb, monkeypatch, tmp_path, capsys, postgres_server):
    with postgres_server.fresh_database() as url:
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.setenv("PGPASSWORD", "")
        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{postgres_programs()}")
        system = read_system()
        fill_system(system)
        assert backup.main([str(tmp_path / "kept.tar")]) == 0
        before, there = told(system), {*tmp_path.iterdir(), *system.data_dir.iterdir()}
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / name).write_text(
            f"#!/bin/sh\n[ $1 = --version ] && echo '{name} (PostgreSQL) 99' || kill -INT $PPID\n"
        )
        (tmp_path / "bin" / name).chmod(0o755)

        status = (
            backup.main([str(tmp_path / "more.tar")]) if verb == "kept" else restore.main([f"{tmp_path}/kept.tar", "--replace"])
        )

        assert status == 130
        assert capsys.readouterr().err == f"\nStopped. Nothing was {verb}.\n"
        assert told(system) == before
        assert {*tmp_path.iterdir(), *system.data_dir.iterdir()} == {*there, tmp_path / "bin"}


def test_every_app_has_its_place_in_the_order():
    services = {path.parent.name for path in (Path(backup.ROOT) / "services").glob("*/__main__.py")}

    assert {*APPS} == {"gateway", *services}
    assert len(APPS) == len({*APPS})
