"""How does what is known become protobuf?"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from google.protobuf import json_format, struct_pb2
from google.protobuf.timestamp_pb2 import Timestamp

from kernel.evidence import Candidate, Evidence, Standing
from kernel.telemetry import ProviderFigures
from services.artist.domain import Artist, ArtistField, Biography
from services.artist.dossier import FactValue, Override, SimilarArtist
from services.artist.values import plain
from services.artist.view import Explanation, Missing, NoteReason, View
from soniquebay.artist.v1 import artist_pb2 as pb

_REASONS = {
    NoteReason.ABSENT: pb.NOTE_REASON_ABSENT,
    NoteReason.FAULT: pb.NOTE_REASON_FAULT,
    NoteReason.DEFERRED: pb.NOTE_REASON_DEFERRED,
    NoteReason.OFF: pb.NOTE_REASON_OFF,
    NoteReason.AMBIGUOUS: pb.NOTE_REASON_AMBIGUOUS,
}
_STATUSES = {
    Standing.CHOSEN: pb.CANDIDATE_STATUS_CHOSEN,
    Standing.CANDIDATE: pb.CANDIDATE_STATUS_CANDIDATE,
    Standing.REJECTED: pb.CANDIDATE_STATUS_REJECTED,
    Standing.LOCKED: pb.CANDIDATE_STATUS_LOCKED,
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


def enriched_artist(view: View) -> pb.EnrichedArtist:
    dossier = view.dossier
    return pb.EnrichedArtist(
        artist=artist(dossier.artist),
        lastfm=_lastfm(view),
        similar=[similar_artist(each) for each in dossier.similar],
        notes=[_note(each) for each in view.missing],
        stale=view.stale,
        retrieved_at=_timestamp(dossier.retrieved_at()),
    )


def artist(known: Artist) -> pb.Artist:
    return pb.Artist(
        id=known.id,
        name=known.name,
        mbid=known.mbid,
        spotify_id=known.spotify_id,
        lastfm_url=known.lastfm_url,
        lastfm_listeners=known.lastfm_listeners,
        lastfm_playcount=known.lastfm_playcount,
        lastfm_tags=known.lastfm_tags,
        lastfm_info_fetched_at=_timestamp(known.lastfm_info_fetched_at),
        lastfm_similar_artists_fetched=known.lastfm_similar_artists_fetched,
        in_library=known.in_library,
        create_time=_timestamp(known.created_at),
        update_time=_timestamp(known.updated_at),
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


def evidence(known: Evidence) -> pb.Evidence:
    return pb.Evidence(
        provider=known.provider,
        retrieved_at=_timestamp(known.retrieved_at),
        valid_until=_timestamp(known.valid_until),
        confidence=known.confidence,
        matched_on=known.matched_on,
        source_url=known.source_url,
        licence=known.licence,
    )


def explanation(known: Explanation) -> pb.FieldExplanation:
    chosen = known.chosen
    return pb.FieldExplanation(
        field=known.field,
        chosen=_candidate(known.field, chosen) if chosen else None,
        candidates=[_candidate(known.field, each) for each in known.candidates],
        why=known.why,
        next_check_time=_timestamp(known.next_check_at),
        override=_override(known.override) if known.override else None,
    )


def _lastfm(view: View) -> pb.LastfmProfile | None:
    if not view.shown:
        return None
    values: Mapping[ArtistField, Any] = {about: candidate.value for about, candidate in view.shown.items()}
    return pb.LastfmProfile(
        url=values.get(ArtistField.URL, ""),
        listeners=values.get(ArtistField.LISTENERS),
        playcount=values.get(ArtistField.PLAYCOUNT),
        tags=[pb.Tag(name=tag.name, weight=tag.weight, url=tag.url) for tag in values.get(ArtistField.TAGS, ())],
        bio=_biography(values.get(ArtistField.BIO)),
        images=[pb.Image(size=image.size, url=image.url) for image in values.get(ArtistField.IMAGES, ())],
        evidence={about.value: evidence(each.evidence) for about, each in view.shown.items() if about is not ArtistField.MBID},
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


def _biography(text: Biography | None) -> pb.Biography | None:
    if text is None:
        return None
    return pb.Biography(
        language=text.language,
        summary=text.summary,
        content=text.content,
        licence=text.licence,
        url=text.url,
        publish_time=_timestamp(text.published_at),
    )


def _note(known: Missing) -> pb.Note:
    return pb.Note(
        provider=known.provider,
        kind=known.kind,
        reason=_REASONS[known.reason],
        message=known.message,
        retry_time=_timestamp(known.retry_at),
    )


def _candidate(field: ArtistField, known: Candidate[FactValue]) -> pb.FieldCandidate:
    return pb.FieldCandidate(
        value=_value(field, known.value), evidence=evidence(known.evidence), status=_STATUSES[known.standing]
    )


def _override(known: Override) -> pb.ArtistOverride:
    return pb.ArtistOverride(
        value=_value(known.field, known.value),
        reason=known.reason,
        create_time=_timestamp(known.created_at),
        differs_upstream=known.differs_since is not None,
        differs_since_time=_timestamp(known.differs_since),
    )


def _value(field: ArtistField, value: FactValue) -> struct_pb2.Value:
    return json_format.ParseDict(plain(field, value), struct_pb2.Value())


def _timestamp(moment: datetime | None) -> Timestamp | None:
    if moment is None:
        return None
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp
