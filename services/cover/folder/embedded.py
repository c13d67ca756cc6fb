"""Which picture do the files of an album hold? The one that most of them hold."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from kernel import deadline
from services.cover.domain import Grade, NoPicture, Outcome, Picture, SourceName, Subject, SubjectFile
from services.cover.folder.opening import NOTHING_THERE, Unreadable, open_music, show
from services.cover.imaging.looks import Embedded, Rejected
from services.cover.imaging.workshop import Workshop
from untrusted.opening import Folder
from untrusted.troubles import COME_BACK, raise_if_ours

_MOST: Final = 100
"""Files of one album that are looked into: so many are a vote, however many more there are."""


class EmbeddedPictures:
    """Satisfies FindsPictures. Artists have none: what their files hold are covers of albums."""

    name = SourceName.EMBEDDED

    def __init__(self, music_dir: Path, workshop: Workshop) -> None:
        self._music_dir = music_dir
        self._workshop = workshop

    def find(self, subject: Subject) -> Picture | NoPicture:
        if not subject.files:
            return NOTHING_THERE
        holding = [file for file in subject.files if file.has_picture][:_MOST]
        if not holding:
            return NoPicture(Outcome.MISS, f"None of its {len(subject.files)} files holds a picture.")
        with open_music(self._music_dir) as folder:
            return self._vote(folder, holding)

    def _vote(self, folder: Folder, holding: Sequence[SubjectFile]) -> Picture | NoPicture:
        """Of several with as many votes, that of the first file. Taken out once more: all at once would be too much to hold."""
        votes: Counter[str] = Counter()
        first: dict[str, SubjectFile] = {}
        troubles: list[str] = []
        for file, embedded in self._take_out(folder, holding, troubles):
            embedded.close()
            votes[embedded.digest] += 1
            first.setdefault(embedded.digest, file)
        if not votes:
            return _nothing(holding, troubles)
        (digest, count), *_ = votes.most_common(1)
        for file, embedded in self._take_out(folder, [first[digest]], troubles):
            origin = show(file.path) if count == 1 else f"{show(file.path)} and {count - 1} more"
            return Picture(self.name, Grade.OWN, embedded.descriptor, origin, held=len(holding), taken=votes.total())
        return _nothing(holding, troubles)

    def _take_out(
        self, folder: Folder, holding: Sequence[SubjectFile], troubles: list[str]
    ) -> Iterator[tuple[SubjectFile, Embedded]]:
        """What it answers is the caller's to close. Raises Unreadable where it has none, and could not look into all of them."""
        is_taken = is_missed = False
        for file in holding:
            deadline.check()
            try:
                descriptor = folder.open(file.path)
            except OSError as error:
                raise_if_ours(error)
                is_missed = True
                continue
            try:
                embedded = self._workshop.find_embedded(descriptor, _suffix(file.path))
            except Rejected as error:
                troubles.append(str(error))
                is_missed = is_missed or error.may_pass
                continue
            finally:
                os.close(descriptor)
            if embedded is None:
                troubles.append("It holds no front picture.")
            else:
                is_taken = True
                yield file, embedded
        if is_missed and not is_taken:
            raise Unreadable("Not all of its files can be read; is the disk there?", retry_after=COME_BACK)


def _nothing(holding: Sequence[SubjectFile], troubles: list[str]) -> NoPicture:
    reason = f"Of {len(holding)} files that hold a picture, it came out of none: {troubles[0]}"
    return NoPicture(Outcome.REJECTED, reason, held=len(holding))


def _suffix(path: bytes) -> str:
    return os.path.splitext(path)[1].lower().decode("ascii", "ignore")  # noqa: PTH122 - pathlib takes no bytes
