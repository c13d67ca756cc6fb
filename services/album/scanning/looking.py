"""What has become of each file since the last scan? Opens only what is new or changed."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from kernel import deadline
from services.album.scanning.domain import FileState, IndexedFile
from services.album.scanning.names import FileName, name_file
from services.album.scanning.readers import TagReader, fingerprint
from services.album.scanning.tags import Tags, Unreadable
from services.album.scanning.walking import MusicFolder, Seen, Trouble, changed_at

ADDED, CHANGED, UNCHANGED, MOVED, FAILED = "added", "changed", "unchanged", "moved", "failed"
"""What a finding is counted as, by the names of domain.Counts."""
_UNLOOKED: Final = -1
"""The size of what could not even be opened: no file has it, so it is tried again by every scan."""

FindsAlike = Callable[[Collection[str]], list[IndexedFile]]
"""Files that have a track and one of these fingerprints."""


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
        elif known.state is FileState.FAILED:
            yield Finding(FAILED, path)
        elif known.track_id is None:  # its track was taken out meanwhile
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
        except OSError:
            yield Finding(FAILED, path, _failed(path, "It cannot be opened."))
            return
        try:
            found = os.fstat(descriptor)
            at_hand = seen._replace(size=found.st_size, mtime_ns=changed_at(found))
            yield self._read(descriptor, at_hand, is_new=_is_new(known))
        except OSError:
            yield Finding(FAILED, path, _failed(path, "It cannot be read."))
        finally:
            os.close(descriptor)

    def _read(self, descriptor: int, seen: Seen, *, is_new: bool) -> Finding:
        path, mark = seen.place.path, fingerprint(descriptor, seen.size)
        try:
            tags = self._tags(descriptor, seen)
            name = name_file(path, tags)
        except Unreadable as error:
            failed = IndexedFile(path, seen.size, seen.mtime_ns, FileState.FAILED, str(error), mark)
            return Finding(FAILED, path, replace(failed, folder_picture=seen.picture))
        file = IndexedFile(
            path,
            seen.size,
            seen.mtime_ns,
            FileState.INDEXED,
            fingerprint=mark,
            genres=tags.genres,
            released=tags.released,
            release_group_mbid=tags.release_group_mbid or None,
            picture=tags.picture,
            folder_picture=seen.picture,
        )
        return Finding(ADDED if is_new else CHANGED, path, file, name, tags.duration_ms)

    def _tags(self, descriptor: int, seen: Seen) -> Tags:
        if not seen.size:
            raise Unreadable("It is empty.")
        return self._reader.read(descriptor, os.path.splitext(seen.place.name)[1].lower().decode("ascii"))  # noqa: PTH122 - bytes

    def _with_moves(self, findings: list[Finding], known: Mapping[bytes, IndexedFile]) -> list[Finding]:
        """A new file that is like one that is gone is that one: it keeps its track, whatever its tags and folders say."""
        gone: dict[str, list[IndexedFile]] = {}
        new = {_print_of(finding): finding for finding in findings if _is_new(known.get(finding.path)) and _print_of(finding)}
        for each in self._find_alike(new.keys()) if new else ():
            if each.state is FileState.MISSING or not self._folder.has(each.path):
                gone.setdefault(each.fingerprint or "", []).append(each)
        return [self._moved(finding, gone) if _is_new(known.get(finding.path)) else finding for finding in findings]

    def _moved(self, finding: Finding, gone: Mapping[str, list[IndexedFile]]) -> Finding:
        alike, now = gone.get(_print_of(finding), []), finding.file
        if now is None or not alike:
            return finding
        was = alike.pop(0)
        file = replace(was, path=now.path, size=now.size, mtime_ns=now.mtime_ns, state=FileState.INDEXED, reason="")
        return Finding(MOVED, now.path, replace(file, folder_picture=now.folder_picture), moved_from=was.path)


def troubled(trouble: Trouble) -> Finding:
    path = trouble.place.path
    return Finding(FAILED, path, _failed(path, trouble.reason))


def _is_new(known: IndexedFile | None) -> bool:
    return known is None or known.state is FileState.MISSING


def _print_of(finding: Finding) -> str:
    """What it is found again by; empty for one that is as it was, cannot be opened, or is empty as many are."""
    return (finding.file.fingerprint or "") if finding.file and finding.file.size and finding.kind in (ADDED, FAILED) else ""


def _failed(path: bytes, reason: str) -> IndexedFile:
    return IndexedFile(path, _UNLOOKED, 0, FileState.FAILED, reason)
