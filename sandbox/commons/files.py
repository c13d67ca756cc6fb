"""What does Commons tell about one file?"""

from collections.abc import Iterator
from urllib.parse import quote

from sandbox.catalogue.photos import Photo
from sandbox.catalogue.reading import make_up_number
from sandbox.pictures.drawing import MEDIA_TYPES
from sandbox.wire import Request

_HOST = "/commons-images/wikipedia/commons"
_SITE = "https://commons.wikimedia.org/wiki"
_THUMBS = {"svg": "{0}px-{1}.png", "tif": "lossy-page1-{0}px-{1}.jpg"}


def build_page(title: str, photo: Photo | None, request: Request, *, is_newer: bool) -> dict[str, object]:
    """Writes the page of a file, or that it is missing; formatversion 2 has truths where 1 has empty texts."""
    if photo is None:
        about: dict[str, object] = {"ns": 6, "title": title, "missing": True if is_newer else ""}
        return about if is_newer else {**about, "imagerepository": ""}
    number = make_up_number(1_000_000, 160_000_000, "page", photo.name)
    page: dict[str, object] = {"pageid": number, "ns": 6, "title": title, "imagerepository": "local"}
    return {**page, "imageinfo": [dict(_tell(photo, number, request))]}


def thumb_name(photo: Photo, width: int) -> str:
    """Names a thumbnail as it is stored: what a browser cannot show becomes PNG or JPEG."""
    return _THUMBS.get(photo.suffix, "{0}px-{1}").format(width, photo.name.replace(" ", "_"))


def fit_height(photo: Photo, width: int) -> int:
    """Tells how high a file is at a width."""
    return max(1, round(photo.height * width / photo.width))


def _tell(photo: Photo, number: int, request: Request) -> Iterator[tuple[str, object]]:
    """Tells what was asked for by `iiprop`; Commons' own default is the time and the user."""
    wanted = request.params.get("iiprop", "timestamp|user").split("|")
    if "size" in wanted:
        yield from (("size", photo.width * photo.height // 5), ("width", photo.width), ("height", photo.height))
    if "url" in wanted:
        yield from _tell_addresses(photo, number, request)
    if "mime" in wanted:
        yield "mime", MEDIA_TYPES[photo.suffix]
    if "extmetadata" in wanted:
        yield "extmetadata", dict(_tell_metadata(photo))


def _tell_addresses(photo: Photo, number: int, request: Request) -> Iterator[tuple[str, object]]:
    stored = photo.name.replace(" ", "_")
    whole = request.link(f"{_HOST}/{photo.shelf}/{quote(stored)}")
    width = min(int(request.params.get("iiurlwidth") or 0), 99_999)
    if width:
        # Nothing is enlarged but what has no size of its own.
        is_whole = width >= photo.width and photo.suffix not in _THUMBS
        thumb = request.link(f"{_HOST}/thumb/{photo.shelf}/{quote(stored)}/{quote(thumb_name(photo, width))}")
        shown = photo.width if is_whole else width
        yield from (("thumburl", whole if is_whole else thumb), ("thumbwidth", shown), ("thumbheight", fit_height(photo, shown)))
    yield from (
        ("url", whole),
        ("descriptionurl", f"{_SITE}/File:{quote(stored)}"),
        ("descriptionshorturl", f"https://commons.wikimedia.org/w/index.php?curid={number}"),
    )


def _tell_metadata(photo: Photo) -> Iterator[tuple[str, object]]:
    told = {
        "ObjectName": photo.name.rpartition(".")[0],
        "Categories": "Files of the sandbox|Invented photographs",
        "ImageDescription": f"A drawing that stands in for a photograph: <b>{photo.name.partition(' live')[0]}</b>",
        "Artist": photo.creator,
        "LicenseShortName": photo.licence,
        "UsageTerms": photo.licence,
        "LicenseUrl": photo.licence_url,
        "AttributionRequired": "true" if photo.licence.startswith("CC BY") else "false",
    }
    return ((name, {"value": value, "source": "commons-desc-page"}) for name, value in told.items() if value)
