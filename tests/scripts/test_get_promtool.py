"""scripts/get_promtool.sh"""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SH = shutil.which("sh") or "/bin/sh"


@pytest.fixture
def folder(tmp_path):
    """A clone with nothing fetched yet, and a machine that has but two commands."""
    for name in ("scripts", "tools"):
        (tmp_path / name).mkdir()
    shutil.copy(ROOT / "scripts" / "get_promtool.sh", tmp_path / "scripts")
    (tmp_path / "tools" / "dirname").symlink_to(shutil.which("dirname") or "/usr/bin/dirname")
    return tmp_path


def lay(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)


def get(folder):
    return subprocess.run(
        [SH, "scripts/get_promtool.sh"],
        cwd=folder,
        env={"PATH": str(folder / "tools")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_machines_own_promtool_is_taken(folder):
    lay(folder / "tools" / "promtool")

    got = get(folder)

    assert (got.returncode, got.stdout.strip()) == (0, str(folder / "tools" / "promtool"))


def test_one_fetched_before_is_not_fetched_again(folder):
    lay(folder / ".venv" / "promtool" / "usr" / "bin" / "promtool")

    got = get(folder)

    assert (got.returncode, got.stderr) == (0, "")
    assert got.stdout.strip().endswith(".venv/promtool/usr/bin/promtool")


def test_a_machine_that_is_not_debian_is_told_what_to_install(folder):
    got = get(folder)

    assert (got.returncode, got.stdout) == (1, "")
    assert "sudo apt install prometheus" in got.stderr
