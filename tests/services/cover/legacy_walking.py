"""An older installation's covers, the neighbours that know whose they are, and ours."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kernel.auth import TokenVerifier
from kernel.clock import Clock
from kernel.database import Database
from kernel.jobs import JobStore
from kernel.neighbours import Neighbour
from services.cover.domain import CoverRef, Kind
from services.cover.legacy.owners import Owners
from services.cover.legacy.report import Report
from services.cover.legacy.source import OldCovers
from services.cover.legacy.walk import Walk
from services.cover.settings import CoverSettings
from services.cover.store import CoverStore
from services.cover.storing.tables import covers, metadata
from soniquebay.album.v1 import album_pb2
from soniquebay.artist.v1 import artist_pb2
from tests.services.album.running import RunningAlbum
from tests.services.artist.older import OlderDatabase
from tests.services.artist.running import RunningArtist

NOWHERE = "http://127.0.0.1:9"
"""No upstream is asked by making artists."""


class Stopped(BaseException):
    """What a signal does to a walk."""


class Neighbourhood:
    """An artist service and an album service, of which the latter may move."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self.artists = self._stack.enter_context(RunningArtist(NOWHERE, folder / "artist"))
        self.move_albums()

    def move_albums(self) -> None:
        """The album service comes up at another port, with what it had."""
        self.albums = self._stack.enter_context(RunningAlbum(self.artists.server.port, self._folder / "album"))
        self.owners = Owners(self._neighbour("album", self.albums), self._neighbour("artist", self.artists))

    def close(self) -> None:
        self._stack.close()

    def add_artist(self, name: str, mbid: str = "") -> CoverRef:
        request = artist_pb2.EnsureArtistsRequest(artists=[artist_pb2.ArtistName(name=name, mbid=mbid)])
        return CoverRef(Kind.ARTIST, self.artists.call("EnsureArtists", request).artist_ids[0])

    def add_album(self, artist: str, title: str) -> CoverRef:
        name = album_pb2.TrackName(artist=artist, title="A song", album=title)
        return CoverRef(Kind.ALBUM, self.albums.ensure(name).tracks[0].album_id)

    def names(self) -> list[str]:
        """Of all artists that are known."""
        return [each.name for each in self.artists.call("ListArtists", artist_pb2.ListArtistsRequest(page_size=200)).artists]

    def _neighbour(self, name: str, running: RunningAlbum | RunningArtist) -> Neighbour:
        verifier = TokenVerifier.from_settings(CoverSettings(data_dir=self._folder))
        neighbour = Neighbour(name, f"127.0.0.1:{running.server.port}", verifier)
        self._stack.callback(neighbour.channel.close)
        return neighbour


class Walking:
    """Takes over what the older database holds, as often as it is told to."""

    def __init__(self, older: OlderDatabase, neighbours: Neighbourhood, database: Database, clock: Clock) -> None:
        self._older = older
        self._neighbours = neighbours
        self._database = database
        self.jobs = JobStore(database, clock)
        self.store = CoverStore(database, self.jobs, clock=clock)

    def __call__(
        self, *, is_dry: bool = False, batch: int = 500, after_batch: Callable[[Report], None] = lambda _: None
    ) -> Report:
        old = OldCovers.at(self._older.url, batch=batch)
        try:
            return Walk(old, self._neighbours.owners, self.store, self._database, is_dry=is_dry).run(after_batch)
        finally:
            old.close()

    def references(self) -> dict[CoverRef, str | None]:
        """What is written down, of every cover here."""
        with self._database.read() as connection:
            found = connection.execute(sa.select(covers.c.kind, covers.c.entity_id, covers.c.legacy_ref))
            return {CoverRef(Kind(kind), entity_id): reference for kind, entity_id, reference in found}

    def contents(self) -> dict[str, list[Any]]:
        """Every row of every table, jobs as well."""
        names = [*metadata.tables, "jobs"]
        with self._database.read() as connection:
            return {name: sorted(map(repr, connection.execute(sa.text(f"SELECT * FROM {name}")))) for name in names}  # noqa: S608

    def lanes(self) -> list[int]:
        """Of the jobs that look for covers."""
        with self._database.read() as connection:
            return list(connection.execute(sa.text("SELECT lane FROM jobs WHERE kind = 'find_cover'")).scalars())


@contextmanager
def neighbourhood(folder: Path) -> Iterator[Neighbourhood]:
    opened = Neighbourhood(folder)
    try:
        yield opened
    finally:
        opened.close()


def put_artists(older: OlderDatabase, names: Iterable[str]) -> None:
    """Artists with ids from 1, a reference each."""
    names = list(names)
    older.put("artists", [{"id": n, "name": name} for n, name in enumerate(names, 1)])
    older.put("covers", [cover("artist", n, f"lastfm://artist/{n}") for n in range(1, len(names) + 1)])


def put_albums(older: OlderDatabase, *titles: str, artist: str = "Blur") -> None:
    """Albums of one artist with ids from 1, a reference each."""
    older.put("artists", [{"id": 90, "name": artist}])
    older.put("albums", [{"id": n, "title": title, "artist_id": 90} for n, title in enumerate(titles, 1)])
    older.put("covers", [cover("album", n, f"lastfm://album/{n}") for n in range(1, len(titles) + 1)])


def cover(owner: Any, owner_id: Any, url: Any) -> dict[str, Any]:
    return {"entity_type": owner, "entity_id": owner_id, "url": url}
