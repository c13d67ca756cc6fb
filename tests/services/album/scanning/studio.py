"""Everything a scan needs, on a database and a folder of the test's own; the artists are made on the spot."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kernel.clock import Clock
from kernel.database import Database
from kernel.jobs import Jobs, JobStore
from kernel.waiting import Waiting
from services.album.domain import ArtistId, ArtistName
from services.album.pipeline import AlbumPipeline
from services.album.scanning.domain import Scan
from services.album.scanning.jobs import Work, register
from services.album.scanning.scanning import EnsuresTracks, OnAlbums, Scanning
from services.album.scanning.scans import Scans
from services.album.scanning.store import ScanStore
from services.album.store import AlbumStore
from services.album.storing.files import index_files
from services.album.storing.tables import albums, tracks
from services.album.storing.writing import Pen
from tests.services.album.known import artist_id_of


class Artists:
    """Satisfies pipeline.EnsuresArtists: one artist a name."""

    def ensure(self, names: Sequence[ArtistName]) -> list[ArtistId]:
        return [artist_id_of(name.text) for name in names]


class Studio:
    """Scans `root` as often as it is told to."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        root: Path | None,
        *,
        interval: timedelta = timedelta(0),
        ensurer: EnsuresTracks | None = None,
        at_once: int = 200,
        on_albums: OnAlbums | None = None,
    ) -> None:
        self.database = database
        self.clock = clock
        self.jobs = Jobs(JobStore(database, clock), clock)
        self.albums = AlbumStore(database, Pen(database), clock=clock)
        store = ScanStore(database, self.jobs.store, clock=clock)
        self.waiting = Waiting(2, clock)
        self.scans = Scans(store, music_dir=root, waiting=self.waiting)
        self.pipeline = AlbumPipeline(self.albums, Artists())
        self.scanning = Scanning(
            store, ensurer or self.pipeline, music_dir=root, clock=clock, at_once=at_once, on_albums=on_albums
        )
        register(self.jobs, Work(self.scans, self.scanning, interval, clock))

    def scan(self) -> Scan:
        """Another one, as it is once nothing more is due."""
        scan = self.scans.create()
        self.run_due()
        return self.scans.get(scan.id)

    def run_due(self) -> None:
        while due := self.jobs.store.reserve(10):
            for job_id in due:
                self.jobs.run(job_id)

    def files(self) -> dict[bytes, Any]:
        """Rows by path."""
        with self.database.read() as connection:
            return {row.path: row for row in connection.execute(sa.select(index_files))}

    def library(self) -> dict[bytes, tuple[Any, ...]]:
        """What is known of each file, without ids and times: two scans that end alike have the same."""
        fields = (
            index_files.c.state,
            index_files.c.reason,
            index_files.c.fingerprint,
            index_files.c.genres,
            index_files.c.released,
        )
        pictures = index_files.c.picture, index_files.c.folder_picture
        told = tracks.c.title, tracks.c.artist_name, tracks.c.disc_number, tracks.c.track_number, tracks.c.file_duration_ms
        shown = sa.select(index_files.c.path, *fields, *pictures, *told, tracks.c.in_library, albums.c.title, albums.c.in_library)
        joined = shown.select_from(index_files.outerjoin(tracks).outerjoin(albums, albums.c.id == index_files.c.album_id))
        with self.database.read() as connection:
            return {row[0]: tuple(row[1:]) for row in connection.execute(joined)}

    def track(self, path: bytes) -> Any:
        """The row of the track of this file."""
        with self.database.read() as connection:
            found = sa.select(tracks).join(index_files, index_files.c.track_id == tracks.c.id).where(index_files.c.path == path)
            return connection.execute(found).one()
