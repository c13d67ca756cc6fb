"""Which ids does an artist have elsewhere, how sure is that, and who else might be meant? Precision first: when in doubt, none.

Providers make claims; independent paths that lead to the same id add up, and an id is accepted only when it is sure enough and
leads every rival by a margin. A claim may rest on another id ("MusicBrainz links this Spotify id to that artist"): it counts as
long as that one is accepted, so that settling one id re-derives all that hung on it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kernel.evidence import Evidence
from services.artist.domain import Identity, IdScheme

SURE = 0.6
"""An id with less confidence than this is a candidate, and is linked to nobody."""
LEAD = 0.25
"""How much surer than the next one an id must be."""

SEVERAL_OF_THE_NAME = 0.35
"""What an entry of this very name is worth while others have it too."""
NAMED_SO_ASIDE = 0.2
"""The same for one whose name is the same but for accents, punctuation, or as an alias."""
PAGE_OF_THE_NAME = 0.3
"""What the id is worth that stands on a page found by name: such pages are shared by namesakes."""
FAR_MORE_HEARD = 0.5
"""What being heard at least ten times as much as any namesake adds."""
MORE_HEARD = 0.3
"""What being heard about as much as the most heard namesake adds."""

_FAR = 10
_ABOUT = 3
_MOST = 0.99


class Basis(StrEnum):
    """How a claim was made."""

    STATED = "stated"
    """The provider says it is this one."""
    OFFERED = "offered"
    """The provider offers it among several."""
    MERGED = "merged"
    """The provider says the id is an older one of `now`."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One provider's word that an artist is known elsewhere by an id.

    `rests_on` is the id it was looked up by, if any, as (scheme, value); `now` is the present id of one that was merged.
    """

    scheme: IdScheme
    value: str
    evidence: Evidence
    basis: Basis = Basis.STATED
    name: str = ""
    description: str = ""
    rests_on: tuple[IdScheme, str] | None = None
    now: str = ""
    source: str = ""
    """The question it answers; the provider's next answer to it takes this one's place."""


@dataclass(frozen=True, slots=True)
class Rival:
    """One id that claims speak for, with all of them; `confidence` is theirs together, 0–1."""

    value: str
    confidence: float
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the claims about one scheme come to. `value` is None while none is sure enough; rivals are best first."""

    value: str | None
    confidence: float
    rivals: tuple[Rival, ...]
    is_locked: bool = False
    former: frozenset[str] = frozenset()
    """Older ids of `value`."""

    @property
    def is_ambiguous(self) -> bool:
        """Whether there is a choice that nothing has made yet."""
        return self.value is None and len(self.rivals) > 1

    def contradicts(self, value: str) -> bool:
        """Whether something that rests on `value` is about somebody else."""
        return self.value is not None and value != self.value and value not in self.former


Verdicts = Mapping[IdScheme, Verdict]

_NONE = Verdict(None, 0.0, ())


def judge(claims: Iterable[Claim], locked: Mapping[IdScheme, str]) -> Verdicts:
    """A verdict for every scheme; `locked` are a person's own. The order of the claims does not matter."""
    claims = tuple(claims)
    present = _present_ids(claims)
    claims = tuple(claim for claim in claims if claim.basis is not Basis.MERGED)
    disowned = _disowned(claims, _judge(IdScheme.SPOTIFY, _alone(claims), {}, present, locked.get(IdScheme.SPOTIFY)))
    disowned |= _linked_elsewhere(claims, locked.get(IdScheme.MBID), present)
    claims = tuple(claim for claim in claims if not disowned.intersection((claim.value, claim.rests_on and claim.rests_on[1])))
    verdicts: dict[IdScheme, Verdict] = dict.fromkeys(IdScheme, _NONE)
    # Each round may accept an id that lets further claims count; a chain is never longer than there are schemes.
    for _ in range(len(IdScheme) + 1):
        before = verdicts
        counted = [claim for claim in claims if _base(claim, before) > 0]
        verdicts = {scheme: _judge(scheme, counted, before, present, locked.get(scheme)) for scheme in IdScheme}
        if verdicts == before:
            break
    # Ids that by turns speak against each other would never settle: none of them is sure.
    return {scheme: each if each.value == before[scheme].value else _unsure(each) for scheme, each in verdicts.items()}


def _alone(claims: Iterable[Claim]) -> list[Claim]:
    return [claim for claim in claims if claim.rests_on is None]


def _unsure(verdict: Verdict) -> Verdict:
    return Verdict(None, 0.0, verdict.rivals)


def _present_ids(claims: Iterable[Claim]) -> Mapping[tuple[IdScheme, str], str]:
    """Of every id that was merged the one it is now; what it was merged into may have been merged again."""
    merged = [claim for claim in claims if claim.basis is Basis.MERGED]
    newest_last = sorted(merged, key=lambda claim: (claim.evidence.retrieved_at, claim.now))
    steps = {(claim.scheme, claim.value): claim.now for claim in newest_last}

    def last(scheme: IdScheme, value: str) -> str:
        seen = {value}
        while (following := steps.get((scheme, value))) is not None and following not in seen:
            seen.add(following)
            value = following
        return value

    return {(scheme, old): last(scheme, old) for scheme, old in steps}


