"""What do the two ends of a description share: where a text may be cut, and what a line of plain words is?"""

import html
import re
import unicodedata

_ENTITY = re.compile(r"&(?:[a-z][a-z0-9]{1,30}|#[0-9]{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
_JOINERS = "\u200c\u200d"  # which Persian, the scripts of India and emoji need
# A run of marks is tried from its beginning only: a text of nothing but full stops would take time in its square.
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'»”’)\]]*+(?=\s|$)|[。！？]++[」』”）]*+")


def plain_characters(text: str, *, lines: bool = False) -> str:
    """The text in NFC without what cannot be seen; with `lines`, line feeds stay. Never a lone surrogate, never a NUL."""
    shown = "".join(each if each.isprintable() or (lines and each == "\n") else _instead_of(each) for each in text)
    return unicodedata.normalize("NFC", shown)


def plain_line(text: str) -> str:
    """The same on one line, blanks never doubled."""
    return " ".join(plain_characters(text).split())


def without_entities(text: str) -> str:
    """Entities read once, and only those that are closed: "Me&Microdot" has none."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text)


def whole_sentences(text: str, longest: int) -> str:
    """As many first sentences as fit; empty when the first one does not."""
    ends = [found.end() for found in _SENTENCE_END.finditer(text) if found.end() <= longest]
    return text[: ends[-1]] if ends else ""


def _instead_of(unprintable: str) -> str:
    if unprintable in _JOINERS:
        return unprintable
    return "" if unicodedata.category(unprintable) == "Cf" else " "  # marks of direction, soft hyphens, invisible letters
