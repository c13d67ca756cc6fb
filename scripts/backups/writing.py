"""How does an archive come into being? Whole, forced to the disk, readable by its owner alone, or not at all."""

import hashlib
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from scripts.backups import manifest
from scripts.backups.manifest import Manifest, Member
from scripts.backups.system import NotDone


class Archive:
    """A tar that is being written. `folder` is there for what is put into it, and gone afterwards."""

    def __init__(self, folder: Path, tar: tarfile.TarFile, made_at: datetime) -> None:
        self.folder = folder
        self.members: dict[str, Member] = {}
        self._tar, self._made_at = tar, made_at

    def add(self, name: str, file: BinaryIO) -> None:
        """All of an open file, from its beginning."""
        reading = _Hashing(file)
        size = os.fstat(file.fileno()).st_size
        self._tar.addfile(self._entry(name, size), reading)
        self.members[name] = Member(bytes=size, sha256=reading.digest.hexdigest())

    def take(self, name: str, path: Path) -> None:
        """Puts a file in, and removes it."""
        with path.open("rb") as file:
            self.add(name, file)
        path.unlink()

    def finish(self, said: Manifest) -> None:
        content = said.model_dump_json(indent=1).encode()
        self._tar.addfile(self._entry(manifest.NAME, len(content)), BytesIO(content))

    def _entry(self, name: str, size: int) -> tarfile.TarInfo:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = size, 0o600, int(self._made_at.timestamp())
        return entry


@contextmanager
def written(place: Path, made_at: datetime) -> Iterator[Archive]:
    """An archive that is at `place` once the block has ended, unless it raised. Raises NotDone where something is there."""
    if place.exists():
        raise NotDone(f"{place} is there already: name another place.")
    if not place.parent.exists():
        place.parent.mkdir(mode=0o700, parents=True)
    folder = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=place.parent))
    try:
        path = folder / place.name
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                yield Archive(folder, tar, made_at)
            file.flush()
            os.fsync(file.fileno())
        path.rename(place)
        _sync(place.parent)
    finally:
        shutil.rmtree(folder)


class _Hashing:
    """Reads a file, and remembers what of it was read."""

    def __init__(self, file: BinaryIO) -> None:
        self.digest = hashlib.sha256()
        self._file = file

    def read(self, size: int = -1, /) -> bytes:
        part = self._file.read(size)
        self.digest.update(part)
        return part


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
