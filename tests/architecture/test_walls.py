import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import walls

ROOT = Path(__file__).parents[2]
APPS = tuple(
    sorted(
        str(path.parent.relative_to(ROOT)) for path in [*ROOT.glob("services/*/__main__.py"), *ROOT.glob("gateway/__main__.py")]
    )
)


def test_the_import_walls_stand():
    linted = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert linted.returncode == 0, linted.stdout


def test_no_module_is_too_long_to_read_in_one_go():
    assert walls.long_modules(ROOT) == []


def test_no_function_is_too_long_to_hold_in_mind():
    assert walls.long_functions(ROOT) == []


def test_the_usual_function_is_short():
    assert walls.median_function_length(ROOT) <= 10


def test_the_kernel_stays_small():
    assert walls.kernel_lines(ROOT) <= walls.KERNEL_LINES


def test_neither_kernel_nor_facts_know_any_entity_or_provider():
    assert walls.foreign_words(ROOT, "kernel", "facts", "untrusted") == []


def test_only_the_settings_read_the_environment():
    assert walls.environment_readers(ROOT) == []


def test_every_shared_module_serves_at_least_two_apps():
    assert walls.lonely_modules(ROOT, APPS, 2) == []


def test_every_shared_module_serves_somebody():
    assert walls.lonely_modules(ROOT, APPS, 1) == []


def words_in_kernel(root):
    return walls.foreign_words(root, "kernel")


BREAKS = {
    "long module": ("kernel/long.py", "x = 1\n" * 301, walls.long_modules),
    "long function": ("services/artist/long.py", "def f():\n" + "    x = 1\n" * 50, walls.long_functions),
    "foreign word": ("kernel/words.py", "def find_artist(): ...\n", words_in_kernel),
    "provider in a comment": ("kernel/words.py", "# as Spotify does\n", words_in_kernel),
    "environment": ("gateway/env.py", "import os\nKEY = os.environ['KEY']\n", walls.environment_readers),
}


@pytest.mark.parametrize("wall", BREAKS)
def test_a_broken_wall_is_seen(wall, tmp_path):
    name, content, find = BREAKS[wall]
    target = tmp_path / name
    target.parent.mkdir(parents=True)

    target.write_text(content, "utf-8")

    assert find(tmp_path) != []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("kernel/clock.py", "import services.artist.domain"),
        ("kernel/clock.py", "import facts.known"),
        ("facts/known.py", "import upstreams.reading"),
        ("untrusted/child.py", "import facts.known"),
        ("untrusted/opening.py", "import services.album.domain"),
        ("upstreams/reading.py", "import services.artist.domain"),
        ("gateway/settings.py", "import services.artist.domain"),
        ("services/artist/domain.py", "import grpc"),
        ("services/artist/store.py", "from google.protobuf import message"),
        ("services/artist/providers/__init__.py", "import grpc"),
        ("services/artist/merge.py", "from soniquebay.artist.v1 import artist_pb2"),
        ("services/artist/view.py", "from google.protobuf import message"),
        ("services/artist/pipeline.py", "from soniquebay.artist.v1 import artist_pb2"),
        ("sandbox/wiring.py", "import kernel.clock"),
    ],
)
def test_a_forbidden_import_is_seen(module, line, tmp_path):
    for package in (".importlinter", *walls.SHARED, "services", "gateway", "sandbox"):
        source = ROOT / package
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / package)
    broken = tmp_path / module
    broken.write_text(f"{broken.read_text('utf-8')}\n{line}\n", "utf-8")

    linted = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert linted.returncode == 1, linted.stdout
    assert "BROKEN" in linted.stdout
