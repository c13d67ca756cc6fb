"""Names as plays and files give them, and a store to try them on."""

import uuid

import sqlalchemy as sa

from facts.naming import clean_name, match_key
from kernel.clock import Clock
from kernel.database import Database
from services.album.domain import ArtistId, ArtistName, Ensured, EnsuredTrack, Title, TrackName
from services.album.store import AlbumStore
from services.album.storing.tables import metadata
from services.album.storing.writing import Pen

MBIDS = [f"{n:08d}-0000-4000-8000-000000000000" for n in range(10)]


def named(artist: str, title: str, album: str = "", *, mbid: str = "", album_mbid: str = "", artist_mbid: str = "") -> TrackName:
    return TrackName(ArtistName(*_title(artist), artist_mbid), _title(title), _title(album) if album else None, mbid, album_mbid)


def on_compilation(name: TrackName, album_artist: str = "Various Artists") -> TrackName:
    """As a file names it, which says whose album it is."""
    return name._replace(album_artist=ArtistName(*_title(album_artist)))


def _title(text: str) -> Title:
    return Title(clean_name(text), match_key(text))


def open_store(database: Database, clock: Clock) -> AlbumStore:
    return AlbumStore(database, Pen(database), clock=clock)


def ensure(store: AlbumStore, *wanted: TrackName) -> Ensured:
    """As the pipeline does, with an artist service that has one artist a name."""
    named_ones = (name for each in wanted for name in (each.artist, each.album_artist) if name is not None)
    names = {(name.key, name.mbid) for name in named_ones}
    known = store.load_artists(names)
    return store.ensure(wanted, known, {key: artist_id_of(key[0]) for key in names if key not in known})


def artist_id_of(name: str) -> ArtistId:
    return ArtistId(str(uuid.uuid5(uuid.NAMESPACE_OID, match_key(name))))


def ensured(store: AlbumStore, *wanted: TrackName) -> list[EnsuredTrack]:
    return ensure(store, *wanted).tracks


def count(database: Database, table: str) -> int:
    with database.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(metadata.tables[table])).scalar_one()
