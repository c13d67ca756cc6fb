"""How are Spotify's objects read: pages, images, kinds and labels of albums?"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from facts.values import Image
from kernel.errors import ProviderMalformed
from upstreams.reading import Json, children, count, https_url, text
from upstreams.spotify.faults import NAME

LICENCE = "Spotify developer terms"

_MOST_IMAGES = 10
_IMAGE_HOSTS = ("scdn.co", "spotifycdn.com")
_KINDS = frozenset({"album", "single", "compilation"})


def items_of(page: Json) -> Iterator[Json]:
    """The objects on a page of a list. Raises ProviderMalformed when it is no page."""
    if not isinstance(page.get("items"), list):
        raise ProviderMalformed(NAME, "the answer has no list")
    return children(page, "items")


def images_of(node: Json) -> tuple[Image, ...]:
    """Smallest first; those of unknown size before them."""
    sized = []
    for image in children(node, "images"):
        url, width, height = https_url(image, "url"), count(image, "width") or 0, count(image, "height") or 0
        if _is_image_host(url):
            sized.append((width * height, Image(f"{width}x{height}" if width and height else "", url)))
    return tuple(image for _, image in sorted(sized[:_MOST_IMAGES], key=lambda row: row[0]))


def kind_of(album: Json) -> str:
    """One of "album", "single" and "compilation"; empty when Spotify says something else."""
    kind = text(album, "album_type").lower()
    return kind if kind in _KINDS else ""


def label_of(album: Json) -> str:
    """Who brought the album out; empty when Spotify does not say."""
    return text(album, "label")


def _is_image_host(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return any(host == known or host.endswith(f".{known}") for known in _IMAGE_HOSTS)
