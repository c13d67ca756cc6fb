"""The album service's gRPC face: one short method per RPC. Errors are raised; the server's interceptor translates them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import grpc
from google.protobuf.message import Message

from kernel.clock import Clock
from kernel.jobs import JobStore
from kernel.paging import PageTokens, page_size
from services.album.asking import Wish
from services.album.batches import Batches
from services.album.convert import enriched, giving, replies, requests, scans
from services.album.domain import AlbumField
from services.album.jobs import EnrichingAlbums, EnrichingTracks
from services.album.newcomers import MOST_ALBUMS, NewAlbums
from services.album.pipeline import AlbumPipeline, Curating
from services.album.scanning.scans import Scans
from services.album.store import AlbumStore
from services.album.storing.listing import Place, Position
from services.album.view import Viewpoint
from soniquebay.album.v1 import album_pb2 as pb
from soniquebay.album.v1 import album_pb2_grpc
from upstreams.metrics import ProviderStanding

T = TypeVar("T")

_ACCEPTED = ("http-status", "202")


@dataclass(frozen=True, slots=True)
class Parts:
    """What the servicer hands requests to."""

    pipeline: AlbumPipeline
    store: AlbumStore
    albums: EnrichingAlbums
    tracks: EnrichingTracks
    curating: Curating
    batches: Batches
    newcomers: NewAlbums
    scans: Scans
    viewpoint: Viewpoint
    tokens: PageTokens
    providers: Callable[[], Sequence[ProviderStanding]]
    jobs: JobStore
    language: str
    clock: Clock


class AlbumServicer(album_pb2_grpc.AlbumServiceServicer):
    """Promises are in album.proto."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def ListAlbums(self, request: pb.ListAlbumsRequest, context: grpc.ServicerContext) -> pb.ListAlbumsResponse:
        size, after = page_size(request.page_size), self._position(request)
        found = self._parts.store.list_albums(requests.album_filter(request), after=after, limit=size + 1)
        albums = [replies.album(each) for _, each in found[:size]]
        return pb.ListAlbumsResponse(albums=albums, next_page_token=self._token(found, size, request))

    def GetAlbum(self, request: pb.GetAlbumRequest, context: grpc.ServicerContext) -> pb.GetAlbumResponse:
        return pb.GetAlbumResponse(album=replies.album(self._parts.pipeline.get_album(requests.album_id(request.album))))

    def ListAlbumTracks(self, request: pb.ListAlbumTracksRequest, context: grpc.ServicerContext) -> pb.ListAlbumTracksResponse:
        size, after = page_size(request.page_size), self._place(request)
        album = self._parts.pipeline.get_album(requests.album_id(request.album))
        found = self._parts.store.list_tracks(album.id, after=after, limit=size + 1)
        tracks = [replies.track(each) for _, each in found[:size]]
        return pb.ListAlbumTracksResponse(tracks=tracks, next_page_token=self._token(found, size, request))

    def EnrichAlbum(self, request: pb.EnrichAlbumRequest, context: grpc.ServicerContext) -> pb.EnrichAlbumResponse:
        language = requests.language(request.language, self._parts.language)
        wish = Wish[Any](language, force=request.force_refresh)
        reading = self._parts.curating.enrich(requests.album_id(request.album), wish)
        return pb.EnrichAlbumResponse(enriched_album=enriched.enriched_album(self._parts.viewpoint.view(reading, language)))

    def GetEnrichedAlbum(self, request: pb.GetEnrichedAlbumRequest, context: grpc.ServicerContext) -> pb.GetEnrichedAlbumResponse:
        language = requests.language(request.language, self._parts.language)
        reading = self._parts.albums.get(requests.album_id(request.album))
        return pb.GetEnrichedAlbumResponse(enriched_album=enriched.enriched_album(self._parts.viewpoint.view(reading, language)))

    def RefreshAlbum(self, request: pb.RefreshAlbumRequest, context: grpc.ServicerContext) -> pb.RefreshAlbumResponse:
        language = requests.language(request.language, self._parts.language)
        album_id, kinds = requests.album_id(request.album), requests.kinds(request.kinds)
        reading = self._parts.curating.refresh(album_id, kinds, language)
        return pb.RefreshAlbumResponse(enriched_album=enriched.enriched_album(self._parts.viewpoint.view(reading, language)))

    def ExplainAlbum(self, request: pb.ExplainAlbumRequest, context: grpc.ServicerContext) -> pb.ExplainAlbumResponse:
        fields = [giving.field(request.field)] if request.field else list(AlbumField)
        dossier = self._parts.albums.get(requests.album_id(request.album)).value
        explained = self._parts.viewpoint.explain(dossier, fields)
        return pb.ExplainAlbumResponse(explanations=map(enriched.explanation, explained))

    def UpdateAlbumOverride(
        self, request: pb.UpdateAlbumOverrideRequest, context: grpc.ServicerContext
    ) -> pb.UpdateAlbumOverrideResponse:
        override = giving.override_of(request, self._parts.clock.now(), self._parts.language)
        reading = self._parts.curating.set_override(requests.album_id(request.album), override)
        (explained,) = self._parts.viewpoint.explain(reading.value, [override.field])
        return pb.UpdateAlbumOverrideResponse(explanation=enriched.explanation(explained))

    def DeleteAlbumOverride(
        self, request: pb.DeleteAlbumOverrideRequest, context: grpc.ServicerContext
    ) -> pb.DeleteAlbumOverrideResponse:
        field = giving.field(request.field)
        self._parts.curating.delete_override(requests.album_id(request.album), field)
        return pb.DeleteAlbumOverrideResponse()

    def InvalidateAlbums(self, request: pb.InvalidateAlbumsRequest, context: grpc.ServicerContext) -> pb.InvalidateAlbumsResponse:
        return pb.InvalidateAlbumsResponse(invalidated_count=self._parts.curating.invalidate(requests.album_ids(request)))

    def GetTrack(self, request: pb.GetTrackRequest, context: grpc.ServicerContext) -> pb.GetTrackResponse:
        return pb.GetTrackResponse(track=replies.track(self._parts.pipeline.get_track(requests.track_id(request.track))))

    def EnrichTrack(self, request: pb.EnrichTrackRequest, context: grpc.ServicerContext) -> pb.EnrichTrackResponse:
        wish = Wish[Any](self._parts.language, force=request.force_refresh)
        reading = self._parts.tracks.enrich(requests.track_id(request.track), wish)
        return pb.EnrichTrackResponse(enriched_track=enriched.enriched_track(self._parts.viewpoint.view_track(reading)))

    def GetEnrichedTrack(self, request: pb.GetEnrichedTrackRequest, context: grpc.ServicerContext) -> pb.GetEnrichedTrackResponse:
        reading = self._parts.tracks.get(requests.track_id(request.track))
        return pb.GetEnrichedTrackResponse(enriched_track=enriched.enriched_track(self._parts.viewpoint.view_track(reading)))

    def BatchEnrichTracks(
        self, request: pb.BatchEnrichTracksRequest, context: grpc.ServicerContext
    ) -> pb.BatchEnrichTracksResponse:
        track_ids, types = requests.batch(request)
        batch = self._parts.batches.start(track_ids, types, force=request.force_refresh)
        context.send_initial_metadata((_ACCEPTED, ("http-location", f"/api/v1/tracks/batches/{batch.id}")))
        return pb.BatchEnrichTracksResponse(created_batch=enriched.track_batch(batch))

    def GetTrackBatch(self, request: pb.GetTrackBatchRequest, context: grpc.ServicerContext) -> pb.GetTrackBatchResponse:
        batch = self._parts.batches.get(requests.batch_id(request.batch_id))
        return pb.GetTrackBatchResponse(found_batch=enriched.track_batch(batch))

    def WatchTrackBatch(
        self, request: pb.WatchTrackBatchRequest, context: grpc.ServicerContext
    ) -> Iterator[pb.WatchTrackBatchResponse]:
        for batch in self._parts.batches.watch(requests.batch_id(request.batch_id)):
            yield pb.WatchTrackBatchResponse(batch=enriched.track_batch(batch))

    def CreateScan(self, request: pb.CreateScanRequest, context: grpc.ServicerContext) -> pb.CreateScanResponse:
        scan = self._parts.scans.create()
        context.send_initial_metadata((_ACCEPTED, ("http-location", f"/api/v1/scans/{scan.id}")))
        return pb.CreateScanResponse(created_scan=scans.scan(scan))

    def ListScans(self, request: pb.ListScansRequest, context: grpc.ServicerContext) -> pb.ListScansResponse:
        size, before = page_size(request.page_size), scans.scan_place(self._parts.tokens.read(request.page_token, request))
        found = self._parts.scans.list(before=before, limit=size + 1)
        places = [(scans.scan_cursor(each), each) for each in found]
        return pb.ListScansResponse(scans=map(scans.scan, found[:size]), next_page_token=self._token(places, size, request))

    def GetScan(self, request: pb.GetScanRequest, context: grpc.ServicerContext) -> pb.GetScanResponse:
        return pb.GetScanResponse(found_scan=scans.scan(self._parts.scans.get(scans.scan_id(request.scan_id))))

    def CancelScan(self, request: pb.CancelScanRequest, context: grpc.ServicerContext) -> pb.CancelScanResponse:
        return pb.CancelScanResponse(cancelled_scan=scans.scan(self._parts.scans.cancel(scans.scan_id(request.scan_id))))

    def WatchScan(self, request: pb.WatchScanRequest, context: grpc.ServicerContext) -> Iterator[pb.WatchScanResponse]:
        for scan in self._parts.scans.watch(scans.scan_id(request.scan_id)):
            yield pb.WatchScanResponse(scan=scans.scan(scan))

    def ListFileProblems(self, request: pb.ListFileProblemsRequest, context: grpc.ServicerContext) -> pb.ListFileProblemsResponse:
        size, after = page_size(request.page_size), scans.problem_place(self._parts.tokens.read(request.page_token, request))
        found = self._parts.scans.list_problems(after=after, limit=size + 1)
        places = [(scans.problem_cursor(each), each) for each in found]
        problems = map(scans.file_problem, found[:size])
        return pb.ListFileProblemsResponse(problems=problems, next_page_token=self._token(places, size, request))

    def EnsureTracks(self, request: pb.EnsureTracksRequest, context: grpc.ServicerContext) -> pb.EnsureTracksResponse:
        import_id = requests.import_id(request.import_id, is_required=False)
        return replies.ensure_response(self._parts.pipeline.ensure(requests.track_names(request), import_id=import_id))

    def EnrichNewAlbums(self, request: pb.EnrichNewAlbumsRequest, context: grpc.ServicerContext) -> pb.EnrichNewAlbumsResponse:
        import_id = requests.import_id(request.import_id, is_required=True)
        found = self._parts.newcomers.enrich(import_id, requests.limit(request.limit) or MOST_ALBUMS)
        return pb.EnrichNewAlbumsResponse(new_albums=found.new, to_enrich=found.to_enrich, enriched=found.enriched)

    def RequestAlbums(self, request: pb.RequestAlbumsRequest, context: grpc.ServicerContext) -> pb.RequestAlbumsResponse:
        self._parts.newcomers.request(requests.album_ids(request))
        return pb.RequestAlbumsResponse()

    def GetMusicFiles(self, request: pb.GetMusicFilesRequest, context: grpc.ServicerContext) -> pb.GetMusicFilesResponse:
        found = self._parts.store.list_files(**requests.whose_files(request))
        return pb.GetMusicFilesResponse(files=[replies.music_file(*each) for each in found])

    def GetProviders(self, request: pb.GetProvidersRequest, context: grpc.ServicerContext) -> pb.GetProvidersResponse:
        return pb.GetProvidersResponse(providers=map(replies.provider, self._parts.providers()))

    def GetJobCounts(self, request: pb.GetJobCountsRequest, context: grpc.ServicerContext) -> pb.GetJobCountsResponse:
        return pb.GetJobCountsResponse(job_counts=replies.job_counts(self._parts.jobs.count_by_state()))

    def GetDeadJobs(self, request: pb.GetDeadJobsRequest, context: grpc.ServicerContext) -> pb.GetDeadJobsResponse:
        return pb.GetDeadJobsResponse(dead_jobs=map(replies.dead_job, self._parts.jobs.list_dead()))

    def RetryDeadJobs(self, request: pb.RetryDeadJobsRequest, context: grpc.ServicerContext) -> pb.RetryDeadJobsResponse:
        return pb.RetryDeadJobsResponse(retried_count=self._parts.jobs.retry_all_dead())

    def _position(self, request: Any) -> Position | None:
        after = self._parts.tokens.read(request.page_token, request)
        return (str(after[0]), str(after[1])) if after else None

    def _place(self, request: Any) -> Place | None:
        after: Sequence[Any] | None = self._parts.tokens.read(request.page_token, request)
        return (int(after[0]), int(after[1]), str(after[2]), str(after[3])) if after else None

    def _token(self, found: Sequence[tuple[tuple[Any, ...], Any]], size: int, request: Message) -> str:
        """Leads on after the last one shown, where there was one more."""
        return self._parts.tokens.issue(found[size - 1][0], request) if len(found) > size else ""
