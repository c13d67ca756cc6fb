"""What is known of one thing, from whom, and which of it is shown?"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Generic, TypeVar

from kernel.evidence import Candidate, Evidence, Standing, rank

F = TypeVar("F", bound=str)
"""The fields that a thing of this sort has."""
V = TypeVar("V")
"""The values they may have."""
K = TypeVar("K", bound=str)
"""The kinds of facts: what is asked, cached, refreshed and refused as one."""

PERSON = "person"
"""The provider of a value that a person set."""

# Generic dataclasses have no slots here: a frozen one with slots cannot be made through its alias (`Fact[Field, Value](…)`).

SHOWN = (Standing.CHOSEN, Standing.LOCKED)


@dataclass(frozen=True)
class Fact(Generic[F, V]):
    """One provider's value for one field. `language` is set for texts only.

    `rests_on` is the id, as (scheme, value), of what the provider speaks of; None where it only goes by the name.
    """

    field: F
    value: V
    evidence: Evidence
    language: str = ""
    rests_on: tuple[str, str] | None = None


class CheckOutcome(StrEnum):
    """How asking a provider about one kind of fact ended."""

    FOUND = "found"
    ABSENT = "absent"
    FAULT = "fault"
    DEFERRED = "deferred"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True)
class Check(Generic[K]):
    """The last time a provider was asked for one kind of fact, how it ended, and when it is asked again.

    `answered_at` is the last time it really answered, which a fault does not move; `faults` counts those in a row.
    """

    provider: str
    kind: K
    outcome: CheckOutcome
    checked_at: datetime
    next_check_at: datetime
    language: str = ""
    answered_at: datetime | None = None
    faults: int = 0
    message: str = ""

    @property
    def is_answer(self) -> bool:
        return self.outcome in (CheckOutcome.FOUND, CheckOutcome.ABSENT, CheckOutcome.AMBIGUOUS)


@dataclass(frozen=True)
class Override(Generic[F, V]):
    """A person's value for one field; `differs_since` says since when the providers' best value is another."""

    field: F
    value: V
    reason: str
    created_at: datetime
    differs_since: datetime | None = None

    @property
    def language(self) -> str:
        """Of a text; empty for all else."""
        language: str = getattr(self.value, "language", "")
        return language

    def as_fact(self) -> Fact[F, V]:
        evidence = Evidence(PERSON, self.created_at, confidence=1.0, matched_on=(self.reason,))
        return Fact(self.field, self.value, evidence, self.language)


@dataclass(frozen=True)
class Trust(Generic[F]):
    """Whom to believe first when two are equally sure; `exceptions` are for single fields."""

    order: tuple[str, ...]
    exceptions: Mapping[F, tuple[str, ...]] = field(default_factory=dict)

    def of(self, about: F) -> tuple[str, ...]:
        return (*self.exceptions.get(about, ()), *self.order)


class Known(Generic[F, V, K]):
    """For frozen dataclasses that hold everything known of one thing; without slots, what is derived is derived once."""

    facts: tuple[Fact[F, V], ...]
    overrides: tuple[Override[F, V], ...]
    checks: tuple[Check[K], ...]

    def candidates(self, field: F, *, trust: Trust[F], languages: Sequence[str] = ()) -> list[Candidate[V]]:
        """Every value for the field, the one to show first. For texts, only those of the first language that has any."""
        facts = self._by_field.get(field, [])
        if languages and any(fact.language for fact in facts):
            spoken = {fact.language for fact in facts}
            language = next((each for each in languages if each in spoken), None)
            facts = [fact for fact in facts if fact.language == language]
        said = (Candidate(fact.value, fact.evidence, self.standing(fact)) for fact in facts)
        return rank([*self.locked(field), *said], trust.of(field))

    def chosen(self, field: F, *, trust: Trust[F], languages: Sequence[str] = ()) -> Candidate[V] | None:
        """The value to show for the field, or None when nobody gave one."""
        return first_shown(self.candidates(field, trust=trust, languages=languages))

    def locked(self, field: F) -> list[Candidate[V]]:
        """A person's value for the field, if there is one."""
        return [Candidate(each.value, each.as_fact().evidence, Standing.LOCKED) for each in self.overrides if each.field == field]

    def standing(self, fact: Fact[F, V]) -> Standing:  # noqa: ARG002 - for those who know better whom a fact is about
        """REJECTED for what turned out to be about something else."""
        return Standing.CANDIDATE

    def said(self, field: F) -> list[Fact[F, V]]:
        """What every provider says for the field, but for what is about something else."""
        return [fact for fact in self._by_field.get(field, []) if self.standing(fact) is not Standing.REJECTED]

    def override(self, field: F) -> Override[F, V] | None:
        return next((override for override in self.overrides if override.field == field), None)

    def check(self, provider: str, kind: K, language: str) -> Check[K] | None:
        """The last check of this kind; those of answers that hold a text are kept by language."""
        own = [check for check in self.checks if (check.provider, check.kind) == (provider, kind)]
        return next((check for check in own if check.language in ("", language)), None)

    @property
    def is_answered(self) -> bool:
        """Whether any provider ever answered."""
        return any(check.answered_at is not None for check in self.checks)

    def is_stale(self, language: str) -> bool:
        """Whether something shown in this language is older than it should be, because its provider gave no answer since."""
        unanswered = [check for check in self.checks if not check.is_answer and check.language in ("", language)]
        return any(check.answered_at is not None for check in unanswered)

    def answered_at(self) -> datetime | None:
        """When a provider last answered; None if none ever did."""
        return max((check.answered_at for check in self.checks if check.answered_at is not None), default=None)

    @cached_property
    def _by_field(self) -> Mapping[F, list[Fact[F, V]]]:
        facts: dict[F, list[Fact[F, V]]] = {}
        for fact in self.facts:
            facts.setdefault(fact.field, []).append(fact)
        return facts


def first_shown(candidates: Iterable[Candidate[V]]) -> Candidate[V] | None:
    return next((each for each in candidates if each.standing in SHOWN), None)


def with_drift(
    overrides: Iterable[Override[F, V]], best: Callable[[Override[F, V]], Candidate[V] | None], now: datetime
) -> list[Override[F, V]]:
    """The overrides, each with the time since when the providers' `best` value differs from it."""
    checked = []
    for override in overrides:
        other = best(override)
        differs = other is not None and _plain(other.value) != _plain(override.value)
        checked.append(replace(override, differs_since=(override.differs_since or now) if differs else None))
    return checked


def _plain(value: object) -> object:
    """What a person means by a value: of tags the words, of images the addresses, of a text its words."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    for telling in ("content", "name", "url"):
        if (told := getattr(value, telling, None)) is not None:
            return told
    return value
