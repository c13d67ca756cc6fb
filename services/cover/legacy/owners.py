"""Which of our artists and albums does an older installation mean? The neighbours are asked, by name."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Final

from facts.naming import match_key, sort_key
from kernel.neighbours import Neighbour
from services.cover.domain import CoverRef, Kind
from services.cover.legacy.reading import Wanted
from soniquebay.album.v1 import album_pb2, album_pb2_grpc
from soniquebay.artist.v1 import artist_pb2, artist_pb2_grpc

_WITHIN: Final = timedelta(seconds=20)
_A_PAGE: Final = 200


class Owners:
    """Asks the neighbours. Its methods raise OwnFault where one does not answer."""

    def __init__(self, albums: Neighbour, artists: Neighbour) -> None:
        self._albums = albums
        self._artists = artists
        self._album_stub: Any = album_pb2_grpc.AlbumServiceStub(albums.channel)  # type: ignore[no-untyped-call, unused-ignore]
        self._artist_stub: Any = artist_pb2_grpc.ArtistServiceStub(artists.channel)  # type: ignore[no-untyped-call, unused-ignore]

    def ensure_artists(self, wanted: Sequence[Wanted]) -> list[CoverRef]:
        """Theirs, in this order; artists that are not known yet are made."""
        if not wanted:
            return []
        request = artist_pb2.EnsureArtistsRequest(
            artists=[artist_pb2.ArtistName(name=each.name, mbid=each.mbid) for each in wanted]
        )
        answer = self._artists.ask(self._artist_stub.EnsureArtists, request, within=_WITHIN)
        return [CoverRef(Kind.ARTIST, artist_id) for artist_id in answer.artist_ids]

    def find(self, wanted: Wanted) -> CoverRef | None:
        """The artist that would be ensured, as far as names can tell; the album of this title by an artist of this name."""
        return self._find_artist(wanted) if wanted.kind is Kind.ARTIST else self._find_album(wanted)

    def _find_artist(self, wanted: Wanted) -> CoverRef | None:
        found = list(self._artists_called(wanted.name))
        if wanted.mbid:  # who has another is another
            found = [artist for artist in found if artist.mbid in ("", wanted.mbid)]
            found.sort(key=lambda artist: artist.mbid != wanted.mbid)
        else:
            found.sort(key=lambda artist: (not artist.in_library, -artist.lastfm_listeners))
        return CoverRef(Kind.ARTIST, found[0].id) if found else None

    def _find_album(self, wanted: Wanted) -> CoverRef | None:
        """Of several the one that the music folder holds something of."""
        key = match_key(wanted.artist_name)
        found = [album for album in self._albums_called(wanted.name) if match_key(album.artist_name) == key]
        chosen = found if len(found) == 1 else [album for album in found if album.in_library]
        return CoverRef(Kind.ALBUM, chosen[0].id) if len(chosen) == 1 else None

    def _artists_called(self, name: str) -> Iterator[Any]:
        token: str | None = None
        while token != "":
            request = artist_pb2.ListArtistsRequest(page_size=_A_PAGE, page_token=token or "", name_prefix=name)
            page = self._artists.ask(self._artist_stub.ListArtists, request, within=_WITHIN)
            yield from (artist for artist in page.artists if match_key(artist.name) == match_key(name))
            token = page.next_page_token if _may_go_on(name, [artist.name for artist in page.artists]) else ""

    def _albums_called(self, title: str) -> Iterator[Any]:
        token: str | None = None
        while token != "":
            request = album_pb2.ListAlbumsRequest(page_size=_A_PAGE, page_token=token or "", title_prefix=title)
            page = self._albums.ask(self._album_stub.ListAlbums, request, within=_WITHIN)
            yield from (album for album in page.albums if match_key(album.title) == match_key(title))
            token = page.next_page_token if _may_go_on(title, [album.title for album in page.albums]) else ""


def _may_go_on(name: str, listed: Sequence[str]) -> bool:
    """Lists begin with those that are called just so: longer names come behind all of them."""
    return bool(listed) and sort_key(listed[-1]) == sort_key(name)
