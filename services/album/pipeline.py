"""In which order are the store, the artist service and the providers asked?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kernel.errors import NotFound
from kernel.evidence import Reading
from services.album.asking import Wish
from services.album.descriptions import Describing
from services.album.domain import Album, AlbumField, AlbumId, ArtistId, ArtistName, Ensured, Kind, Track, TrackId, TrackName
from services.album.dossier import AlbumDossier, AlbumOverride
from services.album.jobs import EnrichingAlbums
from services.album.store import AlbumStore
from services.album.storing.dossiers import AlbumDossiers


class EnsuresArtists(Protocol):
    """Whoever owns the artists."""

    def ensure(self, names: Sequence[ArtistName]) -> list[ArtistId]:
        """Their ids, in the order given; makes those that are missing. Raises OwnFault, DeadlineSpent."""


class AlbumPipeline:
    """Names to ids."""

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

    def ensure(self, wanted: Sequence[TrackName], *, import_id: str = "") -> Ensured:
        """Ids in the order asked; what is missing is made, all or nothing. Raises what EnsuresArtists does.

        Names of artists never heard of before cost one call, and all others none.
        """
        named = (name for each in wanted for name in (each.artist, each.album_artist) if name is not None)
        names = {(name.key, name.mbid): name for name in named}
        known = self._store.load_artists(names.keys())
        unknown = {key: name for key, name in names.items() if key not in known}
        ids = self._artists.ensure(list(unknown.values())) if unknown else []
        return self._store.ensure(wanted, known, dict(zip(unknown, ids, strict=True)), import_id=import_id)


@dataclass(frozen=True, slots=True)
class Curating:
    """What persons want of albums: to know more, to know it now, to know better."""

    albums: EnrichingAlbums
    dossiers: AlbumDossiers
    describing: Describing

    def enrich(self, album_id: AlbumId, wish: Wish[Kind]) -> Reading[AlbumDossier]:
        """All that is known, after asking for what is due; a text is written later. Raises what Enriching does."""
        reading = self.albums.enrich(album_id, wish)
        self.describing.plan(reading.value)
        return reading

    def set_override(self, album_id: AlbumId, override: AlbumOverride) -> Reading[AlbumDossier]:
        """Makes a person's value win; an id says which album is meant, and who goes by it is asked anew. Raises NotFound."""
        self.dossiers.save_override(album_id, override)
        return self._changed(album_id)

    def delete_override(self, album_id: AlbumId, field: AlbumField) -> None:
        """Lets the providers' value show again. Raises NotFound, also when there is no such override."""
        if not self.dossiers.delete_override(album_id, field):
            raise NotFound(f"The album has no override of {field}.")
        self._changed(album_id)

    def invalidate(self, album_ids: Sequence[AlbumId]) -> int:
        """Drops the copies of these albums and makes everything about them due; answers how many are known."""
        known = self.dossiers.mark_due(album_ids)
        self.albums.forget(known)
        return len(known)

    def refresh(self, album_id: AlbumId, kinds: Sequence[Kind] | None, language: str) -> Reading[AlbumDossier]:
        """Asks the providers again now, fresh or not; a text is written anew later."""
        if kinds is None or Kind.DESCRIPTION in kinds:
            self.dossiers.mark_due([album_id], Kind.DESCRIPTION)
        return self.enrich(album_id, Wish(language, kinds, force=True))

    def _changed(self, album_id: AlbumId) -> Reading[AlbumDossier]:
        self.albums.forget([album_id])
        return self.albums.get(album_id)
