"""How is the artist service asked: for ids, and to enrich?"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from kernel.neighbours import Neighbour
from services.album.domain import ArtistId, ArtistName
from soniquebay.artist.v1 import artist_pb2 as pb
from soniquebay.artist.v1 import artist_pb2_grpc

_WITHIN = timedelta(seconds=20)
_TO_ENRICH = timedelta(seconds=30)


class ArtistNeighbour:
    """Satisfies pipeline.EnsuresArtists and jobs.EnrichesArtists over gRPC."""

    def __init__(self, neighbour: Neighbour) -> None:
        self._neighbour = neighbour
        self._stub: Any = artist_pb2_grpc.ArtistServiceStub(neighbour.channel)  # type: ignore[no-untyped-call, unused-ignore]

    def ensure(self, names: Sequence[ArtistName]) -> list[ArtistId]:
        request = pb.EnsureArtistsRequest(artists=[pb.ArtistName(name=name.text, mbid=name.mbid) for name in names])
        answer = self._neighbour.ask(self._stub.EnsureArtists, request, within=_WITHIN)
        return [ArtistId(artist_id) for artist_id in answer.artist_ids]

    def enrich(self, artist_ids: Sequence[ArtistId], batch_id: str, *, force: bool) -> dict[ArtistId, str]:
        """BatchEnrichArtists: of those that are done, why they failed, or nothing. Raises OwnFault, DeadlineSpent, Refused."""
        request = pb.BatchEnrichArtistsRequest(artist_ids=artist_ids, batch_id=batch_id, force_refresh=force)
        answer = self._neighbour.ask(self._stub.BatchEnrichArtists, request, within=_TO_ENRICH)
        return {ArtistId(each.artist_id): each.error for each in answer.enriched_artists if not each.is_pending}
