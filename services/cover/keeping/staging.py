"""How does a picture become an image of the store? Its renditions are written to files that nobody sees before all are whole."""

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from services.cover.domain import SIZES, Image, ImageId
from services.cover.imaging.looks import Look
from services.cover.keeping.shelves import Shelves, digest_of, faults_of_the_store

SUFFIXES: Final = {"image/jpeg": ".jpg", "image/png": ".png"}
_NEW: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


class Stage:
    """Files for the renditions of one picture, the largest first: `descriptors`, open as long as the stage is."""

    def __init__(self, shelves: Shelves, folder: Path, opened: ExitStack, on_new: Callable[[int], None]) -> None:
        """Raises OSError. `on_new` is told the bytes of an image that was not there before."""
        self._shelves, self._folder, self._on_new = shelves, folder, on_new
        self.descriptors: Sequence[int] = tuple(_opened(folder / str(number), opened) for number in range(len(SIZES)))

    def keep(self, look: Look) -> Image:
        """The image, once it is in its place for good. To be called once; raises OwnFault."""
        with faults_of_the_store():
            for number, descriptor in enumerate(self.descriptors):
                file = self._folder / str(number)
                if number < len(look.renditions):
                    os.fsync(descriptor)
                    file.rename(self._folder / f"{look.renditions[number].size}{SUFFIXES[look.media_type]}")
                else:
                    file.unlink()
            image = _image(ImageId(digest_of(self.descriptors[0])), look)
            if self._shelves.put(self._folder, image.id):
                self._on_new(image.bytes)
        return image


def _image(image_id: ImageId, look: Look) -> Image:
    sizes = tuple(each.size for each in look.renditions)
    taken = sum(each.bytes for each in look.renditions)
    return Image(image_id, look.width, look.height, look.media_type, look.colour, look.thumb_hash, sizes, taken)


def _opened(path: Path, opened: ExitStack) -> int:
    descriptor = os.open(path, _NEW, 0o600)
    opened.callback(os.close, descriptor)
    return descriptor
