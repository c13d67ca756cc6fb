"""What did a provider answer, and why should its value be believed?

Absence is an answer; a fault is not. Keeping the two apart as types is what keeps a bad minute upstream from being remembered,
merged, or shown as "there is no such thing".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from kernel.errors import ProviderFault

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Found(Generic[T_co]):
    """The provider knows. `confidence` is 0–1: how sure we are that the value is about the thing asked for."""

    value: T_co
    confidence: float = 1.0
    matched_on: tuple[str, ...] = ()
    source_url: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Absent:
    """The provider answered, and has nothing. Worth remembering."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ambiguous(Generic[T_co]):
    """Several things match about equally well; the candidates, best first. Nothing is chosen."""

    candidates: tuple[T_co, ...]


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not asked: the provider wants nobody before this time. Says nothing about the thing asked for."""

    not_before: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """No usable answer. Never cached, never merged, never a reason to forget what was known."""

    error: ProviderFault


Answer = Found[T] | Absent | Ambiguous[T]
"""What a provider returns from a `find_…`; its faults are raised."""

Outcome = Found[T] | Absent | Ambiguous[T] | Deferred | Fault
"""What the guard makes of one provider call: an answer, or why there is none."""


class Standing(StrEnum):
    """Where a candidate stands among those for the same field."""

    CHOSEN = "chosen"
    CANDIDATE = "candidate"
    REJECTED = "rejected"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a value is believed. `valid_until` is when the provider is asked again, not when the value becomes wrong."""

    provider: str
    retrieved_at: datetime
    valid_until: datetime | None = None
    confidence: float = 1.0
    matched_on: tuple[str, ...] = ()
    source_url: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Candidate(Generic[T_co]):
    """One provider's (or person's) value for one field, with its evidence and standing."""

    value: T_co
    evidence: Evidence
    standing: Standing = Standing.CANDIDATE


def rank(candidates: Iterable[Candidate[T]], priority: Sequence[str]) -> list[Candidate[T]]:
    """The candidates with their standing set, winner first: a person's lock, else confidence, provider order, freshness.

    Choosing anew on every merge is what lets a better value replace a wrong first one; filling only empty fields never could.
    A rejected candidate keeps its standing and never wins. Equals of different providers stand by provider name, so that it does
    not matter whose answer came first; equals of one provider stay in the order given, which is its own.
    """
    order = {provider: position for position, provider in enumerate(priority)}

    def strength(candidate: Candidate[T]) -> tuple[bool, bool, float, int, float]:
        evidence, standing = candidate.evidence, candidate.standing
        is_locked, is_eligible = standing is Standing.LOCKED, standing is not Standing.REJECTED
        place = -order.get(evidence.provider, len(order))
        return is_locked, is_eligible, evidence.confidence, place, evidence.retrieved_at.timestamp()

    by_name = sorted(candidates, key=lambda candidate: candidate.evidence.provider)
    ranked = sorted(by_name, key=strength, reverse=True)
    return [_with_standing(candidate, leads=position == 0) for position, candidate in enumerate(ranked)]


def _with_standing(candidate: Candidate[T], *, leads: bool) -> Candidate[T]:
    if candidate.standing in (Standing.LOCKED, Standing.REJECTED):
        return candidate
    return replace(candidate, standing=Standing.CHOSEN if leads else Standing.CANDIDATE)


class Source(StrEnum):
    """Which layer a reading came from, nearest first."""

    MEMORY = "memory"
    REDIS = "redis"
    STORE = "store"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class Reading(Generic[T_co]):
    """An answer with its source and age. `stale`: no provider could be asked, and an older copy had to do."""

    value: T_co
    retrieved_at: datetime
    source: Source
    stale: bool = False
