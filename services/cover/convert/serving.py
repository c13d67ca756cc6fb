"""How do the bytes of an image go out, and for how long may they be kept?"""

from collections.abc import Iterator
from typing import Final

from google.api import httpbody_pb2

from services.cover.pipeline import Served

_PIECE: Final = 64 * 1024
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ASK_AGAIN: Final = "no-cache"
_NEVER: Final = "no-store"


def headers_of(served: Served) -> tuple[tuple[str, str], ...]:
    """The initial metadata that the gateway makes headers of."""
    kept = _NEVER if not served.tag else _FOR_EVER if served.is_expected else _ASK_AGAIN
    headers = (
        ("http-content-length", str(served.length)),
        ("http-cache-control", kept),
        ("http-x-cover-source", served.source),
    )
    return (*headers, ("http-etag", f'"{served.tag}"')) if served.tag else headers


def pieces_of(served: Served) -> Iterator[httpbody_pb2.HttpBody]:
    """A chunk at a time; the first says what it is."""
    media_type = served.media_type
    while piece := served.file.read(_PIECE):
        yield httpbody_pb2.HttpBody(content_type=media_type, data=piece)
        media_type = ""
