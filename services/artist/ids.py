"""What do the identifiers of artists look like, ours aside?"""

import re

from facts.naming import is_uuid
from upstreams.wikidata import is_item_id

_SPOTIFY_ID = re.compile(r"[0-9A-Za-z]{22}")
_SPOTIFY_URL = re.compile(r"https://open\.spotify\.com/(?:intl-[a-z]{2,3}/)?artist/([0-9A-Za-z]{22})/?(?:\?[^#]*)?")
_LANGUAGE = re.compile(r"[a-z]{2}")


def is_mbid(text: str) -> bool:
    return is_uuid(text)


def is_spotify_id(text: str) -> bool:
    return _SPOTIFY_ID.fullmatch(text) is not None


def is_wikidata_id(text: str) -> bool:
    return is_item_id(text)


def is_language(text: str) -> bool:
    return _LANGUAGE.fullmatch(text) is not None


def spotify_id_from_url(url: str) -> str | None:
    """The artist id in a link people copy from Spotify, or None when it is not such a link."""
    match = _SPOTIFY_URL.fullmatch(url.strip())
    return match[1] if match else None
