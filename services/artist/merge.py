"""What do new answers change in what is known of an artist?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from kernel.asking import Reply
from kernel.evidence import Absent, Ambiguous, Deferred, Evidence, Fault, Found
from services.artist.domain import ArtistField, ArtistName, Kind, Profile, SimilarName
from services.artist.dossier import Check, CheckOutcome, Dossier, Fact, FactValue

_FIRST_FAULT_PAUSE = timedelta(minutes=30)
_LONGEST_FAULT_PAUSE = timedelta(hours=12)
SURE_OF_IDENTITY = 0.5
"""A MusicBrainz id that comes with less confidence than this is shown, but is nobody's."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One provider's reply about one kind of fact; `language` is set for kinds that hold a text."""

    kind: Kind
    language: str
    reply: Reply[Any]


@dataclass(frozen=True, slots=True)
class Freshness:
    """How long each kind of fact counts as fresh, and how long "there is none" is believed."""

    fresh: Mapping[Kind, timedelta]
    absent: timedelta


@dataclass(frozen=True, slots=True)
class Learned:
    """What is to be written down. Facts of a kind that was not answered are not in here, so they stay as they are."""

    facts: tuple[Fact, ...] = ()
    similar: Mapping[str, tuple[tuple[SimilarName, Evidence], ...]] | None = None
    checks: tuple[Check, ...] = ()
    named: ArtistName | None = None
    """How the surest provider writes the artist, with its MusicBrainz id where the match is good enough to believe it."""


def about_the_right_artist(answers: Iterable[Answer], dossier: Dossier | None, mbid: str | None) -> list[Answer]:
    """The answers, those of a provider whose page is about a namesake turned into absences.

    Providers that go by the name have one page for several artists. Its MusicBrainz id tells whose it is; what it says of
    another artist, tags and similar artists included, is nothing said of this one.
    """
    answers = list(answers)
    strangers = {answer.reply.provider for answer in answers if _is_about_another(answer, mbid)}
    judged = {answer.reply.provider for answer in answers if answer.kind is Kind.PROFILE}
    if dossier is not None and mbid is not None:  # the page was judged before, and is not asked for again today
        absent = {c.provider for c in dossier.checks if c.kind is Kind.PROFILE and c.outcome is CheckOutcome.ABSENT}
        strangers |= absent - judged
    return [_as_absent(answer) if answer.reply.provider in strangers else answer for answer in answers]


def learn(dossier: Dossier | None, answers: Iterable[Answer], freshness: Freshness) -> Learned:
    """Faults and absences only become checks: neither ever erases a value."""
    facts: list[Fact] = []
    similar: dict[str, tuple[tuple[SimilarName, Evidence], ...]] = {}
    checks: list[Check] = []
    profiles: list[Found[Profile]] = []
    for answer in answers:
        checks.append(_check(dossier, answer, freshness))
        found = answer.reply.outcome
        if not isinstance(found, Found):
            continue
        evidence = _evidence(answer, found, freshness)
        match answer.kind:
            case Kind.PROFILE:
                profiles.append(found)
                facts += facts_of_profile(found.value, evidence)
            case Kind.TAGS:
                facts.append(Fact(ArtistField.TAGS, found.value, evidence))
            case Kind.SIMILAR:
                similar[answer.reply.provider] = tuple((row, evidence) for row in found.value)
    return Learned(tuple(facts), similar, tuple(checks), _named(profiles))


def facts_of_profile(profile: Profile, evidence: Evidence) -> list[Fact]:
    """One fact for every field the provider gave a value."""
    values: dict[ArtistField, FactValue | None] = {
        ArtistField.URL: profile.url or None,
        ArtistField.LISTENERS: profile.listeners,
        ArtistField.PLAYCOUNT: profile.playcount,
        ArtistField.IMAGES: profile.images or None,
        ArtistField.MBID: profile.mbid,
    }
    facts = [Fact(field, value, evidence) for field, value in values.items() if value is not None]
    if profile.biography is not None:
        text = replace(evidence, licence=profile.biography.licence, source_url=profile.biography.url)
        facts.append(Fact(ArtistField.BIO, profile.biography, text, profile.biography.language))
    return facts


def _is_about_another(answer: Answer, mbid: str | None) -> bool:
    found = answer.reply.outcome
    said = found.value.mbid if answer.kind is Kind.PROFILE and isinstance(found, Found) else None
    return mbid is not None and said is not None and said != mbid


def _as_absent(answer: Answer) -> Answer:
    if not isinstance(answer.reply.outcome, Found):
        return answer
    reason = f"{answer.reply.provider}'s page of this name is about another artist."
    return replace(answer, reply=replace(answer.reply, outcome=Absent(reason)))


def _evidence(answer: Answer, found: Found[Any], freshness: Freshness) -> Evidence:
    return Evidence(
        provider=answer.reply.provider,
        retrieved_at=answer.reply.retrieved_at,
        valid_until=answer.reply.retrieved_at + freshness.fresh[answer.kind],
        confidence=found.confidence,
        matched_on=found.matched_on,
        source_url=found.source_url,
        licence=found.licence,
    )


def _check(dossier: Dossier | None, answer: Answer, freshness: Freshness) -> Check:
    provider, at = answer.reply.provider, answer.reply.retrieved_at
    before = dossier.check(provider, answer.kind, answer.language) if dossier else None
    plain = Check(provider, answer.kind, CheckOutcome.FOUND, at, at, answer.language, answered_at=at)
    unanswered = (
        replace(plain, answered_at=before.answered_at, faults=before.faults) if before else replace(plain, answered_at=None)
    )
    match answer.reply.outcome:
        case Found():
            return replace(plain, next_check_at=at + freshness.fresh[answer.kind])
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


def _after_fault(before: Check | None) -> tuple[int, timedelta]:
    """How many faults in a row this makes, and how long to wait: 30 minutes, doubling up to 12 hours."""
    faults = (before.faults if before else 0) + 1
    return faults, min(_LONGEST_FAULT_PAUSE, _FIRST_FAULT_PAUSE * 2 ** min(faults - 1, 10))


def _named(profiles: Iterable[Found[Profile]]) -> ArtistName | None:
    best = max(profiles, key=lambda found: found.confidence, default=None)
    if best is None:
        return None
    mbid = best.value.mbid if best.confidence >= SURE_OF_IDENTITY else None
    return ArtistName(best.value.name, mbid)
