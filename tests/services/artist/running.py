"""A whole artist service on free loopback ports, in this process, with a sandbox as its upstream."""

import urllib.request
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import grpc
from google.protobuf import json_format, struct_pb2
from google.protobuf.message import Message
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from prometheus_client.parser import text_string_to_metric_families

from kernel.auth import TokenVerifier
from kernel.clock import Clock
from kernel.server import Address, start
from sandbox.environment import settings_for
from services.artist.settings import ArtistSettings
from services.artist.wiring import MIGRATIONS, build
from soniquebay.artist.v1 import artist_pb2 as pb
from soniquebay.artist.v1 import artist_pb2_grpc
from tests.fakes.servers import lay_sqlite


class RunningArtist:
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
        self.parts = build(settings, clock=clock)
        self.server = start(
            self.parts.services,
            Address("127.0.0.1", 0, "ARTIST_PORT"),
            verifier=TokenVerifier.from_settings(settings),
            registry=self.parts.registry,
        )
        self._channel = grpc.insecure_channel(f"127.0.0.1:{self.server.port}")
        self.stub: Any = artist_pb2_grpc.ArtistServiceStub(self._channel)  # type: ignore[no-untyped-call, unused-ignore]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._channel.close()
        self.server.stop(grace=5)
        self.parts.close()

    def call(self, rpc: str, request: Message) -> Any:
        return getattr(self.stub, rpc)(request, timeout=20)

    def enrich(self, name: str, **fields: Any) -> pb.EnrichedArtist:
        answer: pb.EnrichArtistResponse = self.call("EnrichArtist", pb.EnrichArtistRequest(name=name, **fields))
        return answer.enriched_artist

    def figures(self) -> pb.ProviderMetrics:
        """Last.fm's, as the metrics RPC tells them."""
        answer: pb.GetEnrichmentMetricsResponse = self.call("GetEnrichmentMetrics", pb.GetEnrichmentMetricsRequest())
        return answer.providers["lastfm"]

    def samples(self) -> dict[str, float]:
        """What the metrics port shows, by sample name; samples that differ by labels are added up."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.server.metrics_port}/metrics", timeout=5) as answer:
            text = answer.read().decode()
        sums: dict[str, float] = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                sums[sample.name] = sums.get(sample.name, 0.0) + sample.value
        return sums


class Refusal:
    """A failed call, its details unpacked."""

    def __init__(self, error: grpc.RpcError) -> None:
        status = rpc_status.from_call(error)  # type: ignore[arg-type, unused-ignore]
        assert status is not None, "no status with details"
        self.code: grpc.StatusCode = error.code()
        self.message: str = status.message
        self.fields: list[str] = []
        self.retry_after: timedelta | None = None
        bad, retry = error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
        for detail in status.details:
            if detail.Unpack(bad):
                self.fields = [violation.field for violation in bad.field_violations]
            elif detail.Unpack(retry):
                self.retry_after = retry.retry_delay.ToTimedelta()


def refusal(service: RunningArtist, rpc: str, request: Message) -> Refusal:
    """How the call is refused; it must be."""
    try:
        answer = service.call(rpc, request)
    except grpc.RpcError as error:
        return Refusal(error)
    raise AssertionError(f"{rpc} was not refused: {answer}")


def override(artist: str, field: str, plain: Any, reason: str = "I know better") -> pb.UpdateArtistOverrideRequest:
    value = json_format.ParseDict(plain, struct_pb2.Value())
    return pb.UpdateArtistOverrideRequest(artist=artist, field=field, value=value, reason=reason)
