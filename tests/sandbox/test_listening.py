"""Can a history be read to its end, every play exactly once?"""

from collections import Counter
from typing import Any

from tests.sandbox.running import RunningSandbox

Row = dict[str, Any]

NOW = {"user": "sandbox_listener", "artist": "Radiohead", "track": "Airbag", "album": "OK Computer"}


def walk(sandbox: RunningSandbox, user: str, size: int, **window: int) -> tuple[list[Row], set[int]]:
    """All rows of a history, page by page, and the totals that each page declared."""
    rows: list[Row] = []
    totals: set[int] = set()
    number = pages = 1
    while number <= pages:
        recent = sandbox.ask_json("user.getRecentTracks", user=user, limit=size, page=number, **window)["recenttracks"]
        pages = int(recent["@attr"]["totalPages"])
        totals.add(int(recent["@attr"]["total"]))
        rows += recent["track"] if isinstance(recent["track"], list) else [recent["track"]]
        number += 1
    return rows, totals


def seconds_of(rows: list[Row]) -> list[int]:
    return [int(row["date"]["uts"]) for row in rows]


def test_every_page_together_is_every_play_exactly_once(sandbox):
    large, totals = walk(sandbox, "sandbox_listener", 1000)
    small, _ = walk(sandbox, "sandbox_listener", 487)

    assert len(large) >= 5000
    assert totals == {len(large)}
    assert small == large
    assert seconds_of(large) == sorted(seconds_of(large), reverse=True)


def test_listener_has_years_of_plays_some_in_the_same_second(sandbox):
    rows, _ = walk(sandbox, "sandbox_listener", 1000)

    seconds = seconds_of(rows)
    assert max(seconds) - min(seconds) > 3 * 365 * 86_400
    assert max(Counter(seconds).values()) > 1
    assert len({row["artist"]["#text"] for row in rows}) >= 40


def test_from_is_included_and_to_is_not(sandbox):
    newest = sandbox.ask_json("user.getRecentTracks", user="listener_300", limit=200)["recenttracks"]["track"]
    late, early = seconds_of(newest)[10], seconds_of(newest)[50]

    rows, _ = walk(sandbox, "listener_300", 200, **{"from": early, "to": late})

    assert seconds_of(rows) == [second for second in seconds_of(newest) if early <= second < late]


def test_numbered_listener_has_exactly_that_many_plays(sandbox):
    user = sandbox.ask_json("user.getInfo", user="listener_100000")["user"]
    page = sandbox.ask_json("user.getRecentTracks", user="listener_100000", limit=1000, page=100)["recenttracks"]

    assert user["playcount"] == "100000"
    assert (page["@attr"]["totalPages"], len(page["track"])) == ("100", 1000)


def test_page_beyond_the_end_is_empty(sandbox):
    recent = sandbox.ask_json("user.getRecentTracks", user="listener_300", limit=200, page=3)["recenttracks"]

    assert recent["track"] == []


def test_empty_account_has_no_plays_and_a_country_called_none(sandbox):
    recent = sandbox.ask_json("user.getRecentTracks", user="example_empty")["recenttracks"]
    user = sandbox.ask_json("user.getInfo", user="example_empty")["user"]

    assert recent["track"] == []
    assert recent["@attr"] == {"user": "example_empty", "page": "1", "perPage": "50", "totalPages": "0", "total": "0"}
    assert user["country"] == "None"


def test_track_playing_now_comes_on_top_of_the_limit_on_every_page_without_a_date(sandbox):
    sandbox.client.put("/_sandbox/now_playing", json=NOW)

    pages = [
        sandbox.ask_json("user.getRecentTracks", user="sandbox_listener", limit=1, page=number)["recenttracks"]["track"]
        for number in (1, 2)
    ]

    for page in pages:
        assert page[0]["name"] == "Airbag"
        assert page[0]["@attr"] == {"nowplaying": "true"}
        assert ["date" in row for row in page] == [False, True]


def test_now_playing_ends_for_one_listener_and_for_all(sandbox):
    sandbox.client.put("/_sandbox/now_playing", json=NOW)
    sandbox.client.put("/_sandbox/now_playing", json={**NOW, "user": "example_empty"})

    sandbox.client.put("/_sandbox/now_playing", json={"user": "example_empty"})
    ended = sandbox.ask_json("user.getRecentTracks", user="example_empty")["recenttracks"]["track"]
    going_on = sandbox.ask_json("user.getRecentTracks", user="sandbox_listener", limit=1)["recenttracks"]["track"]
    sandbox.client.put("/_sandbox/now_playing", content="null")
    silent = sandbox.ask_json("user.getRecentTracks", user="sandbox_listener", limit=1)["recenttracks"]["track"]

    assert ended == []
    assert len(going_on) == 2
    assert "date" in silent


def test_extended_rows_have_a_whole_artist_and_loved(sandbox):
    row = sandbox.ask_json("user.getRecentTracks", user="sandbox_listener", limit=1, extended=1)["recenttracks"]["track"]

    assert row["artist"].keys() == {"name", "mbid", "url", "image"}
    assert row["loved"] == "0"


def test_plays_added_live_are_read_at_their_place(sandbox):
    plays = [
        {"uts": 1_600_000_000, "artist": "Somebody New", "track": "First", "album": ""},
        {"uts": 1_600_000_000, "artist": "Somebody New", "track": "Second"},
        {"uts": 1_600_000_100, "artist": "Radiohead", "track": "Airbag", "album": "OK Computer"},
    ]

    added = sandbox.client.post("/_sandbox/plays", json={"user": "listener_7", "plays": plays})

    rows, _ = walk(sandbox, "listener_7", 50, **{"from": 1_600_000_000, "to": 1_600_000_101})
    assert added.json() == {"total": 10}
    assert [row["name"] for row in rows if row["artist"]["#text"] in ("Somebody New", "Radiohead")] == [
        "Airbag",
        "Second",
        "First",
    ]


def test_play_without_a_track_is_refused_and_nothing_is_added(sandbox):
    plays = [{"uts": 1_600_000_000, "artist": "A", "track": "B"}, {"uts": 1_600_000_000, "artist": "A"}]

    refused = sandbox.client.post("/_sandbox/plays", json={"user": "listener_8", "plays": plays})

    assert refused.status_code == 400
    assert sandbox.ask_json("user.getInfo", user="listener_8")["user"]["playcount"] == "8"
