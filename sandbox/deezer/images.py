"""The host of Deezer's pictures: any size of any picture, and a grey nobody where no picture is named."""

import re

from sandbox.pictures.drawing import answer_picture
from sandbox.pictures.hostile import host_settings, show
from sandbox.settings import Settings
from sandbox.upstream import Upstream, name_by_path
from sandbox.wire import Answer, Request

NAME = "deezer-images"
_PATH = re.compile(
    r"/images/(?P<kind>artist|cover)/(?P<name>[0-9a-f]{32})?/(?P<edge>\d{1,4})x(?P=edge)-000000-80-0-0\.jpg", re.ASCII
)
_LARGEST = 1900
_NOBODY = "nobody at all"


def build_images() -> Upstream:
    """Builds the host."""
    settings = host_settings()
    return Upstream(
        name=NAME,
        answer=lambda request: _answer(request, settings),
        api_method=lambda request: "picture" if _PATH.fullmatch(request.path) else name_by_path(request),
        settings=settings,
    )


def _answer(request: Request, settings: Settings) -> Answer:
    found = _PATH.fullmatch(request.path)
    edge = int(found["edge"]) if found else 0
    if found is None or not 0 < edge <= _LARGEST:
        return Answer(b"", "text/html", 404)
    return show(answer_picture(found["name"] or _NOBODY, "jpg", edge, edge), request, settings)
