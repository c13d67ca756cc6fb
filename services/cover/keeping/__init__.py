"""Where are images kept, and how many? In files below one folder, named by what is in them, as many as there may be."""

import os
import shutil
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from kernel.clock import Clock
from services.cover.domain import ImageId
from services.cover.keeping.shelves import GRACE, Shelves, bytes_in, faults_of_the_store
from services.cover.keeping.staging import SUFFIXES, Stage

_LOW_WATER: Final = 0.9
_MEDIA_TYPES: Final = {suffix: media_type for media_type, suffix in SUFFIXES.items()}

FindsUsed = Callable[[Collection[ImageId]], Collection[ImageId]]
"""Which of these images something refers to."""


class Held(NamedTuple):
    """An open rendition; the file is the caller's."""

    file: BinaryIO
    length: int
    size: int
    """Its longest edge, in pixels."""
    media_type: str


class Swept(NamedTuple):
    """What a clean-up has removed."""

    images: int
    bytes: int


class ImageStore:
    """Images by their ids. Which are used, and when each was last, others know. Any thread may use it, and other processes too.

    The lock guards `_used`, what is taken altogether as far as this process knows: others' images are counted when it sweeps.
    """

    def __init__(self, folder: Path, *, clock: Clock, max_bytes: int) -> None:
        """Makes the folder; raises OwnFault when it cannot."""
        self._shelves = Shelves(folder, clock)
        self._clock, self._max_bytes = clock, max_bytes
        self._used: int | None = None
        self._lock = threading.Lock()

    @contextmanager
    def stage(self) -> Iterator[Stage]:
        """Files to write a picture's renditions to; what was not kept by the end leaves nothing behind. Raises OwnFault."""
        with ExitStack() as opened:
            with faults_of_the_store():
                folder = self._shelves.new_folder()
                opened.callback(shutil.rmtree, folder, ignore_errors=True)
                stage = Stage(self._shelves, folder, opened, self._count)
            yield stage

    def open(self, image_id: ImageId, size: int) -> Held | None:
        """The smallest rendition that is at least so large, or the largest there is; None where the image is not held.

        Raises InvalidArgument for what is no id, and OwnFault.
        """
        place = self._shelves.place(image_id)
        with faults_of_the_store():
            try:
                held = [
                    (int(path.stem), path) for path in place.iterdir() if path.stem.isdecimal() and path.suffix in _MEDIA_TYPES
                ]
                if not held:
                    return None
                enough = [each for each in held if each[0] >= size]
                edge, path = min(enough) if enough else max(held)
                file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")
            except FileNotFoundError:
                return None
            return Held(file, os.fstat(file.fileno()).st_size, edge, _MEDIA_TYPES[path.suffix])

    def remove(self, ids: Iterable[ImageId]) -> int:
        """Whether somebody refers to them or not; bytes freed. What is not held is passed over."""
        with faults_of_the_store():
            freed = sum(self._shelves.take(each) for each in ids)
        self._count(-freed)
        return freed

    def used_bytes(self) -> int:
        """Of all images: those that were there when this was first asked are read through then."""
        with self._lock:
            if self._used is not None:
                return self._used
        counted = self._counted()
        with self._lock:
            if self._used is None:
                self._used = counted
            return self._used

    def make_room(self, order: Iterable[ImageId]) -> list[ImageId]:
        """Those removed: none while the limit is kept, else the first of these, until there is a tenth of it to spare."""
        gone: list[ImageId] = []
        if self.used_bytes() <= self._max_bytes:
            return gone
        for image_id in order:
            if self.used_bytes() <= self._max_bytes * _LOW_WATER:
                break
            if self.remove([image_id]):
                gone.append(image_id)
        return gone

    def sweep(self, find_used: FindsUsed) -> Swept:
        """Removes what nothing refers to and was not put within the last hour, and what a crash left behind."""
        before = self._clock.now() - GRACE
        images = freed = 0
        with faults_of_the_store():
            self._shelves.clear()
            for part in self._shelves.ids():
                old = [each for each in part if self._shelves.was_put(each) < before.timestamp()]
                for image_id in set(old).difference(find_used(old) if old else ()):
                    taken = self._shelves.take(image_id, unused_since=before)
                    images, freed = images + bool(taken), freed + taken
        counted = self._counted()
        with self._lock:
            self._used = counted
        return Swept(images, freed)

    def _counted(self) -> int:
        with faults_of_the_store():
            return sum(bytes_in(self._shelves.place(each)) for part in self._shelves.ids() for each in part)

    def _count(self, more: int) -> None:
        with self._lock:
            if self._used is not None:
                self._used += more
