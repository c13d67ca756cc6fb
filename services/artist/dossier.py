"""What is known of one artist, from whom, and which of it is shown?"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from facts import known
from facts.values import Image, Tag
from kernel.evidence import Candidate, Evidence, Standing
from services.artist.domain import Artist, ArtistField, ArtistId, Biography, IdScheme, Kind, Manager, Release
from services.artist.identity.judging import Claim, Rival, Verdict, Verdicts, judge

T = TypeVar("T")

FactValue = (
    str | int | tuple[str, ...] | tuple[Tag, ...] | tuple[Image, ...] | tuple[Release, ...] | tuple[Manager, ...] | Biography
)
ID_FIELDS = {
    ArtistField.MBID: IdScheme.MBID,
    ArtistField.SPOTIFY_ID: IdScheme.SPOTIFY,
    ArtistField.WIKIDATA_ID: IdScheme.WIKIDATA,
}
"""The fields that say who an artist is elsewhere; claims speak for them, not facts."""


Fact = known.Fact[ArtistField, FactValue]
Check = known.Check[Kind]
Override = known.Override[ArtistField, FactValue]
Trust = known.Trust[ArtistField]


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


@dataclass(frozen=True)
class Dossier(known.Known[ArtistField, FactValue, Kind]):
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

    def candidates(self, field: ArtistField, *, trust: Trust, languages: Sequence[str] = ()) -> list[Candidate[FactValue]]:
        """As of anything known; for ids by what is claimed. What is about somebody else, by the artist's ids, is rejected."""
        if field in ID_FIELDS:
            return [*self.locked(field), *_id_candidates(self.verdicts()[ID_FIELDS[field]])]
        return super().candidates(field, trust=trust, languages=languages)

    def standing(self, fact: Fact) -> Standing:
        if fact.rests_on is None:
            return Standing.CANDIDATE
        scheme, value = fact.rests_on
        return Standing.REJECTED if self.verdicts()[IdScheme(scheme)].contradicts(value) else Standing.CANDIDATE

    def retrieved_at(self) -> datetime:
        """When a provider last answered about the artist; when it was first seen, if none ever did."""
        return self.answered_at() or self.artist.created_at


def with_drift(dossier: Dossier, trust: Trust, now: datetime) -> list[Override]:
    """The overrides, each with the time since when the providers' best value differs from it."""
    upstream = replace(dossier, overrides=())

    def best(override: Override) -> Candidate[FactValue] | None:
        return upstream.chosen(override.field, trust=trust, languages=(override.language,) if override.language else ())

    return known.with_drift(dossier.overrides, best, now)


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
