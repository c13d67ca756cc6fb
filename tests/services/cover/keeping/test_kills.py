import hashlib
import random
import signal
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

from kernel.clock import SystemClock
from services.cover.domain import ImageId
from services.cover.keeping import ImageStore
from tests.fakes.clock import FakeClock
from tests.services.cover.keeping import writer_process
from tests.services.cover.keeping.images import SIZES, content_of
from tests.services.cover.keeping.writer_process import SIZE

ROOT = Path(__file__).parents[4]
KILLS = 12


def run_until_killed(folder: Path, began: int, images: int, spins: int) -> int:
    """The number of the image it was at. `spins`: how much later than at its beginning it is killed."""
    command = [sys.executable, "-m", writer_process.__name__, str(folder), str(began)]
    with subprocess.Popen(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        number = began
        for _ in range(images):
            number = int(process.stdout.readline())
        for _ in range(spins):
            hashlib.sha256(b"x" * 5000)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    return number


def test_wherever_it_is_killed_no_half_image_is_ever_seen(tmp_path: Path):
    folder, chance, began = tmp_path / "covers", random.Random(7), 0  # noqa: S311 - not a secret

    for _ in range(KILLS):
        began = run_until_killed(folder, began, chance.randrange(1, 6), chance.randrange(400)) + 1

    store, seen = ImageStore(folder, clock=SystemClock(), max_bytes=1), []
    for path in folder.glob("??/??/*"):
        image_id = ImageId(path.name)
        contents = [content_of(store, image_id, size) or b"" for size in SIZES]
        assert [len(content) for content in contents] == [SIZE, SIZE // 8 // 2 * 8, SIZE // 8 // 4 * 8]
        assert hashlib.sha256(contents[0]).hexdigest() == image_id
        seen.append(image_id)
    assert len(seen) > KILLS / 2

    later = FakeClock(SystemClock().now().replace(year=SystemClock().now().year + 1))

    def all_are_used(ids: Collection[ImageId]) -> Collection[ImageId]:
        return ids

    swept = ImageStore(folder, clock=later, max_bytes=1)
    swept.sweep(all_are_used)
    assert list((folder / "tmp").iterdir()) == []
    assert sorted(path.name for path in folder.glob("??/??/*")) == sorted(seen)
