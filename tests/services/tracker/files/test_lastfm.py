"""Last.fm's own answers as tools keep them, and lastfm-stats-web's file."""

import json

import pytest

from services.tracker.domain import Mbids, Play, Title
from tests.services.tracker.files.uploads import (
    ALBUM_ID,
    ARTIST_ID,
    TRACK_ID,
    kind_of,
    lastfm_file,
    lastfm_row,
    only_play,
    only_reject,
    plays,
    read,
)

WHOLE = Play(
    1464727569,
    Title("Wild Belle", "Take Me Away", "Isles"),
    Mbids(ARTIST_ID, TRACK_ID, ALBUM_ID),
    "https://img.test/300x300/cover.png",
)
ATTR = {"user": "erik", "page": "1", "perPage": "200", "totalPages": "1", "total": "1"}
ROW = lastfm_row()
VARIANTS = {
    "pages that are lists": [[ROW], [ROW]],
    "pages as ghan.nl writes them": [{"track": [ROW], "@attr": ATTR}, {"track": [ROW], "@attr": ATTR}],
    "rows in one list": [ROW, ROW],
    "one answer": {"recenttracks": {"track": [ROW, ROW], "@attr": ATTR}},
    "answers in a list": [{"recenttracks": {"track": [ROW]}}, {"recenttracks": {"track": [ROW]}}],
    "pages of one row, which Last.fm writes without a list": [
        {"recenttracks": {"track": ROW}},
        {"recenttracks": {"track": [ROW]}},
    ],
    "one page": {"track": [ROW, ROW]},
}


@pytest.mark.parametrize("content", VARIANTS.values(), ids=VARIANTS)
@pytest.mark.parametrize("indent", [None, 2])
def test_every_way_of_keeping_the_answers_is_read(content, indent):
    written = json.dumps(content, indent=indent)

    assert kind_of(written).kind == "lastfm_json"
    assert plays(written) == [WHOLE, WHOLE]


def test_answers_one_after_another_are_read_as_one_file():
    answer = json.dumps({"recenttracks": {"track": [ROW]}})

    assert plays(f"{answer}\n{answer}\n") == [WHOLE, WHOLE]


def test_rows_each_on_a_line_are_read():
    line = json.dumps(ROW)

    assert plays(f"{line}\n{line}\n") == [WHOLE, WHOLE]


@pytest.mark.parametrize(
    "content",
    [
        {"recenttracks": {"track": [ROW], "@attr": ATTR}},
        {"recenttracks": {"track": [], "@attr": ATTR}},
        [{"recenttracks": {"track": [ROW] * 300, "@attr": ATTR}}],
        [{"track": [ROW], "@attr": ATTR}],
    ],
)
def test_the_account_is_read_where_the_answer_names_it(content):
    assert kind_of(json.dumps(content)).account == "erik"


def test_a_row_asked_for_with_more_detail_has_its_artist_by_another_key():
    row = lastfm_row(artist={"name": "Wild Belle", "mbid": "", "url": "https://www.last.fm/music/Wild+Belle"}, loved="0")

    assert only_play(lastfm_file(row)).title == WHOLE.title


def test_what_plays_now_is_passed_over():
    playing = lastfm_row(date=None, **{"@attr": {"nowplaying": "true"}})

    assert read(lastfm_file(playing, ROW)) == [WHOLE]


def test_a_row_without_a_date_that_does_not_play_now_is_told():
    reject = only_reject(lastfm_file(lastfm_row(date=None), ROW))

    assert reject.reason.startswith("has no time that can be read")
    assert json.loads(reject.raw)["name"] == "Take Me Away"


def test_a_date_without_its_number_is_read_from_its_words_which_are_utc():
    row = lastfm_row(date={"#text": "31 May 2016, 20:46"})

    assert only_play(lastfm_file(row)).uts == 1464727560


@pytest.mark.parametrize(("changes", "reason"), [({"artist": {"#text": " "}}, "has no artist"), ({"name": ""}, "has no track")])
def test_a_row_without_a_name_says_which(changes, reason):
    assert only_reject(lastfm_file(lastfm_row(**changes), ROW)).reason == reason


