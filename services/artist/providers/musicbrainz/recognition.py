"""Which of the artists that a search found is meant? The first hit scores 100 whatever it is: only names and albums count."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from kernel.evidence import Ambiguous, Answer, Found
from services.artist.domain import IdentityMatch
from services.artist.providers.musicbrainz.answers import describe, parse_artist
from services.artist.providers.musicbrainz.naming import Likeness, compare_names
from upstreams.musicbrainz.reading import LICENCE
from upstreams.reading import Json

_MOST_SHOWN = 10
_ENOUGH = 2
_NAMED = {Likeness.NAME: "name", Likeness.ALIAS: "alias", Likeness.LOOSE: "name, accents and punctuation aside"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An artist who bears the name; `detail` tells it from its namesakes."""

    match: IdentityMatch
    likeness: Likeness
    detail: str


def list_candidates(name: str, hits: Iterable[Json]) -> tuple[Candidate, ...]:
    """Those of the hits that are called so, the best named first and of equals in MusicBrainz's order."""
    found = [
        Candidate(match, compare_names(name, match.name, match.aliases), describe(hit))
        for hit in hits
        if (match := parse_artist(hit))
    ]
    named = [candidate for candidate in found if candidate.likeness is not Likeness.NONE]
    return tuple(sorted(named, key=lambda candidate: -candidate.likeness))


def judge(candidates: Sequence[Candidate], known: Collection[str], titles_of: Sequence[frozenset[str]]) -> Answer[IdentityMatch]:
    """The candidate meant, if there can be no doubt.

    `known` are the keys of titles that are certainly by the artist and could tell it from others, `titles_of` those of the first
    candidates, as far as they were compared.
    """
    common = [len(titles.intersection(known)) for titles in titles_of]
    is_complete = len(titles_of) == len(candidates)
    # A single title in common proves something only where nobody is left who may have it too.
    winner = _find_leader(common, min(_ENOUGH, len(known)) if is_complete else _ENOUGH)
    if winner is not None:
        return _found_by_titles(candidates[winner], common[winner])
    lone = candidates[0]
    if len(candidates) == 1 and lone.likeness is Likeness.NAME and common != [0]:
        return Found(lone.match, 0.7, ("name, the only artist of it",), lone.match.url, LICENCE)
    return Ambiguous(tuple(replace(each.match, description=each.detail) for each in candidates[:_MOST_SHOWN]))


def _find_leader(common: Sequence[int], needed: int) -> int | None:
    """Who has so many albums in common, and nobody else more than half as many."""
    if not common or not needed:
        return None
    leader = max(range(len(common)), key=common.__getitem__)
    others = max((each for position, each in enumerate(common) if position != leader), default=0)
    return leader if common[leader] >= needed and 2 * others <= common[leader] else None


def _found_by_titles(candidate: Candidate, common: int) -> Found[IdentityMatch]:
    albums = f"{common} album{'' if common == 1 else 's'} in common"
    confidence = 0.75 if candidate.likeness is Likeness.LOOSE else 0.85
    return Found(candidate.match, confidence, (_NAMED[candidate.likeness], albums), candidate.match.url, LICENCE)
