"""Where are images kept, and how many? In files below one folder, named by what is in them, as many as there may be."""

import os
import shutil
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, Protocol

from kernel.clock import Clock
from kernel.errors import OwnFault
from services.cover.domain import ImageId
from services.cover.imaging.looks import NO_ROOM
from services.cover.keeping.shelves import GRACE, Shelves, bytes_in, faults_of_the_store
from services.cover.keeping.staging import SUFFIXES, Stage
from untrusted.troubles import COME_BACK

_LOW_WATER: Final = 0.9
_RESERVE: Final = 16 * 2**20
"""Bytes of the disk that are left to others, the databases above all; of a small disk an eighth."""
_MOMENT: Final = timedelta(minutes=1)
"""What was put so lately may be shown by nothing yet and still be wanted."""
_MEDIA_TYPES: Final = {suffix: media_type for media_type, suffix in SUFFIXES.items()}

FindsUsed = Callable[[Collection[ImageId]], Collection[ImageId]]
"""Which of these images something refers to."""

FindsLeastUsed = Callable[[], Iterable[ImageId]]
"""Images that may go, the first of them first."""


class Disk(Protocol):
    """What `shutil.disk_usage` answers, in bytes."""

    @property
    def total(self) -> int: ...

    @property
    def free(self) -> int: ...


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

    def __init__(
        self, folder: Path, *, clock: Clock, max_bytes: int, disk_of: Callable[[Path], Disk] = shutil.disk_usage
    ) -> None:
        """Makes the folder; raises OwnFault when it cannot."""
        self._shelves = Shelves(folder, clock)
        self._folder, self._disk_of = folder, disk_of
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
                self._shelves.check()
                return None
            return Held(file, os.fstat(file.fileno()).st_size, edge, _MEDIA_TYPES[path.suffix])

    def remove(self, ids: Iterable[ImageId]) -> int:
        """Whether somebody refers to them or not; bytes freed. What is not held is passed over."""
        return sum(self._remove(each) for each in ids)

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

    def make_room(self, find_least_used: FindsLeastUsed, *, spared: Collection[ImageId] = ()) -> list[ImageId]:
        """Those removed: none while the limit and the disk's reserve are kept, else the first that may go, until a tenth of the
        limit and twice the reserve are to spare. What was put a moment ago goes last, what is spared not at all.
        """
        most, enough, _ = self._bounds()
        if self.used_bytes() <= most:
            return []
        gone: list[ImageId] = []
        for image_id, unused_since in self._in_order(each for each in find_least_used() if each not in spared):
            if self.used_bytes() <= enough:
                break
            if self._remove(image_id, unused_since):
                gone.append(image_id)
        return gone

    def check_room(self) -> None:
        """Raises OwnFault where none could be made: by what nobody may take away the limit is reached, or by others the disk."""
        most, _, is_full = self._bounds()
        if is_full or self.used_bytes() > most:
            raise OwnFault(NO_ROOM, retry_after=COME_BACK)

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

    def _in_order(self, ids: Iterable[ImageId]) -> list[tuple[ImageId, datetime | None]]:
        """To be removed, with since when nobody may have put them again; those of the last moment behind all others."""
        moment_ago = self._clock.now() - _MOMENT
        new: list[tuple[ImageId, datetime | None]] = []
        old: list[tuple[ImageId, datetime | None]] = []
        with faults_of_the_store():
            for each in ids:
                is_old = self._shelves.was_put(each) < moment_ago.timestamp()
                (old if is_old else new).append((each, moment_ago if is_old else None))
        return old + new

    def _remove(self, image_id: ImageId, unused_since: datetime | None = None) -> int:
        with faults_of_the_store():
            freed = self._shelves.take(image_id, unused_since=unused_since)
        self._count(-freed)
        return freed

    def _bounds(self) -> tuple[int, int, bool]:
        """How many bytes images may take at most, what they are brought down to once it is more, and whether the disk is full.

        Others may fill the disk as well: twice the reserve they leave to images in any case, however little is free.
        """
        with faults_of_the_store():
            disk = self._disk_of(self._folder)
        reserve = min(_RESERVE, disk.total // 8)
        theirs = self.used_bytes() + disk.free
        by_disk = [max(2 * reserve, theirs - kept) for kept in (reserve, 2 * reserve)]
        is_full = disk.free < reserve // 2
        return min(self._max_bytes, by_disk[0]), min(int(self._max_bytes * _LOW_WATER), by_disk[1]), is_full

    def _counted(self) -> int:
        with faults_of_the_store():
            return sum(bytes_in(self._shelves.place(each)) for part in self._shelves.ids() for each in part)

    def _count(self, more: int) -> None:
        with self._lock:
            if self._used is not None:
                self._used += more
