"""Which parts does the album service consist of, and who gets what? Settings in, running parts out; nothing else constructs."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from facts.checking import Freshness
from facts.known import Trust
from kernel.auth import TokenVerifier
from kernel.clock import Clock, SystemClock
from kernel.codec import JsonCodec
from kernel.database import Database
from kernel.http import HttpClient
from kernel.jobs import Jobs, JobStore
from kernel.neighbours import Neighbour
from kernel.paging import PageTokens
from kernel.parallel import Fanout
from kernel.server import Registrations
from kernel.waiting import Waiting
from services.album import jobs as album_jobs
from services.album.artists import ArtistNeighbour
from services.album.asking import Policy, facts_of_album, facts_of_track
from services.album.batches import Batches
from services.album.covers import CoverNeighbour, TellingCovers
from services.album.descriptions import Describing
from services.album.domain import AlbumId, Kind, TrackKind
from services.album.dossier import AlbumDossier, TrackDossier
from services.album.enriching import Enriching
from services.album.jobs import EnrichingAlbums, EnrichingTracks
from services.album.newcomers import NewAlbums
from services.album.pipeline import AlbumPipeline, Curating
from services.album.providers import euria
from services.album.providing import Providing, Switchboard
from services.album.scanning import jobs as scan_jobs
from services.album.scanning.scanning import Scanning
from services.album.scanning.scans import Scans
from services.album.scanning.store import ScanStore
from services.album.servicer import AlbumServicer, Parts
from services.album.settings import AlbumSettings
from services.album.store import AlbumStore
from services.album.storing.dossiers import AlbumDossiers, TrackDossiers
from services.album.storing.tagged import read_files
from services.album.storing.writing import Pen
from services.album.view import Viewpoint, genres_of
from soniquebay.album.v1 import album_pb2_grpc
from upstreams.metrics import UpstreamMeter
from upstreams.providing import Memory
from upstreams.spending import Allowance, SpendingLedger

MIGRATIONS = Path(__file__).parent / "migrations"
SERVICE = "soniquebay.album.v1.AlbumService"
_THREADS_A_READ = 4

# Part of every key in Redis: answers written by another shape of the code are not read.
_CACHE_VERSION = "album:1"


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


def build(settings: AlbumSettings, *, clock: Clock | None = None, http: HttpClient | None = None) -> AlbumParts:
    """Everything connected; tables up to date; nothing listening or working yet. Raises StoreUnavailable."""
    door = http or HttpClient(user_agent=settings.user_agent, trusted_hosts=settings.trusted_hosts)
    return _Building(settings, clock or SystemClock(), door).finish()


class _Building:
    def __init__(self, settings: AlbumSettings, clock: Clock, http: HttpClient) -> None:
        self._settings = settings
        self._clock = clock
        self._http = http
        self._registry = CollectorRegistry()
        self._meter = UpstreamMeter(self._registry, {})
        self._database = Database.for_app(settings.database_url, settings.data_dir, f"{settings.realm}album")
        self._pen = Pen(self._database)
        self._job_store = JobStore(self._database, clock, lease=settings.job_lease)
        self._memory = Memory(settings, clock, version=_CACHE_VERSION)
        self._fanout = Fanout(_THREADS_A_READ * settings.service_workers, "ask")
        self._neighbour = Neighbour("artist", settings.artist_target, TokenVerifier.from_settings(settings))
        self._covers = Neighbour("cover", settings.cover_target, TokenVerifier.from_settings(settings))
        self._closers: list[Callable[[], None]] = [self._database.close, self._http.close]
        self._closers += [self._neighbour.channel.close, self._covers.channel.close]

    def finish(self) -> AlbumParts:
        settings, clock, database = self._settings, self._clock, self._database
        database.migrate(MIGRATIONS)
        switchboard = self._switchboard()
        viewpoint = self._viewpoint(switchboard)
        dossiers = self._album_dossiers(viewpoint)
        albums, tracks = self._albums(switchboard, dossiers), self._tracks(switchboard)
        store, artists = AlbumStore(database, self._pen, clock=clock), ArtistNeighbour(self._neighbour)
        pipeline, waiting = AlbumPipeline(store, artists), Waiting(settings.service_workers // 2, clock)
        scan_store = ScanStore(database, self._job_store, clock=clock)
        scans = Scans(scan_store, music_dir=settings.music_dir, waiting=waiting)
        jobs = Jobs(self._job_store, clock)
        describing = self._describing(switchboard, dossiers, viewpoint, albums)
        work = album_jobs.Work(
            albums=albums,
            tracks=tracks,
            describing=describing,
            artists=artists,
            language=settings.enrichment_language,
            clock=clock,
        )
        album_jobs.register(jobs, work)
        telling = TellingCovers(jobs, CoverNeighbour(self._covers))
        telling.register()
        on_albums = partial(_refile, dossiers, albums, telling)
        scanning = Scanning(scan_store, pipeline, music_dir=settings.music_dir, clock=clock, on_albums=on_albums)
        scan_jobs.register(jobs, scan_jobs.Work(scans, scanning, settings.album_scan_interval, clock))
        servicer = AlbumServicer(
            Parts(
                pipeline=pipeline,
                store=store,
                albums=albums,
                tracks=tracks,
                curating=Curating(albums, dossiers, describing),
                batches=Batches(database, self._job_store, waiting=waiting, clock=clock),
                newcomers=NewAlbums(self._pen, self._job_store, clock),
                scans=scans,
                viewpoint=viewpoint,
                tokens=PageTokens.from_settings(settings),
                providers=self._meter.standings,
                jobs=self._job_store,
                language=settings.enrichment_language,
                clock=clock,
            )
        )
        return AlbumParts(self._registry, store, servicer, jobs, self._close)

    def _close(self) -> None:
        self._fanout.close()
        for closer in (*self._memory.closers, *reversed(self._closers)):
            closer()

    def _switchboard(self) -> Switchboard:
        settings = self._settings
        allowance = Allowance(settings.euria_descriptions_per_day, settings.euria_descriptions_per_month, "texts")
        spending = SpendingLedger(self._database, allowances={euria.NAME: allowance}, clock=self._clock)
        providing = Providing(settings, self._clock, self._http, self._meter, self._memory, spending)
        switchboard = providing.build()
        self._closers += providing.closers
        return switchboard

    def _viewpoint(self, switchboard: Switchboard) -> Viewpoint:
        return Viewpoint(
            trust=Trust(self._settings.album_providers),
            language=self._settings.enrichment_language,
            off=switchboard.off,
            resolve_genres=genres_of,
        )

    def _album_dossiers(self, viewpoint: Viewpoint) -> AlbumDossiers:
        return AlbumDossiers(
            self._database,
            self._pen,
            self._job_store,
            trust=viewpoint.trust,
            genres=lambda dossier: [genre.name for genre in viewpoint.genres(dossier)],
            files=read_files,
            clock=self._clock,
        )

    def _albums(self, switchboard: Switchboard, dossiers: AlbumDossiers) -> EnrichingAlbums:
        return Enriching(
            sort="album",
            questions=switchboard.albums,
            shelf=dossiers,
            dossiers=self._memory.read_through(JsonCodec(AlbumDossier)),
            facts_of=facts_of_album,
            fanout=self._fanout,
            policy=self._policy(),
            clock=self._clock,
            meter=self._meter,
        )

    def _tracks(self, switchboard: Switchboard) -> EnrichingTracks:
        settings = self._settings
        fresh = {TrackKind.PROFILE: settings.enrichment_cache_ttl_counts}
        policy = Policy(
            Freshness(fresh, settings.enrichment_cache_ttl_absent),
            settings.enrichment_timeout_total,
            settings.enrichment_timeout_leisure,
        )
        return Enriching(
            sort="track",
            questions=switchboard.tracks,
            shelf=TrackDossiers(
                self._database, self._pen, self._job_store, trust=Trust(settings.album_providers), clock=self._clock
            ),
            dossiers=self._memory.read_through(JsonCodec(TrackDossier)),
            facts_of=facts_of_track,
            fanout=self._fanout,
            policy=policy,
            clock=self._clock,
            meter=self._meter,
        )

    def _describing(
        self, switchboard: Switchboard, dossiers: AlbumDossiers, viewpoint: Viewpoint, albums: EnrichingAlbums
    ) -> Describing:
        return Describing(
            question=switchboard.description,
            shelf=dossiers,
            trust=viewpoint.trust,
            genres=viewpoint.genres,
            policy=self._policy(),
            forget=lambda album_id: albums.forget([album_id]),
            language=self._settings.description_language,
            jobs=self._job_store,
            clock=self._clock,
        )

    def _policy(self) -> Policy[Any]:
        settings = self._settings
        fresh = {
            Kind.PROFILE: settings.enrichment_cache_ttl_counts,
            Kind.TAGS: settings.enrichment_cache_ttl_tags,
            Kind.LISTING: settings.enrichment_cache_ttl_releases,
            Kind.RELEASE: settings.enrichment_cache_ttl_releases,
            Kind.DESCRIPTION: settings.enrichment_cache_ttl_descriptions,
        }
        freshness = Freshness(fresh, settings.enrichment_cache_ttl_absent)
        return Policy(freshness, settings.enrichment_timeout_total, settings.enrichment_timeout_leisure)


def _refile(dossiers: AlbumDossiers, albums: EnrichingAlbums, telling: TellingCovers, album_ids: Collection[AlbumId]) -> None:
    """Their files have changed: what the albums show of them does as well, and what they look like may."""
    dossiers.show(album_ids)
    albums.forget(album_ids)
    telling.tell(album_ids)
