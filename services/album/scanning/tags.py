"""What may a file be believed to say? The answer of its reader is checked here: the file it read may have taken it over."""

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from facts.naming import MAX_NAME, clean_name, is_uuid, match_key
from services.album.scanning.wire import IDS, MOST_VALUES, TEXTS

# What turns the direction of writing shows one name as another.
_TURNS: Final = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"))
_SPACES: Final = dict.fromkeys(map(ord, "\t\n\r\v\f\x85"), " ")
_NUMBER: Final = re.compile(r"\s*(\d{1,4})(?!\d)", re.ASCII)
_DATE: Final = re.compile(r"\s*(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_IDS: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOST_GENRE_LETTERS: Final = 100
_MOST_KEY_BYTES: Final = 2000
"""Of what a name is found by: PostgreSQL's indexes take 2,700, and an artist's id goes with it."""
_SURE_TO_FIT: Final = 300
_LONGEST: Final = 7 * 24 * 3600 * 1000
PICTURES: Final = ("none", "front", "other")


class Unreadable(Exception):
    """The file cannot be indexed; `str(error)` is the reason, in one plain sentence.

    `may_pass`: it may be the machine's fault rather than the file's, and is worth another look.
    """

    def __init__(self, reason: str, *, may_pass: bool = False) -> None:
        super().__init__(reason)
        self.may_pass = may_pass


@dataclass(frozen=True, slots=True)
class Tags:
    """What one file says of itself; what it does not say is empty or None. Ids are MusicBrainz'."""

    title: str
    artists: tuple[str, ...]
    album: str
    album_artists: tuple[str, ...]
    track: int | None
    disc: int | None
    released: str | None
    """YYYY, YYYY-MM or YYYY-MM-DD."""
    genres: tuple[str, ...]
    is_compilation: bool
    recording_mbid: str
    release_mbid: str
    release_group_mbid: str
    artist_mbids: tuple[str, ...]
    album_artist_mbids: tuple[str, ...]
    duration_ms: int | None
    picture: str
    """One of PICTURES: whether there is one in the file, and of what."""

    def digest(self) -> str:
        """The same for the same tags."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:32]


def parse_answer(answer: bytes) -> Tags:
    """Raises Unreadable for a problem that the reader tells of, and for whatever no honest reader answers."""
    try:
        said: Any = json.loads(answer)
    except (ValueError, RecursionError):
        said = None
    if isinstance(said, dict) and said.keys() == {"problem"}:
        problem = str(said["problem"])
        raise Unreadable(_PROBLEMS.get(problem, _NONSENSE), may_pass=problem in _MAY_PASS)
    if not isinstance(said, dict) or said.keys() != {*TEXTS, *IDS, "duration_ms", "picture"}:
        raise Unreadable(_NONSENSE)
    texts = {name: said[name] for name in (*TEXTS, *IDS)}
    length, picture = said["duration_ms"], said["picture"]
    if not all(_is_texts(values) for values in texts.values()) or type(length) is not int or picture not in PICTURES:
        raise Unreadable(_NONSENSE)
    return _tags(texts, length, picture)


def clean_text(text: str) -> str:
    """As a name that may be stored and shown: no control characters, no lone surrogates, at most 500 characters."""
    if not text.isprintable():
        spaced = text.translate(_SPACES).translate(_TURNS)
        text = "".join(letter for letter in spaced if unicodedata.category(letter) not in ("Cc", "Cs"))
    clean = clean_name(text)
    if len(clean) > MAX_NAME:
        clean = clean_name(clean[:MAX_NAME])
    if len(clean) <= _SURE_TO_FIT:
        return clean
    if len(clean) > MAX_NAME or len(match_key(clean).encode()) > _MOST_KEY_BYTES:
        clean = clean_name(clean[:_SURE_TO_FIT])
    return clean


def _tags(texts: dict[str, list[str]], length: int, picture: str) -> Tags:
    return Tags(
        title=_first(texts["title"]),
        artists=_cleaned(texts["artist"]),
        album=_first(texts["album"]),
        album_artists=_cleaned(texts["album_artist"]),
        track=_number(texts["track"]),
        disc=_number(texts["disc"]),
        released=next(filter(None, map(_date, texts["date"])), None),
        genres=_genres(texts["genre"]),
        is_compilation=any(text.strip().lower() in ("1", "true", "yes") for text in texts["compilation"]),
        recording_mbid=next(iter(_ids(texts["recording"])), ""),
        release_mbid=next(iter(_ids(texts["release"])), ""),
        release_group_mbid=next(iter(_ids(texts["release_group"])), ""),
        artist_mbids=_ids(texts["artist_id"]),
        album_artist_mbids=_ids(texts["album_artist_id"]),
        duration_ms=length if 0 < length <= _LONGEST else None,
        picture=picture,
    )


def _is_texts(values: Any) -> bool:
    return isinstance(values, list) and len(values) <= MOST_VALUES and all(isinstance(value, str) for value in values)


def _first(values: list[str]) -> str:
    return next(iter(_cleaned(values)), "")


def _cleaned(values: list[str]) -> tuple[str, ...]:
    """The values, each once. Some containers keep several in one text, with a NUL between them."""
    parts = (clean_text(part) for value in values for part in value.split("\0"))
    return tuple(dict.fromkeys(part for part in parts if part))


def _genres(values: list[str]) -> tuple[str, ...]:
    parts = _cleaned([part for value in values for part in value.split(";")])
    return tuple(part[:_MOST_GENRE_LETTERS].strip() for part in parts if part != "Unknown")[:MOST_VALUES]


def _number(values: list[str]) -> int | None:
    """Of `3/12` the 3; zero is none."""
    found = _NUMBER.match(values[0]) if values else None
    return (int(found[1]) or None) if found else None


def _date(text: str) -> str | None:
    """As much of it as can be a date."""
    found = _DATE.match(text)
    if not found or int(found[1]) < 1000:  # noqa: PLR2004 - 0000 and 0001 are how programs write that they do not know
        return None
    year, month, day = found.groups()
    if not month or not 1 <= int(month) <= 12:  # noqa: PLR2004 - months
        return str(year)
    try:
        return date(int(year), int(month), int(day or 0)).isoformat()
    except ValueError:
        return f"{year}-{month}"


def _ids(values: list[str]) -> tuple[str, ...]:
    """Several may stand in one text, with a slash, a semicolon or a space between them."""
    found = (each for value in values for each in _IDS.findall(value.lower()))
    return tuple(dict.fromkeys(each for each in found if is_uuid(each)))


_NONSENSE: Final = "Its tags made no sense when they were read."
_PROBLEMS: Final = {
    "damaged": "It is damaged, or not what its name says: neither tags nor sound can be made out.",
    "memory": "Reading its tags takes more memory than a file is given.",
    "disk": "Its disk failed while its tags were read.",
}
_MAY_PASS: Final = ("memory", "disk")
