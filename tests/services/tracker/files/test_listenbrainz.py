"""ListenBrainz: the zip of its export, its older list, and the answers of its API."""

import json
from typing import Any

import pytest

from services.tracker.domain import Mbids, Play, Reject, Title
from tests.services.tracker.files.uploads import (
    ALBUM_ID,
    ARTIST_ID,
    TRACK_ID,
    gzipped,
    kind_of,
    only_play,
    only_reject,
    plays,
    read,
    zipped,
)

OTHER_ID = "91f7a868-d82e-4cfb-9cd9-a2ffd7faac25"
LISTEN: dict[str, Any] = {
    "inserted_at": 1764740348.909054,
    "listened_at": 1764740227,
    "track_metadata": {
        "track_name": "Etched Headplate",
        "artist_name": "Burial",
        "release_name": "Untrue",
        "recording_msid": "2b7b424f-b5f5-4ef2-bd2d-e80834708f02",
        "additional_info": {"duration": 362, "submission_client": "Web Scrobbler"},
        "mbid_mapping": {
            "recording_mbid": TRACK_ID,
            "release_mbid": ALBUM_ID,
            "artist_mbids": [ARTIST_ID],
            "caa_id": 41334538769,
        },
    },
}
PLAY = Play(1764740227, Title("Burial", "Etched Headplate", "Untrue"), Mbids(ARTIST_ID, TRACK_ID, ALBUM_ID))


def listen(**track):
    return {**LISTEN, "track_metadata": {**LISTEN["track_metadata"], **track}}


def jsonl(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


VARIANTS = {
    "a listen on each line": jsonl(LISTEN, LISTEN),
    "a list": json.dumps([LISTEN, LISTEN], indent=1),
    "an answer of the API": json.dumps({"payload": {"count": 2, "user_id": "will", "listens": [LISTEN, LISTEN]}}),
    "a gzip of lines": gzipped(jsonl(LISTEN, LISTEN)),
    "listens as they are submitted": json.dumps({"listen_type": "import", "payload": [LISTEN, LISTEN]}),
}


@pytest.mark.parametrize("content", VARIANTS.values(), ids=VARIANTS)
def test_every_way_of_keeping_listens_is_read(content):
    assert kind_of(content).kind == "listenbrainz_json"
    assert plays(content) == [PLAY, PLAY]


def test_the_export_is_read_month_by_month_and_names_the_account():
    later = {**LISTEN, "listened_at": 1767300000}
    export = zipped(
        {
            "user.json": json.dumps({"user_id": 7, "username": "will"}) + "\n",
            "listens/2025/12.jsonl": jsonl(LISTEN),
            "listens/2026/1.jsonl": jsonl(later, later),
            "feedback.jsonl": jsonl({"recording_msid": None, "recording_mbid": TRACK_ID, "score": 1, "created": 1476644563}),
            "pinned_recording.jsonl": jsonl({"recording_msid": None, "recording_mbid": TRACK_ID, "created": 1476644563}),
        }
    )

    recognised = kind_of(export)

    assert (recognised.kind, recognised.account) == ("listenbrainz_json", "will")
    assert [play.uts for play in plays(export)] == [1764740227, 1767300000, 1767300000]


def test_the_account_is_found_after_the_listens_too():
    assert (
        kind_of(zipped({"listens/2025/12.jsonl": jsonl(LISTEN), "user.json": '{"user_id":7,"username":"will"}'})).account
        == "will"
    )


@pytest.mark.parametrize("content", [[{**LISTEN, "user_name": "will"}], {"payload": {"user_id": "will", "listens": [LISTEN]}}])
def test_listens_that_say_whose_they_are_name_the_account(content):
    assert kind_of(json.dumps(content)).account == "will"


def test_a_time_written_with_a_fraction_is_a_whole_second():
    assert only_play(jsonl(LISTEN).replace("1764740227", "1764740227.000000")).uts == 1764740227


def test_ids_that_the_player_sent_come_before_those_found_by_name():
    row = listen(additional_info={"recording_mbid": OTHER_ID.upper(), "release_mbid": "", "artist_mbids": []})

    assert only_play(jsonl(row)).mbids == Mbids(ARTIST_ID, OTHER_ID, ALBUM_ID)


def test_the_id_of_one_of_several_artists_is_not_taken_for_that_of_their_credit():
    row = listen(artist_name="Burial + Four Tet", mbid_mapping={"artist_mbids": [ARTIST_ID, OTHER_ID]})

    play = only_play(jsonl(row))

    assert (play.title.artist, play.mbids.artist) == ("Burial + Four Tet", "")


@pytest.mark.parametrize("missing", [None, {}, [], "x", 5])
def test_without_anything_found_by_name_a_listen_is_a_play(missing):
    row = listen(mbid_mapping=missing, additional_info=missing, release_name=None)

    assert plays(jsonl(row)) == [Play(1764740227, Title("Burial", "Etched Headplate"))]


def test_what_plays_now_is_passed_over():
    playing = {"playing_now": True, "track_metadata": LISTEN["track_metadata"]}

    assert read(jsonl(playing, LISTEN)) == [PLAY]


@pytest.mark.parametrize("bad", ["{", "no JSON", "[1, 2]", "null", '"x"', "[" * 5000, '{"listened_at": ' + "9" * 5000 + "}"])
@pytest.mark.parametrize("place", [0, 1])
def test_a_line_that_is_no_listen_spoils_only_itself(bad, place):
    lines = [jsonl(LISTEN).strip(), jsonl(LISTEN).strip()]
    lines.insert(place, bad)

    rows = read("\n".join(lines) + "\n")

    assert isinstance(rows.pop(place), Reject)
    assert rows == [PLAY, PLAY]


def test_a_line_longer_than_a_row_can_be_spoils_only_itself():
    rows = read(jsonl(LISTEN, listen(track_name="x" * 3_000_000), LISTEN))

    assert [type(row).__name__ for row in rows] == ["Play", "Reject", "Play"]


def test_a_listen_that_cannot_be_a_play_says_why_and_shows_itself():
    reject = only_reject(jsonl(LISTEN, listen(artist_name=None)))

    assert reject.reason == "has no artist"
    assert json.loads(reject.raw) == listen(artist_name=None)


def test_what_is_kept_of_a_long_row_is_cut():
    assert len(only_reject(jsonl(LISTEN, listen(artist_name=None, origin="x" * 9000))).raw) == 2000


def test_a_name_that_python_wrote_as_not_a_number_is_missing():
    assert only_play(jsonl(LISTEN).replace('"Untrue"', "NaN")).title.album == ""
