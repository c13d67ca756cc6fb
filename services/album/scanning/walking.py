"""Which audio files lie in the music folder, and in which order? Every name is bytes, as the file system has it."""

import errno
import os
import stat
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

from kernel import deadline
from kernel.errors import FailedPrecondition
from services.album.scanning.listing import Listing, disc_of, list_folder
from services.album.scanning.troubles import TOO_LONG, why_no_folder
from untrusted.opening import Folder, open_folder
from untrusted.troubles import is_absent, raise_if_ours

_LONGEST: Final = 2600
"""Bytes of a path: PostgreSQL's indexes take some 2,690. A name alone may have 765 on some file systems."""
_DEEPEST: Final = 64
_LATEST: Final = 2**63 - 1

_LEADS_OUT: Final = "It is a link that leads out of the music folder; links are not followed."
_LEADS_NOWHERE: Final = "It is a link that leads nowhere."


class Place(NamedTuple):
    """How far a walk is: at this file of this folder, or with an empty name at the folder itself, before its files."""

    folder: bytes
    name: bytes

    @property
    def path(self) -> bytes:
        return _join(self.folder, self.name) if self.name else self.folder


class Seen(NamedTuple):
    """An audio file; `picture` is the path of the picture that lies beside it, if there is one."""

    place: Place
    size: int
    mtime_ns: int
    picture: bytes | None


class Trouble(NamedTuple):
    """What cannot be looked at, and why. Of a folder: what lies below is not known to be gone."""

    place: Place
    reason: str
    is_folder: bool = False
    may_pass: bool = False
    """Whether a file may be there that cannot be seen at the moment."""

    @property
    def path(self) -> bytes:
        """Where it is told of: of what has a longer path than can be kept, at the folder above."""
        path = self.place.path
        while len(path) > _LONGEST:
            path = path.rpartition(b"/")[0]
        return path


class Vacant(NamedTuple):
    """A folder that holds nothing at all, as the place of a disk that is not mounted."""

    place: Place


Met = Seen | Trouble | Vacant


class MusicFolder(Folder):
    """The folder, held open: what it is at the end of a scan is what it was at the beginning."""

    def __init__(self, path: Path) -> None:
        """Raises FailedPrecondition when it is no folder that can be read."""
        try:
            super().__init__(path)
        except OSError as error:
            raise_if_ours(error)
            raise FailedPrecondition("MUSIC_DIR is no folder that can be read.") from None

    def holds_music(self) -> bool:
        """Whether there is any audio file at all. Raises what `walk` raises."""
        with closing(self.walk()) as walk:
            return any(isinstance(each, Seen) for each in walk)

    def has(self, path: bytes) -> bool:
        """Whether there is a file of this path; also where that cannot be seen."""
        try:
            os.close(self.open(path))
        except OSError as error:
            raise_if_ours(error)
            return not is_absent(error)
        return True

    def is_one(self, path: bytes, other: bytes) -> bool:
        """Whether both are names of the same file."""
        found = []
        for each in (path, other):
            try:
                descriptor = self.open(each)
            except OSError as error:
                raise_if_ours(error)
                return False
            found.append(os.fstat(descriptor))
            os.close(descriptor)
        return os.path.samestat(*found)

    def walk(self, after: Place | None = None) -> Generator[Met, None, None]:
        """Everything after that place: of each folder its files, then its folders, each in the order of their bytes.

        Only names of one folder and of those above it are in memory at a time. Raises FailedPrecondition when MUSIC_DIR fails.
        """
        levels: list[_Level] = []
        try:
            yield from self._enter(levels, b"", after)
            while levels:
                deadline.check()
                name = next(levels[-1].folders, None)
                if name is None:
                    os.close(levels.pop().descriptor)
                    continue
                path = _join(levels[-1].path, name)
                if after is None or not _is_before(path, after):
                    yield from self._enter(levels, path, after)
        finally:
            for level in levels:
                os.close(level.descriptor)

    def _enter(self, levels: list["_Level"], path: bytes, after: Place | None) -> Iterator[Met]:
        """Adds its level, and tells what lies in it after that place."""
        above = levels[-1] if levels else None
        descriptor = -1
        try:
            if len(path) > _LONGEST or len(levels) > _DEEPEST:
                raise OSError(errno.ENAMETOOLONG, "too deep")  # noqa: TRY301 - one of several troubles of a folder
            descriptor = open_folder(above.descriptor, path.rpartition(b"/")[2]) if above else self.open_folder()
            listing = list_folder(descriptor)
        except OSError as error:
            if descriptor >= 0:
                os.close(descriptor)
            raise_if_ours(error)
            if above is None:
                raise FailedPrecondition("MUSIC_DIR cannot be read.") from None
            place = Place(path, b"")
            if error.errno != errno.ENOENT and (after is None or place != after):
                yield Trouble(place, why_no_folder(error), is_folder=True)
            return
        picture = _join(path, listing.picture) if listing.picture else None
        if picture is None and above and disc_of(path):
            picture = above.picture
        levels.append(_Level(path, descriptor, iter(listing.folders), picture))
        if listing.is_empty and above and (after is None or after != Place(path, b"")):
            yield Vacant(Place(path, b""))
        yield from self._entries(levels[-1], listing, after)

    def _entries(self, level: "_Level", listing: Listing, after: Place | None) -> Iterator[Met]:
        began = b"" if after is None or _parts(level.path) > _parts(after.folder) else after.name
        if after is not None and _parts(level.path) < _parts(after.folder):
            return
        for name, is_link in listing.entries:
            if name <= began:
                continue
            deadline.check()
            place = Place(level.path, name)
            if len(place.path) > _LONGEST:
                yield Trouble(place, TOO_LONG)
                continue
            if is_link:
                reason = self._why_not_followed(place.path)
                if reason:
                    yield Trouble(place, reason)
                continue
            try:
                found = os.stat(name, dir_fd=level.descriptor, follow_symlinks=False)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise_if_ours(error)
                yield Trouble(place, "It cannot be looked at.", may_pass=True)
                continue
            if stat.S_ISREG(found.st_mode):
                yield Seen(place, found.st_size, changed_at(found), level.picture)

    def _why_not_followed(self, path: bytes) -> str:
        """Empty where it leads to something inside, which is indexed there."""
        try:
            target = os.path.realpath(_join(self._root, path), strict=True)
        except PermissionError:
            return _LEADS_OUT
        except OSError:
            return _LEADS_NOWHERE
        return "" if target == self._root or target.startswith(self._root.rstrip(b"/") + b"/") else _LEADS_OUT


def changed_at(found: os.stat_result) -> int:
    """When the file was last changed, in nanoseconds, as far as 63 bits go: any time can be set."""
    return max(-_LATEST, min(found.st_mtime_ns, _LATEST))


class _Level(NamedTuple):
    """A folder that is being walked through; `folders` are those still to come."""

    path: bytes
    descriptor: int
    folders: Iterator[bytes]
    picture: bytes | None


def _is_before(folder: bytes, place: Place) -> bool:
    """Whether all that lies in the folder comes before the place."""
    parts = _parts(folder)
    return parts < _parts(place.folder)[: len(parts)]


def _parts(folder: bytes) -> list[bytes]:
    return folder.split(b"/") if folder else []


def _join(folder: bytes, name: bytes) -> bytes:
    return folder + b"/" + name if folder else name
