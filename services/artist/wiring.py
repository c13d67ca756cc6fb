"""Which parts does the artist service consist of, and who gets what? Settings in, running parts out; nothing else constructs."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry

from kernel.clock import Clock, SystemClock
from kernel.database import Database
from kernel.http import HttpClient
from kernel.jobs import Jobs, JobStore
from kernel.paging import PageTokens
from kernel.parallel import Fanout
from kernel.server import Registrations
from services.artist import jobs as artist_jobs
from services.artist.asking.research import Policy, Research
from services.artist.batch_work import BatchWork
from services.artist.batches import Batches
from services.artist.domain import ArtistField, Kind
from services.artist.dossier import Trust
from services.artist.labels.resolving import LabelMethod
from services.artist.merge import Freshness
from services.artist.metrics import ArtistMeter
from services.artist.pipeline import ArtistPipeline
from services.artist.providers import apify
from services.artist.providing import Providing, Switchboard
from services.artist.recent import LiveDossiers
from services.artist.servicer import ArtistServicer
from services.artist.settings import ArtistSettings
from services.artist.store import ArtistStore
from services.artist.view import Viewpoint
from soniquebay.artist.v1 import artist_pb2_grpc
from upstreams.providing import Memory
from upstreams.spending import Allowance, SpendingLedger

MIGRATIONS = Path(__file__).parent / "migrations"
SERVICE = "soniquebay.artist.v1.ArtistService"
_THREADS_A_READ = 6
_ARTISTS_AT_ONCE = 8
"""Of one batch."""

# Part of every key in Redis: answers written by another shape of the code are not read.
_CACHE_VERSION = "artist:2"


@dataclass(frozen=True, slots=True)
class ArtistParts:
    """The service, put together and not yet listening."""

    registry: CollectorRegistry
    store: ArtistStore
    pipeline: ArtistPipeline
    servicer: ArtistServicer
    jobs: Jobs
    close: Callable[[], None]

    @property
    def services(self) -> Registrations:
        """What adds the servicer to a gRPC server, by the service's full name."""
        return {SERVICE: partial(artist_pb2_grpc.add_ArtistServiceServicer_to_server, self.servicer)}


def build(settings: ArtistSettings, *, clock: Clock | None = None, http: HttpClient | None = None) -> ArtistParts:
    """Everything connected; tables up to date; nothing listening or working yet. Raises StoreUnavailable."""
    return _Building(
        settings,
        clock or SystemClock(),
        http or HttpClient(user_agent=settings.user_agent, trusted_hosts=settings.trusted_hosts),
    ).finish()


class _Building:
    def __init__(self, settings: ArtistSettings, clock: Clock, http: HttpClient) -> None:
        self._settings = settings
        self._clock = clock
        self._http = http
        self._registry = CollectorRegistry()
        self._meter = ArtistMeter(self._registry)
        self._database = Database.for_app(settings.database_url, settings.data_dir, f"{settings.realm}artist")
        self._closers: list[Callable[[], None]] = [self._database.close, self._http.close]
        self._memory = Memory(settings, clock, version=_CACHE_VERSION)

    def finish(self) -> ArtistParts:
        settings, clock = self._settings, self._clock
        self._database.migrate(MIGRATIONS)
        job_store = JobStore(self._database, clock, lease=settings.job_lease)
        trust = trust_of(settings)
        store = ArtistStore(self._database, job_store, clock=clock, trust=trust)
        fanout = Fanout(_THREADS_A_READ * settings.service_workers, "ask")
        switchboard = self._build_switchboard()
        research = Research(switchboard.questions, fanout=fanout, clock=clock, policy=self._policy(), meter=self._meter)
        dossiers = self._memory.read_through(LiveDossiers())
        pipeline = ArtistPipeline(store=store, research=research, dossiers=dossiers, clock=clock, meter=self._meter)
        jobs = Jobs(job_store, clock)
        together = Fanout(_ARTISTS_AT_ONCE, "batch")
        work = artist_jobs.Work(
            pipeline=pipeline,
            store=store,
            batch=BatchWork(pipeline, research, fanout=together),
            language=settings.enrichment_language,
            ahead=settings.enrichment_refresh_ahead,
            clock=clock,
        )
        artist_jobs.register(jobs, work)
        viewpoint = Viewpoint(
            trust=trust,
            language=settings.enrichment_language,
            off=switchboard.off,
            questions=switchboard.questions,
            label_method=LabelMethod(settings.enrichment_label_method),
            clock=clock,
        )
        servicer = ArtistServicer(
            pipeline=pipeline,
            store=store,
            batches=Batches(self._database, job_store, clock=clock, most_waiting=max(1, settings.service_workers // 2)),
            viewpoint=viewpoint,
            tokens=PageTokens.from_settings(settings),
            figures=self._meter.figures,
            providers=self._meter.standings,
            jobs=job_store,
            clock=clock,
        )

        def close() -> None:
            together.close()
            fanout.close()
            for closer in reversed((*self._closers, *self._memory.closers)):
                closer()

        return ArtistParts(self._registry, store, pipeline, servicer, jobs, close)

    def _build_switchboard(self) -> Switchboard:
        settings = self._settings
        allowance = Allowance(settings.enrichment_apify_artists_per_day, settings.enrichment_apify_artists_per_month)
        spending = SpendingLedger(self._database, allowances={apify.NAME: allowance}, clock=self._clock)
        providing = Providing(settings, self._clock, self._http, self._meter, self._memory, spending)
        switchboard = providing.build()
        self._closers += providing.closers
        return switchboard

    def _policy(self) -> Policy:
        settings = self._settings
        fresh = {
            Kind.IDENTITY: settings.enrichment_cache_ttl_identity,
            Kind.LINKS: settings.enrichment_cache_ttl_identity,
            Kind.PROFILE: settings.enrichment_cache_ttl_counts,
            Kind.TAGS: settings.enrichment_cache_ttl_tags,
            Kind.SIMILAR: settings.enrichment_cache_ttl_similar,
            Kind.MONTHLY_LISTENERS: settings.enrichment_cache_ttl_monthly_listeners,
            Kind.LISTENS: settings.enrichment_cache_ttl_counts,
            Kind.LABELS: settings.enrichment_cache_ttl_labels,
            Kind.MANAGEMENT: settings.enrichment_cache_ttl_management,
        }
        freshness = Freshness(fresh, settings.enrichment_cache_ttl_absent)
        return Policy(freshness, settings.enrichment_timeout_total, settings.enrichment_timeout_leisure)


def trust_of(settings: ArtistSettings) -> Trust:
    """Whom to believe first, as configured."""
    exceptions: dict[ArtistField, tuple[str, ...]] = {}
    for row in settings.enrichment_believe_first:
        about, _, provider = row.partition("=")
        exceptions[ArtistField(about)] = (*exceptions.get(ArtistField(about), ()), provider)
    return Trust(settings.enrichment_providers, exceptions)
