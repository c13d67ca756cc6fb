"""Which record is meant of those that share a title and an artist, and which of its editions?"""

from collections.abc import Iterable, Mapping, Sequence

from services.album.domain import AlbumIdentity
from services.album.providers.musicbrainz.answers import Credit, Release
from services.album.providers.naming import Likeness, Match, compare_artists, compare_titles

_SHORT = ("single", "ep")
_UNDATED = "9999"


def match_of(what: AlbumIdentity, title: str, credit: Credit) -> Match:
    """How well this title and these artists are those meant."""
    return Match(compare_titles(what.title, title), compare_artists(what.artist, [credit.whole, credit.usually], credit.members))


def is_another(what: AlbumIdentity, titles: Iterable[str], credit: Credit) -> bool:
    """Whether neither any of the titles nor the artist is what is meant, so that an id must have been wrong.

    A title alone may be written in many ways, and so may a name; what is not known contradicts nothing.
    """
    matches = [match_of(what, title, credit) for title in titles if title and what.title and what.artist and credit.whole]
    return bool(matches) and all(match.title is match.artist is Likeness.OTHER for match in matches)


def likest(what: AlbumIdentity, hits: Iterable[Release]) -> tuple[Match, list[Release]] | None:
    """The hits that have title and artist and are likest of all, or None. An edition's title names another release."""
    matches = [(match_of(what, hit.title, hit.credit), hit) for hit in hits]
    best = max((match.weaker for match, _ in matches), default=Likeness.OTHER)
    if best <= Likeness.EDITION:
        return None
    equals = [(match, hit) for match, hit in matches if match.weaker is best]
    return equals[0][0], [hit for _, hit in equals]


def group_up(hits: Iterable[Release]) -> Mapping[str, list[Release]]:
    """The hits by release group, in the order of the first of each."""
    groups: dict[str, list[Release]] = {}
    for hit in hits:
        groups.setdefault(hit.group.mbid, []).append(hit)
    return groups


def choose_group(what: AlbumIdentity, groups: Mapping[str, Sequence[Release]]) -> Sequence[Release] | None:
    """The releases of the only group, or of the only album besides singles and EPs, which have too few tracks; else None.

    Fewer tracks may be known than there are: that they fit a single proves nothing.
    """
    if len(groups) == 1:
        return next(iter(groups.values()))
    long = [releases for releases in groups.values() if releases[0].group.kind not in _SHORT]
    short = [releases for releases in groups.values() if releases[0].group.kind in _SHORT]
    if len(long) != 1:
        return None
    ours, of_long, of_short = what.track_count, _counts(long), _counts(short)
    is_too_long = None not in of_short and ours > max(count or 0 for count in of_short)
    return long[0] if ours and ours not in of_short and (ours in of_long or is_too_long) else None


def choose_edition(what: AlbumIdentity, releases: Iterable[Release]) -> Release | None:
    """The one of the title meant, then of as many tracks, then an official one, then the earliest."""

    def rank(release: Release) -> tuple[object, ...]:
        is_other_title = compare_titles(what.title, release.title) <= Likeness.EDITION
        return (is_other_title, not has_as_many(what, release), not release.is_official, release.released or _UNDATED)

    return min(releases, key=rank, default=None)


def has_as_many(what: AlbumIdentity, release: Release) -> bool:
    return what.track_count > 0 and what.track_count == release.track_count


def _counts(groups: Iterable[Sequence[Release]]) -> set[int | None]:
    return {release.track_count for releases in groups for release in releases}
