"""How is a field of somebody's export read? Any may be missing or of another type: what is not as expected counts as missing."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from services.tracker.domain import Mbids, Play, Title

Json = Mapping[str, Any]

Verdict = Play | str | None
"""What a row is: a play, or why it cannot be one, or nothing (what plays now, and may never be counted)."""

_NOTHING: Json = {}
_NUMBER = re.compile(r"(-?[0-9]{1,15})(?:\.[0-9]*)?")
_LASTFM_DATE = re.compile(r"([0-9]{1,2}) ([A-Z][a-z]{2}) ([0-9]{4}),? ([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY_ONLY = len("2020-10-20")
_MILLISECONDS = 10**11
"""Seconds from here on are in the year 5138, milliseconds in 1973."""
_LATEST = 253_402_300_799
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NO_UUID = "00000000-0000-0000-0000-000000000000"
_NO_ART = "2a96cbd8b46e442fc41c2b86b821562f"
"""The star that Last.fm shows where it has no picture."""
_MAX_URL = 2000


def verdict(at: int | None, title: Title, mbids: Mbids | None = None, image_url: str = "") -> Verdict:
    """The play, or what it lacks."""
    if at is None:
        return "has no time that can be read: a number of seconds or milliseconds, or a date and time with its zone"
    if not title.artist:
        return "has no artist"
    if not title.track:
        return "has no track"
    return Play(at, title, mbids or Mbids(), image_url)


def text(value: object) -> str:
    """A text as it is, without the white space around it. Half a surrogate pair, which no encoding takes, becomes U+FFFD."""
    if not isinstance(value, str):
        return ""
    try:
        value.encode()
    except UnicodeEncodeError:
        value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value.strip()


def child(node: Json, key: str) -> Json:
    """An object; empty when missing."""
    value = node.get(key)
    return value if isinstance(value, dict) else _NOTHING


def children(node: Json, key: str) -> list[Json]:
    """The objects of a list."""
    value = node.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def moment(value: object, *, is_utc: bool = False) -> int | None:
    """A second, from a number of seconds or milliseconds or a written date. `is_utc` for one that does not say its zone."""
    if isinstance(value, str):
        written = value.strip()
        number = _NUMBER.fullmatch(written)
        return _seconds(int(number[1])) if number else _written(written, is_utc=is_utc)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _LATEST * 1000:
        return None
    return _seconds(int(value))


def mbid(value: object) -> str:
    """A MusicBrainz id; empty for what does not look like one."""
    found = text(value).lower()
    return found if _UUID.fullmatch(found) and found != _NO_UUID else ""


def only_mbid(value: object) -> str:
    """The id of a list that holds one. Several name the members of a credit, and none of them is who the credit names."""
    if isinstance(value, list):
        return mbid(value[0]) if len(value) == 1 else ""
    return mbid(value)


def image_url(value: object) -> str:
    """The address of a picture that may be shown; empty for anything else, and for Last.fm's star."""
    url = text(value)
    is_address = url.startswith("https://") and len(url) <= _MAX_URL and url.isprintable() and " " not in url
    return url if is_address and _NO_ART not in url else ""


def _seconds(number: int) -> int | None:
    if abs(number) >= _MILLISECONDS:
        number //= 1000
    return number if abs(number) <= _LATEST else None


def _written(value: str, *, is_utc: bool) -> int | None:
    """A date as Last.fm writes it, always in UTC, or as ISO 8601 does."""
    try:
        if found := _LASTFM_DATE.fullmatch(value):
            day, month, year, hour, minute, second = found.groups(default="0")
            at = datetime(int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second), tzinfo=UTC)
        else:
            at = datetime.fromisoformat(value)
    except ValueError:
        return None
    if at.tzinfo is None:
        if not is_utc or len(value) <= _DAY_ONLY:
            return None
        at = at.replace(tzinfo=UTC)
    return int(at.timestamp())
