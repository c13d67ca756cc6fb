"""Why can a folder not be looked into? In words for people."""

import errno
from typing import Final

TOO_LONG: Final = "Something lies too deep here: its path is longer than we can keep."


def why_no_folder(error: OSError) -> str:
    if error.errno in (errno.ELOOP, errno.ENOTDIR):
        return "It was a folder, and became something else meanwhile."
    if error.errno == errno.ENAMETOOLONG:
        return TOO_LONG
    return "The folder cannot be read." if error.errno not in (errno.EACCES, errno.EPERM) else "We may not read this folder."
