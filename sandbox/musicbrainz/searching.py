"""What do MusicBrainz' searches for releases and release groups find? All that meets every condition, and never any relation."""

from collections.abc import Callable, Iterable, Mapping

from sandbox.catalogue.directory import Directory
from sandbox.catalogue.identity import Edition, Identity
from sandbox.catalogue.matching import EXACT, score_phrase
from sandbox.catalogue.reading import make_up_mbid
from sandbox.musicbrainz.asking import CREATED, Ask, Query, parse_query
from sandbox.musicbrainz.media import build_hit_media
from sandbox.musicbrainz.parts import GROUP_TYPE_IDS, build_area
from sandbox.musicbrainz.releases import JEWEL_CASE, OFFICIAL, Release, build_label_info
from sandbox.musicbrainz.voting import build_votes
from sandbox.wire import Answer, json_answer

_RELEASE_NAMES = ("release", "releaseaccent")
_GROUP_NAMES = ("releasegroup", "releasegroupaccent", *_RELEASE_NAMES)
_ARTIST_FIELDS = ("artist", "artistname", "creditname")
_FIELDS: Mapping[str, Callable[[Release], str]] = {
    "reid": lambda row: row[1].mbid,
    "rgid": lambda row: row[1].group_mbid,
    "barcode": lambda row: row[1].barcode,
    "country": lambda row: row[1].country.lower(),
    "format": lambda row: row[1].medium.lower(),
    "primarytype": lambda row: row[1].primary_type.lower(),
    "type": lambda row: row[1].primary_type.lower(),
    "tracks": lambda row: str(len(row[1].tracks)),
}
_VARIOUS: Mapping[str, Callable[[Release, str], bool]] = {
    "date": lambda row, wanted: row[1].released.startswith(wanted),
    "firstreleasedate": lambda row, wanted: row[1].group_released.startswith(wanted),
    "label": lambda row, wanted: score_phrase(wanted, row[1].label) > 0,
    "status": lambda row, wanted: wanted == "official",  # noqa: ARG005 - the shape of a condition
}


