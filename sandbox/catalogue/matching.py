"""How well does a name fit an artist, as a text index sees it?"""

import re

from unidecode import unidecode

from sandbox.catalogue.model import Artist

EXACT, ALIAS, LOOSE, WORDS = 100, 96, 92, 60


def score_name(asked: str, artist: Artist) -> int:
    """Scores 0 to 100: the name itself, an alias, either without accents and punctuation, then shared words."""
    if fold(asked) == fold(artist.name):
        return EXACT
    if fold(asked) in map(fold, artist.aliases):
        return ALIAS
    if loosen(asked) and loosen(asked) in {loosen(name) for name in (artist.name, *artist.aliases)}:
        return LOOSE
    return _score_words(asked, artist)


def score_phrase(asked: str, text: str) -> int:
    """Scores 0 to 100 as a search for a phrase does: the text itself, or one that holds all of its words."""
    if fold(asked) == fold(text):
        return EXACT
    if loosen(asked) and loosen(asked) == loosen(text):
        return LOOSE
    wanted, words = _list_words(asked), _list_words(text)
    return WORDS * len(wanted) // len(words) if wanted and wanted <= words else 0


def fold(name: str) -> str:
    """Takes away case and surplus blanks."""
    return " ".join(name.split()).casefold()


def loosen(name: str) -> str:
    """Takes away accents, punctuation and blanks as well; may leave nothing, as of "!!!"."""
    return "".join(letter for letter in unidecode(name).casefold() if letter.isalnum())


def _list_words(text: str) -> set[str]:
    return set(re.findall(r"\w+", unidecode(text).casefold()))


def _score_words(asked: str, artist: Artist) -> int:
    wanted = set(unidecode(asked).casefold().replace(",", " ").split())
    best = 0
    for name in (artist.name, *artist.aliases):
        words = set(unidecode(name).casefold().replace(",", " ").split())
        if wanted and words:
            best = max(best, WORDS * len(wanted & words) // len(wanted | words))
    return best
