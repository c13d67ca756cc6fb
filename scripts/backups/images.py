"""Which files are the images of covers, and how are they read while some of them go?"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from scripts.backups.manifest import is_member


def folders(root: Path) -> Iterator[Path]:
    """One for each image. Unfinished ones and other people's files are passed over."""
    if root.is_dir():
        yield from sorted(path for path in root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*") if path.is_dir())


@contextmanager
def opened(folder: Path) -> Iterator[dict[str, BinaryIO]]:
    """Every file of an image, by its name in a backup; none where the image is gone, or goes just now.

    What is open stays readable, so no image is kept by halves. Raises OSError where a file is there and cannot be read.
    """
    with ExitStack() as closing:
        files: dict[str, BinaryIO] = {}
        with suppress(FileNotFoundError):
            files = {
                name: closing.enter_context(path.open("rb"))
                for path in sorted(folder.iterdir())
                if is_member(name := f"covers/{path.relative_to(folder.parents[2]).as_posix()}")
            }
        yield files
