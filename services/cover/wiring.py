"""Which parts does the cover service consist of, and who gets what? Settings in, running parts out; nothing else constructs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry

from kernel.auth import TokenVerifier
from kernel.clock import Clock, SystemClock
from kernel.database import Database
from kernel.http import HttpClient
from kernel.jobs import Jobs, JobStore
from kernel.neighbours import Neighbour
from kernel.server import Registrations
from kernel.waiting import Waiting
from services.cover import jobs as cover_jobs
from services.cover.accesses import Accesses
from services.cover.chain import Chain, Sources
from services.cover.choosing import Patience
from services.cover.domain import Kind, SourceName
from services.cover.finding import Finding
from services.cover.folder.embedded import EmbeddedPictures
from services.cover.folder.local import LocalPictures
from services.cover.house import House
from services.cover.housekeeping import Housekeeping
from services.cover.imaging.placeholder import Placeholders
from services.cover.imaging.workshop import Workshop
from services.cover.keeper import Keeper
from services.cover.keeping import ImageStore
from services.cover.metrics import CoverMeter
from services.cover.pipeline import CoverPipeline
from services.cover.pipeline import Parts as PipelineParts
from services.cover.providers import FindsPictures
from services.cover.providing import Providing
from services.cover.servicer import CoverServicer
from services.cover.settings import CoverSettings
from services.cover.stats import Stats
from services.cover.store import CoverStore
from soniquebay.cover.v1 import cover_pb2_grpc

MIGRATIONS = Path(__file__).parent / "migrations"
SERVICE = "soniquebay.cover.v1.CoverService"
_AT_HOME = {Kind.ALBUM: (SourceName.EMBEDDED, SourceName.LOCAL), Kind.ARTIST: (SourceName.LOCAL,)}


@dataclass(frozen=True, slots=True)
class CoverParts:
    """The service, put together and not yet listening."""

    registry: CollectorRegistry
    store: CoverStore
    images: ImageStore
    servicer: CoverServicer
    jobs: Jobs
    close: Callable[[], None]

    @property
    def services(self) -> Registrations:
        """What adds the servicer to a gRPC server, by the service's full name."""
        return {SERVICE: partial(cover_pb2_grpc.add_CoverServiceServicer_to_server, self.servicer)}


def build(settings: CoverSettings, *, clock: Clock | None = None, http: HttpClient | None = None) -> CoverParts:
    """Everything connected; tables up to date; nothing listening or working yet. Raises StoreUnavailable and OwnFault."""
    door = http or HttpClient(user_agent=settings.user_agent, trusted_hosts=settings.trusted_hosts)
    return _Building(settings, clock or SystemClock(), door).finish()


class _Building:
    def __init__(self, settings: CoverSettings, clock: Clock, http: HttpClient) -> None:
        self._settings = settings
        self._clock = clock
        self._http = http
        self._registry = CollectorRegistry()
        self._meter = CoverMeter(self._registry)
        self._database = Database.for_app(settings.database_url, settings.data_dir, f"{settings.realm}cover")
        self._job_store = JobStore(self._database, clock, lease=settings.job_lease)
        self._workshop = Workshop()
        verifier = TokenVerifier.from_settings(settings)
        self._albums = Neighbour("album", settings.album_target, verifier)
        self._artists = Neighbour("artist", settings.artist_target, verifier)
        self._closers: list[Callable[[], None]] = [self._database.close, http.close, self._workshop.close]
        self._closers += [self._albums.channel.close, self._artists.channel.close]

    def finish(self) -> CoverParts:
        settings, clock = self._settings, self._clock
        self._database.migrate(MIGRATIONS)
        store = CoverStore(self._database, self._job_store, clock=clock)
        images = ImageStore(settings.data_dir / "covers", clock=clock, max_bytes=settings.cover_store_max_bytes)
        housekeeping = Housekeeping(images, store, clock)
        keeper = Keeper(self._workshop, images, store, housekeeping, clock)
        sources = self._sources()
        stats = Stats(store, sources, settings.cover_store_max_bytes, clock)
        self._meter.show(stats.figures)
        pipeline = CoverPipeline(
            PipelineParts(
                store=store,
                images=images,
                keeper=keeper,
                placeholders=Placeholders(),
                sources=sources,
                accesses=Accesses(store.note_accesses, clock),
                waiting=Waiting(settings.service_workers // 2, clock),
            )
        )
        jobs = Jobs(self._job_store, clock)
        house = House(self._albums, self._artists)
        finding = Finding(
            house,
            Chain(sources, keeper, store.is_poisoned),
            store,
            patience=Patience(settings.cover_recheck, settings.enrichment_cache_ttl_absent),
            poison_threshold=settings.cover_poison_threshold,
            meter=self._meter,
            clock=clock,
        )
        cover_jobs.register(jobs, cover_jobs.Work(finding, house, store, housekeeping, settings.cover_backfill_interval, clock))
        servicer = CoverServicer(pipeline, stats, self._meter.standings, self._job_store)
        return CoverParts(self._registry, store, images, servicer, jobs, self._close)

    def _close(self) -> None:
        for closer in reversed(self._closers):
            closer()

    def _sources(self) -> Mapping[Kind, Sources]:
        settings = self._settings
        providing = Providing(settings, self._clock, self._http, self._meter)
        outside = providing.build()
        self._closers += providing.closers
        at_home = self._at_home()
        sources = {}
        for kind in Kind:
            order = settings.sources_of(kind)
            on = {name: found for name in order if (found := at_home.get(name) or outside.on[kind].get(name))}
            off = {name: self._why_off(kind, name) for name in _AT_HOME[kind] if name not in on}
            sources[kind] = Sources(on, {**off, **outside.off[kind]}, order)
        return sources

    def _at_home(self) -> dict[SourceName, FindsPictures]:
        music_dir = self._settings.music_dir
        if music_dir is None:
            return {}
        return {
            SourceName.EMBEDDED: EmbeddedPictures(music_dir, self._workshop),
            SourceName.LOCAL: LocalPictures(music_dir),
        }

    def _why_off(self, kind: Kind, name: SourceName) -> str:
        if self._settings.music_dir is None:
            return "There is no music folder: set MUSIC_DIR."
        return f"Pictures of the music folder are off: add {name} to COVER_{kind.name}_SOURCES."
