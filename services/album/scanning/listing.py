"""What lies in one folder, and what does its name say?"""

import os
import re
from dataclasses import dataclass
from typing import Final

SUFFIXES: Final = frozenset(b".mp3 .flac .m4a .mp4 .aac .opus .ogg .oga .wav .aif .aiff .wma .ape .wv .mpc".split())
_PICTURES: Final = [
    stem + suffix
    for stem in (b"cover", b"folder", b"front", b"album")
    for suffix in (b".jpg", b".jpeg", b".png", b".webp", b".gif")
]
_DISC: Final = re.compile(rb"(?:cd|dis[ck]|disque|dvd)[ _.-]*(\d{1,2})(?!\d)", re.IGNORECASE)
_PASSED_OVER: Final = frozenset(
    {b"@eadir", b"@recycle", b"#recycle", b"#snapshot", b"$recycle.bin", b"lost+found", b"system volume information"}
)


@dataclass(frozen=True, slots=True)
class Listing:
    """What of a folder is of interest: audio files and links (which it is), folders, a picture; in order."""

    entries: list[tuple[bytes, bool]]
    folders: list[bytes]
    picture: bytes | None
    is_empty: bool
    """Whether it holds nothing at all, not even what is passed over."""


def list_folder(descriptor: int) -> Listing:
    """What is hidden, or a system's own, is passed over, and so is all that is no file: opening a pipe may wait for ever."""
    entries, folders, is_empty = [], [], True
    pictures: dict[bytes, bytes] = {}
    with os.scandir(descriptor) as found:
        for entry in found:
            is_empty = False
            name = os.fsencode(entry.name)
            small = name.lower()
            if small.startswith(b".") or small in _PASSED_OVER:
                continue
            if entry.is_symlink():
                entries.append((name, True))
            elif entry.is_dir(follow_symlinks=False):
                folders.append(name)
            elif entry.is_file(follow_symlinks=False):
                if os.path.splitext(small)[1] in SUFFIXES:  # noqa: PTH122 - pathlib takes no bytes
                    entries.append((name, False))
                elif small in _PICTURES:
                    pictures[small] = max(name, pictures.get(small, b""))
    entries.sort()
    folders.sort()
    return Listing(entries, folders, next((pictures[name] for name in _PICTURES if name in pictures), None), is_empty)


def disc_of(folder: bytes) -> int | None:
    """Which disc a folder of this path holds, by its name: `CD1`, `Disc 2`."""
    found = _DISC.match(folder.rpartition(b"/")[2])
    return int(found[1]) if found else None
