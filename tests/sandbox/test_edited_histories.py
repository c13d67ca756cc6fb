"""Does Last.fm show what a tester made of a history, rows and totals alike?"""

from typing import Any

import pytest

from tests.sandbox.running import RunningSandbox

PLAYS = "/_sandbox/plays"
AT = 1_600_000_000

Play = dict[str, Any]


def play(track: str, second: int = AT, **more: str) -> Play:
    return {"uts": second, "artist": "Somebody New", "track": track, **more}


def add(sandbox: RunningSandbox, user: str, *plays: Play) -> None:
    assert sandbox.client.post(PLAYS, json={"user": user, "plays": plays}).status_code == 201


def remove(sandbox: RunningSandbox, user: str, *plays: Play) -> Any:
    return sandbox.client.request("DELETE", PLAYS, json={"user": user, "plays": plays})


def edit(sandbox: RunningSandbox, user: str, before: Play, after: Play) -> Any:
    return sandbox.client.put(PLAYS, json={"user": user, "from": before, "to": after})


def names(sandbox: RunningSandbox, user: str, since: int = AT, until: int = AT + 1000) -> list[tuple[int, str]]:
    window = {"from": since, "to": until}
    rows = sandbox.ask_json("user.getRecentTracks", user=user, limit=200, **window)["recenttracks"]["track"]
    return [(int(row["date"]["uts"]), row["name"]) for row in (rows if isinstance(rows, list) else [rows])]


def total(sandbox: RunningSandbox, user: str) -> int:
    return int(sandbox.ask_json("user.getRecentTracks", user=user, limit=1)["recenttracks"]["@attr"]["total"])


def test_removed_play_is_gone_and_counted_no_more(sandbox):
    add(sandbox, "listener_101", play("One"), play("Two"), play("Three", AT + 5))

    answer = remove(sandbox, "listener_101", play("One"), play("Three", AT + 5))

    assert (answer.status_code, answer.json()) == (200, {"total": 102})
    assert names(sandbox, "listener_101") == [(AT, "Two")]
    assert total(sandbox, "listener_101") == 102
    assert sandbox.ask_json("user.getInfo", user="listener_101")["user"]["playcount"] == "102"


def test_any_play_that_is_shown_can_be_removed(sandbox):
    rows = sandbox.ask_json("user.getRecentTracks", user="listener_102", limit=200)["recenttracks"]["track"]
    shown = [
        {"uts": int(row["date"]["uts"]), "artist": row["artist"]["#text"], "track": row["name"], "album": row["album"]["#text"]}
        for row in rows
    ]

    answer = remove(sandbox, "listener_102", *shown)

    assert answer.json() == {"total": 0}
    assert sandbox.ask_json("user.getRecentTracks", user="listener_102")["recenttracks"]["track"] == []


def test_each_named_play_removes_one_of_several_that_are_alike(sandbox):
    add(sandbox, "listener_103", play("Twice"), play("Twice"), play("Twice"))

    remove(sandbox, "listener_103", play("Twice"), play("Twice"))

    assert names(sandbox, "listener_103") == [(AT, "Twice")]


def test_album_tells_plays_apart_when_it_is_named(sandbox):
    add(sandbox, "listener_104", play("Song", album="Single"), play("Song", album="Album"), play("Song"))

    remove(sandbox, "listener_104", play("Song", album="Album"), play("Song", album=""))

    row = sandbox.ask_json("user.getRecentTracks", user="listener_104", **{"from": AT, "to": AT + 1})["recenttracks"]["track"]
    assert row["album"]["#text"] == "Single"


def test_plays_that_are_not_there_are_named_and_none_is_removed(sandbox):
    add(sandbox, "listener_105", play("One"), play("Two"))

    answer = remove(sandbox, "listener_105", play("One"), play("One"), play("Two", AT + 1), play("Two", album="Album"))

    assert answer.status_code == 400
    assert answer.json() == {
        "error": (f"plays: not there: {AT} Somebody New - One; {AT + 1} Somebody New - Two; {AT} Somebody New - Two (Album)")
    }
    assert total(sandbox, "listener_105") == 107


def test_edited_play_keeps_its_place_in_its_second(sandbox):
    add(sandbox, "listener_106", play("One"), play("Two"), play("Three"))

    answer = edit(sandbox, "listener_106", play("Two"), play("TWO", album="Renamed"))

    assert (answer.status_code, answer.json()) == (200, {"total": 109})
    assert names(sandbox, "listener_106") == [(AT, "Three"), (AT, "TWO"), (AT, "One")]
    assert total(sandbox, "listener_106") == 109


def test_play_edited_into_another_second_moves_there(sandbox):
    add(sandbox, "listener_107", play("One"), play("Two", AT + 10))

    edit(sandbox, "listener_107", play("One"), play("One", AT + 20))

    assert names(sandbox, "listener_107") == [(AT + 20, "One"), (AT + 10, "Two")]
    assert total(sandbox, "listener_107") == 109


def test_case_of_a_known_title_can_be_edited(sandbox):
    add(sandbox, "listener_108", {"uts": AT, "artist": "Radiohead", "track": "Airbag", "album": "OK Computer"})
    before = {"uts": AT, "artist": "Radiohead", "track": "Airbag"}

    edit(sandbox, "listener_108", before, {**before, "track": "AIRBAG", "album": "OK Computer"})

    assert names(sandbox, "listener_108") == [(AT, "AIRBAG")]


def test_other_accounts_keep_what_one_loses(sandbox):
    add(sandbox, "listener_109", play("Shared"))
    add(sandbox, "listener_110", play("Shared"))

    remove(sandbox, "listener_109", play("Shared"))

    assert names(sandbox, "listener_110") == [(AT, "Shared")]


def test_listenbrainz_shows_the_edited_history_too(sandbox):
    add(sandbox, "listener_111", play("One"))
    edit(sandbox, "listener_111", play("One"), play("Two"))

    listens = sandbox.client.get("/listenbrainz/1/user/listener_111/listens", params={"max_ts": AT + 1, "count": 1}).json()

    assert listens["payload"]["listens"][0]["track_metadata"]["track_name"] == "Two"


@pytest.mark.parametrize(
    ("verb", "body", "problem"),
    [
        ("DELETE", {"user": "nobody_here", "plays": []}, "user: "),
        ("DELETE", {"user": "listener_112"}, "plays: a list of {uts, artist, track, album?}"),
        ("DELETE", {"user": "listener_112", "plays": [7]}, "plays: {uts, artist, track, album?}"),
        ("DELETE", {"user": "listener_112", "plays": [{"uts": "1", "artist": "A", "track": "B"}]}, "uts: "),
        ("PUT", {"user": "listener_112"}, "from: {uts, artist, track, album?}"),
        ("PUT", {"user": "listener_112", "from": play("One")}, "to: {uts, artist, track, album?}"),
        ("PUT", {"user": "listener_112", "from": play("One"), "to": {"uts": AT}}, "artist, track: "),
        ("PUT", {"user": "listener_112", "from": play("One"), "to": play("Two")}, f"from: not there: {AT} Somebody New - One"),
    ],
)
def test_changes_that_make_no_sense_are_refused(sandbox, verb, body, problem):
    answer = sandbox.client.request(verb, PLAYS, json=body)

    assert answer.status_code == 400
    assert answer.json()["error"].startswith(problem)
    assert total(sandbox, "listener_112") == 112
