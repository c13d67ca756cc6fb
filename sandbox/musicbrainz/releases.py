"""What does MusicBrainz answer about releases and the groups they belong to?"""

from collections.abc import Sequence

from sandbox.catalogue.artwork import Scan, Side, list_scans
from sandbox.catalogue.directory import Directory
from sandbox.catalogue.identity import Edition, Identity
from sandbox.catalogue.reading import make_up_mbid, make_up_number
from sandbox.musicbrainz.asking import Ask, MusicbrainzError, redirect_to
from sandbox.musicbrainz.media import build_media
from sandbox.musicbrainz.parts import GROUP_TYPE_IDS, build_area, build_credit
from sandbox.musicbrainz.voting import PER_RELEASE, build_votes
from sandbox.settings import Settings
from sandbox.wire import Answer, json_answer

# The most that a look-up embeds; the rest has to be browsed.
EMBEDDED = 25
OFFICIAL = "4e304316-386d-3409-af2e-78857eec5cfe"
JEWEL_CASE = "ec27701a-4a22-37f4-bfac-6616e0f9750a"
_CREDITS = frozenset({"artists", "artist-credits"})
_INC = frozenset({"labels", "release-groups", "media", "recordings", "genres", "tags", *_CREDITS})
_GROUP_INC = frozenset({"releases", "media", "tags", "genres", "ratings", "labels", *_CREDITS})
_NOT_EMBEDDED = frozenset({"tags", "genres", *_CREDITS})

Release = tuple[Identity, Edition]


class Releases:
    """The calls on releases and release groups."""

    def __init__(self, directory: Directory, settings: Settings) -> None:
        self._directory = directory
        self._settings = settings

    def look_up(self, ask: Ask) -> Answer:
        """Answers one release; a merged identifier gets the release it was merged into, or a redirect when so set."""
        mbid, inc = ask.need_mbid(), ask.read_inc("release", _INC)
        found = self._directory.find_edition_by_mbid(mbid)
        if found is None:
            raise MusicbrainzError("Not Found", 404)
        identity, edition = found
        if mbid != edition.mbid and self._settings.text("merged") == "redirect":
            return redirect_to("release", edition.mbid, inc)
        covers = build_covers(list_scans(identity, edition))
        return json_answer({**build_release(identity, edition, inc), "asin": None, "cover-art-archive": covers})

    def browse(self, ask: Ask) -> Answer:
        """Answers the releases of an artist or of a release group, by identifier."""
        inc = ask.read_inc("release", _INC)
        found = self._list_releases(ask)
        wanted = ask.params.get("type", "").lower().split("|")
        found = [row for row in found if wanted == [""] or row[1].primary_type.lower() in wanted]
        shown = [build_release(one, edition, inc) for one, edition in ask.cut_page(found)]
        return json_answer({"release-count": len(found), "release-offset": ask.offset, "releases": shown})

    def browse_groups(self, ask: Ask) -> Answer:
        """Answers the release groups of an artist."""
        inc = ask.read_inc("release-group", _GROUP_INC)
        groups = build_groups(self._find_artist(ask), inc)
        body = {"release-group-count": len(groups), "release-group-offset": ask.offset}
        return json_answer({**body, "release-groups": list(ask.cut_page(groups))})

    def look_up_group(self, ask: Ask) -> Answer:
        """Answers one release group with at most 25 of its releases."""
        mbid, inc = ask.need_mbid(), ask.read_inc("release-group", _GROUP_INC)
        releases = self._directory.find_editions_of_group(mbid)
        if not releases:
            raise MusicbrainzError("Not Found", 404)
        body = build_group(*releases[0], inc)
        if "releases" in inc:
            body["releases"] = [build_release(one, each, inc - _NOT_EMBEDDED) for one, each in releases[:EMBEDDED]]
        return json_answer(body)

    def _list_releases(self, ask: Ask) -> list[Release]:
        if "release-group" not in ask.params:
            identity = self._find_artist(ask)
            return [(identity, edition) for edition in identity.editions]
        found = self._directory.find_editions_of_group(ask.need_mbid("release-group"))
        if not found:
            raise MusicbrainzError("Not Found", 404)
        return found

    def _find_artist(self, ask: Ask) -> Identity:
        identity = self._directory.find_by_mbid(ask.need_mbid("artist"))
        if identity is None:
            raise MusicbrainzError("Not Found", 404)
        return identity


