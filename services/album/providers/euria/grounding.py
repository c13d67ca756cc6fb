"""Does a text say what nobody told the model? Years and counts are what models invent first, and what is cheap to look up."""

import re
import unicodedata
from collections.abc import Iterable

# 1,234,567 with any of the marks that languages put there; 1.2 or 1,2; 1997.
_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?:[ .,'’]\d{3})+(?!\d)|\d+[.,]\d{1,2}(?!\d)|\d+")
_DIGITS = re.compile(r"\d+")
_GROUP = 3


def has_invented_number(text: str, facts: Iterable[str]) -> bool:
    """Whether a number of the text, however it is written in digits, stands in none of the facts. Words for numbers go unseen."""
    known: set[str] = set()
    for fact in facts:
        for number in _numbers(fact):
            known |= {_value(number), *(_parts(number) if " " in number else ())}
    return any(_value(number) not in known and not known.issuperset(_parts(number)) for number in _numbers(text))


def _numbers(text: str) -> list[str]:
    return _NUMBER.findall(_european_digits(text))


def _european_digits(text: str) -> str:
    """Any script's digits, full-width and raised ones too."""
    composed = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in composed)


def _value(number: str) -> str:
    """The number without its grouping; a fraction's mark is a full stop."""
    parts = _DIGITS.findall(number)
    is_grouped = all(len(part) == _GROUP for part in parts[1:])
    return _bare("".join(parts)) if is_grouped else ".".join((_bare(parts[0]), *parts[1:]))


def _parts(number: str) -> list[str]:
    """What it is if the marks in it were none: 16.06 may be a day, "1997 100" two numbers."""
    return [_bare(part) for part in _DIGITS.findall(number)]


def _bare(digits: str) -> str:
    return digits.lstrip("0") or "0"
