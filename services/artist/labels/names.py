"""Do two spellings name the same label, and which is shown?"""

import re
from collections import Counter
from collections.abc import Sequence

from unidecode import unidecode

from services.artist.domain import match_key

SELF_RELEASED = "self-released"

_SUFFIXES = frozenset("record records recording recordings ltd limited inc llc gmbh music".split())  # noqa: SIM905 - reads as text
_OWN = re.compile(r"\[no label\]|no label|self[ -]?released?|not on label\b.*")
_UNSAID = frozenset({"", "[none]", "none", "[unknown]", "unknown", "unknown label", "n/a", "-"})


def label_key(name: str) -> str:
    """What the spellings of one label have in common: "XL Recordings Ltd." and "xl" are "xl". "" for what names no label.

    All ways to say that the artist needed none ("[no label]", "Not On Label (Artist Self-released)") are SELF_RELEASED.
    """
    folded = unidecode(match_key(name)).casefold().strip()
    if folded in _UNSAID:
        return ""
    if _OWN.fullmatch(folded):
        return SELF_RELEASED
    words = re.findall(r"[a-z0-9]+", folded)
    while len(words) > 1 and words[-1] in _SUFFIXES:
        words.pop()
    return "".join(words) or match_key(name)


def usual_spelling(key: str, spellings: Sequence[str]) -> str:
    """The spelling met most often; of equals the longest, which names the label in full."""
    if key == SELF_RELEASED:
        return SELF_RELEASED
    met = Counter(" ".join(spelling.split()) for spelling in spellings)
    return min(met, key=lambda spelling: (-met[spelling], -len(spelling), spelling))
