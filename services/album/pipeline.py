"""In which order are the store and the artist service asked?"""

from collections.abc import Sequence
from typing import Protocol

from kernel.errors import NotFound
from services.album.domain import Album, AlbumId, ArtistId, ArtistName, Ensured, Track, TrackId, TrackName
from services.album.store import AlbumStore


class EnsuresArtists(Protocol):
    """Whoever owns the artists."""

    def ensure(self, names: Sequence[ArtistName]) -> list[ArtistId]:
        """Their ids, in the order given; makes those that are missing. Raises OwnFault, DeadlineSpent."""


class AlbumPipeline:
    def __init__(self, store: AlbumStore, artists: EnsuresArtists) -> None:
        self._store = store
        self._artists = artists

    def get_album(self, album_id: AlbumId) -> Album:
        """Raises NotFound."""
        album = self._store.load_album(album_id)
        if album is None:
            raise NotFound("No album has this id.")
        return album

    def get_track(self, track_id: TrackId) -> Track:
        """Raises NotFound."""
        track = self._store.load_track(track_id)
        if track is None:
            raise NotFound("No track has this id.")
        return track

    def ensure(self, wanted: Sequence[TrackName]) -> Ensured:
        """Ids in the order asked; what is missing is made, all or nothing. Raises what EnsuresArtists does.

        Names of artists never heard of before cost one call, and all others none.
        """
        names = {(each.artist.key, each.artist.mbid): each.artist for each in wanted}
        known = self._store.load_artists(names.keys())
        unknown = {key: name for key, name in names.items() if key not in known}
        ids = self._artists.ensure(list(unknown.values())) if unknown else []
        return self._store.ensure(wanted, known, dict(zip(unknown, ids, strict=True)))
