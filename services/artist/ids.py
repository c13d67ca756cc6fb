"""What do the identifiers of artists look like, ours aside?"""

import re

_MBID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SPOTIFY_ID = re.compile(r"[0-9A-Za-z]{22}")
_SPOTIFY_URL = re.compile(r"https://open\.spotify\.com/(?:intl-[a-z]{2,3}/)?artist/([0-9A-Za-z]{22})/?(?:\?[^#]*)?")
_WIKIDATA_ID = re.compile(r"Q[1-9]\d{0,11}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2}")


def is_mbid(text: str) -> bool:
    return _MBID.fullmatch(text) is not None


def is_spotify_id(text: str) -> bool:
    return _SPOTIFY_ID.fullmatch(text) is not None


def is_wikidata_id(text: str) -> bool:
    return _WIKIDATA_ID.fullmatch(text) is not None


def is_language(text: str) -> bool:
    return _LANGUAGE.fullmatch(text) is not None


def spotify_id_from_url(url: str) -> str | None:
    """The artist id in a link people copy from Spotify, or None when it is not such a link."""
    match = _SPOTIFY_URL.fullmatch(url.strip())
    return match[1] if match else None
