"""Do two titles name the same record? Case, accents, punctuation and the words of an edition do not count."""

import re
from collections.abc import Iterable

from unidecode import unidecode

from facts.naming import MAX_NAME, match_key

# What stands at the end in brackets, or behind a dash with blanks around it.
_SUFFIX = re.compile(r"(?P<rest>.*\S)\s*(?:[(\[](?P<bracketed>[^()\[\]]*)[)\]]|\s[-–—]\s(?P<dashed>.*))\s*", re.DOTALL)
# No "version" and no "live" by themselves: "(Taylor's Version)" and "(Live)" are other recordings, often on other labels.
_EDITION = re.compile(
    r"\b(?:deluxe|edition|edicion|remaster(?:ed|s)?|re-?issued?|expanded|extended(?! (?:play|mix))|anniversary"
    r"|bonus (?:tracks?|discs?|version))\b|^\s*(?:explicit|clean|mono|stereo)(?: version| mix)?\s*$"
)
# Titles that half of all artists have used: sharing one proves nothing.
_GENERIC = re.compile(
    r"(?:the)?(?:greatesthits|hits|(?:very)?bestof|essentials?|collection|anthology|singles|album|demos?|ep|live|remixes|debut"
    r"|selftitled|untitled)"
)


def title_key(title: str) -> str:
    """What all editions of a record have in common: "Kid A (Deluxe Edition)" and "kid a - Remastered 2011" are "kida"."""
    record = _without_editions(match_key(title[:MAX_NAME]))  # before unidecode, which leaves nothing of a title in emoji
    return _squeeze(unidecode(record).casefold()) or record


def same_title(one: str, other: str) -> bool:
    """Whether both are editions of one record, as far as titles can tell."""
    return title_key(one) == title_key(other)


def telling_keys(titles: Iterable[str], artist_name: str) -> frozenset[str]:
    """The `title_key`s that can tell namesakes apart: neither the artist's own name, which all of them may have used for a
    record, nor what everybody calls one.
    """
    keys = frozenset(map(title_key, titles)) - {title_key(artist_name), ""}
    return frozenset(key for key in keys if not _GENERIC.fullmatch(key))


def _without_editions(title: str) -> str:
    while (match := _SUFFIX.fullmatch(title)) and _EDITION.search(unidecode(match["bracketed"] or match["dashed"] or "")):
        title = match["rest"]
    return title


def _squeeze(title: str) -> str:
    return "".join(letter for letter in title.replace("&", " and ") if letter.isalnum())
