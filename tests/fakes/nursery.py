"""Processes of a service without the seconds each needs to read its code: forked off one that has read it and done no more."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psutil

_FORKS = """
import importlib, json, os, runpy, signal, sys
module = sys.argv[1]
importlib.import_module(module + ".__main__")
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
born = []
for line in sys.stdin:
    environment, log = json.loads(line)
    if child := os.fork():
        born.append(child)
        print(child, flush=True)
        continue
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.environ.clear()
        os.environ.update(environment)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT), 1)
        os.dup2(1, 2)
        sys.argv = [module]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        os._exit(1)
for child in born:
    try:
        os.kill(child, signal.SIGKILL)
    except ProcessLookupError:
        pass
"""


class Nursery:
    """Of `python -m` this module. What it has started ends with it, and with the process that made it."""

    def __init__(self, module: str, environment: Mapping[str, str]) -> None:
        """`environment` is that of the reading; each process has its own."""
        command = [sys.executable, "-c", _FORKS, module]
        self._process = subprocess.Popen(command, env=dict(environment), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def start(self, environment: Mapping[str, str], log: Path) -> psutil.Process:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([dict(environment), os.fspath(log)]) + "\n")
        self._process.stdin.flush()
        return psutil.Process(int(self._process.stdout.readline()))

    def close(self) -> None:
        self._process.communicate()
