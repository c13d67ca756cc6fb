"""The cover service's gRPC face: one short method per RPC. Errors are raised; the server's interceptor translates them."""

from collections.abc import Callable, Iterator, Sequence

import grpc
from google.api import httpbody_pb2

from kernel.jobs import JobStore
from services.cover.convert import replies, requests
from services.cover.convert.serving import headers_of, pieces_of
from services.cover.pipeline import CoverPipeline, Served
from services.cover.stats import Stats
from soniquebay.cover.v1 import cover_pb2 as pb
from soniquebay.cover.v1 import cover_pb2_grpc
from upstreams.metrics import ProviderStanding

_ACCEPTED = (("http-status", "202"),)


class CoverServicer(cover_pb2_grpc.CoverServiceServicer):
    """Promises are in cover.proto."""

    def __init__(
        self, pipeline: CoverPipeline, stats: Stats, providers: Callable[[], Sequence[ProviderStanding]], jobs: JobStore
    ) -> None:
        self._pipeline = pipeline
        self._stats = stats
        self._providers = providers
        self._jobs = jobs

    def GetCoverImage(self, request: pb.GetCoverImageRequest, context: grpc.ServicerContext) -> Iterator[httpbody_pb2.HttpBody]:
        ref, size = requests.ref(request.kind, request.id), requests.size(request.size)
        yield from _sent(self._pipeline.serve(ref, size, request.v), context)

    def GetCoverVersionImage(
        self, request: pb.GetCoverVersionImageRequest, context: grpc.ServicerContext
    ) -> Iterator[httpbody_pb2.HttpBody]:
        ref, size = requests.ref(request.kind, request.id), requests.size(request.size)
        yield from _sent(self._pipeline.serve_version(ref, size, request.version), context)

    def GetCover(self, request: pb.GetCoverRequest, context: grpc.ServicerContext) -> pb.GetCoverResponse:
        return pb.GetCoverResponse(cover=replies.cover(self._pipeline.get(requests.ref(request.kind, request.id))))

    def ExplainCover(self, request: pb.ExplainCoverRequest, context: grpc.ServicerContext) -> pb.ExplainCoverResponse:
        explained = self._pipeline.explain(requests.ref(request.kind, request.id))
        return pb.ExplainCoverResponse(attempts=replies.attempts(explained))

    def RefreshCover(self, request: pb.RefreshCoverRequest, context: grpc.ServicerContext) -> pb.RefreshCoverResponse:
        cover = self._pipeline.refresh(requests.ref(request.kind, request.id))
        context.send_initial_metadata(_ACCEPTED)
        return pb.RefreshCoverResponse(cover=replies.cover(cover))

    def UploadCoverImage(self, request: pb.UploadCoverImageRequest, context: grpc.ServicerContext) -> pb.UploadCoverImageResponse:
        ref, content = requests.ref(request.kind, request.id), requests.image(request.image.data)
        return pb.UploadCoverImageResponse(cover=replies.cover(self._pipeline.upload(ref, content)))

    def LockCover(self, request: pb.LockCoverRequest, context: grpc.ServicerContext) -> pb.LockCoverResponse:
        return pb.LockCoverResponse(cover=replies.cover(self._pipeline.lock(requests.ref(request.kind, request.id))))

    def DeleteCoverLock(self, request: pb.DeleteCoverLockRequest, context: grpc.ServicerContext) -> pb.DeleteCoverLockResponse:
        self._pipeline.unlock(requests.ref(request.kind, request.id))
        return pb.DeleteCoverLockResponse()

    def RevertCover(self, request: pb.RevertCoverRequest, context: grpc.ServicerContext) -> pb.RevertCoverResponse:
        cover = self._pipeline.revert(requests.ref(request.kind, request.id), request.image)
        return pb.RevertCoverResponse(cover=replies.cover(cover))

    def WatchCovers(self, request: pb.WatchCoversRequest, context: grpc.ServicerContext) -> Iterator[pb.WatchCoversResponse]:
        for changed in self._pipeline.watch(requests.refs(request.covers, most=requests.MOST_WATCHED)):
            yield pb.WatchCoversResponse(covers=map(replies.cover, changed))

    def GetCoverStats(self, request: pb.GetCoverStatsRequest, context: grpc.ServicerContext) -> pb.GetCoverStatsResponse:
        return pb.GetCoverStatsResponse(stats=replies.stats(self._stats.figures()))

    def RequestCovers(self, request: pb.RequestCoversRequest, context: grpc.ServicerContext) -> pb.RequestCoversResponse:
        refs, lane = requests.refs(request.covers, most=requests.MOST_REQUESTED), requests.lane(request.lane)
        return pb.RequestCoversResponse(requested_count=self._pipeline.request(refs, lane, is_changed=request.is_changed))

    def GetProviders(self, request: pb.GetProvidersRequest, context: grpc.ServicerContext) -> pb.GetProvidersResponse:
        return pb.GetProvidersResponse(providers=map(replies.provider, self._providers()))

    def GetJobCounts(self, request: pb.GetJobCountsRequest, context: grpc.ServicerContext) -> pb.GetJobCountsResponse:
        return pb.GetJobCountsResponse(job_counts=replies.job_counts(self._jobs.count_by_state()))

    def GetDeadJobs(self, request: pb.GetDeadJobsRequest, context: grpc.ServicerContext) -> pb.GetDeadJobsResponse:
        return pb.GetDeadJobsResponse(dead_jobs=map(replies.dead_job, self._jobs.list_dead()))

    def RetryDeadJobs(self, request: pb.RetryDeadJobsRequest, context: grpc.ServicerContext) -> pb.RetryDeadJobsResponse:
        return pb.RetryDeadJobsResponse(retried_count=self._jobs.retry_all_dead())


def _sent(served: Served, context: grpc.ServicerContext) -> Iterator[httpbody_pb2.HttpBody]:
    """The bytes, behind what is to be known of them."""
    with served.file:
        context.send_initial_metadata(headers_of(served))
        yield from pieces_of(served)
