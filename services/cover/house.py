"""What does the house know of an album or artist that helps to find its picture? Jobs ask the album and artist services."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from kernel.errors import OwnFault
from kernel.neighbours import Neighbour
from services.cover.domain import CoverRef, Kind, PictureLink, Subject, SubjectFile
from soniquebay.album.v1 import album_pb2, album_pb2_grpc
from soniquebay.artist.v1 import artist_pb2, artist_pb2_grpc
from soniquebay.facts.v1 import facts_pb2

_WITHIN: Final = timedelta(seconds=10)
_TO_ENRICH: Final = timedelta(seconds=25)
_A_PAGE: Final = 200
_NEEDED: Final = {("lastfm", "profile"), ("musicbrainz", "release"), ("musicbrainz", "identity")}
"""Of whom what has to be answered for a picture to be found: the ids it goes by, or the pictures themselves."""


@dataclass(frozen=True, slots=True)
class Member:
    """An album or artist that there is."""

    ref: CoverRef
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Completed:
    """What is known with all that providers say; not `is_whole` where some have still to be asked."""

    subject: Subject
    is_whole: bool


class House:
    """Asks the neighbours. Its methods raise NotFound, OwnFault and DeadlineSpent; any thread may call them."""

    def __init__(self, albums: Neighbour, artists: Neighbour) -> None:
        self._albums = albums
        self._artists = artists
        self._album_stub: Any = album_pb2_grpc.AlbumServiceStub(albums.channel)  # type: ignore[no-untyped-call, unused-ignore]
        self._artist_stub: Any = artist_pb2_grpc.ArtistServiceStub(artists.channel)  # type: ignore[no-untyped-call, unused-ignore]

    def describe(self, ref: CoverRef) -> Subject:
        """Its name, its files, and the ids that are known by now."""
        if ref.kind is Kind.ARTIST:
            artist = self._known_artist(ref.id)
            files = self._files(album_pb2.GetMusicFilesRequest(artist_id=ref.id)) if artist.in_library else ()
            return _subject_of_artist(artist, files)
        album = self._albums.ask(self._album_stub.GetAlbum, album_pb2.GetAlbumRequest(album=ref.id), within=_WITHIN).album
        return Subject(
            ref,
            album.title,
            artist_name=album.artist_name,
            files=self._files(album_pb2.GetMusicFilesRequest(album_id=ref.id)) if album.in_library else (),
            release_mbid=album.mbid,
            release_group_mbid=album.release_group_mbid,
        )

    def complete(self, subject: Subject, *, is_waited_for: bool) -> Completed:
        """The same with what providers say. They are asked at once where somebody waits; else they are asked some time."""
        if subject.ref.kind is Kind.ARTIST:
            return self._complete_artist(subject, is_waited_for=is_waited_for)
        return self._complete_album(subject, is_waited_for=is_waited_for)

    def list_library(self, kind: Kind) -> Iterator[Member]:
        """The albums, or the artists, that the music folder holds something of; a page at a time."""
        token: str | None = None
        while token != "":
            if kind is Kind.ALBUM:
                request = album_pb2.ListAlbumsRequest(page_size=_A_PAGE, page_token=token or "")
                page: Any = self._albums.ask(self._album_stub.ListAlbums, request, within=_WITHIN)
            else:
                asking = artist_pb2.ListArtistsRequest(page_size=_A_PAGE, page_token=token or "", in_library=True)
                page = self._artists.ask(self._artist_stub.ListArtists, asking, within=_WITHIN)
            for each in page.albums if kind is Kind.ALBUM else page.artists:
                if each.in_library:
                    yield Member(CoverRef(kind, each.id), each.create_time.ToDatetime(UTC))
            token = page.next_page_token

    def _complete_album(self, subject: Subject, *, is_waited_for: bool) -> Completed:
        is_whole = True
        try:
            known = self._enriched_album(subject.ref.id, is_waited_for=is_waited_for)
        except OwnFault:  # providers that do not answer look the same from here; what is known will have to do for now
            known, is_whole = self._known_album(subject.ref.id), False
        if not is_waited_for and not known.album.HasField("enrich_time"):
            request = album_pb2.RequestAlbumsRequest(album_ids=[subject.ref.id])
            self._albums.ask(self._album_stub.RequestAlbums, request, within=_WITHIN)
            is_whole = False
        is_whole = is_whole and not any(_is_owed(note) for note in known.notes)
        said = replace(
            subject,
            release_mbid=known.musicbrainz.release_mbid or known.album.mbid,
            release_group_mbid=known.musicbrainz.release_group_mbid or known.album.release_group_mbid,
            lastfm_images=tuple(PictureLink(image.url) for image in known.lastfm.images),
        )
        return Completed(said, is_whole)

    def _enriched_album(self, album_id: str, *, is_waited_for: bool) -> Any:
        if not is_waited_for:
            return self._known_album(album_id)
        request = album_pb2.EnrichAlbumRequest(album=album_id)
        return self._albums.ask(self._album_stub.EnrichAlbum, request, within=_TO_ENRICH).enriched_album

    def _known_album(self, album_id: str) -> Any:
        request = album_pb2.GetEnrichedAlbumRequest(album=album_id)
        return self._albums.ask(self._album_stub.GetEnrichedAlbum, request, within=_WITHIN).enriched_album

    def _complete_artist(self, subject: Subject, *, is_waited_for: bool) -> Completed:
        """Only who it is: an artist's other providers cost more than a picture is worth, and one of them money."""
        is_whole = True
        if is_waited_for and not subject.artist_mbid:
            request = artist_pb2.RefreshArtistRequest(id=subject.ref.id, kinds=["identity"])
            try:
                answer = self._artists.ask(self._artist_stub.RefreshArtist, request, within=_TO_ENRICH)
                subject = _subject_of_artist(answer.enriched_artist.artist, subject.files)
                is_whole = not any(_is_owed(note) for note in answer.enriched_artist.notes)
            except OwnFault:
                is_whole = False
        listing = album_pb2.ListAlbumsRequest(page_size=_A_PAGE, artist_id=subject.ref.id)
        albums = self._albums.ask(self._album_stub.ListAlbums, listing, within=_WITHIN).albums
        return Completed(replace(subject, titles=tuple(album.title for album in albums)), is_whole)

    def _known_artist(self, artist_id: str) -> Any:
        request = artist_pb2.GetEnrichedArtistRequest(id=artist_id)
        return self._artists.ask(self._artist_stub.GetEnrichedArtist, request, within=_WITHIN).enriched_artist.artist

    def _files(self, request: album_pb2.GetMusicFilesRequest) -> tuple[SubjectFile, ...]:
        found = self._albums.ask(self._album_stub.GetMusicFiles, request, within=_WITHIN)
        return tuple(SubjectFile(each.path, each.has_picture, each.folder_picture) for each in found.files)


def _is_owed(note: Any) -> bool:
    """Whether an answer that is needed is still to come: it says nothing about what there is."""
    owed = facts_pb2.NOTE_REASON_FAULT, facts_pb2.NOTE_REASON_DEFERRED
    return (note.provider, note.kind) in _NEEDED and note.reason in owed


def _subject_of_artist(artist: Any, files: Sequence[SubjectFile]) -> Subject:
    ref = CoverRef(Kind.ARTIST, artist.id)
    return Subject(ref, artist.name, files=files, artist_mbid=artist.mbid, wikidata_id=artist.wikidata_id)
