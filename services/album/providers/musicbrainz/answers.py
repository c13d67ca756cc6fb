"""How are MusicBrainz's releases and release groups read?"""

from collections.abc import Iterable
from dataclasses import dataclass

from facts.naming import MAX_NAME, is_uuid
from kernel.errors import ProviderMalformed
from services.album.providers.reading import barcode_of, believable_count, date_of
from upstreams.musicbrainz import NAME
from upstreams.musicbrainz.reading import genres_of, kind_of, labels_of, rows
from upstreams.reading import Json, child, children, count, text

_MOST_CREDITED = 50
_MAX_JOIN = 50


@dataclass(frozen=True, slots=True)
class Credit:
    """Whose record it is: all of them as printed, and by their usual names; and each by both."""

    whole: str
    usually: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """What all editions of a record have in common. Empty: MusicBrainz does not say."""

    mbid: str = ""
    title: str = ""
    kind: str = ""
    released: str = ""
    genres: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Release:
    """One edition, and the group it belongs to."""

    mbid: str
    title: str
    credit: Credit
    group: Group
    is_official: bool
    released: str
    labels: tuple[str, ...]
    barcode: str
    track_count: int | None


def parse_release(node: Json) -> Release:
    """A look-up's. Raises ProviderMalformed when it is none."""
    release = _release(node)
    if release is None:
        raise ProviderMalformed(NAME, "the answer has no release's title and id")
    return release


def parse_hits(node: Json) -> tuple[Release, ...]:
    """Those of a search that belong to a group, in its order. Raises ProviderMalformed when there is no list."""
    return tuple(release for release in _releases(rows(node, "releases")) if release.group.mbid)


def parse_group(node: Json) -> Group:
    """A look-up's. Raises ProviderMalformed when it is none."""
    group = _group(node)
    if not group.mbid or not group.title:
        raise ProviderMalformed(NAME, "the answer has no release group's title and id")
    return group


def parse_editions(node: Json) -> tuple[Release, ...]:
    """The releases that a look-up of a release group includes, at most 25 of them."""
    return tuple(_releases(children(node, "releases")))


def parse_credit(node: Json) -> Credit:
    """Of a release or of a release group."""
    whole, usually, members = "", "", []
    for credited in list(children(node, "artist-credit"))[:_MOST_CREDITED]:
        usual = text(child(credited, "artist"), "name")
        printed = text(credited, "name") or usual
        whole, usually = whole + printed + _join_phrase(credited), usually + (usual or printed) + _join_phrase(credited)
        members += [name for name in (printed, usual) if name]
    first = members[0] if members else ""
    return Credit(_bounded(whole, first), _bounded(usually, first), tuple(dict.fromkeys(members)))


def _releases(nodes: Iterable[Json]) -> Iterable[Release]:
    return (release for node in nodes if (release := _release(node)) is not None)


def _release(node: Json) -> Release | None:
    mbid, title = _mbid(node), text(node, "title")
    if not mbid or not title:
        return None
    return Release(
        mbid=mbid,
        title=title,
        credit=parse_credit(node),
        group=_group(child(node, "release-group")),
        is_official=text(node, "status") == "Official",
        released=date_of(node, "date"),
        labels=labels_of(node),
        barcode=barcode_of(node, "barcode"),
        track_count=_count_tracks(node),
    )


def _group(node: Json) -> Group:
    return Group(_mbid(node), text(node, "title"), kind_of(node), date_of(node, "first-release-date"), genres_of(node))


def _mbid(node: Json) -> str:
    written = text(node, "id").lower()
    return written if is_uuid(written) else ""


def _count_tracks(node: Json) -> int | None:
    """Of all discs together, which searches add up themselves."""
    discs = (count(disc, "track-count") or 0 for disc in children(node, "media"))
    return believable_count(count(node, "track-count") or sum(discs))


def _join_phrase(credited: Json) -> str:
    """What stands between two artists, white space included: " & "."""
    phrase = credited.get("joinphrase")
    return phrase if isinstance(phrase, str) and len(phrase) <= _MAX_JOIN and phrase.isprintable() else ""


def _bounded(together: str, first: str) -> str:
    """All artists, or the first where all are too many."""
    return together.strip() if len(together) <= MAX_NAME else first
