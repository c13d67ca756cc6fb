"""Is what a provider has what was asked for? Its title and its artist decide, and the one that fits less well decides most."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from unidecode import unidecode

from facts.naming import match_key, sort_key

_SPECIAL_TITLES = frozenset({"unknown", "unknown album", "unknown title", "unknown track"}) | {
    f"[{word}]" for word in ("unknown", "unknown album", "untitled", "no title", "data track", "silence")
}
_SPECIAL_ARTISTS = frozenset({"[unknown]", "unknown artist", "unknown", "[no artist]", "[data]", "[dialogue]"})
# Neither "live" nor "version" by themselves: "(Live)" and "(Taylor's Version)" are other recordings.
_EDITION = re.compile(
    r"\b(?:deluxe|edition|expanded|anniversary|bonus|remaster\w*|re-?issue\w*)\b|^(?:explicit|clean|mono|stereo)(?: version)?$"
)
_BRACKETS = {")": "(", "]": "["}
_DASHES = (" - ", " – ", " — ")


class Likeness(IntEnum):
    """In what respect two names are the same."""

    OTHER = 0
    EDITION = 1
    """Titles of one record, as far as titles can tell."""
    PART = 2
    """One of several artists."""
    ACCENTS = 3
    SAME = 4


_ASIDE = {
    Likeness.OTHER: ", but another one",
    Likeness.EDITION: ", words of an edition aside",
    Likeness.PART: ", one of several",
    Likeness.ACCENTS: ", accents aside",
    Likeness.SAME: "",
}


@dataclass(frozen=True, slots=True)
class Match:
    """How well a title and its artist are those asked for."""

    title: Likeness
    artist: Likeness

    @property
    def weaker(self) -> Likeness:
        return min(self.title, self.artist)

    def in_words(self) -> tuple[str, str]:
        """What the match rests on."""
        return f"title{_ASIDE[self.title]}", f"artist{_ASIDE[self.artist]}"


def is_special(title: str, artist: str) -> bool:
    """Whether one of the two stands for nothing in particular, as "[unknown]" does; neither is ever sent to a provider."""
    title_key, artist_key = match_key(title), match_key(artist)
    return not title_key or not artist_key or title_key in _SPECIAL_TITLES or artist_key in _SPECIAL_ARTISTS


def compare_titles(asked: str, given: str) -> Likeness:
    """SAME, ACCENTS, EDITION or OTHER."""
    likeness = _compare(asked, given)
    if likeness is Likeness.OTHER and given and _compare(without_edition(asked), without_edition(given)):
        return Likeness.EDITION
    return likeness


def compare_artists(asked: str, whole: Sequence[str], members: Sequence[str]) -> Likeness:
    """SAME, ACCENTS, PART or OTHER: `whole` are ways to write all who are credited, `members` name each of them."""
    likeness = max((_compare(asked, each) for each in whole), default=Likeness.OTHER)
    if likeness is Likeness.OTHER and any(_compare(asked, each) for each in members):
        return Likeness.PART
    return likeness


def without_edition(title: str) -> str:
    """The title without what is said of an edition at its end: "Kid A (Deluxe Edition) - Remastered 2011" is "Kid A"."""
    while True:
        rest, said = _split_end(title.strip())
        if not rest or not _EDITION.search(unidecode(said).casefold()):
            return title
        title = rest


def _compare(asked: str, given: str) -> Likeness:
    if not asked or not given:
        return Likeness.OTHER
    if match_key(asked) == match_key(given):
        return Likeness.SAME
    return Likeness.ACCENTS if sort_key(asked) == sort_key(given) else Likeness.OTHER


def _split_end(title: str) -> tuple[str, str]:
    """What stands before the last brackets, or the last dash with blanks around it, and what stands in them or behind it."""
    opening = _BRACKETS.get(title[-1:])
    if opening:
        rest, _, said = title[:-1].rpartition(opening)
        return rest.rstrip(), said.strip()
    dash = max(_DASHES, key=title.rfind)
    rest, _, said = title.rpartition(dash)
    return rest.rstrip(), said.strip()
