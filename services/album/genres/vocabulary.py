"""Which words are genres, which are others' names for them, and which say nothing of one?"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_WORDS = Path(__file__).parent / "words"
_TIME = re.compile(r"(?:1[5-9]|20)\d\d(?:s|er)?|\d0(?:s|er|ies)|(?:early|mid|late|theearly|themid|thelate|the|annees)\d{2,4}s?")
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`genres` and `aliases` lead from the key of a word to the name that is shown; `ignored` are keys."""

    genres: Mapping[str, str]
    aliases: Mapping[str, str]
    ignored: frozenset[str]

    def name_of(self, word: str) -> str:
        """The name under which a genre is shown; empty for what is none: aliases first, then what is ignored, then genres."""
        key = genre_key(word)
        key = genre_key(self.aliases.get(key, key))
        return "" if key in self.ignored or _TIME.fullmatch(key) else self.genres.get(key, "")


@cache
def load_vocabulary() -> Vocabulary:
    """Read from its files when it is first needed."""
    genres = {genre_key(name): name for name in _list_words("whitelist.txt")}
    pairs = (line.partition("=") for line in _lines("aliases.txt"))
    aliases = {genre_key(word): name.strip() for word, _, name in pairs}
    return Vocabulary(genres, aliases, frozenset(map(genre_key, _list_words("ignored.txt"))))


def genre_key(word: str) -> str:
    """What all spellings of a genre have in common: letters and digits, small and bare. "Drum 'n' Bass" is "drum & bass"."""
    bare = unicodedata.normalize("NFKD", word[:_LONGEST].casefold())
    letters = (" and " if each == "&" else each if each.isalnum() else " " for each in bare if not unicodedata.combining(each))
    return "".join("and" if part == "n" else part for part in "".join(letters).split())


def _list_words(file: str) -> Iterator[str]:
    return (word.strip() for line in _lines(file) for word in line.split(",") if word.strip())


def _lines(file: str) -> Iterator[str]:
    lines = (_WORDS / file).read_text("utf-8").splitlines()
    return (line for line in lines if line and not line.startswith("#"))
