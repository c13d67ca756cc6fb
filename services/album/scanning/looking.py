"""What has become of each file since the last scan? Opens only what is new or changed."""

import os
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from kernel import deadline
from services.album.scanning.domain import READER, FileState, IndexedFile
from services.album.scanning.names import FileName, name_file
from services.album.scanning.readers import TagReader, fingerprint
from services.album.scanning.tags import Tags, Unreadable
from services.album.scanning.walking import MusicFolder, Seen, Trouble, changed_at
from untrusted.troubles import is_absent, raise_if_ours

ADDED, CHANGED, UNCHANGED, MOVED, FAILED = "added", "changed", "unchanged", "moved", "failed"
"""What a finding is counted as, by the names of domain.Counts."""
_UNLOOKED: Final = -1
"""The size of what could not even be opened: no file has it, so it is tried again by every scan."""

FindsAlike = Callable[[Mapping[str, int]], list[IndexedFile]]
"""Files that have a track and one of these fingerprints: of each more than so many, if there are, those that are gone first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one file has come to. `file` is None where its row is right as it is; `path` is that of the row."""

    kind: str
    path: bytes
    file: IndexedFile | None = None
    name: FileName | None = None
    """Of one that was read: which track it is has still to be asked."""
    duration_ms: int | None = None
    moved_from: bytes = b""


class Looker:
    """Looks at files with one reader; for one thread."""

    def __init__(self, folder: MusicFolder, reader: TagReader, find_alike: FindsAlike) -> None:
        self._folder = folder
        self._reader = reader
        self._find_alike = find_alike

    def look(self, seen: Collection[Seen], known: Mapping[bytes, IndexedFile]) -> list[Finding]:
        """What has become of each, in order; those that vanish meanwhile are left out. `known`: what was known of their paths.

        Raises OwnFault when nothing can be read, and DeadlineSpent.
        """
        findings = [finding for each in seen for finding in self._look(each, known.get(each.place.path))]
        return self._with_moves(findings, known)

    def _look(self, seen: Seen, known: IndexedFile | None) -> Iterator[Finding]:
        path = seen.place.path
        if known is None or (known.size, known.mtime_ns) != (seen.size, seen.mtime_ns):
            yield from self._open(seen, known)
        elif known.state is FileState.FAILED and known.reader == READER:
            yield Finding(FAILED, path)
        elif known.state is FileState.FAILED or known.track_id is None:  # or its track was taken out meanwhile
            yield from self._open(seen, known)
        elif known.state is FileState.MISSING or known.folder_picture != seen.picture:
            yield Finding(UNCHANGED, path, replace(known, state=FileState.INDEXED, folder_picture=seen.picture))
        else:
            yield Finding(UNCHANGED, path)

    def _open(self, seen: Seen, known: IndexedFile | None) -> Iterator[Finding]:
        deadline.check()
        path = seen.place.path
        try:
            descriptor = self._folder.open(path)
        except FileNotFoundError:
            return
        except OSError as error:
            yield _faulted(path, known, error, "It cannot be opened.")
            return
        try:
            found = os.fstat(descriptor)
            at_hand = seen._replace(size=found.st_size, mtime_ns=changed_at(found))
            yield self._read(descriptor, at_hand, known)
        except OSError as error:
            yield _faulted(path, known, error, "It cannot be read.")
        finally:
            os.close(descriptor)

    def _read(self, descriptor: int, seen: Seen, known: IndexedFile | None) -> Finding:
        path, mark = seen.place.path, fingerprint(descriptor, seen.size)
        stamp: dict[str, Any] = {"size": seen.size, "mtime_ns": seen.mtime_ns, "folder_picture": seen.picture}
        try:
            tags = self._tags(descriptor, seen)
            said = tags.digest()
            if known and known.track_id and (known.fingerprint, known.said) == (mark, said):
                # Only its time is new. It may be known by a name it had elsewhere.
                return Finding(UNCHANGED, path, replace(known, state=FileState.INDEXED, reason="", **stamp))
            name = name_file(path, tags)
        except Unreadable as error:
            failed = IndexedFile(path, state=FileState.FAILED, reason=str(error), fingerprint=mark, **stamp)
            if error.may_pass:
                failed = _failed(path, str(error), known) if known and known.track_id else replace(failed, size=_UNLOOKED)
            return Finding(FAILED, path, failed)
        file = IndexedFile(
            path,
            state=FileState.INDEXED,
            fingerprint=mark,
            said=said,
            genres=tags.genres,
            released=tags.released,
            release_group_mbid=tags.release_group_mbid or None,
            picture=tags.picture,
            **stamp,
        )
        is_new = known is None or known.state is FileState.MISSING
        return Finding(ADDED if is_new else CHANGED, path, file, name, tags.duration_ms)

    def _tags(self, descriptor: int, seen: Seen) -> Tags:
        if not seen.size:
            raise Unreadable("It is empty.")
        return self._reader.read(descriptor, os.path.splitext(seen.place.name)[1].lower().decode("ascii"))  # noqa: PTH122 - bytes

    def _with_moves(self, findings: list[Finding], known: Mapping[bytes, IndexedFile]) -> list[Finding]:
        """A new file that is like one that is gone is that one: it keeps its track, whatever its tags and folders say."""
        may_be_moved = {finding.path for finding in findings if _may_be_moved(known.get(finding.path))}
        new = [finding for finding in findings if finding.path in may_be_moved and _print_of(finding)]
        wanted = Counter(map(_print_of, new))
        now_spelled = {_letters(finding.path): finding.path for finding in new}
        gone: dict[str, list[IndexedFile]] = {}
        for each in self._find_alike(wanted) if wanted else ():
            deadline.check()
            found = gone.setdefault(each.fingerprint or "", [])
            if len(found) < wanted[each.fingerprint or ""] and self._is_gone(each, now_spelled.get(_letters(each.path))):
                found.append(each)
        return [self._moved(finding, gone) if finding.path in may_be_moved else finding for finding in findings]

    def _is_gone(self, file: IndexedFile, respelled: bytes | None) -> bool:
        """`respelled`: a path with the same letters, which may be its new name where the folder does not tell them apart."""
        if file.state is FileState.MISSING or not self._folder.has(file.path):
            return True
        return respelled is not None and respelled != file.path and self._folder.is_one(file.path, respelled)

    def _moved(self, finding: Finding, gone: Mapping[str, list[IndexedFile]]) -> Finding:
        alike, now = gone.get(_print_of(finding), []), finding.file
        if now is None or not alike:
            return finding
        was = alike.pop(0)
        file = replace(was, path=now.path, size=now.size, mtime_ns=now.mtime_ns, state=FileState.INDEXED, reason="")
        return Finding(MOVED, now.path, replace(file, folder_picture=now.folder_picture), moved_from=was.path)


