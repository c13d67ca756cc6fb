"""How are the schemas of one PostgreSQL kept in one snapshot, and put back in one transaction?"""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from psycopg2.extensions import make_dsn

from kernel import dialects
from kernel.settings import change_environment
from scripts.backups.system import APPS, NotDone

_OTHERS = """
    SELECT coalesce(nullif(application_name, ''), usename::text) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


class Postgres:
    """The schemas of one system in the database of this address. All methods raise NotDone when it does not answer."""

    def __init__(self, url: str, realm: str) -> None:
        address = dialects.parse_url(url)
        connecting = address.get_dialect()().create_connect_args(address)[1]
        # Beside the command line, which everybody on this machine may read.
        change_environment({"PGPASSWORD": str(connecting.pop("password", ""))})
        self._address = make_dsn(**connecting)
        self._schemas = {app: f"{realm}{app}" for app in APPS}

    def found(self) -> Mapping[str, str]:
        """Apps that have tables, and the version of these; empty where no migration has run."""
        with self._asked() as cursor:
            cursor.execute("SELECT nspname, to_regclass(format('%I.alembic_version', nspname)) IS NOT NULL FROM pg_namespace")
            is_migrated = dict(cursor.fetchall())
            return {
                app: self._version(cursor, schema) if is_migrated[schema] else ""
                for app, schema in self._schemas.items()
                if schema in is_migrated
            }

    def others(self) -> list[str]:
        """What the programs that are connected to this database call themselves."""
        with self._asked() as cursor:
            cursor.execute(_OTHERS)
            return sorted(name for (name,) in cursor.fetchall())

    def dump(self, target: Path) -> None:
        """All of them as they were at one moment. Writers go on meanwhile."""
        schemas = [f'--schema="{self._schemas[app]}"' for app in self.found()]
        tool = self._tool("pg_dump")
        _run(
            [tool, "--format=custom", "--no-owner", "--no-privileges", *schemas, f"--file={target}", f"--dbname={self._address}"]
        )

    def restore(self, source: Path) -> None:
        """All or nothing. None of them may be there."""
        options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
        _run([self._tool("pg_restore"), *options, f"--dbname={self._address}", str(source)])

    def check_tools(self) -> None:
        """Raises NotDone where one of them is missing, or too old for the server."""
        for name in ("pg_dump", "pg_restore"):
            self._tool(name)

    def set_aside(self, apps: Sequence[str], mark: str) -> list[str]:
        """Renames these schemas; what they are called now."""
        renamed = [(self._schemas[app], f"{self._schemas[app]}_before_{mark}") for app in apps]
        self._rename(renamed)
        return [new for _, new in renamed]

    def set_back(self, apps: Sequence[str], mark: str) -> None:
        """Undoes `set_aside`."""
        self._rename([(f"{self._schemas[app]}_before_{mark}", self._schemas[app]) for app in apps])

    def _rename(self, names: Sequence[tuple[str, str]]) -> None:
        with self._asked() as cursor:
            for old, new in names:
                cursor.execute(f'ALTER SCHEMA "{old}" RENAME TO "{new}"')

    def _version(self, cursor: psycopg2.extensions.cursor, schema: str) -> str:
        cursor.execute(f'SELECT version_num FROM "{schema}".alembic_version')  # noqa: S608 - realms have letters and digits only
        row = cursor.fetchone()
        return str(row[0]) if row else ""

    def _tool(self, name: str) -> str:
        with self._asked() as cursor:
            cursor.execute("SHOW server_version_num")
            (number,) = cursor.fetchone() or ("0",)
        wanted = int(number) // 10_000
        path = shutil.which(name)
        advice = f"install PostgreSQL's client programs, version {wanted} or newer (on Debian: postgresql-client-{wanted})"
        if path is None:
            raise NotDone(f"{name} is not on PATH: {advice}.")
        said = re.search(r"\) (\d+)", _run([path, "--version"]))
        if said is None or int(said[1]) < wanted:
            version = said[1] if said else "of an unknown version"
            raise NotDone(f"{path} is {version}, and the server is {wanted}: {advice}, and have them first on PATH.")
        return path

    @contextmanager
    def _asked(self) -> Iterator[psycopg2.extensions.cursor]:
        """One transaction."""
        try:
            connection = psycopg2.connect(self._address, connect_timeout=5)
        except psycopg2.Error as error:
            raise NotDone("PostgreSQL does not answer, or does not let us in (DATABASE_URL).") from error
        try:
            with connection, connection.cursor() as cursor:
                yield cursor
        except psycopg2.Error as error:
            raise NotDone(f"PostgreSQL refuses: {str(error).strip()}") from error
        finally:
            connection.close()


def _run(command: Sequence[str]) -> str:
    try:
        ended = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)  # noqa: S603 - ours
    except OSError as error:
        raise NotDone(f"{command[0]} cannot be started: {error.strerror}") from error
    if ended.returncode:
        raise NotDone(f"{Path(command[0]).name} failed: {ended.stderr.strip()}")
    return ended.stdout
