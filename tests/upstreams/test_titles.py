"""upstreams/titles.py: when two titles name one record."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upstreams.titles import same_title, telling_keys, title_key

_AT_ONCE = 5.0  # seconds of the processor; a reading that backtracks without end takes minutes


@pytest.mark.parametrize(
    "edition",
    [
        "kid a",
        " Kid  A ",
        "Kid A (Deluxe Edition)",
        "Kid A (Special Collectors Edition)",
        "Kid A [Remastered]",
        "Kid A (2009 Remaster)",
        "Kid A - Remastered 2011",
        "Kid A – Remastered",
        "Kid A — 25th Anniversary Edition",
        "Kid A (Remastered) [Expanded Edition]",
        "Kid A (Deluxe) - Remastered",
        "Kid A (Explicit)",
        "Kid A - Mono Version",
        "Kid A (Extended)",
        "Kid A (Reissue)",
        "Kid A (Edición especial)",
        "Kid A!",
        "KID A",
    ],
)
def test_an_edition_has_the_title_of_its_record(edition):
    assert same_title("Kid A", edition)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1989", "1989 (Taylor's Version)"),
        ("Unplugged", "Unplugged (Live)"),
        ("Hail to the Thief", "Hail to the Thief (Live Recordings 2003-2009)"),
        ("Greatest Hits", "Greatest Hits II"),
        ("Led Zeppelin", "Led Zeppelin II"),
        ("Drukqs", "Drukqs (Extended Play)"),
        ("Love", "Love (Stereo Hearts)"),
        ("Kid A", "Kid Amnesiac"),
        ("!!!", "???"),
        ("=", "÷"),
        ("🖤", "😈"),
        ("🖤 (Deluxe Edition)", "😈 (Deluxe Edition)"),
    ],
)
def test_what_is_another_record_has_another_title(one, other):
    assert not same_title(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("Ágætis byrjun", "Agaetis Byrjun"), ("Guns & Roses", "Guns and Roses"), ("Thr!!!er", "threr")]
)
def test_accents_ampersands_and_punctuation_do_not_count(one, other):
    assert same_title(one, other)


@pytest.mark.parametrize("title", ["(Deluxe Edition)", "Remastered", "!!!", "?", "夜の郵便", "🖤", "- Remastered"])
def test_a_title_that_is_nothing_but_an_edition_or_marks_keeps_a_key(title):
    assert title_key(title)


def test_own_names_and_what_everybody_calls_a_record_tell_nobody_apart():
    titles = ["Queen", "Queen (Deluxe Edition)", "The Best Of", "Greatest Hits (Remastered)", "Live", "", "The Game"]

    assert telling_keys(titles, "Queen") == {"thegame"}


@pytest.mark.parametrize("piece", ["(", ")", " ", " - ", "(deluxe) ", "[", "a (", "( - "])
def test_a_title_of_any_length_is_read_at_once(piece):
    began = time.process_time()

    title_key(piece * 100_000)

    assert time.process_time() - began < _AT_ONCE


@given(st.text(max_size=60))
def test_every_title_is_the_same_as_itself_and_its_deluxe_edition_as_far_as_it_has_letters(title):
    assert same_title(title, title)
    if any(letter.isalnum() for letter in title_key(title)):
        assert same_title(title, f"{title} (Deluxe Edition)")
