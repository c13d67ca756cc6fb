"""What Last.fm might answer, row by row, and what is made of it."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from kernel.errors import NotFound, ProviderMalformed
from services.tracker.domain import Mbids, Page, Play, Reject, Title
from services.tracker.providers.lastfm import LastfmHistory
from tests.fakes.canned import KEY, CannedUpstream
from tests.services.providers.contract import fault_of
from tests.services.tracker.files.uploads import ALBUM_ID, ARTIST_ID, TRACK_ID, lastfm_row
from tests.services.tracker.providers.asking import error_of, page_of, total_of

UTS = 1464727569
TITLE = Title("Wild Belle", "Take Me Away", "Isles")
PLAY = Play(UTS, TITLE, Mbids(ARTIST_ID, TRACK_ID, ALBUM_ID), "https://img.test/300x300/cover.png")
STAR = "https://lastfm.freetls.fastly.net/i/u/300x300/2a96cbd8b46e442fc41c2b86b821562f.png"
SIZES = ("small", "medium", "large", "extralarge")


def written(track: object, total: object = "7") -> str:
    return json.dumps({"recenttracks": {"track": track, "@attr": {"user": "erik", "page": "1", "total": total}}})


def row(**changes: object) -> dict[str, Any]:
    """A row with its pictures as they are sent, smallest first; a key changed to None is left out."""
    pictures = images(*(f"https://img.test/{folder}/cover.png" for folder in ("34s", "64s", "174s", "300x300")))
    return lastfm_row(**{"image": pictures, **changes})


def images(*urls: object) -> list[dict[str, object]]:
    return [{"size": size, "#text": url} for size, url in zip(SIZES[-len(urls) :], urls, strict=True)]


@pytest.fixture
def read(upstream: CannedUpstream, canned_lastfm: LastfmHistory) -> Any:
    """The page that is made of these rows."""

    def read_rows(*rows: object) -> Page:
        upstream.says(written(list(rows)))
        return page_of(canned_lastfm, "erik")

    return read_rows


@pytest.mark.parametrize(("track", "plays"), [([], 0), (row(), 1), ([row()], 1), ([row()] * 2, 2)])
def test_no_row_one_row_and_a_list_of_rows_are_pages(upstream, canned_lastfm, track, plays):
    upstream.says(written(track))

    assert page_of(canned_lastfm, "erik") == Page((PLAY,) * plays, total=7)


def test_an_answer_that_leaves_out_the_rows_of_an_empty_page_is_one(upstream, canned_lastfm):
    upstream.says('{"recenttracks": {"@attr": {"total": "0"}}}')

    assert page_of(canned_lastfm, "erik") == Page((), total=0)


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        "null",
        "[]",
        "7",
        '"x"',
        '{"recenttracks": null}',
        '{"recenttracks": []}',
        '{"recenttracks": {}}',
        '{"recenttracks": {"track": null}}',
        '{"recenttracks": {"track": 5}}',
        '{"recenttracks": {"track": "", "@attr": {"total": NaN}}}',
        '{"recenttracks": {"track": [',
        '{"user": {"playcount": "1"}}',
        "[" * 100_000,
    ],
)
def test_what_is_no_list_of_tracks_is_malformed_and_never_an_empty_history(upstream, canned_lastfm, body):
    upstream.says(body)

    assert type(fault_of(lambda: page_of(canned_lastfm, "erik"))) is ProviderMalformed


@pytest.mark.parametrize("total", [None, "", "many", -1, "-1", 1.5, True, [], "1" * 400])
def test_a_total_that_is_no_number_is_not_known(upstream, canned_lastfm, total):
    upstream.says(written([row()], total))

    assert page_of(canned_lastfm, "erik") == Page((PLAY,), total=None)


def test_plays_are_newest_first_and_those_of_a_second_as_they_were_told(read):
    rows = [row(name=name, date={"uts": str(uts)}) for name, uts in [("a", 5), ("b", 9), ("c", 5), ("d", 9), ("e", 7)]]

    page = read(*rows)

    assert [play.title.track for play in page.plays] == ["b", "d", "e", "a", "c"]


@pytest.mark.parametrize(
    "date",
    [
        None,
        {},
        [],
        "x",
        {"uts": ""},
        {"uts": "soon"},
        {"uts": -1},
        {"uts": 1.5},
        {"uts": True},
        {"uts": "１２"},
        {"uts": "9" * 400},
    ],
)
def test_a_row_without_a_date_is_told_with_its_values_and_spoils_no_other(read, date):
    undated = row(date=date)

    page = read(row(), undated, row())

    assert page.plays == (PLAY, PLAY)
    assert [reject.reason for reject in page.rejects] == ["has no date"]
    assert json.loads(page.rejects[0].raw) == undated


@pytest.mark.parametrize(
    "odd", [None, "x", 7, [], [[]], True, {}, {"artist": 1, "name": [], "date": {}, "image": 3, "@attr": []}]
)
def test_a_row_of_another_type_is_told_and_spoils_no_other(read, odd):
    page = read(row(), odd)

    assert page.plays == (PLAY,)
    assert page.rejects == (Reject("has no date", json.dumps(odd, separators=(",", ":"))),)


def test_of_a_very_long_row_only_the_beginning_is_kept(read):
    (reject,) = read(row(name="é" * 9000, date=None)).rejects

    assert len(reject.raw) == 2000
    assert reject.raw.endswith("…")


@pytest.mark.parametrize("depth", [300, 1000])
def test_a_row_nested_too_deeply_to_be_shown_is_told_all_the_same(upstream, canned_lastfm, depth):
    upstream.says(written([row(), "DEEP"]).replace('"DEEP"', "[" * depth + "]" * depth))

    page = page_of(canned_lastfm, "erik")

    assert page.plays == (PLAY,)
    assert [reject.reason for reject in page.rejects] == ["has no date"]
    assert json.loads(page.rejects[0].raw)


def test_a_date_may_be_a_number_and_may_be_the_first_second_of_all(read):
    page = read(row(date={"uts": 1464727569}), row(date={"uts": "0"}))

    assert [play.uts for play in page.plays] == [1464727569, 0]


@pytest.mark.parametrize("nothing", [None, "", " ", 5, [], {"#text": None}])
def test_a_name_that_is_missing_is_empty_and_for_the_caller_to_judge(read, nothing):
    page = read(row(artist=nothing, album=nothing, name=nothing))

    assert page.plays == (Play(UTS, Title("", ""), Mbids(track=TRACK_ID), PLAY.image_url),)
    assert page.rejects == ()


def test_a_row_told_with_more_detail_has_its_artist_by_another_key(read):
    page = read(row(artist={"name": "Wild Belle", "mbid": "", "url": "https://www.last.fm/music/Wild+Belle"}, loved="0"))

    assert (page.plays[0].title, page.plays[0].mbids.artist) == (TITLE, "")


@pytest.mark.parametrize(
    "written_id",
    ["", "x", 5, None, [], TRACK_ID[:-1], TRACK_ID + "0", TRACK_ID.replace("-", ""), "00000000-0000-0000-0000-000000000000"],
)
def test_an_id_that_does_not_look_like_one_is_none(read, written_id):
    about = {"mbid": written_id, "artist": {"#text": "x", "mbid": written_id}, "album": {"#text": "y", "mbid": written_id}}

    assert read(row(**about)).plays[0].mbids == Mbids()


def test_an_id_is_read_in_either_case(read):
    assert read(row(mbid=TRACK_ID.upper())).plays[0].mbids.track == TRACK_ID


@pytest.mark.parametrize(
    ("shown", "taken"),
    [
        (images("https://img.test/s", "https://img.test/m", "https://img.test/l", "https://img.test/xl"), "https://img.test/xl"),
        (images("https://img.test/s", "https://img.test/m"), "https://img.test/m"),
        (images("https://img.test/xl"), "https://img.test/xl"),
        (images("", ""), ""),
        (images(STAR.replace("300x300", "174s"), STAR), ""),
        (images("http://img.test/xl"), ""),
        (images("javascript:alert(1)"), ""),
        (images("https://img.test/a b"), ""),
        (images("https://img.test/\u202e"), ""),
        (images("https://img.test/" + "x" * 500), ""),
        (images(5, None), ""),
        (["https://img.test/xl", 5, None, []], ""),
        ("https://img.test/xl", ""),
        ({"#text": "https://img.test/xl"}, ""),
        (None, ""),
    ],
)
def test_the_picture_is_the_largest_if_it_may_be_shown_and_the_star_never_is(read, shown, taken):
    assert read(row(image=shown)).plays[0].image_url == taken


@pytest.mark.parametrize("name", [None, "", " ", 5])
def test_what_plays_now_without_a_name_is_nothing(read, name):
    page = read(row(name=name, date=None, **{"@attr": {"nowplaying": "true"}}), row())

    assert page == Page((PLAY,), total=7)


def test_a_mark_of_another_kind_is_no_playing_now(read):
    page = read(row(**{"@attr": {"nowplaying": "false"}}), row(**{"@attr": "true"}))

    assert (page.plays, page.playing) == ((PLAY, PLAY), None)


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request", "404 Not Found"])
@pytest.mark.parametrize("code", [6, "6"])
@pytest.mark.parametrize("words", ["User not found", "Invalid user name supplied", "No user with that name was found"])
@pytest.mark.parametrize("ask", [page_of, total_of])
def test_an_unknown_account_is_not_found_in_all_its_wordings(upstream, canned_lastfm, ask, words, code, status):
    upstream.says(json.dumps({"error": code, "message": words, "links": []}), status=status)

    assert type(error_of(lambda: ask(canned_lastfm, "erik"))) is NotFound


@pytest.mark.parametrize(
    "words",
    ["", "Invalid parameters - Your request is missing a required parameter", "limit param out of bounds (1-200)", 5, None],
)
def test_the_same_code_in_other_words_is_no_word_about_the_account(upstream, canned_lastfm, words):
    upstream.says(json.dumps({"error": 6, "message": words}), status="400 Bad Request")

    assert type(fault_of(lambda: page_of(canned_lastfm, "erik"))) is ProviderMalformed


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request"])
def test_the_error_of_an_account_without_any_plays_is_an_empty_history(upstream, canned_lastfm, status):
    upstream.says('{"error": 7, "message": "Invalid resource specified"}', status=status)

    assert page_of(canned_lastfm, "erik") == Page((), total=0)
    assert total_of(canned_lastfm, "erik") == 0


@pytest.mark.parametrize(("playcount", "total"), [("88865", 88865), (0, 0), ("0", 0), (12, 12)])
def test_the_total_is_the_playcount_written_either_way(upstream, canned_lastfm, playcount, total):
    upstream.says(json.dumps({"user": {"name": "erik", "playcount": playcount}}))

    assert total_of(canned_lastfm, "erik") == total


@pytest.mark.parametrize("user", [None, [], {}, {"playcount": None}, {"playcount": "many"}, {"playcount": -1}, {"playcount": ""}])
def test_an_account_without_a_playcount_is_malformed(upstream, canned_lastfm, user):
    upstream.says(json.dumps({"user": user}))

    assert type(fault_of(lambda: total_of(canned_lastfm, "erik"))) is ProviderMalformed


@pytest.mark.parametrize("account", ["a&api_key=x#/é", "a+b c", "%00"])
def test_an_accounts_name_is_asked_for_to_the_letter(upstream, canned_lastfm, account):
    upstream.says(written([]))

    page_of(canned_lastfm, account)

    head, _, body = upstream.asked[0].partition(b"\r\n\r\n")
    asked = parse_qs(body.decode(), strict_parsing=True)
    assert (asked["user"], asked["api_key"]) == ([account], [KEY])
    assert KEY.encode() not in head
