"""Maloja: its export, the answers of its API, and what it wrote before its version 3."""

import json
from typing import Any

import pytest

from services.tracker.domain import Play, Title
from tests.services.tracker.files.uploads import kind_of, only_play, only_reject, plays, read

SCROBBLE: dict[str, Any] = {
    "time": 1746434410,
    "track": {
        "artists": ["K/DA", "Jaira Burns"],
        "title": "POP/STARS",
        "album": {"artists": ["K/DA"], "albumtitle": "ALL OUT"},
        "length": None,
    },
    "duration": None,
    "origin": "client:default",
}
PLAY = Play(1746434410, Title("K/DA, Jaira Burns", "POP/STARS", "ALL OUT"))
VARIANTS = {
    "the export": {"maloja": {"export_time": 1748738994}, "scrobbles": [SCROBBLE, SCROBBLE]},
    "an answer of the API": {"status": "ok", "list": [SCROBBLE, SCROBBLE], "pagination": {"page": 0}},
    "only the scrobbles": [SCROBBLE, SCROBBLE],
}


def with_track(**changes):
    return json.dumps([{**SCROBBLE, "track": {**SCROBBLE["track"], **changes}}])


@pytest.mark.parametrize("content", VARIANTS.values(), ids=VARIANTS)
@pytest.mark.parametrize("indent", [None, 3])
def test_every_way_of_keeping_scrobbles_is_read(content, indent):
    written = json.dumps(content, indent=indent)

    assert kind_of(written).kind == "maloja_json"
    assert plays(written) == [PLAY, PLAY]


def test_before_version_3_the_fields_of_the_track_stood_in_the_scrobble():
    row = {"artists": ["K/DA"], "title": "POP/STARS", "album": "ALL OUT", "duration": 200, "time": 1746434410}

    assert plays(json.dumps({"list": [row]})) == [Play(1746434410, Title("K/DA", "POP/STARS", "ALL OUT"))]


@pytest.mark.parametrize(
    ("album", "name"), [(None, ""), ({}, ""), ({"name": "ALL OUT"}, "ALL OUT"), ("ALL OUT", "ALL OUT"), ([], "")]
)
def test_an_album_may_be_missing_or_written_as_older_exports_did(album, name):
    assert only_play(with_track(album=album)).title.album == name


@pytest.mark.parametrize(("artists", "name"), [(["K/DA"], "K/DA"), ("K/DA", "K/DA"), ([None, " ", "K/DA", 5], "K/DA")])
def test_artists_are_joined_without_what_is_no_name(artists, name):
    assert only_play(with_track(artists=artists)).title.artist == name


@pytest.mark.parametrize("artists", [[], None, {}, [None], ""])
def test_a_scrobble_without_artists_is_told(artists):
    assert only_reject(with_track(artists=artists)).reason == "has no artist"


def test_an_export_without_scrobbles_is_recognised_and_empty():
    assert read('{"maloja": {"export_time": 1748738994}, "scrobbles": []}') == []
