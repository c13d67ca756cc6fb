"""A sandbox in a process of its own, with a client for its control API."""

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

ROOT = Path(__file__).parents[2]
LASTFM = "/lastfm/2.0/"


class RunningSandbox:
    """Started on a free port; leaving the `with` block ends the process."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "sandbox", "--port", "0", *arguments]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url: str = json.loads(self.process.stdout.readline())["url"]
        self.client = httpx.Client(base_url=self.url, timeout=10, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> int:
        """Ends the process; answers its exit status."""
        self.client.close()
        self.process.terminate()
        status = self.process.wait(timeout=5)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return status

    def ask(self, method: str, **params: object) -> httpx.Response:
        """Asks Last.fm in XML, the key given unless the test names one."""
        return self.client.post(LASTFM, data={"method": method, "api_key": "test-key", **params})

    def ask_json(self, method: str, **params: object) -> Any:
        """Asks Last.fm in JSON and parses the body."""
        return self.ask(method, format="json", **params).json()

    def fault(self, kind: str, **options: object) -> None:
        """Scripts one fault for every Last.fm call."""
        self.script({"fault": {"kind": kind, **options}})

    def script(self, rule: dict[str, object]) -> dict[str, Any]:
        """Adds a rule for Last.fm; answers it as the sandbox understood it."""
        answer = self.client.post("/_sandbox/faults", json={"provider": "lastfm", **rule})
        assert answer.status_code == 201, answer.text
        added: dict[str, Any] = answer.json()
        return added

    def control(self, path: str) -> Any:
        """Reads from the control API."""
        return self.client.get(f"/_sandbox/{path}").json()

    def reset(self) -> None:
        """Forgets journal, faults and settings and lifts all limits."""
        self.client.post("/_sandbox/reset", json={"journal": True, "faults": True, "settings": True})
        limited = self.client.get("/_sandbox/limits").json()
        self.client.put("/_sandbox/limits", json=dict.fromkeys(limited))
        self.client.put("/_sandbox/now_playing", content="null")
