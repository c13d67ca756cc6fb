"""What do several replies hold in common?"""

from datetime import date

from kernel.evidence import Evidence, Standing
from soniquebay.artist.v1 import artist_pb2 as pb

STATUSES = {
    Standing.CHOSEN: pb.CANDIDATE_STATUS_CHOSEN,
    Standing.CANDIDATE: pb.CANDIDATE_STATUS_CANDIDATE,
    Standing.REJECTED: pb.CANDIDATE_STATUS_REJECTED,
    Standing.LOCKED: pb.CANDIDATE_STATUS_LOCKED,
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


def day(moment: date | None) -> str:
    return moment.isoformat() if moment is not None else ""
