"""Does the source read what the real Last.fm was recorded to send?"""

import json
from http import HTTPStatus
from typing import Any

import pytest

from kernel.errors import FailedPrecondition, NotFound, ProviderMalformed, ProviderThrottled, ProviderUnavailable
from services.tracker.domain import Mbids, Page, Play, Title
from tests.fakes.samples import recorded
from tests.services.tracker.providers.asking import error_of, page_of, total_of

SAMPLES = recorded("lastfm")

PARSED_HERE = {"user.getInfo-ok.json", "user.getRecentTracks-nowplaying.json"}
XML = {
    "user.getInfo-no-country.xml",
    "user.getInfo-ok.xml",
    "user.getRecentTracks-empty.xml",
    "user.getRecentTracks-nowplaying.xml",
    "user.getRecentTracks-page.xml",
}
ERRORS = {
    3: ProviderMalformed,
    4: FailedPrecondition,
    6: ProviderMalformed,
    8: ProviderUnavailable,
    9: FailedPrecondition,
    10: FailedPrecondition,
    11: ProviderUnavailable,
    16: ProviderUnavailable,
    17: FailedPrecondition,
    26: FailedPrecondition,
    29: ProviderThrottled,
}
NO_SUCH_USER = "User not found"
ERROR_ROWS: list[dict[str, Any]] = json.loads((SAMPLES / "errors-matrix.json").read_text())["errors"]


def test_every_recorded_answer_about_a_listener_is_read_here():
    assert {path.name for path in SAMPLES.glob("user.*")} == PARSED_HERE | XML


def test_the_recorded_page_is_one_play_and_what_plays_now(upstream, canned_lastfm):
    upstream.says((SAMPLES / "user.getRecentTracks-nowplaying.json").read_bytes())

    page = page_of(canned_lastfm, "example_user")

    assert page == Page(
        (
            Play(
                1790131781,
                Title("Billy Joel", "Piano Man (The Old Grey Whistle Test)", "And so it goes"),
                Mbids(artist="64b94289-9474-4d43-8c93-918ccc1920d1"),
                "https://lastfm-img.freetls.fastly.net/i/u/300x300/691231b859b64a80f37eae71d6895ad6.jpg",
            ),
        ),
        total=8,
        playing=Title("Yan Qing", "The Arrival", "The Arrival"),
        playing_image_url="https://lastfm-img.freetls.fastly.net/i/u/300x300/b9ff5ac4f00d33d79fddba32ab42f6ad.jpg",
    )


def test_the_recorded_account_tells_its_playcount(upstream, canned_lastfm):
    upstream.says((SAMPLES / "user.getInfo-ok.json").read_bytes())

    assert total_of(canned_lastfm, "example_user") == 88_865


@pytest.mark.parametrize("file", sorted(XML))
@pytest.mark.parametrize("ask", [page_of, total_of])
def test_an_answer_in_xml_which_is_not_asked_for_is_malformed(upstream, canned_lastfm, ask, file):
    upstream.says((SAMPLES / file).read_bytes())

    assert type(error_of(lambda: ask(canned_lastfm, "example_user"))) is ProviderMalformed


def test_every_recorded_error_is_known():
    assert {row["code"] for row in ERROR_ROWS} == ERRORS.keys()
    assert NO_SUCH_USER in {row["json"]["message"] for row in ERROR_ROWS}


@pytest.mark.parametrize("row", ERROR_ROWS, ids=lambda row: f"{row['code']} {row['json']['message'][:30]}")
@pytest.mark.parametrize("status", [None, 200])
@pytest.mark.parametrize("ask", [page_of, total_of])
def test_a_recorded_error_means_the_same_under_its_status_and_under_200(upstream, canned_lastfm, ask, row, status):
    code, words = status or row["http_status"], row["json"]["message"]
    upstream.says(json.dumps(row["json"]), status=f"{code} {HTTPStatus(code).phrase}")

    error = error_of(lambda: ask(canned_lastfm, "example_user"))

    assert type(error) is (NotFound if words == NO_SUCH_USER else ERRORS[row["code"]])
    assert words not in str(error)
