"""How are files of the music folder opened, and what does it mean that they cannot be?"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from kernel.errors import OwnFault
from services.cover.domain import NoPicture, Outcome
from untrusted.opening import Folder
from untrusted.troubles import COME_BACK, raise_if_ours

NOTHING_THERE: Final = NoPicture(Outcome.SKIPPED, "Nothing of it lies in the music folder.")


class Unreadable(OwnFault):
    """The folder, or what the album service says is in it, cannot be read at the moment: that says nothing about pictures."""


@contextmanager
def open_music(music_dir: Path) -> Iterator[Folder]:
    """Raises OwnFault."""
    try:
        folder = Folder(music_dir)
    except OSError as error:
        raise_if_ours(error)
        raise Unreadable("The music folder cannot be read.", retry_after=COME_BACK) from error
    with folder:
        yield folder


def show(path: bytes) -> str:
    """As text; bytes that are no text as escapes."""
    return path.decode("utf-8", "backslashreplace")
