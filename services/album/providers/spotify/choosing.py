"""Which of the albums that a search found is meant? Only title and artist decide; the number of tracks tells editions apart."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.album.domain import AlbumIdentity
from services.album.providers.naming import Likeness, Match, compare_artists, compare_titles
from services.album.providers.spotify.answers import Entry

_CONFIDENCE = {Likeness.SAME: 0.8, Likeness.ACCENTS: 0.7, Likeness.PART: 0.7, Likeness.EDITION: 0.65}
_SAME_COUNT_CONFIDENCE = 0.9


@dataclass(frozen=True, slots=True)
class Choice:
    """The album meant, how sure that is, and what it rests on."""

    entry: Entry
    confidence: float
    matched_on: tuple[str, ...]


def choose(what: AlbumIdentity, hits: Iterable[Entry]) -> Choice | None:
    """The hit that is likest; of equals one of as many tracks, then an album rather than a single, then Spotify's first."""
    matches = [(_match(what, entry), entry) for entry in hits]
    fitting = [(match, entry) for match, entry in matches if match.weaker is not Likeness.OTHER]
    if not fitting:
        return None
    match, entry = max(fitting, key=lambda row: (row[0].weaker, _has_as_many(what, row[1]), row[1].listing.kind == "album"))
    if not _has_as_many(what, entry):
        return Choice(entry, _CONFIDENCE[match.weaker], match.in_words())
    confidence = _SAME_COUNT_CONFIDENCE if match.weaker is Likeness.SAME else _CONFIDENCE[match.weaker]
    return Choice(entry, confidence, (*match.in_words(), "number of tracks"))


def _match(what: AlbumIdentity, entry: Entry) -> Match:
    whole = (entry.listing.artist, " & ".join(entry.artists))
    return Match(compare_titles(what.title, entry.listing.title), compare_artists(what.artist, whole, entry.artists))


def _has_as_many(what: AlbumIdentity, entry: Entry) -> bool:
    return what.track_count > 0 and what.track_count == entry.listing.track_count
