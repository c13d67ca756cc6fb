"""Wikimedia Commons' API, for one question alone: where is this file, how large, whose, and under which licence?"""

import re
from dataclasses import dataclass

from sandbox.catalogue.directory import Directory
from sandbox.catalogue.photos import Photo, Photos
from sandbox.commons.errors import REFUSALS, api_error
from sandbox.commons.files import build_page
from sandbox.commons.images import build_images
from sandbox.upstream import Upstream, name_by_path
from sandbox.user_agents import is_identified
from sandbox.wire import Answer, Request, json_answer

NAME = "commons"
_API = "/w/api.php"
_MOST_TITLES = 50
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_HTML = b"<!DOCTYPE html><html><head><title>MediaWiki API result</title></head><body><pre>{}</pre></body></html>"


def build(directory: Directory) -> tuple[Upstream, Upstream]:
    """Builds the API of this directory's photos, and the host that has them."""
    photos = Photos(directory)
    return (
        Upstream(
            name=NAME,
            answer=lambda request: _answer(request, photos),
            api_method=lambda request: "imageinfo" if request.params.get("prop") == "imageinfo" else name_by_path(request),
            throttled=lambda request: REFUSALS.refuse(request, "over_rate", None),
            refuse=REFUSALS.refuse,
        ),
        build_images(photos),
    )


@dataclass(frozen=True, slots=True)
class Title:
    """One title as it was asked for and as Commons writes it."""

    asked: str
    written: str
    photo: Photo | None


def _answer(request: Request, photos: Photos) -> Answer:
    if not is_identified(request):
        return REFUSALS.refuse(request, "not_identified", None)
    if request.path != _API:
        return REFUSALS.refuse(request, "unknown", None)
    if request.params.get("format") != "json":
        return Answer(_HTML, "text/html; charset=utf-8")
    return _find_fault(request) or json_answer(_build_result(request, photos))


def _find_fault(request: Request) -> Answer | None:
    """Finds what is wrong with a request; anything but file information is more than the sandbox reads."""
    for name, only in (("action", "query"), ("prop", "imageinfo")):
        value = request.params.get(name, "")
        if value != only:
            return api_error("badvalue", f'Unrecognized value for parameter "{name}": {value}.')
    width = request.params.get("iiurlwidth", "")
    if width and not _WHOLE.fullmatch(width):
        return api_error("badinteger", f'Invalid value "{width}" for integer parameter "iiurlwidth".')
    if len(_list_titles(request)) > _MOST_TITLES:
        return api_error("toomanyvalues", f'Too many values supplied for parameter "titles". The limit is {_MOST_TITLES}.')
    return None


def _list_titles(request: Request) -> list[str]:
    return [one for one in dict.fromkeys(request.params.get("titles", "").split("|")) if one]


def _read_title(asked: str, photos: Photos) -> Title:
    """Reads a title as MediaWiki does: underscores are blanks, the first letter is a capital, "image" means "file"."""
    space, _, name = asked.replace("_", " ").partition(":")
    name = " ".join(name.split())
    name = name[:1].upper() + name[1:]
    if space.strip().lower() not in ("file", "image"):
        return Title(asked, " ".join(asked.replace("_", " ").split()), None)
    return Title(asked, f"File:{name}", photos.find(name))


def _build_result(request: Request, photos: Photos) -> dict[str, object]:
    is_newer = request.params.get("formatversion", "1") != "1"
    titles = [_read_title(one, photos) for one in _list_titles(request)]
    pages = {one.written: build_page(one.written, one.photo, request, is_newer=is_newer) for one in titles}
    missing = [title for title, page in pages.items() if "missing" in page]
    normalized = [{"from": one.asked, "to": one.written} for one in titles if one.asked != one.written]
    query: dict[str, object] = {}
    if normalized:
        query["normalized"] = [{"fromencoded": False, **one} for one in normalized] if is_newer else normalized
    if is_newer:
        query["pages"] = list(pages.values())
    else:
        # The older format keys pages by their number, and counts those that do not exist downwards.
        query["pages"] = {str(page.get("pageid") or -1 - missing.index(title)): page for title, page in pages.items()}
    return {"batchcomplete": True if is_newer else "", **({"query": query} if titles else {})}
