"""What is known of one artist, from whom, and which of it is shown?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from kernel.evidence import Candidate, Evidence, Standing, rank
from services.artist.domain import Artist, ArtistField, ArtistId, Biography, Image, Kind, Tag

PERSON = "person"
"""The provider of a value that a person set."""

FactValue = str | int | tuple[Tag, ...] | tuple[Image, ...] | Biography


@dataclass(frozen=True, slots=True)
class Fact:
    """One provider's value for one field. `language` is set for texts only."""

    field: ArtistField
    value: FactValue
    evidence: Evidence
    language: str = ""


class CheckOutcome(StrEnum):
    """How asking a provider about one kind of fact ended."""

    FOUND = "found"
    ABSENT = "absent"
    FAULT = "fault"
    DEFERRED = "deferred"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Check:
    """The last time a provider was asked for one kind of fact, how it ended, and when it is asked again.

    `answered_at` is the last time it really answered, which a fault does not move; `faults` counts those in a row.
    """

    provider: str
    kind: Kind
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


@dataclass(frozen=True, slots=True)
class SimilarArtist:
    """One artist that is like another, by one provider; `weight` 0–1, `rank` from 1."""

    artist_id: ArtistId
    name: str
    weight: float
    rank: int
    evidence: Evidence
    mbid: str | None = None
    url: str = ""
    in_library: bool = False


@dataclass(frozen=True, slots=True)
class Override:
    """A person's value for one field; `differs_since` says since when the providers' best value is another."""

    field: ArtistField
    value: FactValue
    reason: str
    created_at: datetime
    differs_since: datetime | None = None

    def as_fact(self) -> Fact:
        evidence = Evidence(PERSON, self.created_at, confidence=1.0, matched_on=(self.reason,))
        language = self.value.language if isinstance(self.value, Biography) else ""
        return Fact(self.field, self.value, evidence, language)


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything known of one artist."""

    artist: Artist
    facts: tuple[Fact, ...] = ()
    similar: tuple[SimilarArtist, ...] = ()
    overrides: tuple[Override, ...] = ()
    checks: tuple[Check, ...] = ()

    def candidates(
        self, field: ArtistField, *, priority: Sequence[str], languages: Sequence[str] = ()
    ) -> list[Candidate[FactValue]]:
        """Every value for the field, the one to show first. For texts, only those of the first language that has any."""
        locked = [Candidate(o.value, o.as_fact().evidence, Standing.LOCKED) for o in self.overrides if o.field is field]
        facts = [fact for fact in self.facts if fact.field is field]
        for language in languages:
            if any(fact.language == language for fact in facts):
                facts = [fact for fact in facts if fact.language == language]
                break
        return rank([*locked, *(Candidate(fact.value, fact.evidence) for fact in facts)], priority)

    def chosen(
        self, field: ArtistField, *, priority: Sequence[str], languages: Sequence[str] = ()
    ) -> Candidate[FactValue] | None:
        """The value to show for the field, or None when nobody gave one."""
        return next(iter(self.candidates(field, priority=priority, languages=languages)), None)

    def override(self, field: ArtistField) -> Override | None:
        return next((override for override in self.overrides if override.field is field), None)

    def check(self, provider: str, kind: Kind, language: str) -> Check | None:
        """The last check of this kind; only profiles, which hold a text, differ by language."""
        wanted = language if kind is Kind.PROFILE else ""
        return next((c for c in self.checks if (c.provider, c.kind, c.language) == (provider, kind, wanted)), None)

    def due(self, provider: str, kinds: Iterable[Kind], language: str, now: datetime) -> tuple[Kind, ...]:
        """Those of the kinds that were never asked of the provider, or whose time has come."""
        checks = {kind: self.check(provider, kind, language) for kind in kinds}
        return tuple(kind for kind, check in checks.items() if check is None or check.next_check_at <= now)

    @property
    def is_answered(self) -> bool:
        """Whether any provider ever answered about the artist."""
        return any(check.answered_at is not None for check in self.checks)

    def is_stale(self, language: str) -> bool:
        """Whether something shown in this language is older than it should be, because its provider gave no answer since."""
        unanswered = [check for check in self.checks if not check.is_answer and check.language in ("", language)]
        return any(check.answered_at is not None for check in unanswered)

    def retrieved_at(self) -> datetime:
        """When a provider last answered about the artist; when it was first seen, if none ever did."""
        return max((check.answered_at for check in self.checks if check.answered_at is not None), default=self.artist.created_at)


def with_drift(overrides: Iterable[Override], dossier: Dossier, priority: Sequence[str], now: datetime) -> list[Override]:
    """The overrides, each with the time since when the providers' best value differs from it."""
    upstream = replace(dossier, overrides=())
    checked = []
    for override in overrides:
        language = (override.value.language,) if isinstance(override.value, Biography) else ()
        best = upstream.chosen(override.field, priority=priority, languages=language)
        differs = best is not None and not _says_the_same(best.value, override.value)
        checked.append(replace(override, differs_since=(override.differs_since or now) if differs else None))
    return checked


def _says_the_same(one: FactValue, other: FactValue) -> bool:
    if isinstance(one, Biography) and isinstance(other, Biography):
        return one.content == other.content
    return _plain(one) == _plain(other)


def _plain(value: FactValue) -> object:
    # A person gives tags as words; the provider's weights and links are no difference.
    return [item.name if isinstance(item, Tag) else item.url for item in value] if isinstance(value, tuple) else value
