"""Which of the items found is the artist meant, and how sure is that?"""

from collections.abc import Iterable, Sequence

from kernel.evidence import Absent, Ambiguous, Answer, Found
from services.artist.domain import Identity, IdentityMatch, Management
from services.artist.providers.wikidata.answers import Item

_BOTH_AGREE = 0.95
_ONE_MATCHES = 0.9
# The item has the one id and, for the other, somebody else's: a merged entry there, or two artists taken for one here. Not worth
# publishing on its own, worth keeping as a candidate.
_ONE_CONTRADICTS = 0.4
_LICENCE = "CC0"


def choose(who: Identity, items: Sequence[Item]) -> Answer[Management]:
    """The item with both ids, else the only one with either. Several are Ambiguous, those with the Spotify id first."""
    by_spotify = [item for item in items if who.spotify_id in item.spotify_ids]
    by_mbid = [item for item in items if who.mbid in item.mbids]
    candidates = [item for item in by_spotify if item in by_mbid] or [*by_spotify, *by_mbid]
    if not candidates:
        return Absent(_reason(who))
    if len(candidates) > 1:
        return Ambiguous(tuple(_management(who, item) for item in candidates))
    return _found(who, candidates[0])


def _found(who: Identity, item: Item) -> Found[Management]:
    agreeing = [("Spotify id", who.spotify_id, item.spotify_ids), ("MusicBrainz id", who.mbid, item.mbids)]
    matched = tuple(name for name, asked, there in agreeing if asked in there)
    against = tuple(f"but another {name}" for name, asked, there in agreeing if asked and there and asked not in there)
    confidence = _ONE_CONTRADICTS if against else _BOTH_AGREE if len(matched) > 1 else _ONE_MATCHES
    return Found(_management(who, item), confidence, (*matched, *against), item.url, _LICENCE)


def _management(who: Identity, item: Item) -> Management:
    """An item without managers too: that it is the artist's is worth knowing."""
    match = IdentityMatch(
        name=item.name,
        mbid=_one_of(item.mbids, who.mbid),
        spotify_id=_one_of(item.spotify_ids, who.spotify_id),
        wikidata_id=item.id,
        url=item.url,
    )
    return Management(item.managers, match)


def _one_of(ids: Iterable[str], asked: str | None) -> str | None:
    """The id asked for, else the only one; of several others none can be told to be the artist's main one."""
    found = tuple(ids)
    if asked in found:
        return asked
    return found[0] if len(found) == 1 else None


def _reason(who: Identity) -> str:
    names = [name for name, known in (("Spotify id", who.spotify_id), ("MusicBrainz id", who.mbid)) if known]
    if not names:
        return "No id is known to ask Wikidata by."
    return f"Wikidata has no item with this {' or '.join(names)}."
