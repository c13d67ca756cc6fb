"""What do new answers change in what is known of an artist?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from facts import checking
from facts.asking import Reply
from kernel.evidence import Absent, Deferred, Evidence, Found
from services.artist.asking.inquiry import Asked
from services.artist.asking.questions import NAME
from services.artist.domain import (
    ArtistField,
    ArtistName,
    Audience,
    IdentityMatch,
    IdScheme,
    Kind,
    ListenCounts,
    Management,
    Profile,
    SimilarName,
)
from services.artist.dossier import Check, Dossier, Fact, FactValue
from services.artist.identity.judging import Claim, Verdicts

_STILL_BEING_ASKED = timedelta(seconds=20)
_WORTH_SHOWING = 0.5
"""What is less likely than this to be about the artist is not shown."""
_FEW_REFERENCES = 0.7
"""What a statement is worth that cites no source."""

_LISTS = {Kind.TAGS: ArtistField.TAGS, Kind.LABELS: ArtistField.RELEASES}

RestsOn = tuple[IdScheme, str] | None


Freshness = checking.Freshness[Kind]


@dataclass(frozen=True, slots=True)
class Learned:
    """What is to be written down. Facts of a kind that was not answered are not in here, so they stay as they are."""

    facts: tuple[Fact, ...] = ()
    similar: Mapping[str, tuple[tuple[SimilarName, Evidence], ...]] | None = None
    checks: tuple[Check, ...] = ()
    claims: tuple[Claim, ...] | None = None
    """All there are now, in place of those held; None: they stay as they are."""
    named: ArtistName | None = None
    """How the providers write the artist, with the ids that are accepted."""


def learn(
    dossier: Dossier | None,
    asked: Sequence[Asked],
    claims: tuple[Claim, ...],
    verdicts: Verdicts,
    *,
    freshness: Freshness,
    now: datetime,
) -> Learned:
    """Faults and absences only become checks: neither ever erases a value. `claims` and `verdicts` are the round's own."""
    pages = _pages(dossier, asked)
    facts: list[Fact] = []
    similar: dict[str, tuple[tuple[SimilarName, Evidence], ...]] = {}
    checks: dict[tuple[str, Kind, str], Check] = {}
    for put in asked:
        each = _settled(put, pages, verdicts, now)
        check = _check(dossier, each, freshness)
        key = (check.provider, check.kind, check.language)
        # Of several questions of one kind, the one without an answer says when to ask again.
        if key not in checks or checks[key].is_answer:
            checks[key] = check
        found = each.reply.outcome if each.reply else None
        if each.reply is None or not isinstance(found, Found):
            continue
        evidence = checking.evidence_of(each.reply, found, freshness.fresh[each.question.kind])
        facts += facts_of(each, found.value, evidence, _rests_on(each, pages))
        if each.question.kind is Kind.SIMILAR:
            similar[each.reply.provider] = tuple((row, evidence) for row in found.value)
    return Learned(tuple(facts), similar, tuple(checks.values()), claims, _named(asked, verdicts))


def facts_of(asked: Asked, value: Any, evidence: Evidence, rests_on: RestsOn) -> list[Fact]:
    """One fact for every field the answer gives a value."""
    values = _values(asked.question.kind, value, by_name=NAME in asked.question.needs)
    facts = [Fact(field, said, evidence, rests_on=rests_on) for field, said in values.items() if said is not None]
    if isinstance(value, Profile) and value.biography is not None:
        text = replace(evidence, licence=value.biography.licence, source_url=value.biography.url)
        facts.append(Fact(ArtistField.BIO, value.biography, text, value.biography.language, rests_on))
    if isinstance(value, Management) and value.managers and not any(manager.references for manager in value.managers):
        facts = [replace(f, evidence=replace(f.evidence, confidence=min(f.evidence.confidence, _FEW_REFERENCES))) for f in facts]
    return facts


