"""How are MusicBrainz's artists, links and releases read?"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from kernel.errors import ProviderMalformed
from services.artist.domain import IdentityMatch, Release
from services.artist.ids import is_mbid, is_wikidata_id, spotify_id_from_url
from upstreams.musicbrainz import NAME
from upstreams.musicbrainz.reading import SITE, genres_of, is_current, kind_of, labels_of, linked_id, once, rows
from upstreams.reading import Json, child, children, partial_date, text

_MAX_ALIASES = 100
_STREAMING = ("free streaming", "streaming")
_WIKIDATA_URL = re.compile(r"https?://www\.wikidata\.org/(?:wiki|entity)/(Q\d{1,12})", re.ASCII)


def parse_artist(node: Json) -> IdentityMatch | None:
    """An artist as searches, relations and look-ups have it; None without a usable name and id."""
    name, mbid = text(node, "name"), text(node, "id").lower()
    if not name or not is_mbid(mbid):
        return None
    return IdentityMatch(
        name=name,
        mbid=mbid,
        description=text(node, "disambiguation"),
        aliases=once((text(alias, "name") for alias in children(node, "aliases")), _MAX_ALIASES),
        url=f"{SITE}/artist/{mbid}",
    )


def parse_linked_artists(node: Json) -> tuple[IdentityMatch, ...]:
    """The artists an address belongs to, each once, as a look-up of the address has them."""
    found = (parse_artist(child(relation, "artist")) for relation in rows(node, "relations") if is_current(relation))
    return tuple({match.mbid: match for match in found if match}.values())


def parse_links(node: Json) -> IdentityMatch:
    """An artist with all that a look-up includes. Raises ProviderMalformed when it is none."""
    match = parse_artist(node)
    if match is None:
        raise ProviderMalformed(NAME, "the answer has no artist's name and id")
    return replace(
        match,
        spotify_id=linked_id(node, _STREAMING, spotify_id_from_url),
        wikidata_id=linked_id(node, ("wikidata",), _wikidata_id_from_url),
        genres=genres_of(node),
        titles=once(text(group, "title") for group in children(node, "release-groups")),
    )


def parse_titles(node: Json) -> tuple[str, ...]:
    """The titles of a list of release groups."""
    return once(text(group, "title") for group in rows(node, "release-groups"))


def parse_releases(node: Json) -> tuple[Release, ...]:
    """The releases of a list, those without a usable title and id left out."""
    return tuple(release for row in rows(node, "releases") if (release := _release(row)))


def sort_newest_first(releases: Iterable[Release]) -> tuple[Release, ...]:
    """Each once; undated ones last."""
    each = {release.id: release for release in releases}.values()
    return tuple(sorted(each, key=lambda release: (release.released or date.min, release.id), reverse=True))


def describe(node: Json) -> str:
    """What tells a search's hit from its namesakes: "UK rock group, Group, GB, 1970"."""
    place = text(node, "country") or text(child(node, "area"), "name")
    begin = text(child(node, "life-span"), "begin")[:4]
    return ", ".join(part for part in (text(node, "disambiguation"), text(node, "type"), place, begin) if part)


def _release(row: Json) -> Release | None:
    mbid, title = text(row, "id").lower(), text(row, "title")
    if not title or not is_mbid(mbid):
        return None
    released, precision = partial_date(text(row, "date"))
    group = child(row, "release-group")
    group_id = text(group, "id").lower()
    return Release(
        id=mbid,
        title=title,
        released=released,
        precision=precision,
        labels=labels_of(row),
        group_id=group_id if is_mbid(group_id) else "",
        group_title=text(group, "title"),
        kind=kind_of(group),
        url=f"{SITE}/release/{mbid}",
    )


def _wikidata_id_from_url(url: str) -> str | None:
    found = _WIKIDATA_URL.fullmatch(url)
    return found[1] if found and is_wikidata_id(found[1]) else None
