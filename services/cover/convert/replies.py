"""How does what is known become protobuf?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from kernel.jobs import Job, JobState, Lane
from services.cover.domain import Cover, Grade, Image, Kind, Outcome, Shown, State
from services.cover.pipeline import Explained, name_of
from services.cover.stats import Figures, SourceFigures
from soniquebay.cover.v1 import cover_pb2 as pb
from soniquebay.jobs.v1 import jobs_pb2
from soniquebay.upstreams.v1 import upstreams_pb2
from upstreams.metrics import ProviderStanding

_STATES = {State.PENDING: pb.Cover.STATE_PENDING, State.FOUND: pb.Cover.STATE_FOUND, State.ABSENT: pb.Cover.STATE_ABSENT}
_MATCHES = {
    Grade.NAME: pb.Cover.MATCH_NAME,
    Grade.IDENTITY: pb.Cover.MATCH_IDENTITY,
    Grade.RELEASE_GROUP: pb.Cover.MATCH_RELEASE_GROUP,
    Grade.RELEASE: pb.Cover.MATCH_RELEASE,
    Grade.OWN: pb.Cover.MATCH_OWN,
}
_OUTCOMES = {
    Outcome.HIT: pb.CoverAttempt.OUTCOME_HIT,
    Outcome.MISS: pb.CoverAttempt.OUTCOME_MISS,
    Outcome.FAULT: pb.CoverAttempt.OUTCOME_FAULT,
    Outcome.REJECTED: pb.CoverAttempt.OUTCOME_REJECTED,
    Outcome.SKIPPED: pb.CoverAttempt.OUTCOME_SKIPPED,
}


def cover(known: Cover) -> pb.Cover:
    has_image = known.shown is not None and known.image is not None
    place = f"/api/v1/covers/{known.ref}"
    url = f"{place}/image?v={name_of(known.shown)}" if known.shown else f"{place}/image"
    return pb.Cover(
        kind=known.ref.kind,
        id=known.ref.id,
        state=_STATES.get(known.state, pb.Cover.STATE_UNSPECIFIED),
        url=url,
        is_placeholder=not has_image,
        image=_image(known.shown, known.image, url) if known.shown and known.image else None,
        is_locked=known.is_locked,
        versions=[_image(shown, image, f"{place}/versions/{name_of(shown)}/image") for shown, image in known.versions],
        check_time=known.checked_at,
        next_check_time=known.next_check_at,
        stale=known.is_stale,
    )


def attempts(explained: Sequence[Explained]) -> Iterable[pb.CoverAttempt]:
    for position, each in enumerate(explained, 1):
        attempt = each.attempt
        if attempt is None:
            yield pb.CoverAttempt(source=each.source, position=position, reason="It has not been asked.")
        else:
            yield pb.CoverAttempt(
                source=each.source,
                position=position,
                outcome=_OUTCOMES[attempt.outcome],
                reason=attempt.reason,
                attempt_time=attempt.at,
                next_attempt_time=attempt.asked_again_at,
            )


def stats(figures: Figures) -> pb.CoverStats:
    def count(kind: Kind, state: State) -> int:
        return figures.covers.get((kind, state), 0)

    return pb.CoverStats(
        sources=map(_source, figures.sources),
        queue=pb.QueueStats(
            high=figures.queue[Lane.HIGH],
            normal=figures.queue[Lane.NORMAL],
            low=figures.queue[Lane.LOW],
            oldest_age_seconds=figures.oldest_age_seconds,
        ),
        store=pb.StoreStats(images=figures.images, bytes=figures.bytes, max_bytes=figures.max_bytes),
        albums_found=count(Kind.ALBUM, State.FOUND),
        albums_absent=count(Kind.ALBUM, State.ABSENT),
        albums_pending=count(Kind.ALBUM, State.PENDING),
        artists_found=count(Kind.ARTIST, State.FOUND),
        artists_absent=count(Kind.ARTIST, State.ABSENT),
        artists_pending=count(Kind.ARTIST, State.PENDING),
        quarantined_images=figures.quarantined,
        embedded_success_ratio=figures.embedded_ratio,
        external_success_ratio=figures.external_ratio,
    )


def _image(shown: Shown, image: Image, url: str) -> pb.CoverImage:
    return pb.CoverImage(
        id=name_of(shown),
        source=shown.source,
        match=_MATCHES[shown.grade],
        origin=shown.origin,
        width=image.width,
        height=image.height,
        color=image.colour,
        thumb_hash=image.thumb_hash,
        media_type=image.media_type,
        sizes=image.sizes,
        license=shown.licence,
        attribution=shown.attribution,
        find_time=shown.found_at,
        url=url,
    )


def _source(figures: SourceFigures) -> pb.SourceStats:
    counts = figures.outcomes
    return pb.SourceStats(
        kind=figures.kind,
        source=figures.source,
        hits=counts.get(Outcome.HIT, 0),
        misses=counts.get(Outcome.MISS, 0),
        faults=counts.get(Outcome.FAULT, 0),
        rejected=counts.get(Outcome.REJECTED, 0),
        skipped=counts.get(Outcome.SKIPPED, 0),
        success_ratio=figures.success_ratio,
        is_on=not figures.off_reason,
        off_reason=figures.off_reason,
    )


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
    return f"{payload['kind']}/{payload['entity_id']}" if "entity_id" in payload else ""
