"""Where do tests keep their files? In memory where there is room: no test pulls the plug, so that none needs to wait for a disk.

SQLite asks the disk after each transaction, which takes 7 ms on an idle one and far more on one that is shared; there are tens of
thousands of transactions in these tests. Whoever has said where temporary files go is obeyed.
"""

import os
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 - each run makes a folder of its own in it
_ROOM = 2 * 2**30  # bytes; a run has needed a quarter of it
_UNFIT = os.ST_RDONLY | os.ST_NOEXEC  # tests lay programs there


def keep_files_in_memory() -> None:
    """For this process and those it starts, from here on."""
    if "TMPDIR" not in os.environ and _has_room():
        os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)


def _has_room() -> bool:
    if not _MEMORY.is_dir() or not os.access(_MEMORY, os.W_OK):
        return False
    room = os.statvfs(_MEMORY)
    return not room.f_flag & _UNFIT and room.f_bavail * room.f_frsize >= _ROOM