class Searches:
    """The searches for records; those for artists are with the artists."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def search_releases(self, ask: Ask) -> Answer:
        """Answers the releases of that title, best first; of equals the least heard artist leads."""
        query = parse_query(ask.params.get("query", ""), _RELEASE_NAMES)
        found = self._find(query, lambda edition: edition.title)
        return _answer(ask, "releases", [(score, _build_release_hit(*row)) for score, row in found])

    def search_groups(self, ask: Ask) -> Answer:
        """Answers the release groups of that title, each once."""
        query = parse_query(ask.params.get("query", ""), _GROUP_NAMES)
        groups: dict[str, tuple[int, list[Release]]] = {}
        for score, row in self._find(query, lambda edition: edition.group_title):
            groups.setdefault(row[1].group_mbid, (score, []))[1].append(row)
        return _answer(ask, "release-groups", [(score, _build_group_hit(rows)) for score, rows in groups.values()])

    def _find(self, query: Query, title: Callable[[Edition], str]) -> list[tuple[int, Release]]:
        if not query.name and not query.conditions:
            return []
        candidates = [row for row in self._list_candidates(query) if _meets(row, query.conditions)]
        scored = [(_score(row, query, title), row) for row in candidates]
        return sorted((hit for hit in scored if hit[0]), key=lambda hit: (-hit[0], hit[1][0].artist.listeners))

    def _list_candidates(self, query: Query) -> Iterable[Release]:
        """Lists what may fit; naming a numbered band is enough to make its releases known."""
        artist, mbid = _read_artist(query), query.conditions.get("arid", "")
        owners = [self._directory.find_by_mbid(mbid)] if mbid else [one for _, one in self._directory.search(artist)]
        if not mbid and not artist:
            return self._directory.list_editions()
        return [(owner, edition) for owner in owners if owner for edition in owner.editions]


def _read_artist(query: Query) -> str:
    return next((query.conditions[field] for field in _ARTIST_FIELDS if field in query.conditions), "")


def _meets(row: Release, conditions: Mapping[str, str]) -> bool:
    """Compares with every condition; a field that is not known here is met by nobody."""
    return all(_is_met(row, field, wanted) for field, wanted in conditions.items())


def _is_met(row: Release, field: str, wanted: str) -> bool:
    if field in {"arid", *_ARTIST_FIELDS}:  # the candidates are those of the artist already
        return True
    if field in _FIELDS:
        return _FIELDS[field](row) == wanted
    return field in _VARIOUS and _VARIOUS[field](row, wanted)


def _score(row: Release, query: Query, title: Callable[[Edition], str]) -> int:
    artist = _read_artist(query)
    by_title = score_phrase(query.name, title(row[1])) if query.name else EXACT
    names = (row[0].artist.name, *row[0].artist.aliases)
    by_artist = max(score_phrase(artist, name) for name in names) if artist else EXACT
    return by_title * by_artist // EXACT


def _answer(ask: Ask, name: str, found: list[tuple[int, dict[str, object]]]) -> Answer:
    top = found[0][0] if found else 1
    shown = [{**hit, "score": score * 100 // top} for score, hit in ask.cut_page(found)]
    return json_answer({"created": CREATED, "count": len(found), "offset": ask.offset, name: shown})


def _build_release_hit(identity: Identity, edition: Edition) -> dict[str, object]:
    """Writes a release as search has it: what is not known is an absent key."""
    area = build_area(edition.country)
    hit: dict[str, object] = {
        "id": edition.mbid,
        "score": 0,
        "status-id": OFFICIAL,
        "artist-credit-id": make_up_mbid(identity.artist.mbid, "credit"),
        "count": len(edition.discs),
        "title": edition.title,
        "status": "Official",
        "text-representation": {"language": "eng", "script": "Latn"},
        "artist-credit": _build_hit_credit(identity),
        "release-group": {
            "id": edition.group_mbid,
            "type-id": GROUP_TYPE_IDS[edition.primary_type],
            "primary-type-id": GROUP_TYPE_IDS[edition.primary_type],
            "title": edition.group_title,
            "primary-type": edition.primary_type,
        },
        "date": edition.released,
        "country": edition.country,
        "release-events": [
            {"date": edition.released, "area": {key: value for key, value in area.items() if key != "disambiguation"}}
        ],
        "barcode": edition.barcode,
        "track-count": len(edition.tracks),
        "media": build_hit_media(edition),
    }
    if edition.medium == "CD":
        hit |= {"packaging": "Jewel Case", "packaging-id": JEWEL_CASE}
    if edition.disambiguation:
        hit["disambiguation"] = edition.disambiguation
    labels = [_build_hit_label(row) for row in build_label_info(edition)]
    return {**hit, "label-info": labels} if labels else hit


def _build_hit_label(row: Mapping[str, object]) -> dict[str, object]:
    label = row["label"]
    shown = {"catalog-number": row["catalog-number"]}
    return {**shown, "label": {"id": label["id"], "name": label["name"]}} if isinstance(label, dict) else shown


def _build_hit_credit(identity: Identity) -> list[dict[str, object]]:
    artist = {"id": identity.artist.mbid, "name": identity.artist.name, "sort-name": identity.sort_name}
    if identity.disambiguation:
        artist["disambiguation"] = identity.disambiguation
    return [{"name": identity.artist.name, "artist": artist}]


def _build_group_hit(rows: list[Release]) -> dict[str, object]:
    """Writes a release group as search has it, with all of its releases that were found."""
    identity, edition = rows[0]
    hit: dict[str, object] = {
        "id": edition.group_mbid,
        "type-id": GROUP_TYPE_IDS[edition.primary_type],
        "score": 0,
        "primary-type-id": GROUP_TYPE_IDS[edition.primary_type],
        "artist-credit-id": make_up_mbid(identity.artist.mbid, "credit"),
        "count": len(rows),
        "title": edition.group_title,
        "first-release-date": edition.group_released,
        "primary-type": edition.primary_type,
        "artist-credit": _build_hit_credit(identity),
        "releases": [{"id": each.mbid, "status-id": OFFICIAL, "title": each.title, "status": "Official"} for _, each in rows],
    }
    tags = build_votes(edition.tags, frozenset({"tags"}))
    return {**hit, **tags} if tags["tags"] else hit