def identified(who: Identity, verdicts: Verdicts) -> Identity:
    """Who is meant, with every id that is accepted."""
    return replace(
        who,
        mbid=verdicts[IdScheme.MBID].value,
        spotify_id=verdicts[IdScheme.SPOTIFY].value,
        wikidata_id=verdicts[IdScheme.WIKIDATA].value,
    )


def popularity_claims(listeners: Mapping[str, int], evidence: Evidence) -> list[Claim]:
    """What the listeners of several namesakes, by MusicBrainz id, say about which of them is meant."""
    ranked = sorted(((count, mbid) for mbid, count in listeners.items() if count > 0), reverse=True)
    if not ranked:
        return []
    most, second = ranked[0][0], ranked[1][0] if len(ranked) > 1 else 0
    claims = []
    for count, mbid in ranked:
        if count * _ABOUT < most:
            break
        confidence = FAR_MORE_HEARD if count >= _FAR * max(second, 1) else MORE_HEARD
        words = (f"the most heard of this name: {count} listeners, the next {second}",)
        if count != most:
            words = (f"about as much heard as the most heard of this name: {count} listeners of {most}",)
        claims.append(Claim(IdScheme.MBID, mbid, replace(evidence, confidence=confidence, matched_on=words), basis=Basis.OFFERED))
    return claims


def _disowned(claims: Iterable[Claim], spotify: Verdict) -> set[str]:
    """MusicBrainz ids whose own entry links another Spotify id than the one accepted, and that nobody reached from that one:
    a name led there, and it led to a namesake. `spotify` is judged without what rests on other ids.
    """
    accepted = spotify.value
    if accepted is None:
        return set()
    claims = [claim for claim in claims if claim.basis is Basis.STATED and claim.rests_on is not None]
    links = [(claim.rests_on, claim.value) for claim in claims if claim.scheme is IdScheme.SPOTIFY]
    reached = {claim.value for claim in claims if claim.rests_on == (IdScheme.SPOTIFY, accepted)}
    elsewhere = {base[1] for base, value in links if base and base[0] is IdScheme.MBID and value != accepted}
    here = {base[1] for base, value in links if base and value == accepted}
    return elsewhere - here - reached


def _linked_elsewhere(claims: Iterable[Claim], locked: str | None, present: Mapping[tuple[IdScheme, str], str]) -> set[str]:
    """Ids whose entries link another MusicBrainz id than the one a person settled: they are the other artist's."""
    if locked is None:
        return set()
    links = [claim for claim in claims if claim.scheme is IdScheme.MBID and claim.basis is Basis.STATED and claim.rests_on]
    agreeing = {c.rests_on for c in links if present.get((c.scheme, c.value), c.value) == locked}
    return {claim.rests_on[1] for claim in links if claim.rests_on and claim.rests_on not in agreeing}


def _base(claim: Claim, verdicts: Verdicts) -> float:
    """How sure the id is that the claim rests on, without what that id owes to ids of the claim's own scheme: an id must not
    speak for itself, nor against itself.
    """
    if claim.rests_on is None:
        return 1.0
    scheme, value = claim.rests_on
    accepted = verdicts[scheme]
    if accepted.value is None or accepted.contradicts(value):
        return 0.0
    if accepted.is_locked:
        return 1.0
    others = [c for c in accepted.rivals[0].claims if c.rests_on is None or c.rests_on[0] is not claim.scheme]
    confidence = _together(others, verdicts) if others else 0.0
    return confidence if confidence >= SURE else 0.0


def _judge(
    scheme: IdScheme,
    claims: Sequence[Claim],
    verdicts: Verdicts,
    present: Mapping[tuple[IdScheme, str], str],
    locked: str | None,
) -> Verdict:
    supporting: defaultdict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.scheme is scheme:
            supporting[present.get((scheme, claim.value), claim.value)].append(claim)
    rivals = sorted(
        (Rival(value, _together(each, verdicts), tuple(each)) for value, each in supporting.items()),
        key=lambda rival: (-rival.confidence, rival.value),
    )
    if locked is not None:
        return Verdict(locked, 1.0, tuple(rivals), is_locked=True, former=_former(scheme, locked, present))
    best = rivals[0] if rivals else None
    second = rivals[1].confidence if len(rivals) > 1 else 0.0
    if best is None or best.confidence < SURE or best.confidence - second < LEAD:
        return Verdict(None, 0.0, tuple(rivals))
    return Verdict(best.value, best.confidence, tuple(rivals), former=_former(scheme, best.value, present))


def _together(claims: Sequence[Claim], verdicts: Verdicts) -> float:
    """Each provider counts once, with its best claim; what rests on an id is no surer than that id."""
    best: dict[str, float] = {}
    for claim in claims:
        own = min(claim.evidence.confidence, _base(claim, verdicts))
        best[claim.evidence.provider] = max(best.get(claim.evidence.provider, 0.0), own)
    doubt = 1.0
    for confidence in sorted(best.values()):
        doubt *= 1.0 - confidence
    return round(max(min(1.0 - doubt, _MOST), *best.values()), 4)


def _former(scheme: IdScheme, value: str, present: Mapping[tuple[IdScheme, str], str]) -> frozenset[str]:
    return frozenset(old for (of, old), new in present.items() if of is scheme and new == value)
