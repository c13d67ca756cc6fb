"""Which album and which track does each name mean, and which are to be made? Rules only: the store reads before, writes after."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.album.domain import AlbumId, Ensured, EnsuredTrack, TrackId
from services.album.storing.shelf import Held, Named, Shelf


@dataclass(frozen=True, slots=True)
class Changes:
    """What a request adds to what is held."""

    albums: dict[AlbumId, Named] = field(default_factory=dict)
    titles: dict[str, AlbumId] = field(default_factory=dict)
    tracks: dict[TrackId, tuple[Named, AlbumId | None]] = field(default_factory=dict)
    releases: dict[AlbumId, str] = field(default_factory=dict)
    """MusicBrainz ids that albums had none of until they were named with it."""
    recordings: dict[TrackId, str] = field(default_factory=dict)
    """The same of tracks."""


def place(wanted: Sequence[Named], shelf: Shelf) -> tuple[Ensured, Changes]:
    """What each name means, in the order given; the shelf then holds what is to be made as well.

    Those that name no album come last: what others say in the same request decides what they mean.
    """
    placing = _Placing(shelf)
    album_ids = [placing.album(each) for each in wanted]
    track_ids = [placing.track(each, album_id) if album_id else None for each, album_id in zip(wanted, album_ids, strict=True)]
    ensured = [
        EnsuredTrack(each.artist_id, track_id or placing.loose_track(each), album_id)
        for each, album_id, track_id in zip(wanted, album_ids, track_ids, strict=True)
    ]
    return Ensured(ensured, list(placing.changes.albums)), placing.changes


class _Placing:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.changes = Changes()

    def album(self, named: Named) -> AlbumId | None:
        """The title decides: one release more of the same title is the same album. Then the release, under another title."""
        if named.album_key is None:
            return None
        shelf, mbid = self._shelf, named.name.album_mbid
        held = shelf.albums.get(named.album_key)
        if held is None:
            held = (shelf.releases.get(mbid) if mbid else None) or self._compilation(named) or self._new_album(named)
            shelf.albums[named.album_key] = held
            self.changes.titles[named.album_key] = held.id
        if mbid and held.mbid is None and mbid not in shelf.releases:
            held.mbid = self.changes.releases[held.id] = mbid
            shelf.releases[mbid] = held
        return held.id

    def track(self, named: Named, album_id: AlbumId | None) -> TrackId:
        """The one of this title on this album, or on none."""
        alike = self._shelf.tracks.setdefault(named.track_key, {})
        held = alike.get(album_id)
        if held is None:
            held = alike[album_id] = Held(TrackId(str(uuid.uuid4())), None)
            self.changes.tracks[held.id] = (named, album_id)
        return self._identified(held, named)

    def loose_track(self, named: Named) -> TrackId:
        """The artist's only one of this title; one of no album where there are several, or none."""
        alike = self._shelf.tracks.get(named.track_key, {})
        if len(alike) == 1:
            return self._identified(next(iter(alike.values())), named)
        return self.track(named, None)

    def _compilation(self, named: Named) -> Held[AlbumId] | None:
        """Somebody else's album of this title that holds this very track, for who does not say whose album it is."""
        album = named.name.album
        if album is None or named.name.album_artist is not None:
            return None
        holding = self._shelf.tracks.get(named.track_key, {})
        found = [album_id for album_id in holding if album_id and album.key in self._shelf.titles.get(album_id, ())]
        return self._shelf.holders[found[0]] if len(found) == 1 else None

    def _new_album(self, named: Named) -> Held[AlbumId]:
        held = Held(AlbumId(str(uuid.uuid4())), None)
        self.changes.albums[held.id] = named
        return held

    def _identified(self, held: Held[TrackId], named: Named) -> TrackId:
        if held.mbid is None and named.name.mbid:
            held.mbid = self.changes.recordings[held.id] = named.name.mbid
        return held.id
