"""What does a MusicBrainz request ask for?"""

import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sandbox.musicbrainz.errors import HELP
from sandbox.wire import Answer, Request, json_answer

T = TypeVar("T")
ARTIST_NAMES = ("artist", "artistaccent", "name", "alias", "sortname")
# When the search index was made.
CREATED = "2026-01-01T00:00:00.000Z"
_MOST, _USUAL = 100, 25
_FIELD = re.compile(r'(?P<field>[a-z]+):(?:"(?P<phrase>(?:\\.|[^"\\])*)"|(?P<word>(?:\\.|[^\s"\\])+))')
_OPERATORS = re.compile(r"(?<!\\)[+\-!(){}\[\]^\"~*?:/]|\b(?:AND|OR|NOT)\b")
_ESCAPED = re.compile(r"\\(.)")


class MusicbrainzError(Exception):
    """One refusal of a request that cannot be answered."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.message = message
        self.status = status

    def to_json(self) -> dict[str, str]:
        """Writes the body."""
        return {"help": HELP, "error": self.message}


@dataclass(frozen=True, slots=True)
class Ask:
    """The parameters of one call, with the readers that raise MusicBrainz' own errors."""

    mbid: str
    params: Mapping[str, str]

    def need_mbid(self, name: str = "") -> str:
        """Reads the identifier of the path, or the parameter of that name; raises 400 when it is none."""
        mbid = (self.params.get(name, "") if name else self.mbid).lower()
        try:
            is_canonical = str(uuid.UUID(mbid)) == mbid
        except ValueError:
            is_canonical = False
        if not is_canonical:
            raise MusicbrainzError("Invalid mbid.", 400)
        return mbid

    def read_inc(self, entity: str, known: Collection[str]) -> frozenset[str]:
        """Reads what to include; raises 400 for what this kind of entity has not."""
        wanted = self.params.get("inc", "").replace("+", " ").split()
        for one in wanted:
            if one not in known:
                raise MusicbrainzError(f"{one} is not a valid inc parameter for the {entity} resource.", 400)
        return frozenset(wanted)

    @property
    def offset(self) -> int:
        """Reads where the page starts; nonsense counts as the beginning."""
        written = self.params.get("offset", "")
        return int(written) if written.isdecimal() else 0

    def cut_page(self, found: Sequence[T]) -> Sequence[T]:
        """Cuts the wanted page; `limit` is 1 to 100, 25 when absent or nonsense."""
        written = self.params.get("limit", "")
        limit = min(_MOST, int(written)) if written.isdecimal() and int(written) else _USUAL
        return found[self.offset : self.offset + limit]


@dataclass(frozen=True, slots=True)
class Query:
    """A search query: the name looked for and the conditions on other fields, all lower case."""

    name: str
    conditions: Mapping[str, str]


def parse_ask(request: Request, mbid: str) -> Ask:
    """Reads one request; `mbid` is what stood in its path."""
    return Ask(mbid, request.query)


def redirect_to(entity: str, mbid: str, inc: frozenset[str]) -> Answer:
    """Sends a client that asked for a merged identifier to the one it was merged into."""
    rest = f"&inc={'+'.join(sorted(inc))}" if inc else ""
    return json_answer({}, 301, {"location": f"/musicbrainz/ws/2/{entity}/{mbid}?fmt=json{rest}"})


def parse_query(written: str, names: Sequence[str]) -> Query:
    """Reads Lucene's syntax as far as clients use it; `names` are the fields that hold the name looked for.

    Operators that were not escaped vanish: a bare "!!!" asks for nothing.
    """
    fields = {found["field"]: _unescape(found["phrase"] or found["word"] or "") for found in _FIELD.finditer(written)}
    rest = _OPERATORS.sub(" ", _FIELD.sub(" ", written))
    phrase = re.fullmatch(r'\s*"((?:\\.|[^"\\])*)"\s*', written)
    name = next((fields.pop(field) for field in names if field in fields), "")
    return Query(name or _unescape(phrase[1] if phrase else rest).strip(), {key: value.lower() for key, value in fields.items()})


def _unescape(written: str) -> str:
    return _ESCAPED.sub(r"\1", written)
