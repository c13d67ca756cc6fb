"""The Internet Archive as it keeps the Cover Art Archive's pictures: an entrance that sends on to the machine with the item."""

import re

from sandbox.catalogue.artwork import SIZES, Release, Scan, Side, list_scans
from sandbox.catalogue.directory import Directory
from sandbox.catalogue.reading import make_up_number
from sandbox.coverartarchive.errors import ARCHIVE_REFUSALS
from sandbox.pictures.drawing import answer_picture
from sandbox.pictures.hostile import host_settings, show
from sandbox.settings import Settings
from sandbox.upstream import Upstream, name_by_path
from sandbox.wire import Answer, Request, json_answer

NAME = "archive"
_ENTRANCE = re.compile(r"/download(?P<item>/mbid-[0-9a-f-]{36}/[^/]+)")
_ITEM = re.compile(
    r"/\d+/items/mbid-(?P<mbid>[0-9a-f-]{36})/"
    r"(?:index\.json|mbid-(?P=mbid)-(?P<id>\d+)(?:_thumb(?P<size>250|500|1200))?\.(?P<suffix>jpg|png|pdf))"
)
_WHOLE_EDGES = (1400, 2400)


def build_archive(directory: Directory) -> Upstream:
    """Builds the Internet Archive of this directory."""
    settings = host_settings()
    return Upstream(
        name=NAME,
        answer=lambda request: _answer(request, directory, settings),
        api_method=lambda request: _name_method(request) or name_by_path(request),
        throttled=lambda request: ARCHIVE_REFUSALS.refuse(request, "overloaded", None),
        refuse=ARCHIVE_REFUSALS.refuse,
        settings=settings,
    )


def locate(request: Request, release: Release, scan: Scan | None = None, size: str | None = None) -> str:
    """Writes where a scan or, without one, the index of a release is to be had; whether it is there is another question."""
    item = f"mbid-{release[1].mbid}"
    if scan is None:
        return request.link(f"/{NAME}/download/{item}/index.json")
    file = f"_thumb{size}.jpg" if size else f".{scan.suffix}"
    return request.link(f"/{NAME}/download/{item}/{item}-{scan.id}{file}")


def _answer(request: Request, directory: Directory, settings: Settings) -> Answer:
    entrance, found = _ENTRANCE.fullmatch(request.path), _ITEM.fullmatch(request.path)
    if entrance:
        shelf = make_up_number(1, 35, entrance["item"].split("/")[1], "shelf")
        return Answer(b"", "text/html", 302, {"Location": request.link(f"/{NAME}/{shelf}/items{entrance['item']}")})
    release = directory.find_edition_by_mbid(found["mbid"]) if found else None
    scans = list_scans(*release) if release else ()
    if found is None or release is None or not scans:
        return ARCHIVE_REFUSALS.refuse(request, "unknown", None)
    if not found["id"]:
        return _answer_index(request, release, scans)
    scan = next((one for one in scans if str(one.id) == found["id"]), None)
    picture = _find_picture(scan, found) if scan else None
    return show(picture, request, settings) if picture else ARCHIVE_REFUSALS.refuse(request, "unknown", None)


def _find_picture(scan: Scan, found: re.Match[str]) -> Answer | None:
    """Finds the scan itself or its thumbnail, which is a JPEG whatever the scan is."""
    if not found["size"]:
        edge = make_up_number(*_WHOLE_EDGES, str(scan.id), "edge")
        return answer_picture(str(scan.id), scan.suffix, edge, edge) if found["suffix"] == scan.suffix else None
    edge = int(found["size"])
    return answer_picture(str(scan.id), "jpg", edge, edge) if edge in scan.thumbs and found["suffix"] == "jpg" else None


def _answer_index(request: Request, release: Release, scans: tuple[Scan, ...]) -> Answer:
    """Lists the scans. Where there are no thumbnails of 1200 pixels the index is old as well, and its numbers are texts."""
    is_old = 1200 not in scans[0].thumbs  # noqa: PLR2004 - a size
    site = "http" if is_old else "https"
    base = request.link(f"/coverartarchive/release/{release[1].mbid}")
    images = [_describe(scan, f"{base}/{scan.id}", is_old=is_old) for scan in scans]
    return json_answer({"images": images, "release": f"{site}://musicbrainz.org/release/{release[1].mbid}"})


def _describe(scan: Scan, address: str, *, is_old: bool) -> dict[str, object]:
    sizes = {} if is_old else {str(size): f"{address}-{size}.jpg" for size in SIZES}
    return {
        "approved": True,
        "back": scan.side == Side.BACK,
        "comment": "",
        "edit": make_up_number(20_000_000, 120_000_000, str(scan.id), "edit"),
        "front": scan.side == Side.FRONT,
        "id": str(scan.id) if is_old else scan.id,
        "image": f"{address}.{scan.suffix}",
        "thumbnails": {**sizes, "large": f"{address}-500.jpg", "small": f"{address}-250.jpg"},
        "types": [scan.side.value],
    }


def _name_method(request: Request) -> str:
    """Names a call as the journal has it: `download` at the entrance, `items` at the machine."""
    if _ENTRANCE.fullmatch(request.path):
        return "download"
    return "items" if _ITEM.fullmatch(request.path) else ""
