"""Does this path fit that `google.api.http` template, and what do its variables hold?

    /v1/{name=shelves/*}/books/{book}:open     `*` is one segment, `**` any number of them, `:open` a custom verb

Matching is done on the path as it came over the wire, so a `%2F` inside one segment stays inside it (AC%2FDC is one name).
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from gateway.contracts import ContractError

VARIABLE = re.compile(r"\{([a-z_][a-z0-9_.]*)(?:=([^{}]+))?\}", re.IGNORECASE)
_VERB = re.compile(r":([A-Za-z_][A-Za-z0-9_]*)$")
_SLASH = re.compile("(%2[Ff])")
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_BAD_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_LITERAL_SAFE = "-._~!$&'()*+,;=:@"


class MalformedPath(ValueError):
    """Escapes that are not escapes, or that do not spell UTF-8."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A field path filled from the part of the URL that fits `segments`."""

    field: str
    segments: str

    @property
    def spans(self) -> bool:
        """Whether the value may hold slashes."""
        return self.segments != "*"


@dataclass(frozen=True, slots=True)
class PathTemplate:
    """One parsed template. `rank` sorts the more specific of two that both fit first: literals, then `*`, then `**`."""

    text: str
    variables: tuple[Variable, ...]
    pattern: re.Pattern[str]
    rank: tuple[tuple[int, int], ...]

    def match(self, raw_path: str) -> dict[str, str] | None:
        """Values by field path; None where the path is another one. Raises MalformedPath for what is no UTF-8."""
        found = self.pattern.fullmatch(raw_path)
        if found is None:
            return None
        return {v.field: _decode(text, spans=v.spans) for v, text in zip(self.variables, found.groups(), strict=True)}


def parse(text: str) -> PathTemplate:
    """Reads a template. Raises ContractError for one that is not."""
    verb = _VERB.search(text)
    path = text[: verb.start()] if verb else text
    variables: list[Variable] = []
    pattern, position = "", 0
    for found in VARIABLE.finditer(path):
        segments = found[2] or "*"
        variables.append(Variable(found[1], segments))
        pattern += _segments(path[position : found.start()]) + f"({_segments(segments)})"
        position = found.end()
    pattern += _segments(path[position:]) + (re.escape(verb[0]) if verb else "")
    if not text.startswith("/") or set("{}") & set(VARIABLE.sub("", path)):
        raise ContractError(f"{text}: not a path template")
    return PathTemplate(text, tuple(variables), re.compile(pattern, re.DOTALL), _rank(path, has_verb=bool(verb)))


def normalise(raw_path: str) -> str:
    """The same path with escapes of plain letters undone, so that `/%61pi` and `/api` are one. Raises MalformedPath."""
    if "%" not in raw_path:
        return raw_path
    if _BAD_ESCAPE.search(raw_path):
        raise MalformedPath("the path holds a % that begins no escape")
    return _ESCAPE.sub(_undo_plain, raw_path)


def _undo_plain(escape: re.Match[str]) -> str:
    letter = chr(int(escape[1], 16))
    return letter if letter in _UNRESERVED else escape[0]


def _segments(text: str) -> str:
    parts = re.split(r"(\*\*|\*)", text)
    wild = {"*": "[^/]+", "**": ".*"}
    return "".join(wild.get(part) or re.escape(quote(part, safe=f"/{_LITERAL_SAFE}")) for part in parts)


def _rank(path: str, *, has_verb: bool) -> tuple[tuple[int, int], ...]:
    segments = VARIABLE.sub(lambda found: found[2] or "*", path).split("/")[1:]
    kinds = [2 if "**" in segment else 1 if "*" in segment else 0 for segment in segments]
    return tuple((kind, 0 if has_verb and last else 1) for kind, last in zip(kinds, _last_only(len(kinds)), strict=True))


def _last_only(count: int) -> list[bool]:
    return [False] * (count - 1) + [True]


def _decode(text: str, *, spans: bool) -> str:
    parts = _SLASH.split(text) if spans else [text]
    try:
        return "".join(part if spans and _SLASH.fullmatch(part) else unquote(part, errors="strict") for part in parts)
    except UnicodeDecodeError as error:
        raise MalformedPath("the path is not UTF-8") from error
