"""How is the music folder scanned? Some files at a time, and how far we are with them: so it can be stopped anywhere."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final, Protocol

import sqlalchemy as sa

from kernel import deadline
from kernel.clock import Clock
from kernel.errors import DeadlineSpent, FailedPrecondition, OwnFault, Refused
from kernel.jobs import JobContext, LeaseLost
from services.album.domain import AlbumId, Ensured, TrackName
from services.album.scanning import library
from services.album.scanning.domain import Counts, IndexedFile, Scan, ScanId, ScanState
from services.album.scanning.library import Shelved
from services.album.scanning.looking import Finding, Looker, troubled
from services.album.scanning.progress import Progress
from services.album.scanning.readers import TagReader
from services.album.scanning.store import ScanStore
from services.album.scanning.walking import Met, MusicFolder, Seen, Trouble, Vacant
from services.album.storing import files
from services.album.storing.tables import albums, tracks
from services.album.storing.writing import take_pen

_AT_ONCE: Final = 200
_BUGS: Final = 5
"""Attempts at one place that may end in a bug of ours before the scan is given up."""
_MANY: Final = 10
"""So many files do not go all at once; a disk that is not mounted does."""
_MORE_ALIKE: Final = 20
"""Copies that are still there are looked at beside as many as may be moved."""
_UNMOUNTED: Final = "It is empty, and was not: is its disk mounted? If its files are gone for good, delete the folder."


class EnsuresTracks(Protocol):
    """Whoever makes artists, albums and tracks of names."""

    def ensure(self, wanted: Sequence[TrackName]) -> Ensured:
        """Ids in the order asked; what is missing is made. Raises OwnFault."""


OnAlbums = Callable[[Collection[AlbumId]], None]


class Scanning:
    """Does the job of one scan."""

    def __init__(
        self,
        store: ScanStore,
        ensurer: EnsuresTracks,
        *,
        music_dir: Path | None,
        clock: Clock,
        at_once: int = _AT_ONCE,
        on_albums: OnAlbums | None = None,
    ) -> None:
        """`at_once`: how many files are written in one transaction.

        `on_albums` is told, after each of these, of which albums files came, changed or left. It may be told twice.
        """
        self._at_once = at_once
        self._music_dir = music_dir
        self._means = _Means(store, ensurer, clock, on_albums or (lambda _: None))

    def run(self, context: JobContext) -> None:
        """Raises LeaseLost when the job is no longer ours, DeadlineSpent when this process is to stop, OwnFault."""
        means, progress = self._means, Progress.from_json(context.job.progress)
        scan = means.store.begin(ScanId(context.job.payload["scan_id"]))
        if scan is None:
            self._tell_rest(context, progress)
            return
        attempt = _Attempt(context, scan, means, progress)
        try:
            if progress.untold:
                means.on_albums(progress.untold)
            if self._music_dir is None:
                raise FailedPrecondition("MUSIC_DIR is not set any more.")  # noqa: TRY301 - as the ones below
            with MusicFolder(self._music_dir) as folder, TagReader() as reader:
                attempt.go_through(folder, reader, self._at_once)
        except Refused as error:
            attempt.fail(str(error))
        except (LeaseLost, DeadlineSpent, OwnFault):
            raise
        except Exception:
            attempt.note_bug()
            raise

    def _tell_rest(self, context: JobContext, progress: Progress) -> None:
        """The scan is over, but perhaps nobody was told of its last albums."""
        if not progress.untold or progress.bugs >= _BUGS:
            return
        try:
            self._means.on_albums(progress.untold)
        except (LeaseLost, OwnFault):
            raise
        except Exception:
            _save(context, replace(progress, bugs=progress.bugs + 1))
            raise


@dataclass(frozen=True, slots=True)
class _Means:
    store: ScanStore
    ensurer: EnsuresTracks
    clock: Clock
    on_albums: OnAlbums


class _Attempt:
    """One attempt at one scan."""

    def __init__(self, context: JobContext, scan: Scan, means: _Means, progress: Progress) -> None:
        self._context = context
        self._scan = scan
        self._database = means.store.database
        self._means = means
        self._counts = scan.counts
        self._progress = progress

    def go_through(self, folder: MusicFolder, reader: TagReader, at_once: int) -> None:
        """To the end, from where the attempt before came to."""
        looker = Looker(folder, reader, self._find_alike)
        with closing(folder.walk(self._progress.place)) as walk:
            while some := list(islice(walk, at_once)):
                deadline.check()
                self._do(looker, some)
        self._end(folder)

    def fail(self, why: str) -> None:
        """It ends without having been through all of the folder."""
        with self._changing(self._progress, self._counts, state=ScanState.FAILED, error=why, ended_at=self._means.clock.now()):
            pass

    def note_bug(self) -> None:
        """Ends the scan when it was one too many in one place: outages of others and kills are none."""
        bugs = self._progress.bugs + 1
        if bugs >= _BUGS:
            self.fail("A bug of ours ended it; our log has the details.")
            return
        _save(self._context, replace(self._progress, bugs=bugs))

    def _do(self, looker: Looker, some: Sequence[Met]) -> None:
        seen = [each for each in some if isinstance(each, Seen)]
        troubles = [each for each in some if isinstance(each, Trouble)]
        with self._database.read() as connection:
            paths = [each.place.path for each in seen] + [each.path for each in troubles]
            known = files.load_files(connection, paths)
            troubles += [
                Trouble(each.place, _UNMOUNTED, is_folder=True)
                for each in some
                if isinstance(each, Vacant) and files.count_below(connection, each.place.folder, at_most=_MANY) >= _MANY
            ]
        findings, shelved = self._ensured(looker.look(seen, known))
        findings += [troubled(each, known.get(each.path)) for each in troubles]
        found = Counts(seen=len(findings) - len(troubles), **Counter(finding.kind for finding in findings))
        written = [finding.file for finding in findings if finding.file]
        before = [known[file.path] for file in written if file.path in known]
        untold = {file.album_id for file in written + before if file.album_id}
        with self._changing(Progress(some[-1].place, untold=tuple(sorted(untold))), self._counts) as change:
            change.counts += self._write(change.connection, findings, shelved, found)
            for each in troubles:
                if each.is_folder:
                    files.mark_unknown(change.connection, each.place.folder, self._scan.id)

    def _ensured(self, findings: list[Finding]) -> tuple[list[Finding], list[Shelved]]:
        """The findings with the tracks that their names come to, and what the files say of these."""
        named = [finding for finding in findings if finding.name]
        wanted = [finding.name.track for finding in named if finding.name]
        ensured = self._means.ensurer.ensure(wanted).tracks if named else []
        made: dict[bytes, IndexedFile] = {}
        shelved = []
        for finding, track in zip(named, ensured, strict=True):
            if finding.name and finding.file:
                made[finding.path] = replace(finding.file, track_id=track.track_id, album_id=track.album_id)
                shelved.append(Shelved(track.track_id, finding.name.disc, finding.name.number, finding.duration_ms))
        return [replace(finding, file=made.get(finding.path, finding.file)) for finding in findings], shelved

    def _write(self, connection: sa.Connection, findings: Sequence[Finding], shelved: list[Shelved], found: Counts) -> Counts:
        """What was found, with what was new in it."""
        now, scan = self._means.clock.now(), self._scan
        written = [finding.file for finding in findings if finding.file]
        track_ids = {file.track_id for file in written if file.track_id}
        album_ids = {file.album_id for file in written if file.album_id}
        shelved += [Shelved(track_id) for track_id in track_ids - {each.track_id for each in shelved}]
        new_albums = library.count_new(connection, albums, album_ids, scan.created_at)
        new_tracks = library.count_new(connection, tracks, track_ids, scan.created_at)
        files.save_files(connection, written, scan.id, now)
        moved_from = {each.moved_from for each in findings if each.moved_from}
        files.forget_files(connection, moved_from - {file.path for file in written})
        files.mark_seen(connection, [each.path for each in findings if each.file is None], scan.id, now)
        library.mark_tracks(connection, sorted(shelved, key=lambda each: each.track_id), now)
        library.mark_albums(connection, album_ids, now)
        return replace(found, new_albums=new_albums, new_tracks=new_tracks)

    def _end(self, folder: MusicFolder) -> None:
        """What was not seen is missing, unless it is the folder that is: then nothing is known of any file."""
        now, scan = self._means.clock.now(), self._scan
        with self._database.read() as connection:
            gone = files.count_gone(connection, scan.id)
            leaving = library.list_leaving(connection, scan.id)
        # Asked anew: what was seen may have been seen by an attempt before, or before the disk went.
        if gone >= _MANY and not folder.holds_music():
            raise FailedPrecondition(
                f"MUSIC_DIR holds no music at all, and {gone} files were indexed in it: is its disk mounted?"
            )
        progress = replace(self._progress, untold=tuple(leaving))
        with self._changing(progress, self._counts, state=ScanState.COMPLETED, folder=b"", ended_at=now) as change:
            change.counts += Counts(missing=files.settle_gone(change.connection, scan.id))
            library.settle_library(change.connection, now)

    def _find_alike(self, wanted: Mapping[str, int]) -> list[IndexedFile]:
        with self._database.read() as connection:
            return files.load_alike(connection, wanted.keys(), limit=max(wanted.values()) + _MORE_ALIKE)

    @contextmanager
    def _changing(self, progress: Progress, counts: Counts, **values: Any) -> Iterator["_Change"]:
        """One transaction that also writes how far we are; after it, who wants to know of albums is told.

        Raises LeaseLost when the scan was cancelled meanwhile.
        """
        folder = progress.place.folder if progress.place else b""
        with self._context.commit(progress.to_json()) as connection:
            # It waits while it holds its job's row. Where PostgreSQL finds a circle it ends one of them: OwnFault, and again.
            take_pen(connection)
            change = _Change(connection, counts)
            yield change
            if not files.change_scan(connection, self._scan.id, **({"folder": folder} | values), counts=change.counts):
                raise LeaseLost(self._context.job.id)
        is_news = progress is not self._progress
        self._progress, self._counts = progress, change.counts
        if is_news and progress.untold:
            self._means.on_albums(progress.untold)


def _save(context: JobContext, progress: Progress) -> None:
    with context.commit(progress.to_json()):
        pass


@dataclass(slots=True)
class _Change:
    connection: sa.Connection
    counts: Counts
