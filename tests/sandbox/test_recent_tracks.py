"""Are pages of a history written right however they are written, and do they fail, wait and refuse as a tester set it?"""

import contextlib
import time
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from sandbox.catalogue.library import load_library
from sandbox.lastfm.asking import Ask
from sandbox.lastfm.element import format_json
from sandbox.lastfm.recent import KNOBS, RecentTracks
from sandbox.listeners.accounts import Accounts
from sandbox.settings import Settings
from tests.sandbox.running import RunningSandbox

ODD_PLAYS = [
    {"uts": 0, "artist": "AC/DC", "track": "T.N.T.", "album": "High Voltage"},
    {"uts": 59, "artist": 'Say "Hi"\\', "track": "a/b\t\u0001\u2028 & <c>", "album": "Ænima / 音楽"},
    {"uts": 253_402_300_799, "artist": "The Last", "track": "Second", "album": None},
]


@pytest.fixture(scope="module")
def accounts() -> Accounts:
    made = Accounts(load_library(), seed=1, until=datetime(2026, 1, 1, tzinfo=UTC))
    made.add_plays({"user": "example_empty", "plays": ODD_PLAYS[:2]})
    made.add_plays({"user": "listener_2500", "plays": ODD_PLAYS})
    return made


def ask(**params: object) -> Ask:
    return Ask({name.rstrip("_"): str(value) for name, value in params.items()})


@pytest.mark.parametrize("playing", [None, ODD_PLAYS[1]])
@pytest.mark.parametrize("extended", [0, 1])
@pytest.mark.parametrize(
    "asked",
    [
        {"user": "listener_2500", "limit": 1000},
        {"user": "listener_2500", "limit": 1000, "page": 3},
        {"user": "listener_2500", "limit": 1},
        {"user": "listener_2500", "page": 999},
        {"user": "listener_2500", "from_": 1_300_000_000, "to": 1_500_000_000},
        {"user": "example_empty"},
        {"user": "example_empty", "to": 1},
        {"user": "example_empty", "from_": 60},
    ],
)
def test_page_of_rows_kept_ready_is_byte_for_byte_the_one_written_from_scratch(accounts, asked, extended, playing):
    accounts.change_now_playing({"user": asked["user"], **(playing or {})})
    recent_tracks = RecentTracks(accounts, Settings(KNOBS))

    for _ in range(2):
        recent = recent_tracks.read(ask(**asked, extended=extended))
        assert recent_tracks.write_json(recent) == format_json(recent_tracks.build(recent))


def put(sandbox: RunningSandbox, **settings: object) -> httpx.Response:
    return sandbox.client.put("/_sandbox/lastfm", json=settings)


def poison_around(sandbox: RunningSandbox, user: str, place: int, how: str) -> list[int]:
    """Poisons the play at that place of a history of 300; answers the seconds of all, newest first."""
    rows = sandbox.ask_json("user.getRecentTracks", user=user, limit=300)["recenttracks"]["track"]
    seconds = [int(row["date"]["uts"]) for row in rows]
    put(sandbox, poison_since=seconds[place], poison_until=seconds[place] + 1, poison_as=how)
    return seconds


@pytest.mark.parametrize(
    ("how", "status", "begins"),
    [
        ("error_8", 500, '{"message":"Operation failed'),
        ("status_500", 500, "<html>"),
        ("html", 200, "<!DOCTYPE html>"),
    ],
)
def test_every_page_with_a_poisoned_play_fails_as_it_was_set(sandbox, how, status, begins):
    poison_around(sandbox, "listener_300", 120, how)

    sizes = {1000: 1, 200: 1, 50: 3, 1: 121}
    answers = [
        sandbox.ask("user.getRecentTracks", format="json", user="listener_300", limit=size, page=page)
        for size, page in sizes.items()
    ]

    assert {answer.status_code for answer in answers} == {status}
    assert all(answer.text.startswith(begins) for answer in answers)


