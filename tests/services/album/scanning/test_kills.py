import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from kernel.clock import SystemClock
from kernel.database import Database
from services.album.scanning.domain import ScanState
from services.album.wiring import MIGRATIONS
from tests.fakes.music_folder import make
from tests.fakes.patience import eventually
from tests.fakes.servers import lay_sqlite
from tests.services.album.scanning import worker_process
from tests.services.album.scanning.studio import Studio

ROOT = Path(__file__).parents[4]
FILES = 60


@pytest.fixture
def undisturbed(root: Path, tmp_path: Path) -> Iterator[Studio]:
    make(root, FILES, with_broken=False)
    (root / "bad.mp3").write_bytes(b"no music")
    lay_sqlite(tmp_path / "undisturbed.sqlite", MIGRATIONS)
    database = Database(f"sqlite:///{tmp_path / 'undisturbed.sqlite'}", schema="public")
    studio = Studio(database, SystemClock(), root)
    studio.scan()
    yield studio
    database.close()


@pytest.mark.parametrize("seed", range(2))
def test_a_scan_that_is_killed_again_and_again_ends_as_if_it_had_not_been(
    undisturbed: Studio, root: Path, tmp_path: Path, seed: int
):
    chance = random.Random(seed)  # noqa: S311 - not a secret
    path = tmp_path / "killed.sqlite"
    lay_sqlite(path, MIGRATIONS)
    database = Database(f"sqlite:///{path}", schema="public")
    studio = Studio(database, SystemClock(), root)
    scan = studio.scans.create()
    kills = 0

    while not studio.scans.get(scan.id).state.is_over:
        dies_at = chance.randrange(20, 90) if kills < 3 else 0
        command = [sys.executable, "-m", worker_process.__name__, f"sqlite:///{path}", str(root), str(dies_at)]
        ended = subprocess.run(
            command, cwd=ROOT, env={"PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}"}, capture_output=True, check=False, timeout=60
        )
        assert ended.returncode in (0, -signal.SIGKILL), ended.stderr.decode()
        kills += ended.returncode != 0

    assert kills >= 3
    last = studio.scans.get(scan.id)
    assert last.state is ScanState.COMPLETED
    assert last.counts == undisturbed.scans.list(before=None, limit=1)[0].counts
    assert studio.library() == undisturbed.library()
    assert eventually(lambda: not orphans())
    database.close()


def orphans() -> list[int]:
    """Readers whose service is gone."""
    return [
        each.pid
        for each in psutil.process_iter(["cmdline", "ppid"])
        if "services.album.scanning.reader" in (each.info["cmdline"] or []) and each.info["ppid"] == 1
    ]
