"""What is known of one artist, from whom, and which of it is shown?"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeVar

from kernel.evidence import Candidate, Evidence, Standing, rank
from services.artist.domain import (
    Artist,
    ArtistField,
    ArtistId,
    Biography,
    IdScheme,
    Image,
    Kind,
    Manager,
    Release,
    Tag,
)
from services.artist.identity.judging import Claim, Rival, Verdict, Verdicts, judge

T = TypeVar("T")

PERSON = "person"
"""The provider of a value that a person set."""

FactValue = (
    str | int | tuple[str, ...] | tuple[Tag, ...] | tuple[Image, ...] | tuple[Release, ...] | tuple[Manager, ...] | Biography
)
ID_FIELDS = {
    ArtistField.MBID: IdScheme.MBID,
    ArtistField.SPOTIFY_ID: IdScheme.SPOTIFY,
    ArtistField.WIKIDATA_ID: IdScheme.WIKIDATA,
}
"""The fields that say who an artist is elsewhere; claims speak for them, not facts."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One provider's value for one field. `language` is set for texts only.

    `rests_on` is the id, as (scheme, value), of whom the provider speaks; None where it only goes by the name.
    """

    field: ArtistField
    value: FactValue
    evidence: Evidence
    language: str = ""
    rests_on: tuple[IdScheme, str] | None = None


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
class Trust:
    """Whom to believe first when two are equally sure; `exceptions` are for single fields."""

    order: tuple[str, ...]
    exceptions: Mapping[ArtistField, tuple[str, ...]] = field(default_factory=dict)

    def of(self, about: ArtistField) -> tuple[str, ...]:
        return (*self.exceptions.get(about, ()), *self.order)


@dataclass(frozen=True)
class Dossier:
    """Everything known of one artist. Without slots: what is derived from it is derived once."""

    artist: Artist
    facts: tuple[Fact, ...] = ()
    similar: tuple[SimilarArtist, ...] = ()
    overrides: tuple[Override, ...] = ()
    checks: tuple[Check, ...] = ()
    claims: tuple[Claim, ...] = ()

    @property
    def locked_ids(self) -> dict[IdScheme, str]:
        """The ids that a person settled."""
        return {ID_FIELDS[each.field]: str(each.value) for each in self.overrides if each.field in ID_FIELDS}

    def verdicts(self) -> Verdicts:
        """Who the artist is elsewhere, by all that is claimed."""
        return self._verdicts

    def once(self, name: Hashable, derive: Callable[[], T]) -> T:
        """What `derive` made of this dossier the first time it was asked for under this name; it must depend on nothing else."""
        if name not in self._derived:
            self._derived[name] = derive()
        found: T = self._derived[name]
        return found

    @cached_property
    def _derived(self) -> dict[Hashable, Any]:
        return {}

    @cached_property
    def _verdicts(self) -> Verdicts:
        return judge(self.claims, self.locked_ids)

    @cached_property
    def _by_field(self) -> Mapping[ArtistField, list[Fact]]:
        facts: dict[ArtistField, list[Fact]] = {}
        for fact in self.facts:
            facts.setdefault(fact.field, []).append(fact)
        return facts

    def candidates(self, field: ArtistField, *, trust: Trust, languages: Sequence[str] = ()) -> list[Candidate[FactValue]]:
        """Every value for the field, the one to show first. For texts, only those of the first language that has any.

        What is about somebody else, by what is now known of the artist's ids, is rejected.
        """
        locked = [Candidate(o.value, o.as_fact().evidence, Standing.LOCKED) for o in self.overrides if o.field is field]
        if field in ID_FIELDS:
            return [*locked, *_id_candidates(self.verdicts()[ID_FIELDS[field]])]
        facts = self._by_field.get(field, [])
        for language in languages:
            if any(fact.language == language for fact in facts):
                facts = [fact for fact in facts if fact.language == language]
                break
        verdicts = self.verdicts()
        return rank(
            [*locked, *(Candidate(fact.value, fact.evidence, _standing(fact, verdicts)) for fact in facts)], trust.of(field)
        )

    def chosen(self, field: ArtistField, *, trust: Trust, languages: Sequence[str] = ()) -> Candidate[FactValue] | None:
        """The value to show for the field, or None when nobody gave one."""
        candidates = self.candidates(field, trust=trust, languages=languages)
        return next((each for each in candidates if each.standing in (Standing.CHOSEN, Standing.LOCKED)), None)

    def about_the_artist(self, field: ArtistField) -> list[Fact]:
        """What every provider says for the field, but for what is about somebody else."""
        verdicts = self.verdicts()
        return [fact for fact in self._by_field.get(field, []) if _standing(fact, verdicts) is not Standing.REJECTED]

    def override(self, field: ArtistField) -> Override | None:
        return next((override for override in self.overrides if override.field is field), None)

    def check(self, provider: str, kind: Kind, language: str) -> Check | None:
        """The last check of this kind; those of answers that hold a text are kept by language."""
        own = [check for check in self.checks if (check.provider, check.kind) == (provider, kind)]
        return next((check for check in own if check.language in ("", language)), None)

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


def with_drift(overrides: Iterable[Override], dossier: Dossier, trust: Trust, now: datetime) -> list[Override]:
    """The overrides, each with the time since when the providers' best value differs from it."""
    upstream = replace(dossier, overrides=())
    checked = []
    for override in overrides:
        language = (override.value.language,) if isinstance(override.value, Biography) else ()
        best = upstream.chosen(override.field, trust=trust, languages=language)
        differs = best is not None and not _says_the_same(best.value, override.value)
        checked.append(replace(override, differs_since=(override.differs_since or now) if differs else None))
    return checked


def _standing(fact: Fact, verdicts: Verdicts) -> Standing:
    if fact.rests_on is None:
        return Standing.CANDIDATE
    scheme, value = fact.rests_on
    return Standing.REJECTED if verdicts[scheme].contradicts(value) else Standing.CANDIDATE


def _id_candidates(verdict: Verdict) -> list[Candidate[FactValue]]:
    rivals = sorted(verdict.rivals, key=lambda rival: rival.value != verdict.value)
    return [Candidate(rival.value, evidence_of(rival), standing_of(rival, verdict)) for rival in rivals]


def standing_of(rival: Rival, verdict: Verdict) -> Standing:
    """Where one of several ids stands: chosen, rejected because another one is, or undecided."""
    if verdict.value is None:
        return Standing.CANDIDATE
    if verdict.is_locked:
        return Standing.CANDIDATE if rival.value == verdict.value else Standing.REJECTED
    return Standing.CHOSEN if rival.value == verdict.value else Standing.REJECTED


def evidence_of(rival: Rival) -> Evidence:
    """The evidence of all claims for an id as one: the surest provider's, with everybody's words."""
    best = max((claim.evidence for claim in rival.claims), key=lambda evidence: (evidence.confidence, evidence.provider))
    words = dict.fromkeys(f"{claim.evidence.provider}: {word}" for claim in rival.claims for word in claim.evidence.matched_on)
    return replace(best, confidence=rival.confidence, matched_on=tuple(words))


def _says_the_same(one: FactValue, other: FactValue) -> bool:
    if isinstance(one, Biography) and isinstance(other, Biography):
        return one.content == other.content
    return _plain(one) == _plain(other)


def _plain(value: FactValue) -> object:
    # A person gives tags as words; the provider's weights and links are no difference.
    if not isinstance(value, tuple):
        return value
    return [item.name if isinstance(item, Tag) else item.url if isinstance(item, Image) else item for item in value]
