"""How is the album service asked which track is meant, and to enrich what an import brought in?"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from facts.naming import is_uuid
from kernel.neighbours import Neighbour
from services.tracker.newcomers import Found
from services.tracker.storing.titles import TitleIds, UnnamedTitle
from soniquebay.album.v1 import album_pb2 as pb
from soniquebay.album.v1 import album_pb2_grpc

_WITHIN = timedelta(seconds=30)


class AlbumService:
    """Satisfies KnowsTracks and EnrichesAlbums."""

    def __init__(self, neighbour: Neighbour) -> None:
        self._neighbour = neighbour
        self._stub: Any = album_pb2_grpc.AlbumServiceStub(neighbour.channel)  # type: ignore[no-untyped-call, unused-ignore]

    def ensure_tracks(self, wanted: Sequence[UnnamedTitle], import_id: str) -> tuple[list[TitleIds], int]:
        """EnsureTracks. Raises OwnFault and InvalidArgument."""
        request = pb.EnsureTracksRequest(tracks=[_name_of(each) for each in wanted], import_id=import_id)
        reply: pb.EnsureTracksResponse = self._neighbour.ask(self._stub.EnsureTracks, request, within=_WITHIN)
        ids = [
            TitleIds(each.id, ensured.artist_id, ensured.track_id, ensured.album_id or None)
            for each, ensured in zip(wanted, reply.tracks, strict=True)
        ]
        return ids, len(reply.new_album_ids)

    def enrich_new(self, import_id: str, limit: int) -> Found:
        """EnrichNewAlbums. Raises OwnFault."""
        request = pb.EnrichNewAlbumsRequest(import_id=import_id, limit=limit)
        reply: pb.EnrichNewAlbumsResponse = self._neighbour.ask(self._stub.EnrichNewAlbums, request, within=_WITHIN)
        return Found(reply.new_albums, reply.to_enrich, reply.enriched)


def _name_of(each: UnnamedTitle) -> pb.TrackName:
    return pb.TrackName(
        artist=each.title.artist,
        title=each.title.track,
        album=each.title.album,
        artist_mbid=_mbid(each.artist_mbid),
        track_mbid=_mbid(each.track_mbid),
        album_mbid=_mbid(each.album_mbid) if each.title.album else "",
    )


def _mbid(text: str) -> str:
    return text if is_uuid(text) else ""
