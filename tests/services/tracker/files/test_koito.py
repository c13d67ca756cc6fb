"""Koito's export."""

import json
from typing import Any

import pytest

from services.tracker.domain import Mbids, Play, Title
from tests.services.tracker.files.uploads import ALBUM_ID, ARTIST_ID, TRACK_ID, kind_of, only_play, only_reject, plays, read

LISTEN: dict[str, Any] = {
    "listened_at": "2025-03-17T03:16:50Z",
    "client": "test client",
    "track": {"mbid": TRACK_ID, "duration": 218, "aliases": [{"alias": "GIRI GIRI", "source": "Canonical", "is_primary": True}]},
    "album": {
        "image_url": "https://img.test/front",
        "mbid": ALBUM_ID,
        "aliases": [
            {"alias": "Giri Giri (single)", "source": "x", "is_primary": False},
            {"alias": "GIRI GIRI!", "is_primary": True},
        ],
        "various_artists": False,
    },
    "artists": [
        {
            "image_url": "",
            "mbid": ARTIST_ID,
            "is_primary": False,
            "aliases": [{"alias": "Masayuki Suzuki", "is_primary": False}, {"alias": "鈴木雅之", "is_primary": True}],
        }
    ],
}
GUEST = {"mbid": None, "is_primary": False, "aliases": [{"alias": "すぅ", "source": "Canonical", "is_primary": True}]}


def export(*listens, indent=None):
    content = {"version": "1", "exported_at": "2025-06-18T12:56:53Z", "user": "gabe", "listens": listens}
    return json.dumps(content, indent=indent, ensure_ascii=False)


@pytest.mark.parametrize("indent", [None, 2])
def test_a_listen_is_read_by_its_primary_names(indent):
    written = export(LISTEN, indent=indent)

    recognised = kind_of(written)

    assert (recognised.kind, recognised.account) == ("koito_json", "gabe")
    assert plays(written) == [
        Play(
            1742181410,
            Title("鈴木雅之", "GIRI GIRI", "GIRI GIRI!"),
            Mbids(ARTIST_ID, TRACK_ID, ALBUM_ID),
            "https://img.test/front",
        )
    ]


def test_several_artists_are_joined_the_primary_one_first_and_their_credit_has_no_id():
    listen = {**LISTEN, "artists": [GUEST, {**LISTEN["artists"][0], "is_primary": True}]}

    play = only_play(export(listen))

    assert (play.title.artist, play.mbids.artist) == ("鈴木雅之, すぅ", "")


def test_without_a_primary_name_the_first_counts():
    listen = {**LISTEN, "track": {"aliases": [{"alias": "First"}, {"alias": "Second"}]}}

    assert only_play(export(listen)).title.track == "First"


@pytest.mark.parametrize("album", [None, {}, {"aliases": None}, {"aliases": [], "image_url": 5, "mbid": 7}, "x"])
def test_an_album_may_be_missing(album):
    assert only_play(export({**LISTEN, "album": album})).title.album == ""


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"artists": None}, "has no artist"),
        ({"artists": ["x"]}, "has no artist"),
        ({"track": {"aliases": None}}, "has no track"),
        ({"listened_at": "2025-03-17T03:16:50"}, "has no time"),
        ({"listened_at": None}, "has no time"),
    ],
)
def test_a_listen_that_lacks_something_says_what(changes, reason):
    assert only_reject(export(LISTEN, {**LISTEN, **changes})).reason.startswith(reason)


def test_a_time_keeps_its_zone():
    assert only_play(export({**LISTEN, "listened_at": "2025-03-17T05:16:50.5+02:00"})).uts == 1742181410


def test_an_export_without_listens_is_recognised_and_empty():
    assert read(export()) == []
