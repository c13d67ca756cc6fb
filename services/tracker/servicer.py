"""The tracker service's gRPC face: one short method per RPC. Errors are raised; the server's interceptor translates them."""

from collections.abc import Callable, Iterator, Sequence

import grpc
from google.api import httpbody_pb2

from kernel.jobs import JobStore, Lane
from kernel.paging import PageTokens, page_size
from services.tracker.convert import replies, requests, telling
from services.tracker.counting import Counting
from services.tracker.imports import Imports
from services.tracker.store import TrackerStore
from services.tracker.switch import Switch
from services.tracker.telling.history import History
from services.tracker.watching import Watching
from soniquebay.tracker.v1 import tracker_pb2 as pb
from soniquebay.tracker.v1 import tracker_pb2_grpc
from upstreams.metrics import ProviderStanding

_ACCEPTED = ("http-status", "202")
_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}


class TrackerServicer(tracker_pb2_grpc.TrackerServiceServicer):
    """Promises are in tracker.proto."""

    def __init__(  # noqa: PLR0913 - one part each of what it hands requests to
        self,
        *,
        store: TrackerStore,
        imports: Imports,
        history: History,
        switch: Switch,
        watching: Watching,
        counting: Counting,
        tokens: PageTokens,
        providers: Callable[[], Sequence[ProviderStanding]],
        jobs: JobStore,
    ) -> None:
        self._store = store
        self._imports = imports
        self._history = history
        self._switch = switch
        self._watching = watching
        self._counting = counting
        self._tokens = tokens
        self._providers = providers
        self._jobs = jobs

    def ImportHistory(self, request: pb.ImportHistoryRequest, context: grpc.ServicerContext) -> pb.ImportHistoryResponse:
        run = self._imports.create("lastfm", requests.history_options(request), lane=Lane.HIGH)
        if requests.wants_async(context):
            preference = ("http-preference-applied", "respond-async")
            context.send_initial_metadata((_ACCEPTED, preference, ("http-location", f"/api/v1/imports/{run.id}")))
            return replies.accepted_response(run)
        return replies.history_response(self._imports.wait(run.id))

    def GetTrackerStatus(self, request: pb.GetTrackerStatusRequest, context: grpc.ServicerContext) -> pb.GetTrackerStatusResponse:
        return replies.status(self._switch.status())

    def StartTracker(self, request: pb.StartTrackerRequest, context: grpc.ServicerContext) -> pb.StartTrackerResponse:
        self._switch.start(requests.interval(request))
        return pb.StartTrackerResponse(status="started")

    def StopTracker(self, request: pb.StopTrackerRequest, context: grpc.ServicerContext) -> pb.StopTrackerResponse:
        self._switch.stop()
        return pb.StopTrackerResponse(status="stopped")

    def WatchTracker(self, request: pb.WatchTrackerRequest, context: grpc.ServicerContext) -> Iterator[pb.WatchTrackerResponse]:
        for sight in self._watching.watch(requests.event_id(request.last_event_id)):
            yield replies.tracker_event(sight.event, sight.status)

    def CreateImport(self, request: pb.CreateImportRequest, context: grpc.ServicerContext) -> pb.CreateImportResponse:
        run = self._imports.create(requests.source(request), requests.import_options(request))
        context.send_initial_metadata((_ACCEPTED, ("http-location", f"/api/v1/imports/{run.id}")))
        return pb.CreateImportResponse(created_import=replies.import_run(run))

    def UploadImport(self, request: pb.UploadImportRequest, context: grpc.ServicerContext) -> pb.UploadImportResponse:
        options = requests.upload_options(request)
        run = self._imports.upload(request.file.data, requests.account(request.account), options)
        context.send_initial_metadata((_ACCEPTED, ("http-location", f"/api/v1/imports/{run.id}")))
        return pb.UploadImportResponse(created_import=replies.import_run(run))

    def ListImports(self, request: pb.ListImportsRequest, context: grpc.ServicerContext) -> pb.ListImportsResponse:
        size, after = page_size(request.page_size), self._tokens.read(request.page_token, request)
        found = self._store.list_imports(before=int(after[0] or 0) if after else None, limit=size + 1)
        token = self._tokens.issue((found[size - 1].id,), request) if len(found) > size else ""
        return pb.ListImportsResponse(imports=[replies.import_run(run) for run in found[:size]], next_page_token=token)

    def GetImport(self, request: pb.GetImportRequest, context: grpc.ServicerContext) -> pb.GetImportResponse:
        run = self._store.get_import(requests.import_id(request.import_id))
        return pb.GetImportResponse(found_import=replies.import_run(run))

    def PauseImport(self, request: pb.PauseImportRequest, context: grpc.ServicerContext) -> pb.PauseImportResponse:
        run = self._store.pause_import(requests.import_id(request.import_id))
        return pb.PauseImportResponse(paused_import=replies.import_run(run))

    def ResumeImport(self, request: pb.ResumeImportRequest, context: grpc.ServicerContext) -> pb.ResumeImportResponse:
        run = self._store.resume_import(requests.import_id(request.import_id))
        return pb.ResumeImportResponse(resumed_import=replies.import_run(run))

    def CancelImport(self, request: pb.CancelImportRequest, context: grpc.ServicerContext) -> pb.CancelImportResponse:
        run = self._store.cancel_import(requests.import_id(request.import_id))
        return pb.CancelImportResponse(cancelled_import=replies.import_run(run))

    def UndoImport(self, request: pb.UndoImportRequest, context: grpc.ServicerContext) -> pb.UndoImportResponse:
        run = self._store.undo_import(requests.import_id(request.import_id))
        return pb.UndoImportResponse(undone_import=replies.import_run(run))

    def RetryImport(self, request: pb.RetryImportRequest, context: grpc.ServicerContext) -> pb.RetryImportResponse:
        run = self._store.retry_import(requests.import_id(request.import_id))
        return pb.RetryImportResponse(retried_import=replies.import_run(run))

    def WatchImport(self, request: pb.WatchImportRequest, context: grpc.ServicerContext) -> Iterator[pb.WatchImportResponse]:
        return map(replies.progress, self._imports.watch(requests.import_id(request.import_id)))

    def ListImportLog(self, request: pb.ListImportLogRequest, context: grpc.ServicerContext) -> pb.ListImportLogResponse:
        size, after = page_size(request.page_size), self._tokens.read(request.page_token, request)
        import_id, kind = requests.import_id(request.import_id), requests.log_kind(request.kind)
        found = self._store.list_log(import_id, kind=kind, after=int(after[0] or 0) if after else 0, limit=size + 1)
        token = self._tokens.issue((found[size - 1].id,), request) if len(found) > size else ""
        return pb.ListImportLogResponse(entries=[replies.log_entry(each) for each in found[:size]], next_page_token=token)

    def ListPlays(self, request: pb.ListPlaysRequest, context: grpc.ServicerContext) -> pb.ListPlaysResponse:
        size, after = page_size(request.page_size), self._tokens.read(request.page_token, request)
        found = self._history.list_plays(requests.play_filter(request), after=after, limit=size + 1)
        token = self._tokens.issue(found[size - 1].position, request) if len(found) > size else ""
        return telling.plays_response(found[:size], token)

    def ExportPlays(self, request: pb.ExportPlaysRequest, context: grpc.ServicerContext) -> Iterator[httpbody_pb2.HttpBody]:
        kind = request.format or "jsonl"
        pieces = self._history.export(kind, *requests.export_window(request))
        context.send_initial_metadata((("http-content-disposition", f'attachment; filename="plays.{kind}"'),))
        return (httpbody_pb2.HttpBody(content_type=_TYPES[kind], data=piece) for piece in pieces)

    def GetTimeline(self, request: pb.GetTimelineRequest, context: grpc.ServicerContext) -> pb.GetTimelineResponse:
        return telling.timeline_response(self._history.timeline(request.date, request.time_zone))

    def GetAnalytics(self, request: pb.GetAnalyticsRequest, context: grpc.ServicerContext) -> pb.GetAnalyticsResponse:
        since, until = getattr(request, "from"), request.to
        return telling.analytics_response(self._history.analytics(since, until, request.time_zone, request.top))

    def GetCompleteness(self, request: pb.GetCompletenessRequest, context: grpc.ServicerContext) -> pb.GetCompletenessResponse:
        return replies.completeness(self._counting.completeness())

    def RefreshCompleteness(
        self, request: pb.RefreshCompletenessRequest, context: grpc.ServicerContext
    ) -> pb.RefreshCompletenessResponse:
        self._counting.refresh()
        context.send_initial_metadata((_ACCEPTED,))
        return pb.RefreshCompletenessResponse(completeness=replies.completeness(self._counting.completeness()))

    def GetProviders(self, request: pb.GetProvidersRequest, context: grpc.ServicerContext) -> pb.GetProvidersResponse:
        return pb.GetProvidersResponse(providers=map(replies.provider, self._providers()))

    def GetJobCounts(self, request: pb.GetJobCountsRequest, context: grpc.ServicerContext) -> pb.GetJobCountsResponse:
        return pb.GetJobCountsResponse(job_counts=replies.job_counts(self._jobs.count_by_state()))

    def GetDeadJobs(self, request: pb.GetDeadJobsRequest, context: grpc.ServicerContext) -> pb.GetDeadJobsResponse:
        return pb.GetDeadJobsResponse(dead_jobs=map(replies.dead_job, self._jobs.list_dead()))

    def RetryDeadJobs(self, request: pb.RetryDeadJobsRequest, context: grpc.ServicerContext) -> pb.RetryDeadJobsResponse:
        return pb.RetryDeadJobsResponse(retried_count=self._jobs.retry_all_dead())
