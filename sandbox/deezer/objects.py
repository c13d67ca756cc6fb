"""Deezer's objects: artists, albums and lists of them."""

from collections.abc import Sequence
from urllib.parse import urlencode

from sandbox.catalogue.pages import Disc, Page
from sandbox.wire import Request

_SIZES = (("small", 56), ("medium", 250), ("big", 500), ("xl", 1000))


def build_artist(page: Page, request: Request) -> dict[str, object]:
    """Writes an artist as lists have it."""
    api = request.link(f"/deezer/artist/{page.id}")
    return {
        "id": page.id,
        "name": page.name,
        "link": f"https://www.deezer.com/artist/{page.id}",
        "picture": f"{api}/image",
        **_list_pictures("picture", "artist", page.picture, request),
        "nb_album": len(page.discs),
        "nb_fan": page.fans,
        "radio": True,
        "tracklist": f"{api}/top?limit=50",
        "type": "artist",
    }


def build_album(disc: Disc, request: Request) -> dict[str, object]:
    """Writes an album as the list of an artist's albums has it."""
    api = request.link(f"/deezer/album/{disc.id}")
    return {
        "id": disc.id,
        "title": disc.title,
        "link": f"https://www.deezer.com/album/{disc.id}",
        "cover": f"{api}/image",
        **_list_pictures("cover", "cover", disc.picture, request),
        "md5_image": disc.picture,
        "genre_id": 0,
        "fans": disc.fans,
        "release_date": disc.released,
        "record_type": disc.kind,
        "tracklist": f"{api}/tracks",
        "explicit_lyrics": False,
        "type": "album",
    }


def build_list(items: Sequence[object], request: Request, *, index: int, limit: int) -> dict[str, object]:
    """Writes a page of a list; the address of the next one leads back into the sandbox."""
    body: dict[str, object] = {"data": list(items[index : index + limit]), "total": len(items)}
    if index + limit < len(items):
        onward = urlencode({**request.query, "limit": limit, "index": index + limit})
        body["next"] = request.link(f"/deezer{request.path}?{onward}")
    return body


def picture_url(request: Request, kind: str, name: str, edge: int) -> str:
    """Writes where a picture is; without a name the address stays, with nothing between its slashes."""
    return request.link(f"/deezer-images/images/{kind}/{name}/{edge}x{edge}-000000-80-0-0.jpg")


def _list_pictures(prefix: str, kind: str, name: str, request: Request) -> dict[str, str]:
    return {f"{prefix}_{size}": picture_url(request, kind, name, edge) for size, edge in _SIZES}
