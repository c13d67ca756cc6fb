"""How alike are two artists' names, and how is a name asked for?"""

from collections.abc import Iterable
from enum import IntEnum

from unidecode import unidecode

from services.artist.domain import match_key
from upstreams.musicbrainz import quote


class Likeness(IntEnum):
    """In what respect an artist bears the name asked for."""

    NONE = 0
    LOOSE = 1
    ALIAS = 2
    NAME = 3


def build_query(name: str) -> str:
    """The search for artists called so, in Lucene's syntax."""
    written = quote(name)
    return f"artist:{written} OR alias:{written}"


def compare_names(asked: str, name: str, aliases: Iterable[str]) -> Likeness:
    """How an artist of this name and these aliases is called what was asked for."""
    key, loose = match_key(asked), _loosen(asked)
    if key == match_key(name):
        return Likeness.NAME
    if key in map(match_key, aliases):
        return Likeness.ALIAS
    # A name of signs only, such as "!!!", has nothing left: it must not be taken for every other such name.
    if loose and loose in map(_loosen, (name, *aliases)):
        return Likeness.LOOSE
    return Likeness.NONE


def _loosen(name: str) -> str:
    return "".join(letter for letter in unidecode(name).casefold() if letter.isalnum())
