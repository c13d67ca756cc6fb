"""services/artist/ids.py: what is taken for an id, and what is not."""

import pytest

from services.artist.ids import is_mbid, is_wikidata_id, spotify_id_from_url

RADIOHEAD = "4Z8W4fKeB5YxbusRsdQVPb"


@pytest.mark.parametrize(
    "url",
    [
        f"https://open.spotify.com/artist/{RADIOHEAD}",
        f"https://open.spotify.com/artist/{RADIOHEAD}?si=abc",
        f"https://open.spotify.com/intl-fr/artist/{RADIOHEAD}",
        f"  https://open.spotify.com/artist/{RADIOHEAD}/ ",
    ],
)
def test_a_link_that_people_copy_from_spotify_is_read(url):
    assert spotify_id_from_url(url) == RADIOHEAD


@pytest.mark.parametrize(
    "url",
    [
        "",
        f"https://open.spotify.com/album/{RADIOHEAD}",
        f"https://open.spotify.com.evil.example/artist/{RADIOHEAD}",
        f"https://evil.example/?u=https://open.spotify.com/artist/{RADIOHEAD}",
        "https://open.spotify.com/artist/short",
        f"http://open.spotify.com/artist/{RADIOHEAD}",
    ],
)
def test_a_link_that_is_no_spotify_artist_is_not(url):
    assert spotify_id_from_url(url) is None


@pytest.mark.parametrize("text", ["Q1", "Q44190", "Q999999999999"])
def test_the_number_of_an_item_is_a_wikidata_id(text):
    assert is_wikidata_id(text)


@pytest.mark.parametrize("text", ["", "Q", "Q0", "q44190", "44190", "P2850", "Q٣", "Q44190 ", "Q44190\n", "Q1234567890123"])
def test_anything_else_is_no_wikidata_id(text):
    assert not is_wikidata_id(text)


@pytest.mark.parametrize(
    "text", ["", "a74b1b7f", "A74B1B7F-71A5-4011-9441-D0B5E4122711", "a74b1b7f-71a5-4011-9441-d0b5e4122711\n"]
)
def test_only_a_whole_id_in_small_letters_is_a_musicbrainz_id(text):
    assert not is_mbid(text)
