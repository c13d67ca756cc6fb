"""services/album/providers/naming.py: when a title and an artist are those asked for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.album.providers.naming import Likeness, Match, compare_artists, compare_titles, is_special, without_edition


@pytest.mark.parametrize(
    ("asked", "given_title", "likeness"),
    [
        ("OK Computer", "ok  computer", Likeness.SAME),
        ("Jóga", "Jo\u0301ga", Likeness.SAME),
        ("Joga", "Jóga", Likeness.ACCENTS),
        ("Sgt. Pepper's", "Sgt. Pepper’s", Likeness.ACCENTS),
        ("Kid A", "Kid A (Deluxe Edition)", Likeness.EDITION),
        ("Kid A", "Kid A - Remastered 2011", Likeness.EDITION),
        ("Kid A", "Kid A [2009 Reissue] (Expanded)", Likeness.EDITION),
        ("Kid A (Deluxe)", "Kid A – 20th Anniversary Edition", Likeness.EDITION),
        ("Sueños", "Suenos (Remaster)", Likeness.EDITION),
        ("Pet Sounds", "Pet Sounds (Mono)", Likeness.EDITION),
        ("Kid A", "Kid A (Live)", Likeness.OTHER),
        ("Kid A", "Kid A (Radiohead's Version)", Likeness.OTHER),
        ("Red", "Red (Taylor's Version)", Likeness.OTHER),
        ("Pet Sounds", "Pet Sounds (Live in Stereo)", Likeness.OTHER),
        ("Kid A", "Kid A Mnesia", Likeness.OTHER),
        ("Deluxe", "Kid A (Deluxe)", Likeness.OTHER),
        ("(Remastered)", "(Deluxe)", Likeness.OTHER),
        ("", "", Likeness.OTHER),
        ("♥", "♥", Likeness.SAME),
        ("♥", "★", Likeness.OTHER),
        ("!!!", "???", Likeness.OTHER),
    ],
)
def test_titles_are_compared_by_what_they_have_in_common(asked, given_title, likeness):
    assert compare_titles(asked, given_title) is likeness


@pytest.mark.parametrize(
    ("asked", "likeness"),
    [
        ("queen & david bowie", Likeness.SAME),
        ("Quéen & David Bowie", Likeness.ACCENTS),
        ("David Bowie", Likeness.PART),
        ("Bowie", Likeness.OTHER),
        ("", Likeness.OTHER),
    ],
)
def test_an_artist_may_be_one_of_several(asked, likeness):
    assert compare_artists(asked, ["Queen & David Bowie"], ["Queen", "David Bowie"]) is likeness


def test_the_weaker_of_title_and_artist_decides_and_both_are_told():
    match = Match(Likeness.EDITION, Likeness.ACCENTS)

    assert match.weaker is Likeness.EDITION
    assert match.in_words() == ("title, words of an edition aside", "artist, accents aside")


@pytest.mark.parametrize(
    ("title", "artist"), [("[unknown]", "X"), ("Unknown Album", "X"), ("X", "[Unknown]"), ("", "X"), ("X", " ")]
)
def test_what_stands_for_nothing_is_special(title, artist):
    assert is_special(title, artist)


@pytest.mark.parametrize(("title", "artist"), [("Unknown Pleasures", "Joy Division"), ("Jazz", "Various Artists")])
def test_what_only_sounds_like_it_is_not(title, artist):
    assert not is_special(title, artist)


@settings(max_examples=50)
@given(st.text(st.sampled_from("ab ()[]-–—") | st.characters(), max_size=60))
def test_any_title_without_its_edition_is_a_beginning_of_it(title):
    rest = without_edition(title)

    assert title.strip().startswith(rest.strip())
    assert compare_titles(title, title) is (Likeness.SAME if title else Likeness.OTHER)


def test_a_title_of_nothing_but_editions_takes_no_time():
    assert without_edition("x" + " (Deluxe" * 2000 + ")" * 2000)
    assert without_edition("x" + " - Remaster" * 2000) == "x"
