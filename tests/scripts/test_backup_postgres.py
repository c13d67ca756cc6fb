"""Backups of PostgreSQL, by its own programs: one snapshot, one transaction, and nobody's schemas but ours."""

import dataclasses
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg2
import pytest

from scripts import backup, restore
from scripts.backups.postgres import Postgres
from scripts.backups.system import APPS, NotDone, System
from tests.fakes.servers import PostgresServer
from tests.scripts.keeping import NOW, fill_system, lay_out, postgres_programs, told

MARK = "before_20261127t021500z"
README = Path(__file__).parents[2] / "deploy" / "README.md"
# What runs in a pod runs here, and nobody is scaled.
CLUSTER = 'kubectl() { while [ $# -gt 0 ] && [ "$1" != -- ]; do shift; done; [ $# -eq 0 ] || "${@:2}"; }'


@pytest.fixture(autouse=True)
def _programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", postgres_programs())
    monkeypatch.setenv("PGPASSWORD", "")  # is changed by who connects, and set back here


@pytest.fixture
def system(postgres_server: PostgresServer, tmp_path: Path) -> Iterator[System]:
    with postgres_server.fresh_database() as url:
        made = lay_out(tmp_path / "data", url)
        fill_system(made)
        ask(made, "CREATE SCHEMA theirs", "CREATE TABLE theirs.things AS SELECT 1 AS one", "CREATE TABLE public.notes (id int)")
        yield made


@pytest.fixture
def empty(postgres_server: PostgresServer, tmp_path: Path) -> Iterator[System]:
    with postgres_server.fresh_database() as url:
        yield lay_out(tmp_path / "other", url)


@pytest.fixture
def kept(system: System, tmp_path: Path) -> Path:
    place = tmp_path / "kept.tar"
    backup.keep(system, place, NOW)
    return place


def ask(system: System, *statements: str) -> list[tuple[Any, ...]]:
    with closing(psycopg2.connect(system.database_url.replace("+psycopg2", ""))) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        found = cursor.fetchall() if cursor.description else []
        connection.commit()
    return found


def schemas(system: System) -> set[str]:
    return {name for (name,) in ask(system, "SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information)'")}


