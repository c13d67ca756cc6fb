"""How is a provider's JSON read? Any field may be missing, null or of another type: what is not as expected counts as missing."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from http import HTTPStatus
from typing import Any

from facts.naming import MAX_NAME
from kernel.errors import ProviderMalformed
from kernel.http import HttpAnswer

Json = Mapping[str, Any]

_MAX_COUNT = 2**63 - 1
_MAX_ROWS = 1000
_DAY = re.compile(r"\d{4}(?:-\d\d){0,2}", re.ASCII)  # not the weeks that fromisoformat reads as well
# Both take time in proportion to the text; the standard library's HTML parser needs 40 s for 60 kB of "<a ". A tag ends where the
# next one opens.
_TAG = re.compile(r"</?[a-z!][^<>]*>", re.IGNORECASE)
_ENTITY = re.compile(r"&#?\w{1,32};")
_PRECISIONS = {4: "year", 7: "month", 10: "day"}


def parse_json(answer: HttpAnswer, provider: str) -> Any:
    """The body as JSON. Raises ProviderMalformed for anything else: pages in HTML, cut off, nested too deeply, NaN."""
    try:
        return json.loads(answer.body, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ProviderMalformed(provider, "the answer is not JSON") from error


def parse_object(answer: HttpAnswer, provider: str) -> Json:
    """The body as a JSON object. Raises ProviderMalformed."""
    content = parse_json(answer, provider)
    if not isinstance(content, dict):
        raise ProviderMalformed(provider, "the answer is not a JSON object")
    return content


def is_server_error(answer: HttpAnswer) -> bool:
    return answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR


def text(node: Json, key: str, longest: int = MAX_NAME) -> str:
    """A text, white space around it gone; empty when missing, longer than believable, or holding what no database takes."""
    value = node.get(key)
    if not isinstance(value, str) or len(value) > longest or "\0" in value:
        return ""
    return value.strip() if value.isprintable() or longest > MAX_NAME else " ".join(_printable(value).split())


def count(node: Json, key: str) -> int | None:
    """A whole number, zero or more."""
    value = node.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return None
    return min(value, _MAX_COUNT)


def child(node: Json, key: str) -> Json:
    """An object; empty when missing."""
    value = node.get(key)
    return value if isinstance(value, dict) else {}


def children(node: Json, key: str) -> Iterator[Json]:
    """The objects of a list, at most a thousand; what is no object is passed over."""
    value = node.get(key)
    return (each for each in (value if isinstance(value, list) else [])[:_MAX_ROWS] if isinstance(each, dict))


def texts(node: Json, key: str) -> tuple[str, ...]:
    """The texts of a list, empty ones left out."""
    value = node.get(key)
    rows = value if isinstance(value, list) else []
    return tuple(found for each in rows[:_MAX_ROWS] if (found := text({"": each}, "")))


def https_url(node: Json, key: str) -> str:
    """A web address that may be shown as a link; empty when it is anything else."""
    url = text(node, key, 2000)
    return url if url.startswith("https://") and url.isprintable() and " " not in url else ""


def without_markup(markup: str) -> str:
    """The words of a text in HTML: tags gone, entities read. Never HTML again: `&lt;` becomes a sign that is to be shown."""
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), _TAG.sub("", markup))


def partial_date(written: str) -> tuple[date | None, str]:
    """The first possible day of YYYY, YYYY-MM or YYYY-MM-DD, and which of "year", "month" and "day" was written."""
    precision = _PRECISIONS.get(len(written), "")
    if not precision or not _DAY.fullmatch(written):
        return None, "day"
    try:
        return date.fromisoformat(f"{written}-01-01"[:10] if precision == "year" else f"{written}-01"[:10]), precision
    except ValueError:
        return None, "day"


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _printable(value: str) -> str:
    return "".join(character if character.isprintable() else " " for character in value)
