"""Which parts does the artist service consist of, and who gets what? Settings in, running parts out; nothing else constructs."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from kernel.asking import Asker
from kernel.breaker import Breaker
from kernel.cache import LONGEST_IN_REDIS, Cache, MemoryCache, RedisCache, TwoLevelCache, connect_redis
from kernel.clock import Clock, SystemClock
from kernel.codec import JsonCodec
from kernel.database import Database
from kernel.evidence import Ambiguous, Found
from kernel.guard import Guard
from kernel.http import HttpClient
from kernel.jobs import Jobs, JobStore
from kernel.limiter import Limiter, build_limiter
from kernel.paging import PageTokens
from kernel.parallel import Fanout
from kernel.read_through import CacheMeter, ReadThrough
from kernel.retry import RetryPolicy
from kernel.server import Registrations
from services.artist import jobs as artist_jobs
from services.artist.domain import Kind, Profile, SimilarName, Tag
from services.artist.dossier import Dossier
from services.artist.merge import Freshness
from services.artist.metrics import ArtistMeter
from services.artist.pipeline import ArtistPipeline, Policy
from services.artist.providers import lastfm
from services.artist.questions import AskedProvider
from services.artist.servicer import ArtistServicer
from services.artist.settings import ArtistSettings
from services.artist.store import ArtistStore
from services.artist.view import Viewpoint
from soniquebay.artist.v1 import artist_pb2_grpc

MIGRATIONS = Path(__file__).parent / "migrations"
SERVICE = "soniquebay.artist.v1.ArtistService"
PRIORITY = (lastfm.NAME,)
"""Whom to believe first when two are equally sure."""

# Part of every key in Redis: answers written by another shape of the code are not read.
_CACHE_VERSION = "artist:1"
_ANSWERS: dict[Kind, Any] = {
    Kind.PROFILE: Found[Profile] | Ambiguous[Profile],
    Kind.TAGS: Found[tuple[Tag, ...]] | Ambiguous[tuple[Tag, ...]],
    Kind.SIMILAR: Found[tuple[SimilarName, ...]] | Ambiguous[tuple[SimilarName, ...]],
}


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
        self._redis_url = settings.redis_url.get_secret_value()
        self._closers: list[Callable[[], None]] = [self._database.close, self._http.close]
        self._cache = self._build_cache()

    def finish(self) -> ArtistParts:
        settings = self._settings
        self._database.migrate(MIGRATIONS)
        job_store = JobStore(self._database, self._clock)
        store = ArtistStore(self._database, job_store, clock=self._clock, priority=PRIORITY)
        fanout = Fanout(3 * settings.service_workers, "ask")
        providers, off = self._build_providers()
        pipeline = ArtistPipeline(
            store=store,
            providers=providers,
            dossiers=self._reads(Dossier),
            fanout=fanout,
            clock=self._clock,
            policy=self._policy(),
            meter=self._meter,
        )
        jobs = Jobs(job_store, self._clock)
        artist_jobs.register(jobs, pipeline, language=settings.enrichment_language, clock=self._clock)
        servicer = ArtistServicer(
            pipeline=pipeline,
            store=store,
            viewpoint=Viewpoint(PRIORITY, settings.enrichment_language, off),
            tokens=PageTokens.from_settings(settings),
            figures=self._meter.figures,
            clock=self._clock,
        )

        def close() -> None:
            fanout.close()
            for closer in reversed(self._closers):
                closer()

        return ArtistParts(self._registry, store, pipeline, servicer, jobs, close)

    def _policy(self) -> Policy:
        settings = self._settings
        fresh = {
            Kind.PROFILE: settings.enrichment_cache_ttl_counts,
            Kind.TAGS: settings.enrichment_cache_ttl_tags,
            Kind.SIMILAR: settings.enrichment_cache_ttl_similar,
        }
        freshness = Freshness(fresh, settings.enrichment_cache_ttl_absent)
        return Policy(freshness, settings.enrichment_timeout_total)

    def _build_cache(self) -> Cache:
        memory = MemoryCache(self._settings.enrichment_cache_memory_bytes, self._clock)
        if not self._redis_url:
            return memory
        shared = RedisCache(self._redis_url, prefix=f"{self._settings.realm}{_CACHE_VERSION}", clock=self._clock)
        self._closers.append(shared.close)
        return TwoLevelCache(memory, shared)

    def _reads(self, shape: Any, meter: CacheMeter | None = None) -> ReadThrough[Any]:
        settings = self._settings
        return ReadThrough(
            cache=self._cache,
            codec=JsonCodec(shape),
            clock=self._clock,
            memory_ttl=settings.enrichment_cache_ttl_memory,
            redis_ttl=settings.enrichment_cache_ttl_redis,
            negative_ttl=min(settings.enrichment_cache_ttl_absent, LONGEST_IN_REDIS),
            meter=meter,
        )

    def _build_providers(self) -> tuple[list[AskedProvider], dict[str, str]]:
        """Those that are on, and for those that are off what would switch them on."""
        key = self._settings.lastfm_api_key.get_secret_value()
        self._meter.watch(lastfm.NAME, is_on=bool(key))
        if not key:
            return [], {lastfm.NAME: "Last.fm is off: set LASTFM_API_KEY."}
        return [self._build_lastfm(key)], {}

    def _build_lastfm(self, key: str) -> AskedProvider:
        settings, name = self._settings, lastfm.NAME
        timeout = settings.enrichment_timeout_lastfm
        breaker = Breaker(
            name,
            threshold=settings.lastfm_circuit_breaker_threshold,
            probe_after=settings.lastfm_circuit_breaker_timeout,
            clock=self._clock,
            on_change=partial(self._meter.state, name),
        )
        guard = Guard(
            name,
            breaker=breaker,
            limiter=self._build_limiter(name, settings.lastfm_rate_per_second),
            retry=RetryPolicy(settings.enrichment_max_retries, settings.enrichment_retry_backoff_factor),
            timeout=timeout,
            clock=self._clock,
            meter=self._meter,
        )
        answers = self._meter.answers_of(name)
        askers: dict[Kind, Asker[Any]] = {
            kind: Asker(name, kind, guard=guard, remembered=self._reads(shape, answers), clock=self._clock)
            for kind, shape in _ANSWERS.items()
        }
        provider = lastfm.LastfmProvider(self._http, api_key=key, url=settings.lastfm_url, timeout=timeout, clock=self._clock)
        return AskedProvider(name, provider, askers, settings.enrichment_language)

    def _build_limiter(self, name: str, rate_per_second: float) -> Limiter:
        redis = connect_redis(self._redis_url) if self._redis_url else None
        limiter = build_limiter(
            name,
            rate_per_second=rate_per_second,
            burst=max(1, round(rate_per_second)),
            folder=self._settings.data_dir / "limits",
            redis=redis,
            clock=self._clock,
            realm=self._settings.realm,
        )
        self._closers += [limiter.close] if redis is None else [redis.close, limiter.close]
        return limiter