def test_all_that_lasts_comes_back_in_another_database_and_nothing_of_others(system: System, kept: Path, empty: System):
    said, aside = restore.put_back(empty, kept, NOW, may_replace=False)

    assert told(empty) == told(system)
    assert (said.kind, aside) == ("PostgreSQL", [])
    assert schemas(empty) == {*APPS, "public"}
    assert ask(empty, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_what_is_there_stays_unless_it_may_be_set_aside(system: System, kept: Path):
    before = told(system)
    ask(system, "DELETE FROM tracker.plays")

    with pytest.raises(NotDone, match=r"something already.*tracker.*REPLACE=1"):
        restore.put_back(system, kept, NOW, may_replace=False)
    _, aside = restore.put_back(system, kept, NOW, may_replace=True)

    assert told(system) == before
    assert aside == [str(system.data_dir / "before-20261127t021500z"), *(f"{app}_{MARK}" for app in sorted(APPS))]
    assert schemas(system) == {*APPS, *(f"{app}_{MARK}" for app in APPS), "public", "theirs"}
    assert ask(system, f"TABLE tracker_{MARK}.plays") == []


def test_a_dump_that_cannot_be_restored_leaves_all_as_it_was(system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    place = tmp_path / "bad.tar"
    monkeypatch.setattr(Postgres, "dump", lambda _, target: target.write_bytes(b"PGDMP, or not"))
    backup.keep(system, place, NOW)
    before, there = told(system), schemas(system)

    with pytest.raises(NotDone, match="pg_restore failed"):
        restore.put_back(system, place, NOW, may_replace=True)

    assert told(system) == before
    assert schemas(system) == there
    assert {path.name for path in system.data_dir.iterdir()} == {"covers", "page.key", "limits", "logs"}


def test_while_somebody_is_connected_nothing_is_put_back(system: System, kept: Path):
    url = system.database_url.replace("+psycopg2", "")
    with closing(psycopg2.connect(url, application_name="the tracker")), pytest.raises(NotDone) as refused:
        restore.put_back(system, kept, NOW, may_replace=True)

    assert str(refused.value) == "End the system first: the tracker is connected to the database."


def test_programs_older_than_the_server_are_not_used(system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    old = tmp_path / "bin"
    old.mkdir()
    (old / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 11.22 (Debian 11.22-1)'\n")
    (old / "pg_dump").chmod(0o755)
    monkeypatch.setenv("PATH", str(old))

    with pytest.raises(NotDone, match=r"bin/pg_dump is 11, and the server is \d\d: install .* postgresql-client-\d\d"):
        backup.keep(system, tmp_path / "x.tar", NOW)


def test_without_the_programs_one_is_told_what_to_install(system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(NotDone, match=r"pg_dump is not on PATH: install PostgreSQL's client programs, version \d\d"):
        backup.keep(system, tmp_path / "x.tar", NOW)


def test_a_server_that_does_not_answer_is_told_without_the_password(system: System, free_port: int, tmp_path: Path):
    away = dataclasses.replace(system, database_url=f"postgresql+psycopg2://someone:hunter2@127.0.0.1:{free_port}/x")

    with pytest.raises(NotDone, match="PostgreSQL does not answer") as refused:
        backup.keep(away, tmp_path / "x.tar", NOW)

    assert "hunter2" not in str(refused.value)


def test_the_password_is_not_on_the_command_line(system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Everybody on the machine may read that."""
    seen = tmp_path / "seen"
    for name in ("pg_dump", "pg_restore"):
        (tmp_path / name).write_text(f'#!/bin/sh\necho "$@" >> {seen}\nPATH={postgres_programs()} exec {name} "$@"\n')
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{postgres_programs()}")
    guarded = dataclasses.replace(system, database_url=system.database_url.replace("postgres:@", "postgres:hunter2@"))
    assert "hunter2" in guarded.database_url

    backup.keep(guarded, tmp_path / "x.tar", NOW)

    assert "--format=custom" in seen.read_text()
    assert "hunter2" not in seen.read_text()


def test_a_backup_of_postgres_is_not_put_into_files(kept: Path, tmp_path: Path):
    with pytest.raises(
        NotDone, match=r"of PostgreSQL, and the settings say SQLite: set DATABASE_URL. One cannot become the other"
    ):
        restore.put_back(lay_out(tmp_path / "files"), kept, NOW, may_replace=True)


def test_where_there_is_nothing_yet_nothing_is_kept(empty: System, tmp_path: Path):
    with pytest.raises(NotDone, match="nothing to keep yet in this database"):
        backup.keep(empty, tmp_path / "x.tar", NOW)


def test_the_commands_for_a_cluster_put_back_what_was_kept_before_tables_were_added(system: System, tmp_path: Path):
    (block,) = (each for each in re.findall(r"```console\n(.*?)```", README.read_text("utf-8"), re.DOTALL) if "pg_dump" in each)
    commands = [line for line in re.sub(r"^\$ ", "\0", block, flags=re.MULTILINE).split("\0") if line]
    address = urlsplit(system.database_url)
    database = address.path.removeprefix("/")
    environment = {**os.environ, "PGHOST": parse_qs(address.query)["host"][0], "PGDATABASE": database}

    def type_in(*lines: str) -> None:
        script = "\n".join(["set -eu -o pipefail", CLUSTER, *lines]).replace("--dbname=postgres", f"--dbname={database}")
        script = script.replace("' postgres >", f"' {database} >")
        subprocess.run(["bash", "-c", script], cwd=tmp_path, env=environment, check=True, capture_output=True)

    before = told(system)
    type_in(commands[0])
    ask(system, "CREATE TABLE artist.newer AS SELECT 1 AS one", "DELETE FROM tracker.plays")
    type_in(*commands[1:])

    assert told(system) == before
    assert ask(system, "SELECT one FROM artist_before.newer") == [(1,)]
