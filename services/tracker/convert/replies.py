"""How does what the domain knows of imports and of the live tracker become replies?"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from kernel.jobs import Job, JobState
from services.tracker.counting import Completeness
from services.tracker.domain import Hole, ImportState
from services.tracker.storing.live import PLAY, PLAYING, Event
from services.tracker.storing.runs import ImportRun, LogEntry
from services.tracker.switch import Status
from services.tracker.words import counted, moment
from soniquebay.jobs.v1 import jobs_pb2
from soniquebay.tracker.v1 import tracker_pb2 as pb
from soniquebay.upstreams.v1 import upstreams_pb2
from upstreams.metrics import ProviderStanding

_STATES = {state: f"IMPORT_STATE_{state}" for state in ImportState}


def import_run(run: ImportRun) -> pb.Import:
    options, counts = run.options, run.counts
    return pb.Import(
        id=str(run.id),
        source=run.source,
        account=run.account.name,
        state=_STATES[run.state],
        summary=_summary(run),
        from_time=_second(options.since),
        to_time=_second(options.until),
        limit=options.limit,
        skip_existing=options.skip_existing,
        enrich_albums=options.enrich_albums,
        dry_run=options.dry_run,
        counts=pb.ImportCounts(**{name: getattr(counts, name) for name in counts.__dataclass_fields__}),
        total_plays=run.total,
        plays_per_second=1 / run.seconds_a_play if run.seconds_a_play else 0.0,
        time_left=_time_left(run),
        holes=[_hole(hole) for hole in run.holes],
        error=run.error,
        retry_time=run.retry_at,
        reached_time=_second(run.reached),
        create_time=run.created_at,
        update_time=run.updated_at,
        end_time=run.ended_at,
        is_undone=run.is_undone,
    )


def history_response(run: ImportRun) -> pb.ImportHistoryResponse:
    """After the import has ended."""
    counts = run.counts
    return pb.ImportHistoryResponse(
        status="success" if not run.holes else _ended_well(run),
        tracks_imported=counts.imported,
        tracks_skipped=counts.known,
        tracks_errors=counts.quarantined,
        albums_enriched=counts.albums_enriched,
        total_albums_to_enrich=counts.albums_to_enrich,
        total_scrobbles=run.total if run.total is not None else counts.seen,
    )


def accepted_response(run: ImportRun) -> pb.ImportHistoryResponse:
    """When it is not waited for."""
    return pb.ImportHistoryResponse(status="accepted", started_import=import_run(run))


def progress(run: ImportRun) -> pb.WatchImportResponse:
    return pb.WatchImportResponse(event_id=str(run.revision), progress=import_run(run))


def log_entry(entry: LogEntry) -> pb.ImportLogEntry:
    return pb.ImportLogEntry(log_time=entry.logged_at, kind=entry.kind, message=entry.message, raw=entry.raw)


def status(now: Status) -> pb.GetTrackerStatusResponse:
    known, newest = now.tracker, now.newest
    return pb.GetTrackerStatusResponse(
        running=known is not None and known.is_running,
        last_track=f"{newest.artist}|{newest.track}|{newest.album}" if newest is not None else None,
        interval_seconds=now.interval_seconds,
        state=now.state,
        account=now.account,
        now_playing=now_playing(known.playing) if known is not None and known.playing else None,
        last_play_time=_second(newest.uts) if newest is not None else None,
        lag_seconds=now.lag_seconds,
        last_poll_time=known.polled_at if known is not None else None,
        next_poll_time=now.next_poll_at,
        last_error=known.error if known is not None else "",
        plays_stored=known.plays_stored if known is not None else 0,
        last_sweep_time=known.swept_at if known is not None else None,
    )


def now_playing(told: Mapping[str, Any]) -> pb.NowPlaying:
    seen_at = told.get("seen_at")
    return pb.NowPlaying(
        artist=told.get("artist", ""),
        track=told.get("track", ""),
        album=told.get("album", ""),
        image_url=told.get("image_url") or None,
        seen_time=datetime.fromisoformat(seen_at) if seen_at else None,
    )


def tracker_event(event: Event, present: Status) -> pb.WatchTrackerResponse:
    """What a watcher is told; a change of the status is told as the status is by now."""
    reply = pb.WatchTrackerResponse(event_id=str(event.id))
    if event.kind == PLAY:
        told = event.content
        reply.play.CopyFrom(
            pb.Play(
                play_time=_second(told["uts"]),
                uts=told["uts"],
                artist=told["artist"],
                track=told["track"],
                album=told["album"],
                image_url=told["image_url"] or None,
                source=told["source"],
            )
        )
    elif event.kind == PLAYING:
        reply.now_playing.CopyFrom(now_playing(event.content))
    else:
        reply.status.CopyFrom(status(present))
    return reply


def completeness(known: Completeness) -> pb.GetCompletenessResponse:
    return pb.GetCompletenessResponse(
        account=known.account,
        stored_count=known.stored,
        source_count=known.counted,
        count_time=known.counted_at,
        is_counting=known.is_counting,
        months=[
            pb.MonthCount(
                month=month.month,
                stored_count=month.stored,
                source_count=month.counted,
                count_time=month.counted_at,
            )
            for month in known.months
        ],
        holes=[_hole(hole) for hole in known.holes],
        quarantined_count=known.quarantined,
    )


def _summary(run: ImportRun) -> str:
    if run.is_undone:
        return "undone"
    if run.state is ImportState.SUCCEEDED:
        return _ended_well(run)
    if run.state is ImportState.FAILED:
        return f"failed: {run.error}"
    if run.state is ImportState.RUNNING and run.retry_at is not None:
        return f"waiting for {run.source} until {moment(int(run.retry_at.timestamp()))} UTC: {run.error}"
    if run.state is ImportState.RUNNING and run.reached is not None:
        return f"reading; back to {moment(run.reached)} UTC so far"
    return {ImportState.PENDING: "waiting for its turn", ImportState.RUNNING: "reading"}.get(run.state, run.state.lower())


def _ended_well(run: ImportRun) -> str:
    return "complete" + (f" with {counted(len(run.holes), 'hole')}" if run.holes else "")


def _time_left(run: ImportRun) -> timedelta | None:
    if run.total is None or run.seconds_a_play is None or run.state is not ImportState.RUNNING or run.retry_at is not None:
        return None
    wanted = min(run.total, run.options.limit) if run.options.limit else run.total
    return timedelta(seconds=max(0, wanted - run.counts.seen) * run.seconds_a_play)


def _hole(hole: Hole) -> pb.Hole:
    return pb.Hole(from_time=_second(hole.since), to_time=_second(hole.until), reason=hole.reason)


def _second(uts: int | None) -> Timestamp | None:
    return None if uts is None else Timestamp(seconds=uts)


def provider(known: ProviderStanding) -> upstreams_pb2.Provider:
    return upstreams_pb2.Provider(**asdict(known))


def dead_job(job: Job) -> jobs_pb2.DeadJob:
    return jobs_pb2.DeadJob(
        id=job.id,
        kind=job.kind,
        error=job.error or "",
        attempt_count=job.attempts,
        end_time=job.updated_at,
        subject=_subject(job),
    )


def job_counts(counts: Mapping[JobState, int]) -> jobs_pb2.JobCounts:
    return jobs_pb2.JobCounts(waiting=counts[JobState.PENDING], running=counts[JobState.RUNNING], given_up=counts[JobState.DEAD])


def _subject(job: Job) -> str:
    payload = job.payload or {}
    return f"imports/{payload['import_id']}" if "import_id" in payload else ""
