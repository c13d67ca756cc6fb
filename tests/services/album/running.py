"""A whole album service on free loopback ports, in this process, beside an artist service that is one as well."""

from pathlib import Path
from typing import Any

from google.protobuf.message import Message

from kernel.clock import Clock
from sandbox.environment import settings_for
from services.album.settings import PROVIDERS, AlbumSettings
from services.album.wiring import MIGRATIONS, build
from soniquebay.album.v1 import album_pb2 as pb
from soniquebay.album.v1 import album_pb2_grpc
from tests.fakes.servers import lay_sqlite
from tests.services.running import Refusal, RunningService

_RATES = (
    "lastfm_rate_per_second",
    "spotify_rate_per_second",
    "musicbrainz_rate_per_second",
    "euria_rate_per_second",
)
"""Of tests that are not about limits."""


class RunningAlbum(RunningService):
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
        stub: Any = album_pb2_grpc.AlbumServiceStub
        super().__init__(settings, build(settings, clock=clock), stub)

    def ensure(self, *names: pb.TrackName) -> pb.EnsureTracksResponse:
        answer: pb.EnsureTracksResponse = self.call("EnsureTracks", pb.EnsureTracksRequest(tracks=names))
        return answer


def refusal(service: RunningAlbum, rpc: str, request: Message) -> Refusal:
    """How the call is refused; it must be."""
    return service.refusal(rpc, request)
