"""`python -m services.X worker`: does jobs, answers nobody, and shows its figures 30 above the service's port."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.fakes.lifeline import Lifeline
from tests.fakes.patience import eventually
from tests.fakes.servers import free_service_port

ROOT = Path(__file__).parents[2]
SERVICES = sorted(path.parent.name for path in (ROOT / "services").glob("*/__main__.py"))


class Worker:
    """One of a service, on a port of its own unless told otherwise."""

    def __init__(self, service: str, folder: Path, port: int) -> None:
        self.log = folder / f"{service}.log"
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'gen'}",
            "DATA_DIR": str(folder / "data"),
            f"{service.upper()}_PORT": str(port),
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", f"services.{service}", "worker"], cwd=folder, env=environment, stdout=log, stderr=log
            )
        self._lifeline = Lifeline(self.process.pid, "TERM")

    def says(self, word: str) -> bool:
        return eventually(lambda: word in self.log.read_text("utf-8"), within=60)

    def end(self) -> int:
        """Its exit status; a second call asks nobody."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=40)
        self._lifeline.release()
        return status


@contextmanager
def working(service: str, folder: Path, port: int) -> Iterator[Worker]:
    folder.mkdir()
    with ExitStack() as ending:
        worker = Worker(service, folder, port)
        ending.callback(worker.end)
        yield worker


def figures(port: int) -> str:
    return httpx.get(f"http://127.0.0.1:{port + 30}/metrics", timeout=20, trust_env=False).raise_for_status().text


@pytest.mark.parametrize("service", SERVICES)
def test_a_worker_shows_what_it_asks_of_upstreams_and_what_comes_of_jobs(service: str, tmp_path: Path) -> None:
    port = free_service_port()
    with working(service, tmp_path / "worker", port) as worker:
        assert worker.says('"running"')
        shown = figures(port)

        with pytest.raises(httpx.ConnectError):
            httpx.get(f"http://127.0.0.1:{port}/", trust_env=False)
        assert worker.end() == 0

    assert 'jobs_due{lane="high"} 0.0' in shown
    assert "# TYPE provider_api_calls_total counter" in shown
    assert "jobs_attempts_total{" in shown


def test_a_second_worker_of_one_machine_works_without_and_says_so(tmp_path: Path) -> None:
    port = free_service_port()
    with working("artist", tmp_path / "first", port) as first, working("artist", tmp_path / "second", port) as second:
        assert first.says('"running"')
        assert second.says('"running"')
        logs = [each.log.read_text("utf-8") for each in (first, second)]

        assert sum("figures_not_shown" in log for log in logs) == 1
        assert "jobs_due" in figures(port)