@pytest.mark.parametrize(
    "odd", [None, "x", 7, [], [[]], True, {}, {"artist": 1, "name": [], "date": {}}, {"image": 3, "@attr": []}]
)
def test_a_row_of_another_type_spoils_only_itself(odd):
    rows = read(lastfm_file(ROW, odd, ROW))

    assert [rows[0], rows[-1]] == [WHOLE, WHOLE]


def test_an_album_may_be_missing():
    assert only_play(lastfm_file(lastfm_row(album={"#text": "", "mbid": ""}))).title == Title("Wild Belle", "Take Me Away")


def test_the_star_that_stands_for_no_picture_is_no_picture():
    star = [{"size": "large", "#text": "https://img.test/174s/2a96cbd8b46e442fc41c2b86b821562f.png"}]

    assert not only_play(lastfm_file(lastfm_row(image=star))).image_url


@pytest.mark.parametrize(
    "address", ["http://img.test/a.png", "https://img.test/a b.png", "javascript:alert(1)", "https://img.test/\n", 5]
)
def test_a_picture_without_a_safe_address_is_no_picture(address):
    assert not only_play(lastfm_file(lastfm_row(image=[{"size": "large", "#text": address}]))).image_url.replace(
        "https://img.test/", ""
    )


@pytest.mark.parametrize("written", ["not an id", "", 5, "00000000-0000-0000-0000-000000000000", TRACK_ID[:-1]])
def test_an_id_that_does_not_look_like_one_is_none(written):
    assert not only_play(lastfm_file(lastfm_row(mbid=written))).mbids.track


def test_an_id_is_read_in_either_case():
    assert only_play(lastfm_file(lastfm_row(mbid=TRACK_ID.upper()))).mbids.track == TRACK_ID


def test_names_keep_their_script_and_lose_the_space_around_them():
    row = lastfm_row(artist={"#text": "  鈴木雅之 "}, name="\tGIRI  GIRI\n", album={"#text": "Café 🎉"})

    assert only_play(lastfm_file(row)).title == Title("鈴木雅之", "GIRI  GIRI", "Café 🎉")


def test_half_a_surrogate_pair_becomes_a_replacement_and_a_whole_one_its_character():
    written = lastfm_file(ROW).replace("Take Me Away", "a\\udc00b \\ud83d\\ude00")

    assert only_play(written).title.track == "a\ufffdb 😀"


def test_a_name_with_a_nul_or_a_very_long_one_is_left_to_the_caller():
    row = lastfm_row(name="a\0b", album={"#text": "x" * 5000})

    play = only_play(lastfm_file(row))

    assert (play.title.track, len(play.title.album)) == ("a\0b", 5000)


def test_the_file_of_lastfm_stats_web_is_dated_in_milliseconds_and_names_the_account():
    rows = [
        {"track": "Take Me Away", "artist": "Wild Belle", "album": "Isles", "albumId": "x", "date": 1464727569123},
        {"track": "June", "artist": "Wild Belle", "date": 1464727000000},
    ]
    written = json.dumps({"username": "erik", "scrobbles": rows})

    recognised = kind_of(written)

    assert (recognised.kind, recognised.account) == ("lastfm_json", "erik")
    assert plays(written) == [
        Play(1464727569, Title("Wild Belle", "Take Me Away", "Isles")),
        Play(1464727000, Title("Wild Belle", "June")),
    ]


def test_a_history_without_plays_yet_is_recognised_and_empty():
    assert read('{"username": "erik", "scrobbles": []}') == []
    assert read(json.dumps({"recenttracks": {"track": [], "@attr": ATTR}})) == []


def test_plays_of_one_second_stay_as_they_are_in_their_order():
    rows = [lastfm_row(name=name, date={"uts": "1464727569"}) for name in "cab"] + [lastfm_row(name="c")]

    assert [play.title.track for play in plays(lastfm_file(*rows))] == ["c", "a", "b", "c"]
