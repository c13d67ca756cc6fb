"""The host of Commons' files: originals as they were uploaded, and thumbnails of a few widths only."""

import re

from sandbox.catalogue.photos import Photo, Photos
from sandbox.commons.errors import IMAGE_REFUSALS
from sandbox.commons.files import fit_height, thumb_name
from sandbox.pictures.drawing import answer_picture
from sandbox.pictures.hostile import host_settings, show
from sandbox.settings import Settings
from sandbox.upstream import Upstream, name_by_path
from sandbox.user_agents import is_identified
from sandbox.wire import Answer, Request

NAME = "commons-images"
WIDTHS = (20, 40, 60, 120, 250, 330, 500, 960, 1280, 1920, 3840)
_PATH = re.compile(
    r"/wikipedia/commons/(?P<thumb>thumb/)?(?P<shelf>[0-9a-f]/[0-9a-f]{2})/(?P<file>[^/]+)(?(thumb)/(?P<shown>[^/]+))"
)
_WIDTH = re.compile(r"(?:lossy-page1-)?(\d{1,5})px-", re.ASCII)
_RENDERED = {"svg": "png", "tif": "jpg"}


def build_images(photos: Photos) -> Upstream:
    """Builds the host of these photos."""
    settings = host_settings()
    return Upstream(
        name=NAME,
        answer=lambda request: _answer(request, photos, settings),
        api_method=lambda request: _name_method(request) or name_by_path(request),
        throttled=lambda request: IMAGE_REFUSALS.refuse(request, "over_rate", None),
        refuse=IMAGE_REFUSALS.refuse,
        settings=settings,
    )


def _answer(request: Request, photos: Photos, settings: Settings) -> Answer:
    if not is_identified(request):
        return IMAGE_REFUSALS.refuse(request, "not_identified", None)
    found = _PATH.fullmatch(request.path)
    photo = photos.find(found["file"].replace("_", " ")) if found else None
    if found is None or photo is None or photo.shelf != found["shelf"]:
        return IMAGE_REFUSALS.refuse(request, "unknown", None)
    if not found["thumb"]:
        return show(answer_picture(photo.name, photo.suffix, photo.width, photo.height), request, settings)
    return _answer_thumb(request, photo, found["shown"], settings)


def _answer_thumb(request: Request, photo: Photo, shown: str, settings: Settings) -> Answer:
    written = _WIDTH.match(shown)
    width = int(written[1]) if written else 0
    if shown != thumb_name(photo, width):
        return IMAGE_REFUSALS.refuse(request, "unknown", None)
    if width not in WIDTHS:
        return IMAGE_REFUSALS.refuse(request, "bad_width", None)
    if not photo.has_thumbs:
        return IMAGE_REFUSALS.refuse(request, "not_rendered", None)
    suffix = _RENDERED.get(photo.suffix, photo.suffix)
    return show(answer_picture(photo.name, suffix, width, fit_height(photo, width)), request, settings)


def _name_method(request: Request) -> str:
    found = _PATH.fullmatch(request.path)
    if found is None:
        return ""
    return "thumb" if found["thumb"] else "original"
