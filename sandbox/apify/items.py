"""What does the actor find on an artist's page?"""

from collections.abc import Iterable

from sandbox.catalogue.directory import Directory
from sandbox.catalogue.identity import Edition, Identity
from sandbox.catalogue.made_up import make_up_spotify_id
from sandbox.catalogue.reading import make_up_number

_FOUND_AT = "2026-01-30T07:35:00.000000"
_CITIES = (("London", "GB", "ENG"), ("Paris", "FR", "11"), ("Berlin", "DE", "16"), ("Warsaw", "PL", "14"))
_IMAGE = "https://i.scdn.co/image/ab67616100005174"
_VERIFIED_LISTENERS = 1000


def list_items(directory: Directory, spotify_ids: Iterable[str]) -> list[dict[str, object]]:
    """Lists an item for each artist that exists; in an order of its own, so that nobody matches them by place."""
    found = [identity for one in spotify_ids if (identity := directory.find_by_spotify_id(one))]
    return [_build_item(identity, directory) for identity in sorted(found, key=lambda identity: identity.spotify_id)]


def _build_item(identity: Identity, directory: Directory) -> dict[str, object]:
    artist, listeners = identity.artist, identity.monthly_listeners
    handle = "".join(letter for letter in artist.name.lower() if letter.isascii() and letter.isalnum()) or "example"
    related = [other for link in artist.similar if (other := directory.find_by_name(link.name))]
    return {
        "artist_name": artist.name,
        "artist_id": identity.spotify_id,
        "followers": identity.followers,
        "monthlyListeners": listeners,
        "verified": listeners >= _VERIFIED_LISTENERS,
        "avatarImage": f"{_IMAGE}{identity.spotify_id}",
        "headerImage": f"{_IMAGE}{identity.spotify_id}",
        "gallery": [f"{_IMAGE}{identity.spotify_id}"],
        "timestamp": _FOUND_AT,
        "FACEBOOK": f"https://facebook.com/{handle}/",
        "INSTAGRAM": f"https://instagram.com/{handle}",
        "TWITTER": f"https://twitter.com/{handle}",
        "topCities": [
            {"numberOfListeners": listeners // (30 + 12 * place), "city": city, "country": country, "region": region}
            for place, (city, country, region) in enumerate(_CITIES)
        ],
        "biography": artist.biographies.get("en", ""),
        "related": [_build_related(one) for one in related],
        "releases": [_build_release(artist.name, edition) for edition in identity.editions],
        "topTracks": [_build_track(artist.name, edition) for edition in identity.editions[:10] if edition.tracks],
        "discoveredOn": [],
        "appearsOn": [],
        "events": [],
    }


def _build_related(identity: Identity) -> dict[str, object]:
    return {"id": identity.spotify_id, "name": identity.artist.name, "image": f"{_IMAGE}{identity.spotify_id}"}


def _build_release(artist: str, edition: Edition) -> dict[str, object]:
    return {
        "id": edition.spotify_id,
        "name": edition.title,
        "type": edition.primary_type.upper(),
        "label": edition.label,
        "date": edition.released,
        "url": f"https://open.spotify.com/album/{edition.spotify_id}",
        "tracks": len(edition.tracks),
        "image": f"{_IMAGE}{edition.spotify_id}",
        "copyright": f"{edition.released[:4]} {artist}",
    }


def _build_track(artist: str, edition: Edition) -> dict[str, object]:
    track = edition.tracks[0]
    return {
        "id": make_up_spotify_id("track", edition.spotify_id, "0"),
        "name": track.title,
        "playcount": make_up_number(1_000, 90_000_000, edition.spotify_id, "plays"),
        "duration": (track.seconds or 0) * 1000,
        "artists": artist,
        "album": edition.spotify_id,
        "image": f"{_IMAGE}{edition.spotify_id}",
        "contentRating": "NONE",
    }
