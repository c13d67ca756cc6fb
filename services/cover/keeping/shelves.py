"""Where does an image lie, and how does it come there and go without ever being half there?

An image is a folder with one file for each size. It is made elsewhere, forced to the disk, and moved to its place as a whole, and
it is moved away as a whole before it is removed: whoever looks sees all of it or nothing, wherever a process dies.
"""

import errno
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from kernel.clock import Clock
from kernel.errors import InvalidArgument, OwnFault
from services.cover.domain import ImageId
from services.cover.imaging.looks import NO_ROOM
from untrusted.troubles import COME_BACK, raise_if_ours

GRACE: Final = timedelta(hours=1)
"""What was put, or put again, less long ago is spared by clean-ups: the row that will name it may not be written yet."""
_ID: Final = re.compile(r"[0-9a-f]{64}")
_TAKEN: Final = (errno.EEXIST, errno.ENOTEMPTY)
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_ROUNDS: Final = 10
_AT_ONCE: Final = 500
_PART: Final = 64 * 1024


class Shelves:
    """The folder of all images: `ab/cd/abcd…/`, and `tmp/` for what comes and goes. Any thread and process may use it."""

    def __init__(self, root: Path, clock: Clock) -> None:
        """Raises OwnFault when it cannot be made."""
        self._root, self._clock = root, clock
        self._aside = root / "tmp"
        with faults_of_the_store():
            self._aside.mkdir(parents=True, exist_ok=True)

    def place(self, image_id: ImageId) -> Path:
        """Raises InvalidArgument for what is no id, and so never leads anywhere else."""
        if not _ID.fullmatch(image_id):
            raise InvalidArgument.of("image_id", "is 64 hexadecimal digits")
        return self._root / image_id[:2] / image_id[2:4] / image_id

    def check(self) -> None:
        """Raises OSError where all of it is gone, as when its disk is: then nothing can be said about any image."""
        self._aside.stat()

    def new_folder(self) -> Path:
        """An empty one, to make an image in. Raises OSError."""
        folder = self._new_name()
        folder.mkdir()
        return folder

    def put(self, folder: Path, image_id: ImageId) -> bool:
        """Moves it to its place; False where that image is there already: then it is as good as put just now. Raises OSError."""
        place = self.place(image_id)
        self._touch(folder)
        _sync(folder)
        for _ in range(_ROUNDS):  # it may come and go meanwhile
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                folder.rename(place)
            except OSError as error:
                if error.errno not in _TAKEN:
                    raise
                with suppress(FileNotFoundError):
                    self._touch(place)
                    return False
            else:
                for above in (place.parent, place.parent.parent, self._root):
                    _sync(above)
                return True
        raise OSError(errno.EBUSY, "others put and remove this image all the time")

    def take(self, image_id: ImageId, *, unused_since: datetime | None = None) -> int:
        """Removes it, unless it was put again since; bytes freed. Raises OSError."""
        place, aside = self.place(image_id), self._new_name()
        try:
            place.rename(aside)
        except FileNotFoundError:
            return 0
        # Looked at once it is out of reach: nobody can put it again between this look and its end.
        if unused_since is not None and _put_at(aside) >= unused_since.timestamp():
            with suppress(OSError):  # there is another one meanwhile, which will do
                aside.rename(place)
                return 0
        freed = bytes_in(aside)
        shutil.rmtree(aside, ignore_errors=True)
        return freed

    def ids(self) -> Iterator[list[ImageId]]:
        """All images, so many at a time, in no order. What else lies there is passed over."""
        some: list[ImageId] = []
        for outer in _folders(self._root, 2):
            for inner in _folders(outer, 2):
                some += [ImageId(each.name) for each in _folders(inner, 64) if _ID.fullmatch(each.name)]
                if len(some) >= _AT_ONCE:
                    yield some
                    some = []
        if some:
            yield some

    def was_put(self, image_id: ImageId) -> float:
        """When it was put last, in seconds; never for what is not there."""
        try:
            return _put_at(self.place(image_id))
        except FileNotFoundError:
            return 0.0

    def clear(self) -> int:
        """Removes what was made and never put, as after a crash; bytes freed."""
        oldest, freed = self._now() - GRACE.total_seconds(), 0
        for each in self._aside.iterdir():
            began = each.name.partition("-")[0]
            if not began.isdecimal() or int(began) < oldest:
                freed += bytes_in(each)
                shutil.rmtree(each, ignore_errors=True)
        return freed

    def _new_name(self) -> Path:
        return self._aside / f"{int(self._now())}-{secrets.token_hex(8)}"

    def _touch(self, folder: Path) -> None:
        os.utime(folder, (self._now(), self._now()))

    def _now(self) -> float:
        return self._clock.now().timestamp()


@contextmanager
def faults_of_the_store() -> Iterator[None]:
    """Errors of the disk inside are our fault, and say nothing about a picture."""
    try:
        yield
    except OSError as error:
        raise_if_ours(error)
        if error.errno in _FULL:
            raise OwnFault(NO_ROOM, retry_after=COME_BACK) from error
        raise OwnFault("The folder of images cannot be used.", retry_after=COME_BACK) from error


def bytes_in(folder: Path) -> int:
    """Of the files in it; nothing where it is gone."""
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as found:
        return sum(each.stat(follow_symlinks=False).st_size for each in found)
    return 0


def digest_of(descriptor: int) -> str:
    """sha256, in hex; read in parts."""
    digest, at = hashlib.sha256(), 0
    while part := os.pread(descriptor, _PART, at):
        digest.update(part)
        at += len(part)
    return digest.hexdigest()


def _put_at(folder: Path) -> float:
    return folder.stat().st_mtime


def _folders(above: Path, letters: int) -> list[Path]:
    """Those with names of so many letters."""
    try:
        with os.scandir(above) as found:
            return [Path(each) for each in found if len(each.name) == letters and each.is_dir(follow_symlinks=False)]
    except FileNotFoundError:
        return []


def _sync(folder: Path) -> None:
    """Forces its names to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
