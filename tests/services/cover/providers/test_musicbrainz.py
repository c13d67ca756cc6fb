"""services/cover/providers/musicbrainz.py: what is read of releases and artists."""

import pytest

from services.cover.providers.musicbrainz import Artwork, parse_artwork, parse_deezer_id

GROUP = "ec18a37d-66f3-54ac-8eb4-e0bffb8b3c1f"


def link(address: object, **said: object) -> dict[str, object]:
    return {"type": "free streaming", "url": {"resource": address}, **said}


@pytest.mark.parametrize(
    ("said", "has_front"),
    [
        ({"artwork": True, "front": True}, True),
        ({"artwork": True, "front": False, "back": True}, False),
        ({"artwork": False}, False),
        ({"artwork": True, "front": True, "darkened": True}, False),
        ({}, True),
        (None, True),
        ({"artwork": 0, "front": "no"}, True),
    ],
)
def test_only_a_plain_no_is_believed(said, has_front):
    node = {"cover-art-archive": said, "release-group": {"id": GROUP.upper()}}

    assert parse_artwork(node) == Artwork(has_front, GROUP)


def test_a_group_that_is_no_id_is_not_known():
    assert parse_artwork({"release-group": {"id": "../x"}}).group_mbid == ""


@pytest.mark.parametrize(
    ("relations", "number"),
    [
        ([link("https://www.deezer.com/artist/399")], "399"),
        ([link("https://www.deezer.com/en/artist/399"), link("http://deezer.com/artist/399/")], "399"),
        ([link("https://www.deezer.com/artist/399"), link("https://www.deezer.com/artist/400")], ""),
        ([link("https://www.deezer.com/artist/399", ended=True)], ""),
        ([link("https://www.deezer.com/artist/399", type="purchase for download")], ""),
        ([link("https://www.deezer.com/album/399")], ""),
        ([link("https://evil.example/https://www.deezer.com/artist/399")], ""),
        ([link("https://www.deezer.com/artist/٣")], ""),
        ([link(None), 3], ""),
    ],
)
def test_the_one_current_link_names_the_artist(relations, number):
    assert parse_deezer_id({"relations": relations}) == number
