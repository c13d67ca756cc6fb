"""Which of several artists of one name is meant? The name alone never tells; albums in common do."""

from collections.abc import Collection, Iterable, Sequence

from unidecode import unidecode

from kernel.evidence import Ambiguous, Answer, Found
from services.artist.domain import IdentityMatch, match_key
from services.artist.providers.spotify.answers import Entry
from upstreams.titles import telling_keys

_CONFIDENCE = 0.85
_ENOUGH = 2


def of_that_name(name: str, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Those that bear the name, accents aside; best first: the name as written, then the better known where that is told."""
    wanted, loosely_wanted = match_key(name), _loosen(name)
    bearers = [
        (match_key(entry.profile.name) != wanted, -(entry.profile.popularity or 0), -(entry.profile.followers or 0), entry)
        for entry in entries
        if match_key(entry.profile.name) == wanted or (loosely_wanted and _loosen(entry.profile.name) == loosely_wanted)
    ]
    return tuple(entry for *_, entry in sorted(bearers, key=lambda bearer: bearer[:-1]))


def choose(name: str, known: Collection[str], bearers: Sequence[IdentityMatch]) -> Answer[IdentityMatch]:
    """The one of `bearers` whose titles are those of the artist meant, `known` (titles.telling_keys), or all of them.

    Found takes two albums in common (one where only one is known), and nobody else with more than half as many: a wrong id
    would be believed for years, an open question is only asked again.
    """
    wanted = frozenset(known)
    shared = [len(wanted & telling_keys(bearer.titles, name)) for bearer in bearers]
    ranked = sorted(zip(shared, bearers, strict=True), key=lambda row: -row[0])
    most, best = ranked[0]
    second = ranked[1][0] if len(ranked) > 1 else 0
    if most < min(_ENOUGH, max(1, len(wanted))) or second * 2 > most:
        return Ambiguous(tuple(bearer for _, bearer in ranked))
    named = "name" if match_key(best.name) == match_key(name) else "name, accents aside"
    return Found(best, _CONFIDENCE, (named, f"{most} album{'' if most == 1 else 's'} in common"), best.url)


def _loosen(name: str) -> str:
    return unidecode(name).casefold().strip()
