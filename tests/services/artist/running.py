"""A whole artist service on free loopback ports, in this process, with a sandbox as its upstream."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from google.protobuf import json_format, struct_pb2
from google.protobuf.message import Message

from kernel.clock import Clock
from sandbox.environment import settings_for
from services.artist.settings import ArtistSettings
from services.artist.wiring import MIGRATIONS, build
from soniquebay.artist.v1 import artist_pb2 as pb
from soniquebay.artist.v1 import artist_pb2_grpc
from tests.fakes.servers import lay_sqlite
from tests.services.running import Refusal, RunningService


class RunningArtist(RunningService):
    """Serves from its making until the `with` block ends.

    Only Last.fm is on, unless `every_source` is wanted; `changes` are settings.
    """

    def __init__(
        self, upstream: str, data_dir: Path, clock: Clock | None = None, *, every_source: bool = False, **changes: Any
    ) -> None:
        usual: dict[str, Any] = {
            "data_dir": data_dir,
            "enrichment_timeout_lastfm": timedelta(seconds=2),
            **{name.lower(): value for name, value in settings_for(upstream).items()},
        }
        if not every_source:
            usual["enrichment_providers"] = "lastfm"
        settings = ArtistSettings(**(usual | changes))
        if not settings.database_url:
            lay_sqlite(data_dir / "artist.sqlite", MIGRATIONS)
        stub: Any = artist_pb2_grpc.ArtistServiceStub
        super().__init__(settings, build(settings, clock=clock), stub)

    def enrich(self, name: str, **fields: Any) -> pb.EnrichedArtist:
        answer: pb.EnrichArtistResponse = self.call("EnrichArtist", pb.EnrichArtistRequest(name=name, **fields))
        return answer.enriched_artist

    def figures(self) -> pb.ProviderMetrics:
        """Last.fm's, as the metrics RPC tells them."""
        answer: pb.GetEnrichmentMetricsResponse = self.call("GetEnrichmentMetrics", pb.GetEnrichmentMetricsRequest())
        return answer.providers["lastfm"]


def refusal(service: RunningArtist, rpc: str, request: Message) -> Refusal:
    """How the call is refused; it must be."""
    return service.refusal(rpc, request)


def override(artist: str, field: str, plain: Any, reason: str = "I know better") -> pb.UpdateArtistOverrideRequest:
    value = json_format.ParseDict(plain, struct_pb2.Value())
    return pb.UpdateArtistOverrideRequest(artist=artist, field=field, value=value, reason=reason)
