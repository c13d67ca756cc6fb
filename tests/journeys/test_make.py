"""The Makefile over an interpreter that only notes what it was asked: which libraries are installed, and when."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.journeys.running import ROOT

PYTHON = """#!/bin/bash
echo "$@" >> "$CALLS"
if [ "$1 $2" = "-m venv" ]; then
    mkdir -p "$3/bin"
    [ -z "${BROKEN:-}" ] || exit 1
    cp "$0" "$3/bin/python"
fi
"""


class Clone:
    """A fresh clone with nothing in it but what `make` looks at."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._calls = folder / "calls"
        self.venv = folder / ".venv"
        (folder / "protos").mkdir()
        (folder / "requirements.lock").touch()
        (folder / "requirements-dev.lock").touch()
        shutil.copy(ROOT / "Makefile", folder)
        (folder / "fake-python").write_text(PYTHON)
        (folder / "fake-python").chmod(0o755)

    def make(self, verb, **settings):
        """What it installed, and how it ended."""
        self._calls.write_text("")
        environment = {"PATH": os.environ["PATH"], "CALLS": str(self._calls), **settings}
        command = ["make", verb, f"PYTHON={self._folder / 'fake-python'}"]
        ended = subprocess.run(command, cwd=self._folder, env=environment, capture_output=True, text=True, check=False)
        installed = [line.split()[-1] for line in self._calls.read_text().splitlines() if line.startswith("-m pip")]
        return installed, ended

    def pull(self, *names):
        """Makes these newer than all that was made before."""
        for made in (*self.venv.rglob("*"), *self._folder.glob("gen/*")):
            os.utime(made, (1_000_000, 1_000_000))
        for name in names:
            os.utime(self._folder / name)


@pytest.fixture
def clone(tmp_path):
    return Clone(tmp_path)


def test_run_installs_the_libraries_once(clone):
    first, ended = clone.make("run")
    second, _ = clone.make("run")

    assert ended.returncode == 0, ended.stderr
    assert first == ["requirements.lock"]
    assert second == []


def test_test_installs_libraries_and_tools_in_one_go_and_run_adds_nothing(clone):
    tested, _ = clone.make("test")
    run, _ = clone.make("run")

    assert tested == ["requirements-dev.lock"]
    assert run == []


def test_run_installs_a_changed_lock_even_after_a_test(clone):
    clone.make("test")
    clone.pull("requirements.lock", "requirements-dev.lock")

    run, _ = clone.make("run")
    tested, _ = clone.make("test")

    assert run == ["requirements.lock"]
    assert tested == ["requirements-dev.lock"]


def test_an_environment_that_was_interrupted_is_made_anew(clone):
    (clone.venv / "bin").mkdir(parents=True)
    (clone.venv / "bin" / "python").touch()

    installed, ended = clone.make("run")

    assert ended.returncode == 0, ended.stderr
    assert installed == ["requirements.lock"]


def test_without_the_venv_module_one_sentence_says_what_to_install(clone):
    _, failed = clone.make("run", BROKEN="1")
    installed, mended = clone.make("run")

    assert failed.returncode != 0
    assert sum("python3-venv" in line for line in failed.stderr.splitlines()) == 1
    assert mended.returncode == 0, mended.stderr
    assert installed == ["requirements.lock"]
