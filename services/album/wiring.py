"""Which parts does the album service consist of, and who gets what? Settings in, running parts out; nothing else constructs."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry

from kernel.auth import TokenVerifier
from kernel.clock import Clock, SystemClock
from kernel.database import Database
from kernel.jobs import Jobs, JobStore
from kernel.neighbours import Neighbour
from kernel.paging import PageTokens
from kernel.server import Registrations
from services.album.artists import ArtistNeighbour
from services.album.pipeline import AlbumPipeline
from services.album.servicer import AlbumServicer
from services.album.settings import AlbumSettings
from services.album.store import AlbumStore
from soniquebay.album.v1 import album_pb2_grpc

MIGRATIONS = Path(__file__).parent / "migrations"
SERVICE = "soniquebay.album.v1.AlbumService"


@dataclass(frozen=True, slots=True)
class AlbumParts:
    """The service, put together and not yet listening."""

    registry: CollectorRegistry
    store: AlbumStore
    servicer: AlbumServicer
    jobs: Jobs
    close: Callable[[], None]

    @property
    def services(self) -> Registrations:
        """What adds the servicer to a gRPC server, by the service's full name."""
        return {SERVICE: partial(album_pb2_grpc.add_AlbumServiceServicer_to_server, self.servicer)}


def build(settings: AlbumSettings, *, clock: Clock | None = None) -> AlbumParts:
    """Everything connected; tables up to date; nothing listening or working yet. Raises StoreUnavailable."""
    clock = clock or SystemClock()
    database = Database.for_app(settings.database_url, settings.data_dir, f"{settings.realm}album")
    database.migrate(MIGRATIONS)
    neighbour = Neighbour("artist", settings.artist_target, TokenVerifier.from_settings(settings))
    store = AlbumStore(database, clock=clock)
    pipeline = AlbumPipeline(store, ArtistNeighbour(neighbour))
    servicer = AlbumServicer(pipeline=pipeline, store=store, tokens=PageTokens.from_settings(settings))
    jobs = Jobs(JobStore(database, clock, lease=settings.job_lease), clock)

    def close() -> None:
        neighbour.channel.close()
        database.close()

    return AlbumParts(CollectorRegistry(), store, servicer, jobs, close)
