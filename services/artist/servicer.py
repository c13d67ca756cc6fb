"""The artist service's gRPC face: one short method per RPC. Errors are raised; the server's interceptor translates them."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import grpc

from kernel.clock import Clock
from kernel.jobs import JobStore
from kernel.paging import PageTokens, page_size
from services.artist.asking.research import Wish
from services.artist.batches import Batches
from services.artist.convert import replies, requests
from services.artist.domain import ArtistField
from services.artist.pipeline import ArtistPipeline
from services.artist.store import ArtistStore
from services.artist.storing.listing import ArtistFilter
from services.artist.view import Viewpoint
from soniquebay.artist.v1 import artist_pb2 as pb
from soniquebay.artist.v1 import artist_pb2_grpc
from upstreams.metrics import ProviderStanding
from upstreams.provider_meter import ProviderFigures

_TO_ANSWER = 3.0
"""Seconds kept for answering, of the time a caller waits for a batch."""


class ArtistServicer(artist_pb2_grpc.ArtistServiceServicer):
    """Promises are in artist.proto."""

    def __init__(  # noqa: PLR0913 - one part each of what it hands requests to
        self,
        *,
        pipeline: ArtistPipeline,
        store: ArtistStore,
        batches: Batches,
        viewpoint: Viewpoint,
        tokens: PageTokens,
        figures: Callable[[], Mapping[str, ProviderFigures]],
        providers: Callable[[], Sequence[ProviderStanding]],
        jobs: JobStore,
        clock: Clock,
    ) -> None:
        self._pipeline = pipeline
        self._store = store
        self._batches = batches
        self._viewpoint = viewpoint
        self._tokens = tokens
        self._figures = figures
        self._providers = providers
        self._jobs = jobs
        self._clock = clock

    def EnrichArtist(self, request: pb.EnrichArtistRequest, context: grpc.ServicerContext) -> pb.EnrichArtistResponse:
        language = requests.language(request.language, self._viewpoint.language)
        reading = self._pipeline.enrich(requests.enrich_ref(request), Wish(language, force=request.force_refresh))
        return replies.enrich_response(self._viewpoint.view(reading, language))

    def GetEnrichedArtist(
        self, request: pb.GetEnrichedArtistRequest, context: grpc.ServicerContext
    ) -> pb.GetEnrichedArtistResponse:
        language = requests.language(request.language, self._viewpoint.language)
        reading = self._pipeline.get(requests.ref(request.id))
        return replies.get_enriched_response(self._viewpoint.view(reading, language))

    def RefreshArtist(self, request: pb.RefreshArtistRequest, context: grpc.ServicerContext) -> pb.RefreshArtistResponse:
        language = requests.language(request.language, self._viewpoint.language)
        kinds = requests.kinds(request.kinds)
        reading = self._pipeline.refresh(requests.ref(request.id), Wish(language, kinds, force=True))
        return replies.refresh_response(self._viewpoint.view(reading, language))

    def BatchEnrichArtists(
        self, request: pb.BatchEnrichArtistsRequest, context: grpc.ServicerContext
    ) -> pb.BatchEnrichArtistsResponse:
        language = requests.language(request.language, self._viewpoint.language)
        ids, wanted = requests.batch_ids(request), requests.batch_id(request.batch_id)
        batch_id = self._batches.start(wanted, ids, Wish(language, force=request.force_refresh))
        batch = self._batches.wait(batch_id, leave=_TO_ANSWER)
        readings = self._pipeline.get_many([requests.ref(artist_id) for artist_id in ids])
        views = [self._viewpoint.view(reading, language) if reading else None for reading in readings]
        return replies.batch_response(batch, views)

    def WatchBatch(self, request: pb.WatchBatchRequest, context: grpc.ServicerContext) -> Iterator[pb.WatchBatchResponse]:
        told = 0
        for batch in self._batches.watch(requests.batch_id(request.batch_id)):
            yield replies.batch_progress(batch)
            names = self._pipeline.names([requests.ref(batch.artist_ids[each.position]) for each in batch.done[told:]])
            yield from replies.batched_artists(batch, names, told)
            told = len(batch.done)

    def GetEnrichmentMetrics(
        self, request: pb.GetEnrichmentMetricsRequest, context: grpc.ServicerContext
    ) -> pb.GetEnrichmentMetricsResponse:
        return replies.metrics_response(self._figures())

    def ListArtists(self, request: pb.ListArtistsRequest, context: grpc.ServicerContext) -> pb.ListArtistsResponse:
        size, after = page_size(request.page_size), self._tokens.read(request.page_token, request)
        wanted = ArtistFilter(requests.name_prefix(request), requests.optional_bool(request))
        start = (str(after[0]), str(after[1])) if after else None
        found = self._store.list_artists(wanted, after=start, limit=size + 1)
        following = (found[size - 1][0], found[size - 1][1].id) if len(found) > size else None
        token = self._tokens.issue(following, request) if following else ""
        return pb.ListArtistsResponse(artists=[replies.artist(each) for _, each in found[:size]], next_page_token=token)

    def GetArtist(self, request: pb.GetArtistRequest, context: grpc.ServicerContext) -> pb.GetArtistResponse:
        return pb.GetArtistResponse(artist=replies.artist(self._pipeline.get_artist(requests.ref(request.artist))))

    def ListSimilarArtists(
        self, request: pb.ListSimilarArtistsRequest, context: grpc.ServicerContext
    ) -> pb.ListSimilarArtistsResponse:
        size, after = page_size(request.page_size), self._tokens.read(request.page_token, request)
        wanted = requests.similar_filter(request)
        artist = self._pipeline.get_artist(requests.ref(request.artist))
        offset = int(after[0] or 0) if after else 0
        found = self._store.list_similar(artist.id, wanted, offset=offset, limit=size + 1)
        token = self._tokens.issue((offset + size,), request) if len(found) > size else ""
        similar = [replies.similar_artist(each) for each in found[:size]]
        return pb.ListSimilarArtistsResponse(similar_artists=similar, next_page_token=token)

    def GetArtistNumbers(self, request: pb.GetArtistNumbersRequest, context: grpc.ServicerContext) -> pb.GetArtistNumbersResponse:
        metric = requests.metric(request.metric)
        artist = self._pipeline.get_artist(requests.ref(request.artist))
        return replies.numbers_response(self._store.list_numbers(artist.id, metric))

    def ExplainArtist(self, request: pb.ExplainArtistRequest, context: grpc.ServicerContext) -> pb.ExplainArtistResponse:
        fields = [requests.field(request.field)] if request.field else list(ArtistField)
        dossier = self._pipeline.get(requests.ref(request.artist)).value
        return replies.explain_response(self._viewpoint.explain(dossier, fields))

    def UpdateArtistOverride(
        self, request: pb.UpdateArtistOverrideRequest, context: grpc.ServicerContext
    ) -> pb.UpdateArtistOverrideResponse:
        override = requests.override_of(request, self._clock.now(), self._viewpoint.language)
        wish = Wish(self._viewpoint.language)
        dossier = self._pipeline.set_override(requests.ref(request.artist), override, wish).value
        return replies.override_response(self._viewpoint.explain(dossier, [override.field])[0])

    def DeleteArtistOverride(
        self, request: pb.DeleteArtistOverrideRequest, context: grpc.ServicerContext
    ) -> pb.DeleteArtistOverrideResponse:
        wish = Wish(self._viewpoint.language)
        self._pipeline.delete_override(requests.ref(request.artist), requests.field(request.field), wish)
        return pb.DeleteArtistOverrideResponse()

    def InvalidateArtists(
        self, request: pb.InvalidateArtistsRequest, context: grpc.ServicerContext
    ) -> pb.InvalidateArtistsResponse:
        return pb.InvalidateArtistsResponse(invalidated_count=self._pipeline.invalidate(requests.artist_ids(request)))

    def EnsureArtists(self, request: pb.EnsureArtistsRequest, context: grpc.ServicerContext) -> pb.EnsureArtistsResponse:
        return pb.EnsureArtistsResponse(artist_ids=self._pipeline.ensure(requests.ensure_names(request)))

    def GetProviders(self, request: pb.GetProvidersRequest, context: grpc.ServicerContext) -> pb.GetProvidersResponse:
        return pb.GetProvidersResponse(providers=map(replies.provider, self._providers()))

    def GetJobCounts(self, request: pb.GetJobCountsRequest, context: grpc.ServicerContext) -> pb.GetJobCountsResponse:
        return pb.GetJobCountsResponse(job_counts=replies.job_counts(self._jobs.count_by_state()))

    def GetDeadJobs(self, request: pb.GetDeadJobsRequest, context: grpc.ServicerContext) -> pb.GetDeadJobsResponse:
        return pb.GetDeadJobsResponse(dead_jobs=map(replies.dead_job, self._jobs.list_dead()))

    def RetryDeadJobs(self, request: pb.RetryDeadJobsRequest, context: grpc.ServicerContext) -> pb.RetryDeadJobsResponse:
        return pb.RetryDeadJobsResponse(retried_count=self._jobs.retry_all_dead())
