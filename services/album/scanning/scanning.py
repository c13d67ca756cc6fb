"""How is the music folder scanned? Some files at a time, and how far we are with them: so it can be stopped anywhere."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Final, Protocol

import sqlalchemy as sa

from kernel import deadline
from kernel.clock import Clock
from kernel.errors import DeadlineSpent, FailedPrecondition, OwnFault, Refused
from kernel.jobs import JobContext, LeaseLost
from services.album.domain import Ensured, TrackName
from services.album.scanning import library
from services.album.scanning.domain import Counts, IndexedFile, Scan, ScanId, ScanState
from services.album.scanning.library import Shelved
from services.album.scanning.looking import Finding, Looker, troubled
from services.album.scanning.readers import TagReader
from services.album.scanning.store import ScanStore
from services.album.scanning.walking import MusicFolder, Place, Seen, Trouble
from services.album.storing import files
from services.album.storing.tables import albums, tracks
from services.album.storing.writing import take_pen

_AT_ONCE: Final = 200
_BUGS: Final = 5
"""Attempts that may end in a bug of ours before the scan is given up."""
_MANY: Final = 10
"""So many files do not go all at once; a disk that is not mounted does."""


class EnsuresTracks(Protocol):
    """Whoever makes artists, albums and tracks of names."""

    def ensure(self, wanted: Sequence[TrackName]) -> Ensured:
        """Ids in the order asked; what is missing is made. Raises OwnFault."""


class Scanning:
    """Does the job of one scan."""

    def __init__(
        self, store: ScanStore, ensurer: EnsuresTracks, *, music_dir: Path | None, clock: Clock, at_once: int = _AT_ONCE
    ) -> None:
        """`at_once`: how many files are written in one transaction."""
        self._at_once = at_once
        self._store = store
        self._ensurer = ensurer
        self._music_dir = music_dir
        self._clock = clock

    def run(self, context: JobContext) -> None:
        """Raises LeaseLost when the job is no longer ours, DeadlineSpent when this process is to stop, OwnFault."""
        scan = self._store.begin(ScanId(context.job.payload["scan_id"]))
        if scan is None:
            return
        attempt = _Attempt(context, scan, self._store, self._ensurer, self._clock)
        try:
            if self._music_dir is None:
                raise FailedPrecondition("MUSIC_DIR is not set any more.")  # noqa: TRY301 - as the ones below
            with MusicFolder(self._music_dir) as folder, TagReader() as reader:
                attempt.go_through(folder, reader, self._at_once)
        except Refused as error:
            attempt.fail(str(error))
        except (LeaseLost, DeadlineSpent, OwnFault):
            raise
        except Exception:
            if context.job.attempts >= _BUGS:
                attempt.fail("A bug of ours ended it; our log has the details.")
            raise


class _Attempt:
    """One attempt at one scan."""

    def __init__(self, context: JobContext, scan: Scan, store: ScanStore, ensurer: EnsuresTracks, clock: Clock) -> None:
        self._context = context
        self._scan = scan
        self._database = store.database
        self._ensurer = ensurer
        self._clock = clock
        self._counts = scan.counts
        self._place = _place_of(context.job.progress)

    def go_through(self, folder: MusicFolder, reader: TagReader, at_once: int) -> None:
        """To the end, from where the attempt before came to."""
        looker = Looker(folder, reader, self._find_alike)
        with closing(folder.walk(self._place)) as walk:
            while some := list(islice(walk, at_once)):
                deadline.check()
                self._do(looker, some)
        self._end(folder)

    def fail(self, why: str) -> None:
        """It ends without having been through all of the folder."""
        with self._changing(state=ScanState.FAILED, error=why, ended_at=self._clock.now()):
            pass

    def _do(self, looker: Looker, some: Sequence[Seen | Trouble]) -> None:
        seen = [each for each in some if isinstance(each, Seen)]
        troubles = [each for each in some if isinstance(each, Trouble)]
        with self._database.read() as connection:
            known = files.load_files(connection, [each.place.path for each in seen])
        findings = looker.look(seen, known)
        findings, shelved = self._ensured(findings)
        findings += map(troubled, troubles)
        self._place = some[-1].place
        found = Counts(seen=len(findings) - len(troubles), **Counter(finding.kind for finding in findings))
        self._write(findings, shelved, [each.place.folder for each in troubles if each.is_folder], found)

    def _ensured(self, findings: list[Finding]) -> tuple[list[Finding], list[Shelved]]:
        """The findings with the tracks that their names come to, and what the files say of these."""
        named = [finding for finding in findings if finding.name]
        ensured = self._ensurer.ensure([finding.name.track for finding in named if finding.name]).tracks if named else []
        made: dict[bytes, IndexedFile] = {}
        shelved = []
        for finding, track in zip(named, ensured, strict=True):
            if finding.name and finding.file:
                made[finding.path] = replace(finding.file, track_id=track.track_id, album_id=track.album_id)
                shelved.append(Shelved(track.track_id, finding.name.disc, finding.name.number, finding.duration_ms))
        return [replace(finding, file=made.get(finding.path, finding.file)) for finding in findings], shelved

    def _write(self, findings: Sequence[Finding], shelved: list[Shelved], unknown: Collection[bytes], found: Counts) -> None:
        now, scan = self._clock.now(), self._scan
        written = [finding.file for finding in findings if finding.file]
        held = [file for file in written if file.track_id]
        track_ids = {file.track_id for file in held if file.track_id}
        album_ids = {file.album_id for file in held if file.album_id}
        shelved += [Shelved(track_id) for track_id in track_ids - {each.track_id for each in shelved}]
        with self._changing(folder=self._place.folder if self._place else b"") as connection:
            take_pen(connection)
            new_albums = library.count_new(connection, albums, album_ids, scan.created_at)
            new_tracks = library.count_new(connection, tracks, track_ids, scan.created_at)
            self._counts += replace(found, new_albums=new_albums, new_tracks=new_tracks)
            files.save_files(connection, written, scan.id, now)
            moved_from = {each.moved_from for each in findings if each.moved_from}
            files.forget_files(connection, moved_from - {file.path for file in written})
            files.mark_seen(connection, [each.path for each in findings if each.file is None], scan.id)
            for folder in unknown:
                files.mark_unknown(connection, folder, scan.id)
            library.mark_tracks(connection, sorted(shelved, key=lambda each: each.track_id), now)
            library.mark_albums(connection, album_ids, now)

    def _end(self, folder: MusicFolder) -> None:
        """What was not seen is missing, unless it is the folder that is: then nothing is known of any file."""
        now, scan = self._clock.now(), self._scan
        with self._database.read() as connection:
            gone = files.count_gone(connection, scan.id)
        if gone and (folder.is_empty() or (not self._counts.seen and gone >= _MANY)):
            raise FailedPrecondition(
                f"MUSIC_DIR holds no music at all, and {gone} files were indexed in it: is its disk mounted?"
            )
        with self._changing(state=ScanState.COMPLETED, folder=b"", ended_at=now) as connection:
            take_pen(connection)
            self._counts += Counts(missing=files.settle_gone(connection, scan.id))
            library.settle_library(connection, now)

    def _find_alike(self, fingerprints: Collection[str]) -> list[IndexedFile]:
        with self._database.read() as connection:
            return files.load_alike(connection, fingerprints)

    @contextmanager
    def _changing(self, **values: Any) -> Iterator[sa.Connection]:
        """One transaction that also writes how far we are. Raises LeaseLost when the scan was cancelled meanwhile."""
        with self._context.commit(_progress(self._place)) as connection:
            yield connection
            if not files.change_scan(connection, self._scan.id, counts=self._counts, **values):
                raise LeaseLost(self._context.job.id)


def _progress(place: Place | None) -> list[str] | None:
    """JSON knows no bytes; Latin-1 has a letter for each."""
    return None if place is None else [part.decode("latin-1") for part in place]


def _place_of(progress: Any) -> Place | None:
    return None if progress is None else Place(*(part.encode("latin-1") for part in progress))
