"""How is a file opened without ever leaving a folder?

Every name is bytes, as the file system has it. Everything is opened by its name in the folder above, never through a link: what
is swapped for a link between two looks is then refused, not followed. Opening a pipe would wait for ever; it is no file.
"""

import errno
import os
import stat
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Folder:
    """A folder, held open: what it is at the end is what it was at the beginning. Descriptors it answers are the caller's."""

    def __init__(self, path: Path) -> None:
        """Raises OSError when it is no folder that can be read. It may itself be a link: somebody of ours named it."""
        self._root = os.fsencode(os.path.realpath(path, strict=True))
        self._descriptor = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Once; whatever was opened below stays open."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def open(self, path: bytes) -> int:
        """A descriptor of this file below; raises OSError, also for what is no file, or is behind a link."""
        *folders, name = path.split(b"/")
        _refuse_strange([name])
        above = self.open_folder(b"/".join(folders))
        try:
            return open_file(above, name)
        finally:
            os.close(above)

    def open_folder(self, path: bytes = b"") -> int:
        """A descriptor of this folder below, or with an empty path of itself; raises OSError as `open` does."""
        names = path.split(b"/") if path else []
        _refuse_strange(names)
        descriptor = os.dup(self._descriptor)
        for name in names:
            above = descriptor
            try:
                descriptor = open_folder(above, name)
            finally:
                os.close(above)
        return descriptor


def open_folder(above: int, name: bytes) -> int:
    """The folder of this name in the one above."""
    return os.open(name, _FOLDER, dir_fd=above)


def open_file(above: int, name: bytes) -> int:
    """The file of this name in the folder above: EINVAL for what is none."""
    opened = os.open(name, _FILE, dir_fd=above)
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        raise OSError(errno.EINVAL, "no file")
    return opened


def _refuse_strange(names: list[bytes]) -> None:
    if not {b"", b".", b".."}.isdisjoint(names) or any(b"\0" in name for name in names):
        raise OSError(errno.EINVAL, "no path below the folder")
