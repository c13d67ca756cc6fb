"""How is an archive read that anybody may have made? By the names that backups have, and all is checked."""

import hashlib
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from scripts.backups import manifest
from scripts.backups.manifest import Manifest, Member
from scripts.backups.system import NotDone

_PART: Final = 2**20


class Backup:
    """An open archive whose members all have names that backups have; what is in them nobody has looked at yet."""

    def __init__(self, tar: tarfile.TarFile, entries: dict[str, tarfile.TarInfo]) -> None:
        self._tar, self._entries = tar, entries
        self.manifest = self._read_manifest()

    def unpack(self, folder: Path) -> None:
        """Puts every file where its name says, below an empty folder. Raises NotDone where one is not what the manifest says."""
        if self._entries.keys() != self.manifest.members.keys():
            raise NotDone("This backup is damaged: it does not hold the files that its manifest says.")
        for name, said in self.manifest.members.items():
            target = folder / name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                if _copy(self._open(self._entries[name]), file) != said:
                    raise NotDone(f"This backup is damaged: {name} is not what was kept.")

    def _read_manifest(self) -> Manifest:
        entry = self._entries.pop(manifest.NAME, None)
        if entry is None:
            raise NotDone("This is no backup of SoniqueBay, or it was cut off: it has no manifest.")
        if entry.size > manifest.LARGEST:
            raise NotDone("This is no backup of SoniqueBay: its manifest is too large.")
        return manifest.parse(self._open(entry).read())

    def _open(self, entry: tarfile.TarInfo) -> IO[bytes]:
        file = self._tar.extractfile(entry)
        assert file is not None  # noqa: S101 - each is a plain file
        return file


@contextmanager
def opened(path: Path) -> Iterator[Backup]:
    """Raises NotDone for what is no backup."""
    try:
        with tarfile.open(path, mode="r:") as tar:
            yield Backup(tar, _entries(tar))
    except (tarfile.TarError, EOFError) as error:
        raise NotDone(f"{path} is no backup of SoniqueBay, or it is damaged: {error}") from error
    except FileNotFoundError as error:
        if str(error.filename) != str(path):
            raise
        raise NotDone(f"There is no {path}.") from error


def _entries(tar: tarfile.TarFile) -> dict[str, tarfile.TarInfo]:
    found: dict[str, tarfile.TarInfo] = {}
    for entry in tar:
        name = entry.name
        # Neither links nor devices, nor files with holes, whose size may be any; and none twice, or one with a negative size
        # would have older Pythons read the same place for ever (CVE-2025-8194).
        is_plain = entry.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and not entry.issparse()
        if not is_plain or name in found or not (name == manifest.NAME or manifest.is_member(name)):
            raise NotDone(f"This is no backup of SoniqueBay: no backup holds {name[:200]!r}.")
        found[name] = entry
    return found


def _copy(source: IO[bytes], target: IO[bytes]) -> Member:
    """What was copied."""
    digest, size = hashlib.sha256(), 0
    while part := source.read(_PART):
        digest.update(part)
        size += target.write(part)
    return Member(bytes=size, sha256=digest.hexdigest())
