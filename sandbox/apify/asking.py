"""What does an Apify request ask for?"""

import re
from collections.abc import Iterator

from sandbox.wire import Request

_ARTIST_URL = re.compile(r"(?:https://open\.spotify\.com/(?:intl-\w+/)?artist/|spotify:artist:)?([0-9A-Za-z]{22})(?:[/?].*)?")


def read_whole(request: Request, name: str, usual: int) -> int:
    """Reads a whole number from the query; anything else counts as absent."""
    written = request.query.get(name, "")
    return int(written) if written.isdecimal() else usual


def read_token(request: Request) -> str:
    """Reads the token from the header or the query; empty when there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.query.get("token", "")


def parse_start_urls(actor_input: object) -> tuple[str, ...]:
    """Reads the artists' Spotify ids from the actor's input, each once and in order; other addresses are passed over."""
    return tuple(dict.fromkeys(_find_ids(actor_input)))


def _find_ids(actor_input: object) -> Iterator[str]:
    rows = actor_input.get("startUrls") if isinstance(actor_input, dict) else None
    for row in rows if isinstance(rows, list) else []:
        url = row.get("url") if isinstance(row, dict) else row
        found = _ARTIST_URL.fullmatch(url) if isinstance(url, str) else None
        if found:
            yield found[1]
