"""Deezer's public API: artists by name or number and their albums. It never fails by HTTP status, and its search guesses."""

import re
from collections.abc import Callable

from sandbox.catalogue.directory import Directory
from sandbox.catalogue.pages import Page, Pages
from sandbox.deezer.errors import REFUSALS, refuse_path
from sandbox.deezer.images import build_images
from sandbox.deezer.objects import build_album, build_artist, build_list, picture_url
from sandbox.upstream import Limit, Upstream, name_by_path
from sandbox.wire import Answer, Request, json_answer

NAME = "deezer"
LIMIT = Limit(50, 5)
_PATHS = (
    ("search.artist", re.compile(r"/search/artist")),
    ("artist.get", re.compile(r"/artist/(?P<id>[^/]+)")),
    ("artist.albums", re.compile(r"/artist/(?P<id>[^/]+)/albums")),
    ("artist.image", re.compile(r"/artist/(?P<id>[^/]+)/image")),
)
_ADVANCED = re.compile(r'\s*artist:"(?P<name>[^"]*)"\s*', re.IGNORECASE)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_USUAL, _MOST = 25, 100
_IMAGE_EDGE = 120

Method = Callable[[Request], Answer]


class DeezerError(Exception):
    """One refusal, by the name it has among the recorded ones."""


def build(directory: Directory) -> tuple[Upstream, Upstream]:
    """Builds the API of this directory, and the host of its pictures."""
    api = Api(Pages(directory))
    return (
        Upstream(
            name=NAME,
            answer=api.answer,
            api_method=lambda request: _name_method(request) or name_by_path(request),
            throttled=lambda request: REFUSALS.refuse(request, "quota", None),
            refuse=REFUSALS.refuse,
            limit=LIMIT,
        ),
        build_images(),
    )


class Api:
    """The calls."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._methods: dict[str, Method] = {
            "search.artist": self._search,
            "artist.get": self._get,
            "artist.albums": self._list_albums,
            "artist.image": self._show_image,
        }

    def answer(self, request: Request) -> Answer:
        """Answers one call; whatever went wrong, the status is 200."""
        method = self._methods.get(_name_method(request))
        if method is None:
            return refuse_path(request.path)
        try:
            return method(request)
        except DeezerError as error:
            return REFUSALS.refuse(request, str(error), None)

    def _search(self, request: Request) -> Answer:
        words = request.query.get("q", "").strip()
        if not words:
            raise DeezerError("missing_parameter")
        named = _ADVANCED.fullmatch(words)
        found = self._pages.search(named["name"] if named else words)
        return _answer_list([build_artist(page, request) for page in found], request)

    def _get(self, request: Request) -> Answer:
        page = self._find(request)
        return json_answer({**build_artist(page, request), "share": f"https://www.deezer.com/artist/{page.id}?utm_term=0"})

    def _list_albums(self, request: Request) -> Answer:
        return _answer_list([build_album(disc, request) for disc in self._find(request).discs], request)

    def _show_image(self, request: Request) -> Answer:
        location = picture_url(request, "artist", self._find(request).picture, _IMAGE_EDGE)
        return Answer(b"", "text/html", 302, {"Location": location})

    def _find(self, request: Request) -> Page:
        found = next(match for _, path in _PATHS if (match := path.fullmatch(request.path)))
        page = self._pages.find(int(found["id"])) if _WHOLE.fullmatch(found["id"]) else None
        if page is None:
            raise DeezerError("no_data")
        return page


def _answer_list(items: list[dict[str, object]], request: Request) -> Answer:
    limit, index = min(_MOST, _read_whole(request, "limit", _USUAL)), _read_whole(request, "index", 0)
    return json_answer(build_list(items, request, index=index, limit=limit))


def _read_whole(request: Request, name: str, usual: int) -> int:
    written = request.query.get(name, str(usual))
    if not _WHOLE.fullmatch(written):
        raise DeezerError("bad_parameter")
    return int(written)


def _name_method(request: Request) -> str:
    """Names a call as the journal has it; empty for addresses the sandbox does not know."""
    return next((name for name, path in _PATHS if path.fullmatch(request.path)), "")
