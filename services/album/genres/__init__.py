"""Which genres is an album of? Tags, directory and files say words; shown are those that everybody calls a genre.

Three stages, the surest first: what Last.fm's users call the album, how MusicBrainz files it, how the music's own files do. The
first that yields a genre decides; a later one that says the same speaks for it too, and adds none of its own.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from facts.values import Tag
from services.album.domain import Genre
from services.album.genres.vocabulary import genre_key, load_vocabulary

MOST_GENRES = 5
LEAST_WEIGHT = 10
HEAVIEST = 100

_STEP = 10
_SEVERAL = re.compile(r"[;/,|\\\0]")
_LONGEST_WORD = 60
_NO_FILES: Mapping[str, int] = MappingProxyType({})


def resolve_genres(
    *,
    album_tags: Iterable[Tag] = (),
    musicbrainz: Sequence[str] = (),
    files: Mapping[str, int] = _NO_FILES,
    own_names: Collection[str] = (),
) -> tuple[Genre, ...]:
    """At most five genres, the heaviest first; none where nobody says one.

    `musicbrainz` are its genres, most voted first; `files` how many files say which genre; `own_names` the album's and its
    artist's: they are no genre here, even where there is one of the name.
    """
    find = _finder(own_names)
    stages = (
        ("album_tags", _gather(_said_by_tags(album_tags), find)),
        ("musicbrainz", _gather(_said_by_musicbrainz(musicbrainz, find), find)),
        ("files", _gather(_said_by_files(files, find), find)),
    )
    for place, (stage, found) in enumerate(stages):
        shown = sorted((-genre.weight, name) for name, genre in found.items() if genre.weight >= LEAST_WEIGHT)[:MOST_GENRES]
        if shown:
            proofs = [others for _, others in stages[place:]]
            return tuple(Genre(name, -weight, stage, _proofs_of(name, proofs)) for weight, name in shown)
    return ()


_Find = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class _Word:
    """Somebody's word for a genre."""

    weight: int
    source: str
    text: str
    count: int | None = None

    @property
    def proof(self) -> str:
        said = " ".join(self.text.split())[:_LONGEST_WORD]
        return f"{self.source}: {said}" + ("" if self.count is None else f" ({self.count})")


@dataclass(frozen=True, slots=True)
class _Heard:
    """What one stage says of a genre, under all the names it was called."""

    weight: int
    read_from: tuple[str, ...]


def _proofs_of(name: str, stages: Iterable[Mapping[str, _Heard]]) -> tuple[str, ...]:
    return tuple(proof for heard in stages if name in heard for proof in heard[name].read_from)


def _finder(own_names: Collection[str]) -> _Find:
    vocabulary = load_vocabulary()
    own = frozenset(filter(None, map(genre_key, own_names)))

    def find(word: str) -> str:
        name = vocabulary.name_of(word)
        return "" if not name or genre_key(word) in own or genre_key(name) in own else name

    return find


def _gather(words: Iterable[_Word], find: _Find) -> Mapping[str, _Heard]:
    """By the name that is shown; a genre weighs as much as its heaviest word, since one person may use two."""
    found: dict[str, list[_Word]] = {}
    for word in sorted(words, key=lambda word: (-word.weight, word.proof)):
        if name := find(word.text):
            found.setdefault(name, []).append(word)
    return {
        name: _Heard(min(said[0].weight, HEAVIEST), tuple(dict.fromkeys(word.proof for word in said)))
        for name, said in found.items()
    }


def _said_by_tags(tags: Iterable[Tag]) -> list[_Word]:
    return [_Word(tag.weight, "lastfm", tag.name, tag.weight) for tag in tags]


def _said_by_musicbrainz(names: Iterable[str], find: _Find) -> list[_Word]:
    """It says no votes here, only whose are more: each genre weighs ten less than the one before."""
    places = {name: place for place, name in enumerate(dict.fromkeys(filter(None, map(find, names))))}
    return [_Word(max(LEAST_WEIGHT, HEAVIEST - _STEP * places[find(name)]), "musicbrainz", name) for name in names if find(name)]


def _said_by_files(files: Mapping[str, int], find: _Find) -> list[_Word]:
    """Weighed by the genre that most files say, whatever its spelling. "Rock/Pop" is two words, where it is not one."""
    counts: Counter[str] = Counter()
    for said, count in files.items():
        words = (said,) if find(said) else _SEVERAL.split(said)
        counts.update({word.strip(): max(0, count) for word in words if find(word)})
    totals: Counter[str] = Counter()
    for word, count in counts.items():
        totals[find(word)] += count
    most = max(totals.values(), default=0)
    return [_Word(round(HEAVIEST * totals[find(word)] / most), "files", word, count) for word, count in counts.items() if count]
