"""What does MusicBrainz answer about artists and the addresses they are linked to?"""

from collections.abc import Iterable, Mapping

from sandbox.catalogue.directory import Directory
from sandbox.catalogue.identity import Identity
from sandbox.musicbrainz.asking import ARTIST_NAMES, CREATED, Ask, MusicbrainzError, Query, parse_query, redirect_to
from sandbox.musicbrainz.parts import (
    SEARCH_HINT,
    TYPE_IDS,
    build_area,
    build_artist_stub,
    build_relation,
    list_links,
    url_id,
)
from sandbox.musicbrainz.releases import EMBEDDED, build_groups
from sandbox.musicbrainz.voting import PER_GROUP, build_genre
from sandbox.settings import Settings
from sandbox.wire import Answer, json_answer

_INC = frozenset({"url-rels", "release-groups", "genres", "tags", "aliases", "ratings", "annotation", "artist-rels"})
_URL_INC = frozenset({"artist-rels", "release-rels", "release-group-rels", "label-rels", "recording-rels", "work-rels"})


class Artists:
    """The calls on artists and URLs."""

    def __init__(self, directory: Directory, settings: Settings) -> None:
        self._directory = directory
        self._settings = settings

    def search(self, ask: Ask) -> Answer:
        """Answers with scores: the best is 100 whatever it is, and among namesakes fame does not count."""
        query = parse_query(ask.params.get("query", ""), ARTIST_NAMES)
        found = [(score, one) for score, one in self._find(query) if _meets(one, query.conditions)]
        top = found[0][0] if found else 1
        shown = [_build_hit(one, score * 100 // top) for score, one in ask.cut_page(found)]
        return json_answer({"created": CREATED, "count": len(found), "offset": ask.offset, "artists": shown})

    def look_up(self, ask: Ask) -> Answer:
        """Answers one artist; a merged identifier gets the artist it was merged into, or a redirect when so set."""
        mbid, inc = ask.need_mbid(), ask.read_inc("artist", _INC)
        identity = self._directory.find_by_mbid(mbid)
        if identity is None:
            raise MusicbrainzError("Not Found", 404)
        if mbid != identity.artist.mbid and self._settings.text("merged") == "redirect":
            return redirect_to("artist", identity.artist.mbid, inc)
        return json_answer(_build_artist(identity, inc))

    def look_up_url(self, ask: Ask) -> Answer:
        """Answers which artists an address belongs to; the address must be written as MusicBrainz has it."""
        resource, inc = ask.params.get("resource", ""), ask.read_inc("url", _URL_INC)
        linked = [(kind, one) for one in self._list_linked(resource) for kind, address in list_links(one) if address == resource]
        if not linked:
            raise MusicbrainzError("Not Found", 404)
        body: dict[str, object] = {"id": url_id(resource), "resource": resource}
        if "artist-rels" in inc:
            body["relations"] = [build_relation(kind, "artist", build_artist_stub(one), "backward") for kind, one in linked]
        return json_answer(body)

    def _find(self, query: Query) -> list[tuple[int, Identity]]:
        if "arid" in query.conditions:
            identity = self._directory.find_by_mbid(query.conditions["arid"])
            return [(100, identity)] if identity else []
        return self._directory.search(query.name)

    def _list_linked(self, resource: str) -> Iterable[Identity]:
        band = self._directory.find_by_spotify_id(resource.rpartition("/")[2])
        return (band,) if band else self._directory.identities


def _meets(identity: Identity, conditions: Mapping[str, str]) -> bool:
    texts = {
        "country": identity.artist.country.lower(),
        "type": identity.kind.lower(),
        "comment": identity.disambiguation.lower(),
        "tag": " ".join(identity.artist.tags).lower(),
    }
    return all(wanted in texts.get(field, wanted) for field, wanted in conditions.items())


def _build_hit(identity: Identity, score: int) -> dict[str, object]:
    """Writes a search hit; what is not known is an absent key, and links are never in it."""
    artist = identity.artist
    hit: dict[str, object] = {
        "id": artist.mbid,
        "type": identity.kind,
        "type-id": TYPE_IDS[identity.kind],
        "score": score,
        "name": artist.name,
        "sort-name": identity.sort_name,
    }
    if artist.country:
        area = build_area(artist.country)
        hit["country"] = artist.country
        hit["area"] = {
            "id": area["id"],
            "type": "Country",
            "type-id": "06dd0ae4-8c74-30bb-b43d-95dcedf961de",
            "name": area["name"],
            "sort-name": area["name"],
            "life-span": {"ended": None},
        }
    if identity.disambiguation:
        hit["disambiguation"] = identity.disambiguation
    hit["life-span"] = {"begin": artist.founded, "ended": None} if artist.founded else {"ended": None}
    if artist.aliases:
        hit["aliases"] = [_build_alias(name, "begin-date", "end-date") for name in artist.aliases]
    if artist.tags:
        hit["tags"] = _build_tags(identity)
    return hit


def _build_artist(identity: Identity, inc: frozenset[str]) -> dict[str, object]:
    artist = identity.artist
    body: dict[str, object] = {
        **build_artist_stub(identity),
        "gender": None,
        "gender-id": None,
        "ipis": [],
        "isnis": [],
        "life-span": {"begin": artist.founded or None, "end": None, "ended": False},
    }
    if "url-rels" in inc:
        links = [(kind, {"id": url_id(address), "resource": address}) for kind, address in list_links(identity)]
        body["relations"] = [build_relation(kind, "url", target, "forward") for kind, target in links]
    if "release-groups" in inc:
        body["release-groups"] = build_groups(identity)[:EMBEDDED]
    if "genres" in inc:
        body["genres"] = [build_genre(name, max(1, artist.tags[name] // PER_GROUP)) for name in identity.genres]
    if "tags" in inc:
        body["tags"] = _build_tags(identity)
    if "aliases" in inc:
        body["aliases"] = [{**_build_alias(name, "begin", "end"), "ended": False} for name in artist.aliases]
    return body


def _build_alias(name: str, begin: str, end: str) -> dict[str, object]:
    return {
        "sort-name": name,
        "type-id": SEARCH_HINT,
        "name": name,
        "locale": None,
        "type": "Search hint",
        "primary": None,
        begin: None,
        end: None,
    }


def _build_tags(identity: Identity) -> list[dict[str, object]]:
    return [{"count": max(1, weight // PER_GROUP), "name": name} for name, weight in identity.artist.tags.items()]
