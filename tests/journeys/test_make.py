"""The Makefile over an interpreter and a Node that only note what they were asked: what is installed and built, and when."""

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
if [ "$1" = "scripts/openapi.py" ]; then [ -e "$3" ] || touch "$3"; fi
"""

NODE = """#!/bin/bash
echo "npm $@" >> "$CALLS"
if [ "$3" = "ci" ]; then mkdir -p frontend/node_modules; fi
if [ "${@: -1}" = "types" ]; then touch frontend/src/api/schema.ts; fi
if [ "${@: -1}" = "build" ]; then mkdir -p frontend/dist; fi
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
        self._lay_web_app(folder)
        (folder / "fake-python").write_text(PYTHON)
        (folder / "fake-python").chmod(0o755)

    def _lay_web_app(self, folder):
        """Its sources, and a Node new enough for it."""
        for name in ("scripts", "tools", "frontend/src/api", "frontend/build"):
            (folder / name).mkdir(parents=True)
        for name in ("package.json", "package-lock.json", "build/types.js", "src/main.tsx"):
            (folder / "frontend" / name).touch()
        for name in ("with_node.sh", "get_browser.sh"):
            shutil.copy(ROOT / "scripts" / name, folder / "scripts")
        (folder / "scripts" / "openapi.py").touch()
        for name, text in {"npm": NODE, "node": "#!/bin/sh", "chromium": "#!/bin/sh"}.items():
            (folder / "tools" / name).write_text(text)
            (folder / "tools" / name).chmod(0o755)

    def built(self):
        """What was asked of npm last."""
        return [line.split()[-1] for line in self._calls.read_text().splitlines() if line.startswith("npm")]

    def make(self, verb, **settings):
        """What it installed, and how it ended."""
        self._calls.write_text("")
        tools = f"{self._folder / 'tools'}{os.pathsep}{os.environ['PATH']}"
        environment = {"PATH": tools, "CALLS": str(self._calls), **settings}
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


def test_the_web_app_is_built_once_and_again_when_it_has_changed(clone):
    clone.make("run")
    first = clone.built()
    clone.make("test")
    second = clone.built()
    clone.pull("frontend/src/main.tsx")
    clone.make("run")

    assert first == ["--no-progress", "types", "build"]
    assert second == []
    assert clone.built() == ["build"]


def test_a_machine_without_a_browser_is_told_what_to_install(clone, tmp_path):
    (tmp_path / "tools" / "chromium").unlink()
    (tmp_path / "tools" / "id").write_text("#!/bin/sh\necho 1000")
    (tmp_path / "tools" / "id").chmod(0o755)
    hidden = {"PATH": f"{tmp_path / 'tools'}{os.pathsep}{lay_without_browsers(tmp_path / 'bin')}"}

    _, pictures = clone.make("screenshots", **hidden)
    _, tested = clone.make("test", **hidden)

    assert pictures.returncode != 0
    assert tested.returncode == 0
    for each in (pictures, tested):
        assert "sudo apt install chromium-headless-shell" in each.stderr
    assert "They are left out." in tested.stderr


def lay_without_browsers(folder):
    """The machine's own commands but for browsers."""
    folder.mkdir()
    for place in os.environ["PATH"].split(os.pathsep):
        for command in Path(place).glob("*"):
            if not command.name.startswith(("chromium", "google-chrome")) and not (folder / command.name).exists():
                (folder / command.name).symlink_to(command)
    return folder
