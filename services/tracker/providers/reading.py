"""How is a row of a provider's JSON read? Any field may be missing, null or of another type; what cannot be a play says why."""

from collections.abc import Mapping
from typing import Any

import orjson

from facts.naming import is_uuid
from kernel.errors import ProviderMalformed
from kernel.http import HttpAnswer

Json = Mapping[str, Any]

_STAR = "2a96cbd8b46e442fc41c2b86b821562f"
"""Last.fm's picture of nothing."""
_NO_ID = "00000000-0000-0000-0000-000000000000"
_LONGEST_URL = 500
_LONGEST_RAW = 2000


def parse_object(answer: HttpAnswer, provider: str) -> Json:
    """The body as a JSON object. Raises ProviderMalformed for anything else: pages in HTML, cut off, nested too deeply."""
    try:
        content = orjson.loads(answer.body)
    except orjson.JSONDecodeError as error:
        raise ProviderMalformed(provider, "the answer is not JSON") from error
    if not isinstance(content, dict):
        raise ProviderMalformed(provider, "the answer is not a JSON object")
    return content


def child(node: object, key: str) -> Json:
    """An object; empty when missing."""
    value = node.get(key) if isinstance(node, dict) else None
    return value if isinstance(value, dict) else {}


def text(node: object, key: str) -> str:
    """A text without white space around it; empty when missing."""
    value = node.get(key) if isinstance(node, dict) else None
    return value.strip() if isinstance(value, str) else ""


def mbid(node: object, key: str) -> str:
    """A MusicBrainz id; empty for anything else."""
    return mbid_of(text(node, key))


def mbid_of(written: str) -> str:
    """The same of a text."""
    value = written.lower()
    return value if is_uuid(value) and value != _NO_ID else ""


def whole(value: object) -> int | None:
    """A number of zero or more, also when it is written as text."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:  # noqa: PLR2004 - beyond any time or count
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**15 else None


def image_url(url: str) -> str:
    """An address a browser may be given; empty for anything else, and for the picture of nothing."""
    is_fit = url.startswith("https://") and url.isprintable() and " " not in url and len(url) <= _LONGEST_URL
    return url if is_fit and _STAR not in url else ""


def raw(row: object) -> str:
    """The row as JSON text, cut where it is very long."""
    try:
        written = orjson.dumps(row).decode()
    except TypeError:  # it reads deeper than it writes
        return '"nested too deeply to be shown"'
    return written if len(written) <= _LONGEST_RAW else written[: _LONGEST_RAW - 1] + "…"
