"""What is missing, and why; why is this value shown? In words a person reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic

from facts.known import PERSON, Check, CheckOutcome, F, K, Override, V
from kernel.evidence import Candidate, Standing


class NoteReason(StrEnum):
    """Why something is missing."""

    ABSENT = "absent"
    FAULT = "fault"
    DEFERRED = "deferred"
    OFF = "off"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that is not in the answer; `kind` is empty when it is about the provider as a whole."""

    provider: str
    kind: str
    reason: NoteReason
    message: str
    retry_at: datetime | None = None


@dataclass(frozen=True)
class Explanation(Generic[F, V]):
    """One field: what is shown, what else was seen, and why. `candidates` are best first and hold the chosen one too."""

    field: F
    candidates: tuple[Candidate[V], ...]
    chosen: Candidate[V] | None
    why: str
    next_check_at: datetime | None
    override: Override[F, V] | None


def unanswered(check: Check[K], sentence: str) -> Missing:
    """The note on a check that found nothing."""
    return Missing(check.provider, check.kind, NoteReason(check.outcome), sentence, check.next_check_at)


def sentence_on(check: Check[K], ambiguous: str) -> str:
    """What a check that found nothing came to; `ambiguous` is the sentence for several that match about equally well."""
    match check.outcome:
        case CheckOutcome.ABSENT:
            return check.message or f"{check.provider} has nothing about this."
        case CheckOutcome.AMBIGUOUS:
            return ambiguous
        case CheckOutcome.DEFERRED:
            return check.message or f"{check.provider} wants to be asked later."
        case _:
            held = "; what it said before is still shown" if check.answered_at else ""
            return f"No answer ({check.message}){held}."


def why(candidates: Sequence[Candidate[V]], best: Candidate[V] | None) -> str:
    """Why `best` is shown of these candidates."""
    if not candidates:
        return "Nobody gave a value."
    if best is None:
        return "None is sure enough, or far enough ahead of the next, to be chosen."
    if best.standing is Standing.LOCKED:
        return f"A person set it: {'; '.join(best.evidence.matched_on)}"
    basis = f", matched on {', '.join(best.evidence.matched_on)}" if best.evidence.matched_on else ""
    others = sum(candidate.evidence.provider != PERSON for candidate in candidates) - 1
    rivals = f"the surest of {others + 1} providers" if others else "the only one that gave a value"
    return f"{best.evidence.provider} is {rivals}{basis} (confidence {best.evidence.confidence:.2f})."
