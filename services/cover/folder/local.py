"""Which picture lies beside the music of an album, or in the folder of an artist?"""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from kernel import deadline
from services.cover.domain import Grade, Kind, NoPicture, Outcome, Picture, SourceName, Subject, SubjectFile
from services.cover.folder.opening import NOTHING_THERE, Unreadable, open_music, show
from untrusted.opening import Folder
from untrusted.troubles import COME_BACK, is_absent, raise_if_ours

_OF_ARTISTS: Final = tuple(b"artist" + suffix for suffix in (b".jpg", b".jpeg", b".png", b".webp", b".gif"))
_MOST_FOLDERS: Final = 200


class LocalPictures:
    """Satisfies FindsPictures. Of albums it knows by the scan what lies beside their files; artist.* it looks for itself."""

    name = SourceName.LOCAL

    def __init__(self, music_dir: Path) -> None:
        self._music_dir = music_dir

    def find(self, subject: Subject) -> Picture | NoPicture:
        if not subject.files:
            return NOTHING_THERE
        with open_music(self._music_dir) as folder:
            if subject.ref.kind is Kind.ARTIST:
                paths: Iterator[bytes] = _of_artist(folder, subject.files)
                missing = "No folder of this artist holds an image named artist.jpg, .png, .webp or .gif."
            else:
                paths = _of_album(subject.files)
                missing = "No image named cover, folder, front or album lies beside its files."
            return self._open_first(folder, paths, missing)

    def _open_first(self, folder: Folder, paths: Iterator[bytes], missing: str) -> Picture | NoPicture:
        lost = b""
        for path in paths:
            try:
                return Picture(self.name, Grade.OWN, folder.open(path), show(path))
            except OSError as error:
                raise_if_ours(error)
                if not is_absent(error):
                    raise Unreadable(f"{show(path)} cannot be read.", retry_after=COME_BACK) from error
                lost = lost or path
        if lost:  # the scan saw it: the next one says whether it was taken away, or its disk
            raise Unreadable(f"{show(lost)} is not there any more; is the disk?", retry_after=COME_BACK)
        return NoPicture(Outcome.MISS, missing)


def _of_album(files: Sequence[SubjectFile]) -> Iterator[bytes]:
    """What lies beside most of its files, first."""
    beside = Counter(file.beside for file in files if file.beside)
    yield from sorted(beside, key=lambda path: (-beside[path], path.count(b"/"), path))


def _of_artist(folder: Folder, files: Sequence[SubjectFile]) -> Iterator[bytes]:
    """From the folder that holds most of the artist's music on; of those that hold as much, the innermost first.

    Never from the music folder itself: what lies there is of nobody.
    """
    holds: Counter[bytes] = Counter()
    for file in files:
        above = file.path.rpartition(b"/")[0]
        while above:
            holds[above] += 1
            above = above.rpartition(b"/")[0]
    is_there = False
    for path in sorted(holds, key=lambda path: (-holds[path], -path.count(b"/"), path))[:_MOST_FOLDERS]:
        deadline.check()
        names = _list(folder, path)
        is_there = is_there or names is not None
        yield from (path + b"/" + names[wanted] for wanted in _OF_ARTISTS if names and wanted in names)
    if holds and not is_there:
        raise Unreadable("None of the artist's folders is there; is the disk?", retry_after=COME_BACK)


def _list(folder: Folder, path: bytes) -> dict[bytes, bytes] | None:
    """Names of artists' pictures in the folder, by the same in small letters; None when it is not there. Links are none."""
    try:
        descriptor = folder.open_folder(path)
    except OSError as error:
        raise_if_ours(error)
        if is_absent(error):
            return None
        raise Unreadable(f"{show(path)} cannot be read.", retry_after=COME_BACK) from error
    try:
        with os.scandir(descriptor) as found:  # one by one: there may be very many
            files = (os.fsencode(each.name) for each in found if each.is_file(follow_symlinks=False))
            names = sorted(name for name in files if name.lower() in _OF_ARTISTS)
        return {name.lower(): name for name in names}
    finally:
        os.close(descriptor)