def test_pages_and_windows_beside_the_poison_are_answered(sandbox):
    seconds = poison_around(sandbox, "listener_300", 120, "status_500")
    windows = [
        {"limit": 1},
        {"limit": 50, "page": 1},
        {"limit": 50, "page": 4},
        {"limit": 300, "from": seconds[120] + 1},
        {"limit": 300, "to": seconds[120]},
    ]

    statuses = [sandbox.ask("user.getRecentTracks", user="listener_300", **window).status_code for window in windows]

    assert statuses == [200] * len(windows)


def test_poison_fails_in_xml_too_and_stops_nothing_else(sandbox):
    poison_around(sandbox, "listener_300", 0, "error_8")

    page, user = (sandbox.ask(method, user="listener_300") for method in ("user.getRecentTracks", "user.getInfo"))

    assert (page.status_code, '<error code="8">' in page.text, user.status_code) == (500, True, 200)


def test_reset_takes_poison_waiting_and_the_largest_page_back(sandbox):
    put(sandbox, poison_since=0, poison_until=9_999_999_999, poison_as="html", page_seconds=30, largest_page=7)

    sandbox.client.post("/_sandbox/reset", json={"settings": True})

    assert sandbox.control("lastfm") == {
        "poison_since": 0,
        "poison_until": 0,
        "poison_as": "error_8",
        "page_seconds": 0,
        "largest_page": 1000,
        "images": "theirs",
    }
    assert sandbox.ask("user.getRecentTracks", user="listener_300", limit=1000).text.startswith("<?xml")


def test_poison_of_another_kind_is_refused(sandbox):
    answer = put(sandbox, poison_as="cake")

    assert (answer.status_code, answer.json()) == (400, {"error": "poison_as: one of error_8, status_500, html"})


def test_page_takes_as_long_as_was_set(sandbox):
    put(sandbox, page_seconds=0.2)

    began = time.monotonic()
    answer = sandbox.ask("user.getRecentTracks", user="listener_300")

    assert (answer.status_code, time.monotonic() - began >= 0.2) == (200, True)


def test_other_calls_do_not_wait_with_the_pages(sandbox):
    put(sandbox, page_seconds=100)

    assert sandbox.ask("user.getInfo", user="listener_300").status_code == 200


def test_waiting_page_is_given_up_when_the_client_leaves(sandbox):
    put(sandbox, page_seconds=100)
    asked = {"method": "user.getRecentTracks", "user": "listener_300", "api_key": "k"}

    with contextlib.suppress(httpx.ReadTimeout):
        httpx.get(f"{sandbox.url}/lastfm/2.0/", params=asked, timeout=0.1, trust_env=False)

    row = wait_ended(sandbox)
    assert row["status"] is None
    assert row["duration_ms"] < 10_000


def wait_ended(sandbox: RunningSandbox) -> dict[str, Any]:
    """Looks at the one page in the journal until its request is over."""
    while True:
        row: dict[str, Any] = sandbox.control("journal?method=user.getrecenttracks")["rows"][0]
        if row["duration_ms"] is not None:
            return row


def test_limit_above_the_largest_page_is_refused_in_last_fms_words(sandbox):
    put(sandbox, largest_page=200)

    sizes = {limit: sandbox.ask("user.getRecentTracks", user="listener_300", limit=limit, format="json") for limit in (200, 201)}

    assert len(sizes[200].json()["recenttracks"]["track"]) == 200
    assert (sizes[201].status_code, sizes[201].json()) == (400, {"message": "limit param out of bounds (1-200)", "error": 6})


def test_page_asked_for_without_a_limit_is_never_above_the_largest(sandbox):
    put(sandbox, largest_page=20)

    attributes = sandbox.ask_json("user.getRecentTracks", user="listener_300")["recenttracks"]["@attr"]

    assert attributes["perPage"] == "20"


def test_largest_page_of_a_history_leaves_other_limits_alone(sandbox):
    put(sandbox, largest_page=1)

    assert sandbox.ask("artist.getSimilar", artist="Radiohead", limit=5).status_code == 200


def test_thousand_rows_are_the_most_until_told_otherwise(sandbox):
    refused = sandbox.ask_json("user.getRecentTracks", user="listener_300", limit=1001)

    assert refused == {"message": "limit param out of bounds (1-1000)", "error": 6}
