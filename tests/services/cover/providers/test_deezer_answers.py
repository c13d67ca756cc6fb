"""services/cover/providers/deezer/answers.py: what is made of artists, lists and errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import ProviderFault, ProviderMalformed, ProviderThrottled
from services.cover.providers.deezer.answers import fault_of_refusal, parse_artist, parse_hits, parse_titles

CDN = "https://cdn-images.dzcdn.net/images/artist"
HASH = "97fae13b2b30e4aec2e8c9e0c7839d92"
FULL = {
    "id": 259,
    "name": "Michael Jackson",
    "picture_medium": f"{CDN}/{HASH}/250x250-000000-80-0-0.jpg",
    "picture_xl": f"{CDN}/{HASH}/1000x1000-000000-80-0-0.jpg",
    "nb_album": 43,
    "nb_fan": 12,
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def test_the_largest_picture_is_taken():
    artist = parse_artist(FULL)

    assert (artist.picture, artist.page) == (FULL["picture_xl"], "https://www.deezer.com/artist/259")
    assert parse_artist({**FULL, "picture_xl": None}).picture == FULL["picture_medium"]


@pytest.mark.parametrize("name", ["", "HASH", "0" * 31, "../x"])
def test_a_picture_without_a_name_is_none(name):
    url = f"{CDN}/{name}/1000x1000-000000-80-0-0.jpg"

    assert parse_artist({"id": 1, "name": "x", "picture_xl": url, "picture_big": url}).picture == ""


def test_a_number_of_albums_that_is_not_told_is_not_none():
    assert parse_artist({"id": 1, "name": "x"}).albums == 1
    assert parse_artist({"id": 1, "name": "x", "nb_album": 0}).albums == 0


@pytest.mark.parametrize("node", [{}, {"data": {}}, {"data": None}])
def test_what_is_no_list_is_malformed(node):
    for parse in (parse_hits, parse_titles, parse_artist):
        with pytest.raises(ProviderMalformed):
            parse(node)


def test_errors_mean_what_their_code_says():
    assert fault_of_refusal({"error": {"code": 800}}) is None
    assert type(fault_of_refusal({"error": {"code": 4}})) is ProviderThrottled
    others: list[object] = [{"code": 600}, {"code": "4"}, [], None, "no"]
    for error in others:
        assert type(fault_of_refusal({"error": error})) is ProviderMalformed


@given(JSON)
def test_no_answer_is_a_bug(content):
    assert [each.name for each in parse_hits({"data": [content, FULL]})][-1:] == ["Michael Jackson"]
    parse_titles({"data": [content, {"title": content}]})
    assert fault_of_refusal({"error": content}) is None or isinstance(fault_of_refusal({"error": content}), ProviderFault)
