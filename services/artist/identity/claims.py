"""What do the answers say about who the artist is elsewhere?"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from unidecode import unidecode

from facts.asking import Reply
from kernel.evidence import Ambiguous, Evidence, Found
from services.artist.asking.questions import Question, Subject
from services.artist.asking.sources import BY_NAME, LINK, MERGED, POPULARITY
from services.artist.domain import Identity, IdentityMatch, IdScheme, Kind, Management, Profile, match_key
from services.artist.identity.judging import (
    NAMED_SO_ASIDE,
    PAGE_OF_THE_NAME,
    SEVERAL_OF_THE_NAME,
    Basis,
    Claim,
    popularity_claims,
)

GIVEN_BY_CALLER = 0.95
"""What an id is worth that came with the request: as much as one provider's link."""

_GOOD_MATCH = 0.7
_IDS = ((IdScheme.MBID, "mbid"), (IdScheme.SPOTIFY, "spotify_id"), (IdScheme.WIKIDATA, "wikidata_id"))


def claims_of(question: Question, subject: Subject, reply: Reply[object]) -> list[Claim]:
    """The claims in one reply; `subject` is whom it was asked about."""
    return list(_claims(question, subject.who, reply, subject.stranger))


def asked_by(who: Identity, provider: str, confidence: float, now: datetime, words: str) -> list[Claim]:
    """What the ids are worth that a caller, or a file's tags, gave for the artist."""
    evidence = Evidence(provider, now, confidence=confidence, matched_on=(words,))
    return [Claim(scheme, value, evidence) for scheme, value in _ids_of(who)]


def _claims(question: Question, who: Identity, reply: Reply[object], stranger: str) -> Iterator[Claim]:
    match reply.outcome:
        case Found(Profile() as page) if page.mbid is not None:
            worth = PAGE_OF_THE_NAME if reply.outcome.confidence >= _GOOD_MATCH else NAMED_SO_ASIDE
            yield Claim(IdScheme.MBID, page.mbid, _evidence(reply, worth, "name of the page"), name=page.name)
        case Found(Management() as known):
            yield from _of_both(known.match, who, reply)
        case Found(IdentityMatch() as match):
            yield from _of_match(question, match, who, reply, stranger)
        case Found(tuple() as counts) if question.step == POPULARITY:
            yield from popularity_claims(dict(counts), _evidence(reply, 1.0))
        case Ambiguous(candidates):
            yield from _offers(question, candidates, who, reply)
        case _:
            return


def _of_match(question: Question, match: IdentityMatch, who: Identity, reply: Reply[object], stranger: str) -> Iterator[Claim]:
    if question.step == MERGED:
        yield from _of_stranger(match, who, reply, stranger)
    elif question.step == LINK:
        yield from _linked(match, reply, rests_on=(IdScheme.SPOTIFY, str(who.spotify_id)), leave_out=IdScheme.SPOTIFY)
    elif question.kind is Kind.LINKS:
        if match.mbid is not None and match.mbid != who.mbid:
            yield _merged(str(who.mbid), match, reply)
        yield from _linked(match, reply, rests_on=(IdScheme.MBID, str(who.mbid)), leave_out=IdScheme.MBID)
    elif question.step == BY_NAME:
        # Found by albums that came from an entry known by an id: worth no more than that id.
        base = (IdScheme.MBID, who.mbid) if who.mbid and match.mbid is None else None
        yield from _linked(match, reply, rests_on=base)


def _of_both(match: IdentityMatch, who: Identity, reply: Reply[object]) -> Iterator[Claim]:
    """One entry that was looked up by a Spotify id, a MusicBrainz id, or both: each stands for the other."""
    if who.spotify_id is not None and match.spotify_id == who.spotify_id:
        yield from _linked(match, reply, rests_on=(IdScheme.SPOTIFY, who.spotify_id), leave_out=IdScheme.SPOTIFY)
    elif who.mbid is not None:
        yield from _linked(match, reply, rests_on=(IdScheme.MBID, who.mbid), leave_out=IdScheme.MBID)


def _of_stranger(match: IdentityMatch, who: Identity, reply: Reply[object], stranger: str) -> Iterator[Claim]:
    if match.mbid is None:
        return
    if match.mbid != stranger:
        yield _merged(stranger, match, reply)
    worth = SEVERAL_OF_THE_NAME if is_named(match, who.name) else NAMED_SO_ASIDE
    yield _offer(IdScheme.MBID, match.mbid, match, _evidence(reply, worth, "name of the entry"))


def _offers(question: Question, candidates: Iterable[object], who: Identity, reply: Reply[object]) -> Iterator[Claim]:
    for each in candidates:
        match = each.match if isinstance(each, Management) else each
        if not isinstance(match, IdentityMatch):
            continue
        is_exact = question.step != BY_NAME or is_named(match, who.name)
        worth = SEVERAL_OF_THE_NAME if is_exact else NAMED_SO_ASIDE
        for scheme, value in _ids_of(match):
            yield _offer(scheme, value, match, _evidence(reply, worth, "name, one of several" if is_exact else "name, nearly"))


def is_named(match: IdentityMatch, name: str) -> bool:
    """Whether the entry bears this very name; one under an alias, or but for accents, is `nearly` so."""
    return match_key(match.name) == match_key(name)


def is_named_nearly(one: str, other: str) -> bool:
    return unidecode(match_key(one)).casefold() == unidecode(match_key(other)).casefold()


def lacks_accents(name: str, asked: str) -> bool:
    """Whether it is the name asked for without its accents. People leave them out; nobody puts in what is not there."""
    return match_key(name) != match_key(asked) and match_key(name) == unidecode(match_key(asked)).casefold()


def _linked(
    match: IdentityMatch,
    reply: Reply[object],
    *,
    rests_on: tuple[IdScheme, str] | None,
    leave_out: IdScheme | None = None,
) -> Iterator[Claim]:
    for scheme, value in _ids_of(match):
        if scheme is not leave_out:
            yield Claim(scheme, value, _evidence(reply, 1.0), name=match.name, description=match.description, rests_on=rests_on)


def _merged(old: str, match: IdentityMatch, reply: Reply[object]) -> Claim:
    evidence = _evidence(reply, 1.0, "merged")
    return Claim(IdScheme.MBID, old, evidence, Basis.MERGED, match.name, match.description, now=str(match.mbid))


def _offer(scheme: IdScheme, value: str, match: IdentityMatch, evidence: Evidence) -> Claim:
    return Claim(scheme, value, evidence, Basis.OFFERED, match.name, match.description)


def _ids_of(one: IdentityMatch | Identity) -> Iterator[tuple[IdScheme, str]]:
    for scheme, attribute in _IDS:
        value = getattr(one, attribute)
        if value is not None:
            yield scheme, value


def _evidence(reply: Reply[object], at_most: float, words: str = "") -> Evidence:
    found = reply.outcome if isinstance(reply.outcome, Found) else Found(None, at_most, (words,))
    return Evidence(
        provider=reply.provider,
        retrieved_at=reply.retrieved_at,
        confidence=min(found.confidence, at_most),
        matched_on=found.matched_on if isinstance(reply.outcome, Found) and not words else (words,),
        source_url=found.source_url,
    )
