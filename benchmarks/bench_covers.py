"""Thumbnails a second beside bare Pillow, a cover from a music file to the store, and what the service holds meanwhile.

`make bench-covers`; `ARGS="--pictures 8"` for a short run.
"""

import argparse
import io
import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from benchmarks.bars import Bar, report
from benchmarks.bench_import import Peak
from kernel.clock import SystemClock
from services.cover.domain import SIZES
from services.cover.imaging.looks import Rejected
from services.cover.imaging.workshop import Workshop
from services.cover.keeping import ImageStore

PICTURES = 40
_ROUNDS = 3
_MEBIBYTE = 2**20


def main() -> int:
    """The exit status: 1 when a bar was missed, after all were measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=PICTURES, help=f"how many (default: {PICTURES})")
    count = parser.parse_args().pictures
    with tempfile.TemporaryDirectory() as name, Workshop() as workshop:
        folder = Path(name)
        # In another process: what making them takes is not what the service takes.
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            pool.apply(make, (folder, count))
        pictures = sorted(folder.glob("*.picture"))
        bars = covers(workshop, folder, count)
        bars += memory(workshop, folder)
        bars += thumbnails(workshop, pictures)
    return report(bars)


def make(folder: Path, count: int) -> None:
    """Pictures as sources have them, like photographs; a music file with each of them; and some that are refused."""
    from PIL import Image  # noqa: PLC0415 - only in the process that makes them

    from tests.fakes.music_folder import Song, audio  # noqa: PLC0415 - as above
    from tests.services.cover.imaging.pictures import encoded, refused  # noqa: PLC0415 - as above

    forms = (("JPEG", 1400), ("JPEG", 600), ("PNG", 800), ("JPEG", 3000), ("WEBP", 1000))
    for number in range(count):
        form, edge = forms[number % len(forms)]
        chance = random.Random(number)  # noqa: S311 - not a secret
        rough = [
            Image.frombytes("L", (24, 24), chance.randbytes(576)).resize((edge, edge), Image.Resampling.BICUBIC) for _ in "rgb"
        ]
        grain = Image.effect_noise((edge, edge), 12)
        photograph = Image.merge("RGB", [Image.blend(each, grain, 0.2) for each in rough])
        content = encoded(photograph, form, **({"quality": 90} if form != "PNG" else {"compress_level": 1}))
        (folder / f"{number:04}.picture").write_bytes(content)
        (folder / f"{number:04}.mp3").write_bytes(audio(".mp3", Song("T", picture=content)))
    for number, (bad, _) in enumerate(refused().values()):
        (folder / f"{number:04}.bad").write_bytes(bad())


def covers(workshop: Workshop, folder: Path, count: int) -> list[Bar]:
    """From a music file to renditions that are on the disk for good."""
    store = ImageStore(folder / "covers", clock=SystemClock(), max_bytes=2**40)
    times = []
    for path in sorted(folder.glob("*.mp3")):
        began = time.perf_counter()
        with path.open("rb") as file, store.stage() as stage:
            embedded = workshop.find_embedded(file.fileno(), ".mp3")
            if embedded is None:
                raise RuntimeError(f"{path} holds no picture")
            with embedded:
                stage.keep(workshop.look_into(embedded.descriptor, stage.descriptors))
        times.append(time.perf_counter() - began)
    print(f"{count} covers out of music files: the first in {times[0]:.2f} s, the slowest in {max(times):.2f} s")
    return [Bar(name="local cover: seconds of half of them", figure=statistics.median(times), at_most=0.5)]


def memory(workshop: Workshop, folder: Path) -> list[Bar]:
    """Of this process, while the other one is given all there is, good and bad."""
    own, refused = psutil.Process(), 0
    idle = own.memory_info().rss / _MEBIBYTE
    with Peak(own) as peak:
        for path in [*folder.glob("*.bad"), *folder.glob("*.picture")]:
            try:
                look_into(workshop, path)
            except Rejected:
                refused += 1
    print(f"{refused} pictures refused; {idle:.0f} MB before, {peak.growth:.1f} MB more at most")
    return [
        Bar(name="MB of the service at most", figure=idle + peak.growth, at_most=200),
        Bar(name="MB it grew by", figure=peak.growth, at_most=16),
    ]


def thumbnails(workshop: Workshop, pictures: Sequence[Path]) -> list[Bar]:
    """By turns, so that whatever else this machine does meets both alike."""
    ours, alone = [], []
    for _ in range(_ROUNDS):
        ours.append(_per_second(pictures, lambda path: look_into(workshop, path)))
        alone.append(_per_second(pictures, with_pillow))
    print(f"thumbnails a second: {max(ours):.1f}; the limit (bare Pillow in one process): {max(alone):.1f}")
    return [Bar(name="thumbnails: share of the limit", figure=max(ours) / max(alone), at_least=0.85)]


def look_into(workshop: Workshop, path: Path) -> None:
    """Renditions in memory files, which cost what any file costs before it is forced to a disk."""
    with path.open("rb") as picture, _memory_files() as renditions:
        workshop.look_into(picture.fileno(), renditions)


def with_pillow(path: Path) -> None:
    """The same renditions, as anybody would make them who trusts the picture."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - not before memory was measured

    with Image.open(path) as opened, _memory_files() as renditions:
        opened.thumbnail((SIZES[0], SIZES[0]))
        shown = ImageOps.exif_transpose(opened).convert("RGB")
        sizes = [max(shown.size), *(size for size in SIZES if size < max(shown.size))]
        for size, file in zip(sizes, renditions, strict=False):
            shown.thumbnail((size, size))
            held = io.BytesIO()
            shown.save(held, "JPEG", quality=82, progressive=True)
            os.write(file, held.getvalue())


@contextmanager
def _memory_files() -> Iterator[Sequence[int]]:
    with ExitStack() as stack:
        files = [os.memfd_create("rendition") for _ in SIZES]
        for each in files:
            stack.callback(os.close, each)
        yield files


def _per_second(pictures: Sequence[Path], look: Callable[[Path], None]) -> float:
    began = time.perf_counter()
    for path in pictures:
        look(path)
    return len(pictures) / (time.perf_counter() - began)


if __name__ == "__main__":
    sys.exit(main())