def troubled(trouble: Trouble, known: IndexedFile | None) -> Finding:
    return Finding(FAILED, trouble.path, _failed(trouble.path, trouble.reason, known if trouble.may_pass else None))


def _may_be_moved(known: IndexedFile | None) -> bool:
    """Whether its path held nothing that was indexed: perhaps only half of it, when it was last looked at."""
    return known is None or known.state is FileState.MISSING or (known.state is FileState.FAILED and known.track_id is None)


def _print_of(finding: Finding) -> str:
    """What it is found again by; empty for one that is as it was, cannot be opened, or is empty as many are."""
    if finding.file is None or not finding.file.size or finding.kind == UNCHANGED:
        return ""
    return finding.file.fingerprint or ""


def _letters(path: bytes) -> str:
    """The same for paths that some file systems take for one."""
    return unicodedata.normalize("NFC", path.decode("utf-8", "surrogateescape")).casefold()


def _faulted(path: bytes, known: IndexedFile | None, error: OSError, reason: str) -> Finding:
    """Raises OwnFault where that says nothing about the file."""
    raise_if_ours(error)
    return Finding(FAILED, path, _failed(path, reason, None if is_absent(error) else known))


def _failed(path: bytes, reason: str, known: IndexedFile | None = None) -> IndexedFile:
    """It is looked at again by every scan, and stays the track it was `known` as."""
    if known is not None and known.track_id is not None:
        return replace(known, size=_UNLOOKED, state=FileState.FAILED, reason=reason)
    return IndexedFile(path, _UNLOOKED, 0, FileState.FAILED, reason)
