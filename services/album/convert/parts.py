"""What do replies of several sorts hold in common: evidence, notes, explanations?"""

from collections.abc import Callable, Mapping
from typing import Any

from google.protobuf import json_format, struct_pb2

from facts.known import Override
from facts.telling import Explanation, Missing, NoteReason
from facts.values import Image, Tag, Text
from kernel.evidence import Candidate, Evidence, Standing
from soniquebay.facts.v1 import facts_pb2 as pb

Plain = Callable[[Any, Any], Any]
"""A field's value as JSON holds it."""

_STATUSES = {
    Standing.CHOSEN: pb.CANDIDATE_STATUS_CHOSEN,
    Standing.CANDIDATE: pb.CANDIDATE_STATUS_CANDIDATE,
    Standing.REJECTED: pb.CANDIDATE_STATUS_REJECTED,
    Standing.LOCKED: pb.CANDIDATE_STATUS_LOCKED,
}
_REASONS: Mapping[NoteReason, Any] = {
    NoteReason.ABSENT: pb.NOTE_REASON_ABSENT,
    NoteReason.FAULT: pb.NOTE_REASON_FAULT,
    NoteReason.DEFERRED: pb.NOTE_REASON_DEFERRED,
    NoteReason.OFF: pb.NOTE_REASON_OFF,
    NoteReason.AMBIGUOUS: pb.NOTE_REASON_AMBIGUOUS,
}


def evidence(known: Evidence) -> pb.Evidence:
    return pb.Evidence(
        provider=known.provider,
        retrieved_at=known.retrieved_at,
        valid_until=known.valid_until,
        confidence=known.confidence,
        matched_on=known.matched_on,
        source_url=known.source_url,
        licence=known.licence,
    )


def note(known: Missing) -> pb.Note:
    return pb.Note(
        provider=known.provider,
        kind=known.kind,
        reason=_REASONS[known.reason],
        message=known.message,
        retry_time=known.retry_at,
    )


def tag(known: Tag) -> pb.Tag:
    return pb.Tag(name=known.name, weight=known.weight, url=known.url)


def image(known: Image) -> pb.Image:
    return pb.Image(size=known.size, url=known.url)


def text(known: Text) -> pb.Text:
    return pb.Text(
        language=known.language,
        summary=known.summary,
        content=known.content,
        licence=known.licence,
        url=known.url,
        publish_time=known.published_at,
    )


def explanation(known: Explanation[Any, Any], plain: Plain) -> pb.FieldExplanation:
    chosen = known.chosen
    return pb.FieldExplanation(
        field=known.field,
        chosen=_candidate(known.field, chosen, plain) if chosen else None,
        candidates=[_candidate(known.field, each, plain) for each in known.candidates],
        why=known.why,
        next_check_time=known.next_check_at,
        override=_override(known.override, plain) if known.override else None,
    )


def _candidate(field: Any, known: Candidate[Any], plain: Plain) -> pb.FieldCandidate:
    return pb.FieldCandidate(
        value=_value(plain(field, known.value)), evidence=evidence(known.evidence), status=_STATUSES[known.standing]
    )


def _override(known: Override[Any, Any], plain: Plain) -> pb.FieldOverride:
    return pb.FieldOverride(
        value=_value(plain(known.field, known.value)),
        reason=known.reason,
        create_time=known.created_at,
        differs_upstream=known.differs_since is not None,
        differs_since_time=known.differs_since,
    )


def _value(json_value: Any) -> struct_pb2.Value:
    return json_format.ParseDict(json_value, struct_pb2.Value())
