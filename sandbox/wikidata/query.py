"""What does a SPARQL query ask for? Its lists, its triples and its variables are recognised; nothing is planned or joined."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

BOUND = "sandbox:told"
OUTERMOST = 0
_DIRECT = re.compile(r"<http://www\.wikidata\.org/prop/direct/(P\d+)>")
_ITEM = re.compile(r"<http://www\.wikidata\.org/entity/(Q\d+)>")
_COMMENT = re.compile(r"(?m)^\s*#.*$")
_PREFIX = re.compile(r"PREFIX\s+\w*:\s*<[^>]*>", re.IGNORECASE)
_SELECT = re.compile(
    r"\s*SELECT\s+(?P<distinct>DISTINCT\s+)?(?P<vars>\*|(?:\?\w+[\s,]*)+)(?:WHERE\s*)?(?P<body>\{.*)", re.IGNORECASE | re.DOTALL
)
_VALUES = re.compile(r"VALUES\s+\(?\s*\?(?P<var>\w+)\s*\)?\s*\{(?P<rows>[^{}]*)\}", re.IGNORECASE)
_VALUE = re.compile(r'"((?:[^"\\]|\\.)*)"|wd:(Q\d+)')
_SERVICE = re.compile(r"SERVICE\s+wikibase:label\s*\{(?P<inside>[^{}]*)\}", re.IGNORECASE)
_LANGUAGES = re.compile(r'wikibase:language\s+(?P<all>"[^"]*"(?:\s*,\s*"[^"]*")*)', re.IGNORECASE)
_NOT_EXISTS = re.compile(r"FILTER\s+NOT\s+EXISTS\s*\{[^{}]*\}", re.IGNORECASE)
_FILTER = re.compile(r"FILTER\s*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)", re.IGNORECASE)
_LANG = re.compile(r"LANG\(\s*\?(?P<var>\w+)\s*\)\s*(?:=|IN)\s*(?P<tags>\(?[^()&|]*)", re.IGNORECASE)
_UNBOUND = re.compile(r"!\s*BOUND\(\s*\?\w+\s*\)", re.IGNORECASE)
_BIND = re.compile(r'BIND\s*\(\s*("[^"]*")\s+AS\s+(\?\w+)\s*\)', re.IGNORECASE)
_LIMIT = re.compile(r"\}[^{}]*\bLIMIT\s+(\d+)[^{}]*$", re.IGNORECASE)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"(?:@[\w-]+)?|\?\w+|[{}.;,]|[A-Za-z^(][\w:|/^()*+-]*')
_PARTS = 3


class MalformedQuery(Exception):
    """A query that is no SPARQL, or more of it than the sandbox reads; the text says which."""


@dataclass(frozen=True, slots=True)
class Triple:
    """One pattern, as written; `is_optional` when it stands inside an OPTIONAL block.

    `block` numbers the block it stands in. A block that is not OPTIONAL and not OUTERMOST is taken for one side of a UNION.
    """

    subject: str
    predicate: str
    object: str
    is_optional: bool
    block: int = OUTERMOST


@dataclass(frozen=True, slots=True)
class Query:
    """A query taken apart. Variables are named without question mark in `selected`, `values` and `languages_of`."""

    selected: tuple[str, ...]
    is_distinct: bool
    triples: tuple[Triple, ...]
    values: Mapping[str, frozenset[str]]
    label_languages: tuple[str, ...]
    languages_of: Mapping[str, frozenset[str]]
    excludes_ended: bool
    limit: int | None


def parse_query(written: str) -> Query:
    """Reads a query; raises MalformedQuery."""
    plain = _ITEM.sub(r"wd:\1", _DIRECT.sub(r"wdt:\1", _PREFIX.sub(" ", _COMMENT.sub(" ", written))))
    found = _SELECT.fullmatch(plain)
    if found is None or plain.count("{") != plain.count("}"):
        raise MalformedQuery('Encountered " <PNAME_NS>... (the sandbox reads SELECT with plain variables)')
    body, limit = found["body"], _LIMIT.search(found["body"])
    _refuse_unread(body)
    triples = tuple(_read_triples(_strip(body)))
    if not triples and not _VALUES.search(body):
        raise MalformedQuery('Encountered " "}" "} "" at an empty pattern')
    named = re.findall(r"\?(\w+)", body if found["vars"] == "*" else found["vars"])
    return Query(
        selected=tuple(dict.fromkeys(named)),
        is_distinct=bool(found["distinct"]),
        triples=triples,
        values=_read_values(body),
        label_languages=_read_label_languages(body),
        languages_of={one["var"]: frozenset(re.findall(r'"(\w+)"', one["tags"])) for one in _LANG.finditer(body)},
        excludes_ended=any("P582" in one[0] for one in _NOT_EXISTS.finditer(body)) or bool(_UNBOUND.search(body)),
        limit=int(limit[1]) if limit else None,
    )


def _refuse_unread(body: str) -> None:
    """Refuses what would otherwise be passed over in silence, and answered with too many rows."""
    unread = [one[0] for one in _FILTER.finditer(body) if not re.search(r"LANG|BOUND", one[0], re.IGNORECASE)]
    rest = _strip(body)
    unread += re.findall(r"(?i)\b(?:VALUES|FILTER|BIND|MINUS|SERVICE)\b", rest)
    unread += [triple.predicate for triple in _read_triples(rest) if triple.predicate.startswith("?")]
    if unread:
        raise MalformedQuery(f"the sandbox does not read {unread[0]}")


def _strip(body: str) -> str:
    """Leaves braces, OPTIONAL and triples; a bound text becomes a triple of its own, in its place."""
    for pattern in (_VALUES, _SERVICE, _NOT_EXISTS, _FILTER):
        body = pattern.sub(" ", body)
    body = _BIND.sub(rf" . \2 {BOUND} \1 . ", body)
    return re.sub(r"\s*([|/])\s*", r"\1", body)


def _read_values(body: str) -> dict[str, frozenset[str]]:
    return {
        found["var"]: frozenset(text or item for text, item in _VALUE.findall(found["rows"])) for found in _VALUES.finditer(body)
    }


def _read_label_languages(body: str) -> tuple[str, ...]:
    service = _SERVICE.search(body)
    found = _LANGUAGES.search(service["inside"]) if service else None
    if found is None:
        return ("en",) if service else ()
    tags = found["all"].replace('"', "").replace("[AUTO_LANGUAGE]", "en").split(",")
    return tuple(tag.strip() for tag in tags)


def _read_triples(body: str) -> Iterator[Triple]:
    blocks, is_next_optional, parts, opened = [(False, OUTERMOST)], False, list[str](), 0
    for piece in _TOKEN.findall(body.rpartition("}")[0] + "}"):
        if piece.upper() in {"OPTIONAL", "UNION"}:
            is_next_optional = piece.upper() == "OPTIONAL"
        elif piece == "{":
            opened += 1  # the first is the outermost itself
            blocks.append((blocks[-1][0] or is_next_optional, opened if opened > 1 else OUTERMOST))
            is_next_optional, parts = False, []
        elif piece in {"}", "."}:
            parts = []
            if piece == "}" and len(blocks) > 1:
                blocks.pop()
        elif piece in {";", ","}:
            parts = parts[: 1 if piece == ";" else 2]
        else:
            parts.append(piece)
        if len(parts) == _PARTS:
            yield Triple(parts[0], parts[1], parts[2], *blocks[-1])