def _values(kind: Kind, value: Any, *, by_name: bool) -> dict[ArtistField, FactValue | None]:  # noqa: PLR0911 - a shape each
    match value:
        case Profile():
            return {
                # Of whom is asked by id the page follows from the id.
                ArtistField.URL: (value.url or None) if by_name else None,
                ArtistField.LISTENERS: value.listeners,
                ArtistField.PLAYCOUNT: value.playcount,
                ArtistField.IMAGES: value.images or None,
                ArtistField.GENRES: value.genres or None,
                ArtistField.FOLLOWERS: value.followers,
                ArtistField.POPULARITY: value.popularity,
            }
        case Audience():
            return {ArtistField.MONTHLY_LISTENERS: value.monthly_listeners, ArtistField.FOLLOWERS: value.followers}
        case ListenCounts():
            return {ArtistField.LISTENBRAINZ_LISTENERS: value.listeners, ArtistField.LISTENBRAINZ_LISTENS: value.listens}
        case Management():
            return {ArtistField.MANAGEMENT: value.managers or None}
        case IdentityMatch() if kind is Kind.LINKS:
            return {ArtistField.GENRES: value.genres or None}
        case tuple() if kind in _LISTS:
            return {_LISTS[kind]: value}
        case _:
            return {}


def _pages(dossier: Dossier | None, asked: Iterable[Asked]) -> dict[str, str]:
    """By provider, the MusicBrainz id on the page it answers names with: whose page it is."""
    held = [claim for claim in (dossier.claims if dossier else ()) if claim.source == Kind.PROFILE]
    pages = {claim.evidence.provider: claim.value for claim in held if claim.scheme is IdScheme.MBID}
    for each in asked:
        found = each.reply.outcome if each.reply else None
        if isinstance(found, Found) and isinstance(found.value, Profile):
            pages.pop(each.question.provider, None)
            pages |= {each.question.provider: found.value.mbid} if found.value.mbid else {}
    return pages


def _rests_on(asked: Asked, pages: Mapping[str, str]) -> RestsOn:
    if NAME in asked.question.needs:
        page = pages.get(asked.question.provider)
        return (IdScheme.MBID, page) if page else None
    schemes = [IdScheme(need) for need in asked.question.needs if need in set(IdScheme)]
    return (schemes[0], getattr(asked.subject.who, schemes[0])) if schemes else None


def _settled(asked: Asked, pages: Mapping[str, str], verdicts: Verdicts, now: datetime) -> Asked:
    """The answer, or what stands for it: that it is not there yet, or is about somebody else."""
    provider = asked.question.provider
    if asked.reply is None:
        waiting = Deferred(now + _STILL_BEING_ASKED, f"{provider} is still being asked; its answer will be there soon.")
        return replace(asked, reply=Reply(provider, waiting, now))
    found = asked.reply.outcome
    if asked.question.kind is Kind.IDENTITY or not isinstance(found, Found):
        return asked
    is_page = NAME in asked.question.needs and provider in pages
    if is_page and verdicts[IdScheme.MBID].contradicts(pages[provider]):
        found = Absent(f"{provider}'s page of this name is about another artist.")
    elif found.confidence < _WORTH_SHOWING:
        found = Absent(f"What {provider} says is not certain to be about this artist ({', '.join(found.matched_on)}).")
    return replace(asked, reply=replace(asked.reply, outcome=found))


def _check(dossier: Dossier | None, asked: Asked, freshness: Freshness) -> Check:
    reply, kind, language = asked.reply, asked.question.kind, asked.question.language(asked.subject)
    if reply is None:
        raise TypeError("an unsettled answer")
    before = dossier.check(reply.provider, kind, language) if dossier else None
    return checking.check_of(reply, kind, language, before=before, freshness=freshness)


def _named(asked: Iterable[Asked], verdicts: Verdicts) -> ArtistName | None:
    """The surest page's spelling first, then the directories'; none while it is open who is meant: namesakes share pages."""
    if verdicts[IdScheme.MBID].is_ambiguous and verdicts[IdScheme.SPOTIFY].value is None:
        return None
    found = [e.reply.outcome for e in asked if e.reply and isinstance(e.reply.outcome, Found)]
    names = [
        (isinstance(each.value, Profile), each.confidence, each.value.name)
        for each in found
        if isinstance(each.value, Profile | IdentityMatch) and each.value.name
    ]
    best = max(names, key=lambda name: name[:2], default=None)
    if best is None:
        best = next(((False, 0.0, name) for name in map(_name_aside, found) if name), None)
    return ArtistName(best[2], verdicts[IdScheme.MBID].value, verdicts[IdScheme.SPOTIFY].value) if best else None


def _name_aside(found: Found[Any]) -> str:
    """The name in an answer that is about something else."""
    if isinstance(found.value, Management):
        return found.value.match.name
    return found.value.name if isinstance(found.value, Audience) else ""
