"""A whole album service on free loopback ports, in this process, beside an artist service that is one as well."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import grpc
from google.protobuf.message import Message

from kernel.auth import TokenVerifier
from kernel.clock import Clock
from kernel.server import Address, start
from services.album.settings import AlbumSettings
from services.album.wiring import MIGRATIONS, build
from soniquebay.album.v1 import album_pb2 as pb
from soniquebay.album.v1 import album_pb2_grpc
from tests.fakes.servers import lay_sqlite
from tests.services.artist.running import Refusal


class RunningAlbum:
    """Serves from its making until the `with` block ends. `artist_port` is where it looks for the artist service."""

    def __init__(self, artist_port: int, data_dir: Path, clock: Clock | None = None, **changes: Any) -> None:
        settings = AlbumSettings(data_dir=data_dir, artist_port=artist_port, **changes)
        if not settings.database_url:
            lay_sqlite(data_dir / "album.sqlite", MIGRATIONS)
        self.parts = build(settings, clock=clock)
        self.server = start(
            self.parts.services,
            Address("127.0.0.1", 0, "ALBUM_PORT"),
            verifier=TokenVerifier.from_settings(settings),
            registry=self.parts.registry,
        )
        self._channel = grpc.insecure_channel(f"127.0.0.1:{self.server.port}")
        self.stub: Any = album_pb2_grpc.AlbumServiceStub(self._channel)  # type: ignore[no-untyped-call, unused-ignore]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._channel.close()
        self.server.stop(grace=5)
        self.parts.close()

    def call(self, rpc: str, request: Message) -> Any:
        return getattr(self.stub, rpc)(request, timeout=20)

    def ensure(self, *names: pb.TrackName) -> pb.EnsureTracksResponse:
        answer: pb.EnsureTracksResponse = self.call("EnsureTracks", pb.EnsureTracksRequest(tracks=names))
        return answer


def refusal(service: RunningAlbum, rpc: str, request: Message) -> Refusal:
    """How the call is refused; it must be."""
    try:
        answer = service.call(rpc, request)
    except grpc.RpcError as error:
        return Refusal(error)
    raise AssertionError(f"{rpc} was not refused: {answer}")
