"""The host of Last.fm's pictures, the star included that stands for every artist."""

import re

from sandbox.lastfm.parts import STAR
from sandbox.pictures.drawing import answer_picture
from sandbox.pictures.hostile import host_settings, show
from sandbox.settings import Settings
from sandbox.upstream import Upstream, name_by_path
from sandbox.wire import Answer, Request

NAME = "lastfm-images"
PATH = f"/{NAME}/i/u"
_FILE = re.compile(r"/i/u(?:/(?P<size>34s|64s|174s|300x300|770x0))?/(?P<hash>[0-9a-f]{32})\.(?P<suffix>png|jpg)")
_EDGES = {"34s": 34, "64s": 64, "174s": 174, "300x300": 300, "770x0": 770}
_WHOLE_EDGE = 800
_STAR_EDGE = 300


def build_host() -> Upstream:
    """Builds the host."""
    settings = host_settings()
    return Upstream(
        name=NAME,
        answer=lambda request: _answer(request, settings),
        api_method=lambda request: "picture" if _FILE.fullmatch(request.path) else name_by_path(request),
        settings=settings,
    )


def _answer(request: Request, settings: Settings) -> Answer:
    found = _FILE.fullmatch(request.path)
    if found is None:
        return Answer(b"Not Found", "text/plain", 404)
    if STAR.startswith(found["hash"]):  # the same bytes at every size and under every name
        return show(answer_picture(STAR, "png", _STAR_EDGE, _STAR_EDGE), request, settings)
    edge = _EDGES.get(found["size"] or "", _WHOLE_EDGE)
    return show(answer_picture(found["hash"], found["suffix"], edge, edge), request, settings)
