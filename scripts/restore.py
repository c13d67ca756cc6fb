"""Puts back what a backup keeps, while nothing runs: `make restore FROM=backups/soniquebay-….tar`.

All of it is checked and unpacked beside the data first, and comes to its place at the end, or none of it does. What is there
already stays as it is, unless `REPLACE=1` says that it may be set aside; nothing is ever deleted.

A dump of PostgreSQL is a program for PostgreSQL, and may do there what we may: restore what you kept yourself.
Exit status: 0 when it is put back, 1 when not, 2 for arguments or settings that cannot be used, 130 after Ctrl-C.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from kernel.settings import SettingsError
from scripts.backups import files, reading
from scripts.backups.manifest import DUMP, Manifest, database_of
from scripts.backups.postgres import Postgres
from scripts.backups.system import APPS, NotDone, System, read_system


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(description="Puts back what a backup keeps, while nothing runs.")
    parser.add_argument("backup", type=Path, help="the file that `make backup` made")
    parser.add_argument("--replace", action="store_true", help="set aside what is there already")
    given = parser.parse_args(arguments)
    try:
        said, aside = put_back(read_system(), given.backup.absolute(), datetime.now(UTC), may_replace=given.replace)
    except SettingsError as error:
        sys.stderr.writelines(f"{problem}\n" for problem in error.problems)
        return 2
    except (NotDone, OSError) as error:
        sys.stderr.write(f"Nothing was put back. {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. Nothing was put back.\n")
        return 130
    print(f"Put back as it was on {said.made_at:%Y-%m-%d %H:%M:%S} UTC: {', '.join(sorted(said.tables))}.")
    if aside:
        print(f"What was there before is in {' and '.join(aside)}; delete it when you are sure.")
    return 0


def put_back(system: System, path: Path, now: datetime, *, may_replace: bool) -> tuple[Manifest, list[str]]:
    """What the backup says of itself, and where that is now which was there before. Raises NotDone and OSError."""
    postgres = Postgres(system.database_url, system.realm) if system.database_url else None
    with reading.opened(path) as backup:
        _check_fits(backup.manifest, system)
        _check_stopped(system, postgres)
        schemas = sorted(postgres.found()) if postgres else []
        there = [each for each in _places(system) if os.path.lexists(each)]
        if (there or schemas) and not may_replace:
            found = ", ".join([*map(str, there[:3]), *schemas])
            raise NotDone(f"There is something already: {found}{' …' if there[3:] else ''}. With REPLACE=1 it is set aside.")
        if postgres:
            postgres.check_tools()
        with _unpacked(backup, system) as folder:
            return backup.manifest, _exchange(system, postgres, folder, f"{now:%Y%m%dt%H%M%Sz}")


def _check_fits(said: Manifest, system: System) -> None:
    if said.kind != system.kind:
        raise NotDone(
            f"This backup is of {said.kind}, and the settings say {system.kind}: "
            f"{'set DATABASE_URL' if said.kind == 'PostgreSQL' else 'leave DATABASE_URL empty'}. One cannot become the other."
        )
    if said.realm != system.realm:
        raise NotDone(
            f"This backup is of {_realm(said.realm)}, and the settings are those of {_realm(system.realm)}: what is made up "
            "never mixes with what is yours (SANDBOX, keys, REALM)."
        )


def _realm(realm: str) -> str:
    return {"": "your own system", "sandbox_": "the sandbox"}.get(realm, f"the realm {realm}")


def _check_stopped(system: System, postgres: Postgres | None) -> None:
    running = [f"somebody answers at {each}" for each in system.answering()]
    if postgres:
        running += [f"{each} is connected to the database" for each in postgres.others()]
    else:
        there = [path for app in APPS if (path := system.file(app)).exists()]
        running += [f"{path} is in use" for path in there if files.is_open(path)]
    if running:
        raise NotDone(f"End the system first: {'; '.join(running)}.")


def _places(system: System) -> list[Path]:
    """Everything that a backup may bring."""
    if system.database_url:
        return [system.images]
    found = [system.file(app) for app in APPS]
    return [system.images, *(path.with_name(f"{path.name}{more}") for path in found for more in ("", "-wal", "-shm"))]


@contextmanager
def _unpacked(backup: reading.Backup, system: System) -> Iterator[Path]:
    """A folder on the same disk as the data, which is gone afterwards; all in it is as it was kept, and on the disk."""
    folder = system.data_dir / "restoring"
    shutil.rmtree(folder, ignore_errors=True)  # of one that was killed
    folder.mkdir(mode=0o700, parents=True)
    try:
        backup.unpack(folder)
        os.sync()
        yield folder
    finally:
        shutil.rmtree(folder)


def _exchange(system: System, postgres: Postgres | None, folder: Path, mark: str) -> list[str]:
    """Where that is now which was there before. Whatever goes wrong, all of it is where it was."""
    before = system.data_dir / f"before-{mark}"
    aside: list[str] = []
    with ExitStack() as undoing:
        for path in _places(system):
            if os.path.lexists(path):
                if not aside:
                    before.mkdir(mode=0o700)
                    undoing.callback(before.rmdir)
                    aside = [str(before)]
                _move(path, before / path.name, undoing)
        for source, target in _brought(system, folder):
            _move(source, target, undoing)
        if postgres:
            schemas = sorted(postgres.found())
            aside += postgres.set_aside(schemas, mark)
            undoing.callback(postgres.set_back, schemas, mark)
            postgres.restore(folder / DUMP)
        undoing.pop_all()
    os.sync()
    return aside


def _brought(system: System, folder: Path) -> Iterator[tuple[Path, Path]]:
    """What of the folder goes where."""
    pairs = [(folder / "covers", system.images), *((folder / database_of(app), system.file(app)) for app in APPS)]
    yield from (pair for pair in pairs if pair[0].exists())


def _move(source: Path, target: Path, undoing: ExitStack) -> None:
    undoing.callback(_move_back, target, source)  # before it is moved: Ctrl-C may come between
    source.rename(target)


def _move_back(moved: Path, place: Path) -> None:
    if os.path.lexists(moved) and not os.path.lexists(place):
        moved.rename(place)


if __name__ == "__main__":
    sys.exit(main())
