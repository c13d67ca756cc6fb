"""What does an error of the system say: is no file there, can it not be read at the moment, or is it we who lack something?"""

import errno
from datetime import timedelta
from typing import Final

from kernel.errors import OwnFault

COME_BACK: Final = timedelta(seconds=30)
_OURS: Final = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)
_ABSENT: Final = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EINVAL)


def raise_if_ours(error: OSError) -> None:
    """Raises OwnFault for what says nothing about any file: memory or descriptors have run out."""
    if error.errno in _OURS:
        raise OwnFault("No file can be opened: this machine has no memory or descriptors left.", retry_after=COME_BACK) from error


def is_absent(error: OSError) -> bool:
    """Whether no file is there, or what is none. Otherwise there may be one, as far as can be seen."""
    return error.errno in _ABSENT
