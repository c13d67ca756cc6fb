"""Which parts does the tracker service consist of, and who gets what? Settings in, running parts out; nothing else constructs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

from prometheus_client import CollectorRegistry

from kernel.auth import TokenVerifier
from kernel.clock import Clock, SystemClock
from kernel.database import Database
from kernel.guard import Guard
from kernel.http import HttpClient
from kernel.jobs import Handler, Jobs, JobStore
from kernel.neighbours import Neighbour
from kernel.paging import PageTokens
from kernel.retry import RetryPolicy
from kernel.server import Registrations
from kernel.waiting import Waiting
from services.tracker import jobs as tracker_jobs
from services.tracker.albums import AlbumService
from services.tracker.counting import COUNT_MONTHS, Counting
from services.tracker.domain import Account
from services.tracker.fetching import Fetcher
from services.tracker.following import Following
from services.tracker.importing import Importing
from services.tracker.imports import Imports, Source
from services.tracker.metrics import TrackerMeter
from services.tracker.naming import NAME_TITLES, KnowsTracks, Naming
from services.tracker.newcomers import EnrichesAlbums, Newcomers
from services.tracker.providers import lastfm, listenbrainz
from services.tracker.servicer import TrackerServicer
from services.tracker.settings import TrackerSettings
from services.tracker.store import ENRICH_NEW, IMPORT, TrackerStore
from services.tracker.submitting import SUBMIT_PLAYS, Submitting, hand_on_to_nobody
from services.tracker.switch import FOLLOW, Switch
from services.tracker.telling.history import History
from services.tracker.watching import Watching
from soniquebay.tracker.v1 import tracker_pb2_grpc
from upstreams.providing import GuardRoom

MIGRATIONS = Path(__file__).parent / "migrations"
SERVICE = "soniquebay.tracker.v1.TrackerService"
# A walk asks each page once and decides by itself what a fault means: repeated by rote, three pages would open the breaker.
_ONCE = RetryPolicy(attempts=1)


@dataclass(frozen=True, slots=True)
class TrackerParts:
    """The service, put together and not yet listening."""

    registry: CollectorRegistry
    store: TrackerStore
    servicer: TrackerServicer
    jobs: Jobs
    close: Callable[[], None]

    @property
    def services(self) -> Registrations:
        """What adds the servicer to a gRPC server, by the service's full name."""
        return {SERVICE: partial(tracker_pb2_grpc.add_TrackerServiceServicer_to_server, self.servicer)}


class KnowsAlbums(KnowsTracks, EnrichesAlbums, Protocol):
    """What is asked of the album service."""


def build(
    settings: TrackerSettings, *, clock: Clock | None = None, http: HttpClient | None = None, albums: KnowsAlbums | None = None
) -> TrackerParts:
    """Everything connected; tables up to date; nothing listening or working yet. Raises StoreUnavailable.

    `albums`: who knows albums and tracks; the album service unless somebody else is given.
    """
    door = http or HttpClient(user_agent=settings.user_agent, trusted_hosts=settings.trusted_hosts)
    return _Building(settings, clock or SystemClock(), door, albums).finish()


