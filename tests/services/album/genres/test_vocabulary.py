"""services/album/genres/vocabulary.py and the words beside it."""

from collections import Counter

import pytest

from services.album.genres.vocabulary import _lines, _list_words, genre_key, load_vocabulary

KNOWN = load_vocabulary()


SPELLINGS = {
    "hip hop": ("hip hop", "Hip-Hop", "HIPHOP", "hip  hop", "Rap", "Hip-Hop/Rap"),
    "r&b": ("R&B", "rnb", "r'n'b", "R and B", "R & B"),
    "drum and bass": ("Drum & Bass", "drum n bass", "Drum'n'Bass", "drumnbass", "dnb", "D&B"),
    "rock and roll": ("rock 'n' roll", "Rock & Roll", "rocknroll", "Rock'n'Roll"),
    "variété française": ("Variété Française", "variete francaise", "VARIE\u0301TE\u0301 FRANC\u0327AISE"),
    "electronic": ("electronic music", "Électronique"),
    "electronica": ("Electronica",),
    "afrobeat": ("Afro-Beat",),
    "afrobeats": ("afrobeats",),
    "synth-pop": ("synthpop", "Synth Pop"),
    "lo-fi": ("lofi", "Lo-Fi"),
    "nu metal": ("Nü-Metal", "nu metal"),
    "oi!": ("oi",),
    "soundtrack": ("OST", "Original Soundtrack"),
    "psytrance": ("psychedelic trance",),
    "classical": ("Musique classique", "Klassik"),
}
NO_GENRES = (
    *(
        "",
        "seen live",
        "Favourites",
        "albums I own",
        "awesome",
        "female vocalists",
        "british",
        "live",
        "10/10",
        "Radiohead",
        "???",
    ),
    *("1997", "1990s", "90s", "80er", "early 90s", "années 80", "2010s", "00s"),
    *("my rock", "rock music i like", "<b>rock</b>", "DROP TABLE", "rock " * 50),
)


@pytest.mark.parametrize(("shown", "written"), [(shown, each) for shown, spellings in SPELLINGS.items() for each in spellings])
def test_a_spelling_is_known_by_the_name_that_is_shown(shown, written):
    assert KNOWN.name_of(written) == shown


@pytest.mark.parametrize("word", NO_GENRES)
def test_what_is_no_genre_has_no_name(word):
    assert KNOWN.name_of(word) == ""


def test_the_list_is_long_enough_to_be_useful_and_every_genre_in_it_is_shown_as_it_stands():
    names = list(_list_words("whitelist.txt"))

    assert len(names) > 400
    assert [name for name in names if KNOWN.name_of(name) != name] == []
    assert [name for name, times in Counter(map(genre_key, names)).items() if times > 1] == []
    assert [name for name in names if name != name.lower()] == []


def test_every_alias_leads_to_a_genre_of_the_list_and_stands_once():
    words = [genre_key(line.partition("=")[0]) for line in _lines("aliases.txt")]

    assert [name for name in KNOWN.aliases.values() if name not in KNOWN.genres.values()] == []
    assert [word for word, times in Counter(words).items() if times > 1] == []
    assert set(words).isdisjoint(KNOWN.genres), "a genre of its own is no alias"


def test_nothing_that_is_ignored_is_a_genre_or_an_alias():
    assert KNOWN.ignored.isdisjoint(KNOWN.genres)
    assert KNOWN.ignored.isdisjoint(KNOWN.aliases)