def build_groups(identity: Identity, inc: frozenset[str] = frozenset()) -> list[dict[str, object]]:
    """Writes an artist's release groups, the oldest first, each once."""
    by_mbid = {edition.group_mbid: edition for edition in identity.editions}
    ordered = sorted(by_mbid.values(), key=lambda edition: edition.group_released)
    return [build_group(identity, edition, inc) for edition in ordered]


def build_group(identity: Identity, edition: Edition, inc: frozenset[str]) -> dict[str, object]:
    """Writes the release group of an edition with what is to be included; genres and tags are those of the record."""
    body: dict[str, object] = {
        "id": edition.group_mbid,
        "title": edition.group_title,
        "primary-type": edition.primary_type,
        "primary-type-id": GROUP_TYPE_IDS[edition.primary_type],
        "secondary-types": [],
        "secondary-type-ids": [],
        "first-release-date": edition.group_released,
        "disambiguation": "",
    }
    if inc & _CREDITS:
        body["artist-credit"] = build_credit(identity, inc)
    return {**body, **build_votes(edition.tags, inc)}


def build_release(identity: Identity, edition: Edition, inc: frozenset[str]) -> dict[str, object]:
    """Writes a release with what is to be included; hardly anybody votes on a later edition."""
    body: dict[str, object] = {
        "id": edition.mbid,
        "title": edition.title,
        "status": "Official",
        "status-id": OFFICIAL,
        "quality": "normal",
        "packaging": "Jewel Case" if edition.medium == "CD" else None,
        "packaging-id": JEWEL_CASE if edition.medium == "CD" else None,
        "text-representation": {"language": "eng", "script": "Latn"},
        "date": edition.released,
        "country": edition.country,
        "release-events": [{"date": edition.released, "area": build_area(edition.country)}],
        "barcode": edition.barcode,
        "disambiguation": edition.disambiguation,
    }
    if "labels" in inc:
        body["label-info"] = build_label_info(edition)
    if "release-groups" in inc:
        body["release-group"] = build_group(identity, edition, inc)
    if inc & _CREDITS:
        body["artist-credit"] = build_credit(identity, inc)
    if inc & {"media", "recordings"}:
        body["media"] = build_media(edition, with_tracks="recordings" in inc)
    is_first = (edition.title, edition.released) == (edition.group_title, edition.group_released)
    return {**body, **build_votes(edition.tags if is_first else {}, inc, per_vote=PER_RELEASE)}


def build_covers(scans: Sequence[Scan]) -> dict[str, object]:
    """Writes what the Cover Art Archive has of a release."""
    sides = {scan.side for scan in scans}
    return {
        "artwork": bool(scans),
        "count": len(scans),
        "front": Side.FRONT in sides,
        "back": Side.BACK in sides,
        "darkened": False,
    }


def build_label_info(edition: Edition) -> list[dict[str, object]]:
    """Writes the label and its number; MusicBrainz lacks the one or both of some releases."""
    if edition.label_info == "absent":
        return []
    number = f"SBX {make_up_number(1000, 9999, edition.mbid, 'catalogue number')}"
    if edition.label_info == "null":
        return [{"catalog-number": number, "label": None}]
    label = {
        "id": make_up_mbid("label", edition.label),
        "name": edition.label,
        "sort-name": edition.label,
        "disambiguation": "",
        "label-code": None,
        "type": None,
        "type-id": None,
    }
    return [{"catalog-number": number, "label": label}]
