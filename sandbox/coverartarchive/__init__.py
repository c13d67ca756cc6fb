"""The Cover Art Archive: which pictures has a release? It holds none itself, and sends everybody on to the Internet Archive."""

import re
import uuid
from http import HTTPMethod

from sandbox.catalogue.artwork import Release, Scan, Side, find_group_release, find_scan, list_scans
from sandbox.catalogue.directory import Directory
from sandbox.coverartarchive.archive import build_archive, locate
from sandbox.coverartarchive.errors import REFUSALS, refuse_missing
from sandbox.upstream import Upstream, name_by_path
from sandbox.wire import Answer, Request

NAME = "coverartarchive"
_PATH = re.compile(
    r"/(?P<entity>release|release-group)/(?P<mbid>[^/]+)"
    r"(?:/|/(?:(?P<side>front|back)|(?P<id>\d+))(?:-(?P<size>250|500|1200))?(?:\.[a-z]+)?)?"
)
_READ = (HTTPMethod.GET, HTTPMethod.HEAD)
_JSON = ("*/*", "application/*", "application/json")


def build(directory: Directory) -> tuple[Upstream, Upstream]:
    """Builds the Cover Art Archive of this directory, and the Internet Archive it sends its clients to."""
    return (
        Upstream(
            name=NAME,
            answer=lambda request: _answer(request, directory),
            api_method=lambda request: _name_method(request) or name_by_path(request),
            throttled=lambda request: REFUSALS.refuse(request, "over_rate", None),
            refuse=REFUSALS.refuse,
        ),
        build_archive(directory),
    )


def _answer(request: Request, directory: Directory) -> Answer:
    found = _PATH.fullmatch(request.path)
    if found is None:
        return REFUSALS.refuse(request, "unknown", None)
    if request.http_method not in _READ:
        return REFUSALS.refuse(request, "bad_method", None)
    entity, mbid = found["entity"], found["mbid"]
    if not _is_mbid(mbid):
        return REFUSALS.refuse(request, "bad_mbid", None)
    release = _find_release(directory, entity, mbid.lower())
    scans = list_scans(*release) if release else ()
    if release is None or not scans:
        return refuse_missing(entity, mbid)
    if _wants_index(found):
        return _point_to_index(request, release)
    scan = _pick(scans, found)
    return _send_on(locate(request, release, scan, found["size"])) if scan else refuse_missing(entity, mbid)


def _find_release(directory: Directory, entity: str, mbid: str) -> Release | None:
    return directory.find_edition_by_mbid(mbid) if entity == "release" else find_group_release(directory, mbid)


def _pick(scans: tuple[Scan, ...], found: re.Match[str]) -> Scan | None:
    """Picks the scan by side or number; only the front stands for a release group."""
    if found["entity"] == "release-group" and found["side"] != "front":
        return None
    if found["id"]:
        return next((scan for scan in scans if str(scan.id) == found["id"]), None)
    return find_scan(scans, Side(found["side"].capitalize()))


def _point_to_index(request: Request, release: Release) -> Answer:
    accepted = [one.partition(";")[0].strip() for one in request.headers.get("accept", "*/*").split(",")]
    if not any(one in _JSON for one in accepted):
        return REFUSALS.refuse(request, "not_acceptable", None)
    return _send_on(locate(request, release))


def _send_on(location: str) -> Answer:
    return Answer(f"See: {location}\n".encode(), "text/plain", 307, {"Location": location})


def _is_mbid(written: str) -> bool:
    try:
        return str(uuid.UUID(written)) == written.lower()
    except ValueError:
        return False


def _wants_index(found: re.Match[str]) -> bool:
    return not found["side"] and not found["id"]


def _name_method(request: Request) -> str:
    """Names a call as the journal has it: `release.index`, `release-group.front`, `release.image` by its number."""
    found = _PATH.fullmatch(request.path)
    if found is None:
        return ""
    return f"{found['entity']}.{'index' if _wants_index(found) else found['side'] or 'image'}"
