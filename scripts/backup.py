"""Keeps databases and images of covers in one file, while everything goes on: `make backup`, `make backup TO=/mnt/stick`.

On PostgreSQL all schemas are of one moment. SQLite files are each of a moment of its own, one soon after the other. That is as
good: services hand work over by jobs that may be done twice, and the order of `APPS` sees to it that no service knows an id, or
has handed over work, that the one copied after it has not heard of. Images come last: what the databases name was there before.
One that goes in between was about to go, and is looked for again.

Not kept: settings and keys (config.json, /run/secrets, the environment), which do not belong beside plays; caches, Redis, logs.
Exit status: 0 when it is kept, 1 when not, 2 for settings that cannot be used, 130 after Ctrl-C.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from kernel.settings import SettingsError
from scripts.backups import files, images
from scripts.backups.manifest import DUMP, FORMAT, Manifest, database_of
from scripts.backups.postgres import Postgres
from scripts.backups.system import APPS, NotDone, System, read_system
from scripts.backups.writing import Archive, written

ROOT: Final = Path(__file__).resolve().parents[1]


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(description="Keeps databases and images of covers in one file, while everything goes on.")
    parser.add_argument("to", nargs="?", default="", help="a folder, or a file that is not there yet (default: backups/)")
    made_at = datetime.now(UTC).replace(microsecond=0)
    try:
        place = _place(parser.parse_args(arguments).to, made_at)
        said = keep(read_system(), place, made_at)
    except SettingsError as error:
        sys.stderr.writelines(f"{problem}\n" for problem in error.problems)
        return 2
    except (NotDone, OSError) as error:
        sys.stderr.write(f"Nothing was kept. {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. Nothing was kept.\n")
        return 130
    pictures = sum(name.startswith("covers/") for name in said.members)
    print(f"Kept in {place} ({place.stat().st_size / 1e6:.1f} MB): {', '.join(sorted(said.tables))}; {pictures} files of images.")
    print("Not in it: settings and keys (config.json, /run/secrets, the environment). Keep those yourself.")
    return 0


def keep(system: System, place: Path, made_at: datetime) -> Manifest:
    """What the new archive says of itself. Raises NotDone and OSError; then there is none."""
    with written(place, made_at) as archive:
        tables = _keep_schemas(system, archive) if system.database_url else _keep_files(system, archive)
        if not tables:
            raise NotDone(f"There is nothing to keep yet in {'this database' if system.database_url else system.data_dir}.")
        for folder in images.folders(system.images):
            with images.opened(folder) as opened:
                for name, file in opened.items():
                    archive.add(name, file)
        said = Manifest(
            format=FORMAT, made_at=made_at, kind=system.kind, realm=system.realm, tables=tables, members=archive.members
        )
        archive.finish(said)
    return said


def _keep_files(system: System, archive: Archive) -> dict[str, str]:
    """The version of each app's tables."""
    tables = {}
    for app in APPS:
        if system.file(app).exists():
            copied = archive.folder / "copied.sqlite"
            tables[app] = files.copy(system.file(app), copied)
            archive.take(database_of(app), copied)
    return tables


def _keep_schemas(system: System, archive: Archive) -> dict[str, str]:
    """The version of each app's tables."""
    postgres = Postgres(system.database_url, system.realm)
    tables = dict(postgres.found())
    if tables:
        dumped = archive.folder / DUMP
        postgres.dump(dumped)
        archive.take(DUMP, dumped)
    return tables


def _place(to: str, made_at: datetime) -> Path:
    name = f"soniquebay-{made_at:%Y%m%dT%H%M%SZ}.tar"
    if not to:
        return ROOT / "backups" / name
    place = Path(to).absolute()
    return place / name if place.is_dir() or to.endswith("/") else place


if __name__ == "__main__":
    sys.exit(main())
