"""Spotify's objects: artists, albums, tracks and pages, whole or reduced."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from sandbox.catalogue.identity import Edition, Identity
from sandbox.catalogue.made_up import make_up_spotify_id
from sandbox.catalogue.reading import make_up_mbid, make_up_number
from sandbox.spotify.asking import Ask

MARKETS = ("AR", "AU", "AT")
_ARTIST_IMAGES = ((640, "ab6761610000e5eb"), (320, "ab67616100005174"), (160, "ab6761610000f178"))
_ALBUM_IMAGES = ((640, "ab67616d0000b273"), (300, "ab67616d00001e02"), (64, "ab67616d00004851"))
_PRECISIONS = {4: "year", 7: "month", 10: "day"}
_PICTURED_FOLLOWERS = 100
_TRACKS_SHOWN = 50


def build_artist(identity: Identity, ask: Ask) -> dict[str, object]:
    """Writes an artist; a development mode app gets neither followers nor genres nor popularity."""
    is_pictured = identity.followers >= _PICTURED_FOLLOWERS
    body = _build_link("artist", identity.spotify_id, identity.artist.name, ask)
    body["images"] = _build_images(_ARTIST_IMAGES, identity.spotify_id) if is_pictured else []
    if ask.is_extended:
        body["followers"] = {"href": None, "total": identity.followers}
        body["genres"] = list(identity.genres)
        body["popularity"] = identity.popularity
    return body


def build_listed_album(identity: Identity, edition: Edition, ask: Ask) -> dict[str, object]:
    """Writes an album as lists have it."""
    body = _build_link("album", edition.spotify_id, edition.title, ask)
    body |= {
        "album_type": edition.primary_type.lower(),
        "total_tracks": len(edition.tracks),
        "images": _build_images(_ALBUM_IMAGES, edition.spotify_id),
        "release_date": edition.released,
        "release_date_precision": _PRECISIONS[len(edition.released)],
        "artists": [_build_link("artist", identity.spotify_id, identity.artist.name, ask)],
    }
    if ask.is_extended:
        body["available_markets"] = list(MARKETS)
        body["album_group"] = edition.primary_type.lower()
    return body


def build_album(identity: Identity, edition: Edition, ask: Ask) -> dict[str, object]:
    """Writes an album alone; label and popularity are for extended quota."""
    body = build_listed_album(identity, edition, ask)
    body.pop("available_markets", None)
    body.pop("album_group", None)
    tracks = build_tracks(identity, edition, ask)
    shown, path = tracks[:_TRACKS_SHOWN], f"{ask.api}/albums/{edition.spotify_id}/tracks"
    body |= {
        "copyrights": [{"text": f"{edition.released[:4]} {edition.label}", "type": kind} for kind in "CP"],
        "external_ids": {"upc": edition.barcode},
        "genres": [],
        "tracks": {
            "href": f"{path}?offset=0&limit={_TRACKS_SHOWN}",
            "items": shown,
            "limit": _TRACKS_SHOWN,
            "next": f"{path}?offset={_TRACKS_SHOWN}&limit={_TRACKS_SHOWN}" if len(tracks) > _TRACKS_SHOWN else None,
            "offset": 0,
            "previous": None,
            "total": len(tracks),
        },
    }
    if ask.is_extended:
        body["label"] = edition.label
        body["popularity"] = max(0, identity.popularity - make_up_number(0, 40, edition.spotify_id))
    return body


def build_tracks(identity: Identity, edition: Edition, ask: Ask) -> list[dict[str, object]]:
    """Writes the tracks of an album as it lists them: each disc begins with track 1."""
    places = [(disc, place) for disc, tracks in enumerate(edition.discs, 1) for place in range(1, len(tracks) + 1)]
    return [_build_track(identity, edition, number, at, ask) for number, at in enumerate(places)]


def build_page(
    items: Sequence[Mapping[str, object]], *, ask: Ask, path: str, asked: Mapping[str, str], usual: int
) -> dict[str, object]:
    """Cuts the wanted page; the addresses of its neighbours lead back into the sandbox."""
    limit, offset = ask.read_limit(usual), ask.read_offset()

    def address(at: int) -> str:
        return f"{ask.api}/{path}?{urlencode({**asked, 'offset': at, 'limit': limit})}"

    return {
        "href": address(offset),
        "items": list(items[offset : offset + limit]),
        "limit": limit,
        "next": address(offset + limit) if offset + limit < len(items) else None,
        "offset": offset,
        "previous": address(max(0, offset - limit)) if offset else None,
        "total": len(items),
    }


def _build_track(identity: Identity, edition: Edition, number: int, at: tuple[int, int], ask: Ask) -> dict[str, object]:
    track, (disc, place) = edition.tracks[number], at
    track_id = make_up_spotify_id("track", edition.spotify_id, str(number))
    body = _build_link("track", track_id, track.title, ask)
    body |= {
        "artists": [_build_link("artist", identity.spotify_id, identity.artist.name, ask)],
        "disc_number": disc,
        "duration_ms": (track.seconds or 0) * 1000,
        "explicit": False,
        "is_local": False,
        "track_number": place,
    }
    if ask.is_extended:
        body["preview_url"] = f"https://p.scdn.co/mp3-preview/{_hash(track_id)}"
    return body


def _build_link(kind: str, spotify_id: str, name: str, ask: Ask) -> dict[str, object]:
    return {
        "external_urls": {"spotify": f"https://open.spotify.com/{kind}/{spotify_id}"},
        "href": f"{ask.api}/{kind}s/{spotify_id}",
        "id": spotify_id,
        "name": name,
        "type": kind,
        "uri": f"spotify:{kind}:{spotify_id}",
    }


def _build_images(sizes: Sequence[tuple[int, str]], spotify_id: str) -> list[dict[str, object]]:
    rest = _hash(spotify_id)[:24]
    return [{"url": f"https://i.scdn.co/image/{prefix}{rest}", "height": size, "width": size} for size, prefix in sizes]


def _hash(name: str) -> str:
    return (make_up_mbid("image", name) + make_up_mbid("more", name)).replace("-", "")[:40]
