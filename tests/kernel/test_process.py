"""kernel/process.py"""

import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
import structlog
from prometheus_client import CollectorRegistry

from kernel.clock import SystemClock
from kernel.database import Database
from kernel.job_store import JobStore
from kernel.jobs import Jobs
from kernel.process import run
from kernel.server import Registrations
from kernel.settings import AppSettings


class ProbeSettings(AppSettings):
    probe_port: int = 0


class FakeParts:
    services: Registrations

    def __init__(self, folder: Path) -> None:
        self.services = {}
        self.registry = CollectorRegistry()
        self.jobs = Jobs(JobStore(Database.for_app("", folder, "probe"), SystemClock()), SystemClock())
        self.closed = 0

    def close(self) -> None:
        self.closed += 1
        self.jobs.store.database.close()


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[FakeParts]:
    """Logging is as it was afterwards."""
    root = logging.getLogger()
    before = root.handlers, root.level
    yield FakeParts(tmp_path)
    structlog.reset_defaults()
    root.handlers, root.level = before


def test_migrate_builds_the_parts_and_lets_go_of_them(parts: FakeParts) -> None:
    status = run("probe", ProbeSettings, lambda _: parts, ["migrate"])

    assert (status, parts.closed) == (0, 1)


def test_a_taken_port_is_named_and_nothing_stays_open(
    parts: FakeParts, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("PROBE_PORT", str(taken.getsockname()[1]))

        status = run("probe", ProbeSettings, lambda _: parts, [])

    assert (status, parts.closed) == (2, 1)
    assert "PROBE_PORT=" in capsys.readouterr().err


def test_a_bug_while_working_leaves_nothing_open_either(parts: FakeParts) -> None:
    def fail(_server: grpc.Server) -> None:
        raise ZeroDivisionError

    parts.services = {"probe": fail}

    with pytest.raises(ZeroDivisionError):
        run("probe", ProbeSettings, lambda _: parts, [])

    assert parts.closed == 1


@pytest.mark.parametrize("arguments", [["sing"], ["serve", "now"]])
def test_arguments_nobody_knows_are_answered_with_the_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    status = run("probe", ProbeSettings, lambda _: pytest.fail("built"), arguments)

    assert status == 2
    assert "usage: python -m services.probe" in capsys.readouterr().err
