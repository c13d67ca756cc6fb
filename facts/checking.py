"""When is a provider asked again, given how it answered, and what is the evidence of what it said?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Generic

from facts.asking import Reply
from facts.known import Check, CheckOutcome, K
from kernel.evidence import Absent, Ambiguous, Deferred, Evidence, Fault, Found

_FIRST_FAULT_PAUSE = timedelta(minutes=30)
_LONGEST_FAULT_PAUSE = timedelta(hours=12)


@dataclass(frozen=True)
class Freshness(Generic[K]):
    """How long each kind of fact counts as fresh, and how long "there is none" is believed."""

    fresh: Mapping[K, timedelta]
    absent: timedelta


def evidence_of(reply: Reply[Any], found: Found[Any], fresh: timedelta) -> Evidence:
    return Evidence(
        provider=reply.provider,
        retrieved_at=reply.retrieved_at,
        valid_until=reply.retrieved_at + fresh,
        confidence=found.confidence,
        matched_on=found.matched_on,
        source_url=found.source_url,
        licence=found.licence,
    )


def check_of(reply: Reply[Any], kind: K, language: str, *, before: Check[K] | None, freshness: Freshness[K]) -> Check[K]:
    """What is written down of a reply; `before` is the check it takes the place of."""
    provider, at = reply.provider, reply.retrieved_at
    plain = Check(provider, kind, CheckOutcome.FOUND, at, at, language, answered_at=at)
    unanswered = (
        replace(plain, answered_at=before.answered_at, faults=before.faults) if before else replace(plain, answered_at=None)
    )
    match reply.outcome:
        case Found():
            return replace(plain, next_check_at=at + freshness.fresh[kind])
        case Ambiguous():
            return replace(plain, outcome=CheckOutcome.AMBIGUOUS, next_check_at=at + freshness.absent)
        case Absent(reason):
            return replace(plain, outcome=CheckOutcome.ABSENT, next_check_at=at + freshness.absent, message=reason)
        case Deferred(not_before, reason):
            return replace(unanswered, outcome=CheckOutcome.DEFERRED, next_check_at=not_before, message=reason)
        case Fault(error):
            faults, pause = _after_fault(before)
            due = at + max(pause, error.retry_after or timedelta(0))
            return replace(unanswered, outcome=CheckOutcome.FAULT, next_check_at=due, faults=faults, message=str(error))


def _after_fault(before: Check[K] | None) -> tuple[int, timedelta]:
    """How many faults in a row this makes, and how long to wait: 30 minutes, doubling up to 12 hours."""
    faults = (before.faults if before else 0) + 1
    return faults, min(_LONGEST_FAULT_PAUSE, _FIRST_FAULT_PAUSE * 2 ** min(faults - 1, 10))