class _Building:
    def __init__(self, settings: TrackerSettings, clock: Clock, http: HttpClient, albums: KnowsAlbums | None) -> None:
        self._settings = settings
        self._clock = clock
        self._http = http
        self._registry = CollectorRegistry()
        self._meter = TrackerMeter(self._registry)
        self._guards = GuardRoom(settings, clock, self._meter)
        self._database = Database.for_app(settings.database_url, settings.data_dir, f"{settings.realm}tracker")
        self._job_store = JobStore(self._database, clock, lease=settings.job_lease)
        self._store = TrackerStore(self._database, self._job_store, clock=clock)
        self._closers: list[Callable[[], None]] = [self._database.close, self._http.close]
        self._albums = albums or self._album_service()
        self._naming = Naming(self._database, self._albums)
        self._account = Account(lastfm.NAME, settings.lastfm_username)

    def finish(self) -> TrackerParts:
        settings, clock, database = self._settings, self._clock, self._database
        database.migrate(MIGRATIONS)
        sources = self._sources()
        self._watch(sources)
        fetchers = self._fetchers()
        missing = sources[lastfm.NAME].missing
        waiting = Waiting(settings.service_workers // 2, clock)
        interval = timedelta(seconds=settings.tracker_interval_seconds)
        switch = Switch(database, self._job_store, account=self._account, missing=missing, interval=interval, clock=clock)
        counting = Counting(database, self._job_store, account=self._account, missing=missing, clock=clock)
        servicer = TrackerServicer(
            store=self._store,
            imports=Imports(self._store, sources, waiting=waiting, clock=clock),
            history=History(database, zone=settings.tracker_time_zone, clock=clock),
            switch=switch,
            watching=Watching(database, switch, waiting),
            counting=counting,
            tokens=PageTokens.from_settings(settings),
            providers=self._meter.standings,
            jobs=self._job_store,
        )
        self._meter.show(switch.status)
        jobs = Jobs(self._job_store, clock)
        tracker_jobs.register(jobs, self._handlers(fetchers, counting))
        return TrackerParts(self._registry, self._store, servicer, jobs, self._close)

    def _close(self) -> None:
        for closer in (*self._guards.closers, *reversed(self._closers)):
            closer()

    def _handlers(self, fetchers: dict[str, Fetcher], counting: Counting) -> dict[str, Handler]:
        newcomers = Newcomers(self._store, self._naming, self._albums, self._clock)
        importing = Importing(self._store, fetchers, naming=self._naming, newcomers=newcomers, clock=self._clock)
        handlers: dict[str, Handler] = {
            IMPORT: importing.run,
            NAME_TITLES: self._naming.name_rest,
            ENRICH_NEW: newcomers.look,
        }
        submitting = self._submitting()
        if submitting is not None:
            handlers[SUBMIT_PLAYS] = submitting.run
        source = fetchers.get(lastfm.NAME)
        if source is not None:
            following = Following(
                self._database,
                source,
                account=self._account,
                naming=self._naming,
                name_later=self._store.name_titles_later,
                hand_on=submitting.plan if submitting is not None else hand_on_to_nobody,
                clock=self._clock,
            )
            handlers[FOLLOW] = following.look
            handlers[COUNT_MONTHS] = partial(counting.count, source)
        return handlers

    def _sources(self) -> dict[str, Source]:
        """Every source, with what it lacks."""
        settings = self._settings
        needs = {"LASTFM_API_KEY": settings.lastfm_api_key.get_secret_value(), "LASTFM_USERNAME": settings.lastfm_username}
        missing = " and ".join(name for name, value in needs.items() if not value)
        listener = settings.listenbrainz_username
        return {
            lastfm.NAME: Source(settings.lastfm_username, missing),
            listenbrainz.NAME: Source(listener, "" if listener else "LISTENBRAINZ_USERNAME"),
        }

    def _watch(self, sources: Mapping[str, Source]) -> None:
        """Without its key or user nobody asks a source; plays are handed on to ListenBrainz all the same."""
        off = {name: f"It is off: set {source.missing}." for name, source in sources.items() if source.missing}
        if self._settings.tracker_submit_to_listenbrainz:
            off.pop(listenbrainz.NAME, None)
        for name in sources:
            self._meter.watch(name, off=off.get(name, ""))

    def _fetchers(self) -> dict[str, Fetcher]:
        """Those that are on, each behind its guard."""
        fetchers = {listenbrainz.NAME: Fetcher(self._listenbrainz(), self._listenbrainz_guard())}
        key = self._settings.lastfm_api_key.get_secret_value()
        if key:
            timeout = self._settings.tracker_page_timeout
            source = lastfm.LastfmHistory(
                self._http, api_key=key, url=self._settings.lastfm_url, timeout=timeout, clock=self._clock
            )
            fetchers[lastfm.NAME] = Fetcher(source, self._lastfm_guard())
        return fetchers

    def _submitting(self) -> Submitting | None:
        if not self._settings.tracker_submit_to_listenbrainz:
            return None
        return Submitting(self._job_store, self._listenbrainz(), self._listenbrainz_guard())

    def _lastfm_guard(self) -> Guard:
        settings = self._settings
        return self._guards.build(
            lastfm.NAME, rate=settings.lastfm_rate_per_second, timeout=settings.tracker_page_timeout, retry=_ONCE
        )

    def _listenbrainz_guard(self) -> Guard:
        settings = self._settings
        return self._guards.build(
            listenbrainz.NAME, rate=settings.listenbrainz_rate_per_second, timeout=settings.tracker_page_timeout, retry=_ONCE
        )

    def _listenbrainz(self) -> listenbrainz.ListenbrainzHistory:
        settings = self._settings
        return listenbrainz.ListenbrainzHistory(
            self._http,
            token=settings.listenbrainz_token.get_secret_value(),
            url=settings.listenbrainz_url,
            timeout=settings.tracker_page_timeout,
            clock=self._clock,
        )

    def _album_service(self) -> AlbumService:
        neighbour = Neighbour("album", self._settings.album_target, TokenVerifier.from_settings(self._settings))
        self._closers.append(neighbour.channel.close)
        return AlbumService(neighbour)
