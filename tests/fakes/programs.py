"""Processes of ours as `make run` makes them, copies of one that has read the code; what they ended with can be asked."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

_STARTS = """
import json, sys
from pathlib import Path
from scripts.forking import Program, limit_arenas
limit_arenas(2)
started = {}
for line in sys.stdin:
    module, environment, arguments, log = json.loads(line)
    if module is None:
        process = started.pop(arguments)
        process.join()
        print(process.exitcode, flush=True)
    else:
        process = Program(module, environment, tuple(arguments)).start(Path(log))
        started[process.pid] = process
        print(process.pid, flush=True)
for process in started.values():
    process.kill()
    process.join()
"""


class Programs:
    """What it has started ends with it, and with the process that made it."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        """All have this environment, and run in the folder, where no config.json of a person's lies."""
        command = [sys.executable, "-c", _STARTS]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._process = subprocess.Popen(command, env=dict(environment), cwd=folder, text=True, **pipes)  # type: ignore[call-overload]
        self._lock = threading.Lock()  # one order at a time

    def start(self, module: str, log: Path, changes: Mapping[str, str], *arguments: str) -> int:
        """Its process id."""
        return self._order(module, dict(changes), arguments, os.fspath(log))

    def wait(self, pid: int) -> int:
        """The status it ends with; negative, the signal that ended it. Once for each."""
        return self._order(None, {}, pid, "")

    def close(self) -> None:
        self._process.communicate()

    def _order(self, *order: object) -> int:
        with self._lock:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())
