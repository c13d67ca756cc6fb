"""How does what is known become protobuf?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict

from google.protobuf import json_format, struct_pb2

from facts.telling import Missing, NoteReason
from kernel.evidence import Candidate
from kernel.jobs import Job, JobState
from services.artist.batches import Batch
from services.artist.convert import identities, profiles
from services.artist.convert.parts import STATUSES, evidence
from services.artist.domain import Artist, ArtistField
from services.artist.dossier import FactValue, Override, SimilarArtist
from services.artist.storing.numbers import Series
from services.artist.storing.values import facts_of_artists
from services.artist.view import Explanation, View
from soniquebay.artist.v1 import artist_pb2 as pb
from soniquebay.jobs.v1 import jobs_pb2
from soniquebay.upstreams.v1 import upstreams_pb2
from upstreams.metrics import ProviderStanding
from upstreams.provider_meter import ProviderFigures

_NOT_DONE = "It is not done yet; ask again with the same batch_id, or watch the batch."
_REASONS = {
    NoteReason.ABSENT: pb.NOTE_REASON_ABSENT,
    NoteReason.FAULT: pb.NOTE_REASON_FAULT,
    NoteReason.DEFERRED: pb.NOTE_REASON_DEFERRED,
    NoteReason.OFF: pb.NOTE_REASON_OFF,
    NoteReason.AMBIGUOUS: pb.NOTE_REASON_AMBIGUOUS,
}


def enrich_response(view: View) -> pb.EnrichArtistResponse:
    return pb.EnrichArtistResponse(enriched_artist=enriched_artist(view))


def get_enriched_response(view: View) -> pb.GetEnrichedArtistResponse:
    return pb.GetEnrichedArtistResponse(enriched_artist=enriched_artist(view))


def refresh_response(view: View) -> pb.RefreshArtistResponse:
    return pb.RefreshArtistResponse(enriched_artist=enriched_artist(view))


def metrics_response(figures: Mapping[str, ProviderFigures]) -> pb.GetEnrichmentMetricsResponse:
    return pb.GetEnrichmentMetricsResponse(providers={name: _figures(name, each) for name, each in figures.items()})


def override_response(known: Explanation) -> pb.UpdateArtistOverrideResponse:
    return pb.UpdateArtistOverrideResponse(explanation=explanation(known))


def explain_response(known: Iterable[Explanation]) -> pb.ExplainArtistResponse:
    return pb.ExplainArtistResponse(explanations=map(explanation, known))


def numbers_response(known: Iterable[Series]) -> pb.GetArtistNumbersResponse:
    return pb.GetArtistNumbersResponse(numbers=map(_series, known))


def enriched_artist(view: View) -> pb.EnrichedArtist:
    """Made once of each view: an artist that is read often is answered from memory as a whole."""
    return view.dossier.once(("message", id(view)), lambda: _enriched_artist(view))


def _enriched_artist(view: View) -> pb.EnrichedArtist:
    dossier = view.dossier
    return pb.EnrichedArtist(
        artist=artist(dossier.artist),
        lastfm=profiles.lastfm(view),
        similar=[similar_artist(each) for each in dossier.similar],
        notes=[_note(each) for each in view.missing],
        stale=view.stale,
        retrieved_at=dossier.retrieved_at(),
        monthly_listeners=profiles.monthly_listeners(view),
        spotify=profiles.spotify(view),
        listenbrainz=profiles.listenbrainz(view),
        labels=profiles.labels(view),
        management=profiles.management(view),
        identity=identities.identity(view),
        artist_id=dossier.artist.id,
    )


def batch_response(batch: Batch, views: Sequence[View | None]) -> pb.BatchEnrichArtistsResponse:
    """In the order asked: the artist, or why there is none."""
    errors = {each.position: each.error for each in batch.done}
    answers = []
    for position, (artist_id, view) in enumerate(zip(batch.artist_ids, views, strict=True)):
        error = errors.get(position, _NOT_DONE)
        is_there = view is not None and not error
        is_pending = position not in errors or (not error and view is None)
        failed = pb.EnrichedArtist(artist_id=artist_id, error=error or _NOT_DONE, is_pending=is_pending)
        answers.append(_asked_as(artist_id, view) if is_there and view else failed)
    return pb.BatchEnrichArtistsResponse(enriched_artists=answers)


def batch_progress(batch: Batch) -> pb.WatchBatchResponse:
    progress = pb.BatchProgress(total=len(batch.artist_ids), done=len(batch.done), failed=batch.failed, ended=batch.is_over)
    return pb.WatchBatchResponse(progress=progress)


def batched_artists(batch: Batch, names: Sequence[str], told: int) -> Iterator[pb.WatchBatchResponse]:
    """Those that are done and were not told yet, with their names."""
    for each, name in zip(batch.done[told:], names, strict=True):
        artist_id = batch.artist_ids[each.position]
        one = pb.BatchedArtist(artist_id=artist_id, position=each.position, name=name, error=each.error)
        yield pb.WatchBatchResponse(artist=one)


def _asked_as(artist_id: str, view: View) -> pb.EnrichedArtist:
    answer = pb.EnrichedArtist()
    answer.CopyFrom(enriched_artist(view))
    answer.artist_id = artist_id
    return answer


def artist(known: Artist) -> pb.Artist:
    return pb.Artist(
        id=known.id,
        name=known.name,
        mbid=known.mbid,
        spotify_id=known.spotify_id,
        wikidata_id=known.wikidata_id,
        lastfm_url=known.lastfm_url,
        lastfm_listeners=known.lastfm_listeners,
        lastfm_playcount=known.lastfm_playcount,
        lastfm_tags=known.lastfm_tags,
        lastfm_info_fetched_at=known.lastfm_info_fetched_at,
        lastfm_similar_artists_fetched=known.lastfm_similar_artists_fetched,
        in_library=known.in_library,
        create_time=known.created_at,
        update_time=known.updated_at,
    )


def similar_artist(known: SimilarArtist) -> pb.SimilarArtist:
    return pb.SimilarArtist(
        artist_id=known.artist_id,
        name=known.name,
        mbid=known.mbid,
        weight=known.weight,
        rank=known.rank,
        provider=known.evidence.provider,
        url=known.url,
        in_library=known.in_library,
        evidence=evidence(known.evidence),
    )


def explanation(known: Explanation) -> pb.FieldExplanation:
    chosen = known.chosen
    return pb.FieldExplanation(
        field=known.field,
        chosen=_candidate(known.field, chosen) if chosen else None,
        candidates=[_candidate(known.field, each) for each in known.candidates],
        why=known.why,
        next_check_time=known.next_check_at,
        override=_override(known.override) if known.override else None,
    )


def _figures(name: str, each: ProviderFigures) -> pb.ProviderMetrics:
    return pb.ProviderMetrics(
        provider=name,
        requests=each.requests,
        success_rate=each.success_rate,
        failure_rate=each.failure_rate,
        cache_hit_rate=each.cache_hit_rate,
        avg_latency=each.avg_latency,
        circuit_breaker_state=each.breaker_state,
    )


def _series(known: Series) -> pb.NumberSeries:
    return pb.NumberSeries(
        metric=known.metric,
        provider=known.provider,
        value=known.value,
        retrieved_at=known.as_of,
        points=[pb.NumberPoint(time=each.observed_at, value=each.value) for each in known.points],
        changes=[
            pb.NumberChange(days=days, absolute=change.absolute, relative=change.relative)
            for days, change in known.changes.items()
            if change is not None
        ],
    )


def _note(known: Missing) -> pb.Note:
    return pb.Note(
        provider=known.provider,
        kind=known.kind,
        reason=_REASONS[known.reason],
        message=known.message,
        retry_time=known.retry_at,
    )


def _candidate(field: ArtistField, known: Candidate[FactValue]) -> pb.FieldCandidate:
    return pb.FieldCandidate(value=_value(field, known.value), evidence=evidence(known.evidence), status=STATUSES[known.standing])


def _override(known: Override) -> pb.ArtistOverride:
    return pb.ArtistOverride(
        value=_value(known.field, known.value),
        reason=known.reason,
        create_time=known.created_at,
        differs_upstream=known.differs_since is not None,
        differs_since_time=known.differs_since,
    )


def _value(field: ArtistField, value: FactValue) -> struct_pb2.Value:
    return json_format.ParseDict(facts_of_artists.plain(field, value), struct_pb2.Value())


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
    return f"artists/{payload['artist_id']}" if "artist_id" in payload else ""
