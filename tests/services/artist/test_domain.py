"""services/artist/domain.py: names and tags."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.values import MAX_TAGS, Tag, heaviest_tags
from services.artist.domain import ArtistRef, clean_name, is_special_name, match_key

RADIOHEAD = "4Z8W4fKeB5YxbusRsdQVPb"


def test_case_and_unicode_form_do_not_make_two_artists():
    decomposed = "Bjo\u0308rk"

    assert match_key("BJÖRK") == match_key(decomposed)


@pytest.mark.parametrize(("one", "other"), [("Björk", "Bjork"), ("!!!", "..."), ("The The", "The"), ("AC/DC", "AC DC")])
def test_names_that_only_look_alike_stay_apart(one, other):
    assert match_key(one) != match_key(other)


@pytest.mark.parametrize("name", ["[unknown]", "Various Artists", "VARIOUS  ARTISTS", "[traditional]"])
def test_names_of_nobody_are_known_as_such(name):
    assert is_special_name(name)


def test_white_space_around_and_within_a_name_is_tidied_and_nothing_else():
    assert clean_name("  Sigur\t Rós ") == "Sigur Rós"


def test_the_artists_own_name_and_repeated_tags_are_left_out():
    tags = [Tag("Rock", 50), Tag("radiohead", 90), Tag("rock", 70), Tag("", 60), Tag("silent", 0)]

    assert heaviest_tags(tags, "Radiohead") == (Tag("rock", 70),)


@given(st.lists(st.builds(Tag, st.text(max_size=6), st.integers(0, 100)), max_size=40))
def test_tags_are_few_distinct_and_heaviest_first(tags):
    kept = heaviest_tags(tags, "somebody")

    assert len(kept) <= MAX_TAGS
    assert len({match_key(tag.name) for tag in kept}) == len(kept)
    assert [tag.weight for tag in kept] == sorted((tag.weight for tag in kept), reverse=True)


@given(st.text())
def test_a_key_of_a_key_is_the_key(name):
    assert match_key(match_key(name)) == match_key(name)


def test_a_path_id_of_spotifys_shape_is_taken_for_one():
    assert ArtistRef.parse(RADIOHEAD).spotify_id == RADIOHEAD
    assert ArtistRef.parse("7f0e2c5e-9c1b-4a53-8a0e-3d7b0e0f2a11").id is not None
