"""The whole system as a newcomer starts it, on free ports and with an empty data folder."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import httpx
import psutil
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from scripts.run import is_ready
from tests.fakes.lifeline import Lifeline
from tests.fakes.patience import eventually
from tests.fakes.servers import free_service_port

ROOT = Path(__file__).parents[2]
ENRICH = "/api/v1/enrichment/artists/enrich"
ALL = ("album", "artist", "cover", "tracker")
ARTIST_ONLY = ("artist",)
_STARTS = 60.0


class RunningSystem:
    """`scripts/run.py`, from the start until the end of the `with` block; `said` is what it printed.

    A test that needs but a few of the `services` has a system of no others: nobody starts them, and no contract speaks of them.
    """

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None, *, services: Collection[str] = ALL) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        settings = settings or {}
        service_ports = (free_service_port() for _ in range(4))
        self.artist_port, self.album_port, self.cover_port, self.tracker_port = service_ports
        self.gateway_port, self.sandbox_port = free_service_port(), free_service_port()
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'gen'}",
            "DATA_DIR": str(folder / "data"),
            "ARTIST_PORT": str(self.artist_port),
            "ALBUM_PORT": str(self.album_port),
            "COVER_PORT": str(self.cover_port),
            "TRACKER_PORT": str(self.tracker_port),
            "GATEWAY_PORT": str(self.gateway_port),
            "SANDBOX_PORT": str(self.sandbox_port),
            **settings,
        }
        self._script = ROOT / "scripts" / "run.py"
        if set(services) != set(ALL):
            self._script = _lay_script(folder / "smaller", services)
            elsewhere = settings.get("GATEWAY_SERVICES", "")
            missing = [name for name in ALL if name not in services and _package(name) not in elsewhere]
            self.environment["GATEWAY_CONTRACTS"] = str(_lay_contracts(folder / "smaller", missing))
        self.said = ""
        self.client = httpx.Client(base_url=f"http://localhost:{self.gateway_port}", timeout=30, trust_env=False)
        self.sandbox = httpx.Client(base_url=f"http://127.0.0.1:{self.sandbox_port}", timeout=30, trust_env=False)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.end()
        self.client.close()
        self.sandbox.close()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(self._script)],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._lifeline = Lifeline(self.process.pid, "INT")
        timer = threading.Timer(_STARTS, self.process.terminate)  # not killed: it would leave behind what it started
        timer.start()
        for line in _lines(self.process.stdout):
            self.said += line
            if "running at" in line:
                break
        timer.cancel()
        if "running at" not in self.said:
            last_words = _rest(self.process.stderr)
            self.stop()
            raise AssertionError(last_words)

    def stop(self) -> int:
        """Ctrl-C; answers the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        status = self.process.wait(timeout=60)
        self._lifeline.release()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        return status

    def end(self) -> None:
        """At once: asked a second time it waits for nobody."""
        eventually(self._is_ended)
        self.stop()

    def _is_ended(self) -> bool:
        """Ctrl-C where it is not."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.poll() is not None

    def child(self, module: str) -> psutil.Process:
        """The process of `services.album`, `gateway` …."""
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if module in " ".join(child.cmdline()).split())

    @contextmanager
    def without(self, module: str) -> Iterator[None]:
        """`kill -9` of that process, which is revived after the block, not before; then everything answers again."""
        os.kill(self.process.pid, signal.SIGSTOP)
        try:
            victim = self.child(module)
            victim.kill()
            assert eventually(lambda: victim.status() == psutil.STATUS_ZOMBIE)
            yield
        finally:
            os.kill(self.process.pid, signal.SIGCONT)
        assert eventually(lambda: is_ready(f"http://127.0.0.1:{self.gateway_port}/readyz"), within=_STARTS)

    def enrich(self, **body: Any) -> httpx.Response:
        return self.client.post(ENRICH, json=body)

    def calls(self) -> int:
        """How many calls the sandbox has had for Last.fm."""
        return int(self.sandbox.get("/_sandbox/counters").json().get("lastfm", {}).get("total", 0))

    def script(self, **rule: Any) -> None:
        """A fault for the sandbox to play on Last.fm."""
        answer = self.sandbox.post("/_sandbox/faults", json={"provider": "lastfm", **rule})
        assert answer.status_code == 201, answer.text


def _package(name: str) -> str:
    return f"soniquebay.{name}.v1"


def _lay_script(folder: Path, services: Collection[str]) -> Path:
    """`make run` of a tree with these services alone, which it finds by one file each."""
    for name in services:
        (folder / "services" / name).mkdir(parents=True, exist_ok=True)
        (folder / "services" / name / "__main__.py").touch()
    (folder / "scripts").mkdir(exist_ok=True)
    return Path(shutil.copy(ROOT / "scripts" / "run.py", folder / "scripts"))


def _lay_contracts(folder: Path, missing: Sequence[str]) -> Path:
    """What `make proto` writes where these services have no contract."""
    files = FileDescriptorSet.FromString((ROOT / "gen" / "soniquebay.binpb").read_bytes()).file
    left = [file for file in files if file.package not in map(_package, missing)]
    path = folder / "contracts.binpb"
    path.write_bytes(FileDescriptorSet(file=left).SerializeToString())
    return path


def _lines(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


def _rest(stream: IO[str] | None) -> str:
    return stream.read() if stream is not None else ""
