"""Which system is kept or put back? The one that `make run` would start with the same settings."""

import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.settings import GatewaySettings
from kernel import dialects
from kernel.settings import SettingsError, load
from scripts.run import RunSettings, kept_in, uses_sandbox

APPS: Final = ("gateway", "tracker", "cover", "album", "artist")
"""Whoever was told an id comes before whoever gave it, and whoever hands work over before whoever takes it."""


class NotDone(Exception):
    """Why nothing was kept, or nothing put back, for a person to read."""


@dataclass(frozen=True, slots=True)
class System:
    """Where it keeps what lasts, and where it would answer."""

    data_dir: Path
    realm: str
    database_url: str
    """Empty: SQLite files."""
    ports: Mapping[str, int]
    """By setting."""

    @property
    def kind(self) -> str:
        return "PostgreSQL" if self.database_url else "SQLite"

    @property
    def images(self) -> Path:
        return self.data_dir / "covers"

    def file(self, app: str) -> Path:
        """The database of an app, on SQLite."""
        return self.data_dir / f"{self.realm}{app}.sqlite"

    def answering(self) -> Iterator[str]:
        """`setting=port` of each port on this machine that somebody listens on."""
        for setting, port in self.ports.items():
            with socket.socket() as probe:
                probe.settimeout(1.0)
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    yield f"{setting}={port}"


def read_system() -> System:
    """Raises SettingsError."""
    run_settings, gateway_settings = load(RunSettings), load(GatewaySettings)
    data_dir, realm = kept_in(run_settings, is_sandbox=uses_sandbox(run_settings))
    url = run_settings.database_url
    if url and not dialects.is_postgres(dialects.parse_url(url)):
        raise SettingsError(["DATABASE_URL: must begin with postgresql:// (leave it empty for SQLite files in DATA_DIR)"])
    ports = {f"{app.upper()}_PORT": getattr(gateway_settings, f"{app}_port") for app in APPS}
    return System(data_dir.absolute(), realm, url, ports)
