"""A whole album service on free loopback ports, in this process, beside an artist service that is one as well."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import grpc
from google.protobuf.message import Message

from kernel.auth import TokenVerifier
from kernel.clock import Clock
from kernel.server import Address, start
from sandbox.environment import settings_for
from services.album.settings import PROVIDERS, AlbumSettings
from services.album.wiring import MIGRATIONS, build
from soniquebay.album.v1 import album_pb2 as pb
from soniquebay.album.v1 import album_pb2_grpc
from tests.fakes.servers import lay_sqlite
from tests.services.artist.running import Refusal

_RATES = (
    "lastfm_rate_per_second",
    "spotify_rate_per_second",
    "musicbrainz_rate_per_second",
    "euria_rate_per_second",
)
"""Of tests that are not about limits."""


class RunningAlbum:
    """Serves from its making until the `with` block ends. `artist_port` is where it looks for the artist service.

    It asks nobody, unless an `upstream`, the address of a sandbox, is given; `changes` are settings.
    """

    def __init__(
        self, artist_port: int, data_dir: Path, clock: Clock | None = None, *, upstream: str = "", **changes: Any
    ) -> None:
        usual: dict[str, Any] = {"data_dir": data_dir, "artist_port": artist_port, "album_providers": ""}
        if upstream:
            usual |= {name.lower(): value for name, value in settings_for(upstream).items()}
            usual |= {"album_providers": PROVIDERS} | dict.fromkeys(_RATES, 1000.0)
        settings = AlbumSettings(**(usual | changes))
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

    def work(self) -> list[str]:
        """Does every job that is due, and those that follow from them; answers their kinds in that order."""
        jobs, done = self.parts.jobs, []
        while due := jobs.store.reserve(10):
            for job_id in due:
                job = jobs.store.get(job_id)
                jobs.run(job_id)
                done += [job.kind] if job else []
        return done

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
