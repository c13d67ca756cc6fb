"""Does the simulated ListenBrainz take what is submitted, keep it to itself, and refuse what makes no sense?"""

import pytest

from tests.sandbox.listening import LISTENED_AT, SUBMIT, ask, listen, read, submit


def test_submitted_listen_is_read_back_as_it_was_sent_and_more_is_known_of_it(sandbox, somebody):
    sent = listen(release_name="OK Computer", additional_info={"music_service": "example.org", "duration_ms": 284_000})

    accepted = submit(sandbox, somebody, sent, kind="single")
    row = read(sandbox, somebody)[0]

    assert (accepted.status_code, accepted.json()) == (200, {"status": "ok"})
    assert (row["listened_at"], row["user_name"]) == (LISTENED_AT, somebody)
    assert row["inserted_at"] > LISTENED_AT
    metadata = row["track_metadata"]
    assert metadata["release_name"] == "OK Computer"
    assert metadata["additional_info"] == {
        "music_service": "example.org",
        "duration_ms": 284_000,
        "recording_msid": row["recording_msid"],
    }
    assert metadata["mbid_mapping"]["artist_mbids"] == ["a74b1b7f-71a5-4011-9441-d0b5e4122711"]


def test_last_fm_never_learns_of_what_was_submitted(sandbox):
    submit(sandbox, "listener_71", listen("Only Here"))

    recent = sandbox.ask_json("user.getRecentTracks", user="listener_71", limit=200)["recenttracks"]

    assert recent["@attr"]["total"] == "71"
    assert "Only Here" not in {row["name"] for row in recent["track"]}
    assert "Only Here" in {row["track_metadata"]["track_name"] for row in read(sandbox, "listener_71", count=100)}


def test_same_listen_is_kept_once_however_often_it_is_sent(sandbox, somebody):
    for _ in range(2):
        submit(sandbox, somebody, listen("One"), listen("One"), listen("Two"), listen("One", LISTENED_AT + 1))

    assert [(row["listened_at"], row["track_metadata"]["track_name"]) for row in read(sandbox, somebody)] == [
        (LISTENED_AT + 1, "One"),
        (LISTENED_AT, "Two"),
        (LISTENED_AT, "One"),
    ]


def test_listen_that_the_account_has_from_last_fm_is_not_kept_again(sandbox):
    play = read(sandbox, "listener_72", count=1)[0]
    names = {name: play["track_metadata"][name] for name in ("artist_name", "track_name")}

    submit(sandbox, "listener_72", {"listened_at": play["listened_at"], "track_metadata": names})

    assert ask(sandbox, "listener_72", "listen-count").json()["payload"]["count"] == 72


def test_token_that_names_nobody_is_the_main_listeners(sandbox):
    headers = {"Authorization": "Token any-other-text"}

    sandbox.client.post(SUBMIT, json={"listen_type": "single", "payload": [listen("Told By Token")]}, headers=headers)

    rows = read(sandbox, "sandbox_listener", count=100, min_ts=LISTENED_AT - 1)
    assert "Told By Token" in {row["track_metadata"]["track_name"] for row in rows}


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (None, "You need to provide an Authorization header."),
        ("listener-token:x", "Provided Authorization header is invalid."),
        ("Bearer listener-token:x", "Provided Authorization header is invalid."),
        ("Token invalid-token", "Invalid authorization token."),
        ("Token listener-token:", "Invalid authorization token."),
    ],
)
def test_submission_without_a_good_token_is_401(sandbox, header, words):
    headers = {"Authorization": header} if header else {}

    answer = sandbox.client.post(SUBMIT, json={"listen_type": "single", "payload": [listen()]}, headers=headers)

    assert (answer.status_code, answer.json()) == (401, {"code": 401, "error": words})


@pytest.mark.parametrize(
    ("kind", "listens", "words"),
    [
        ("import", [], "JSON document does not contain any listens"),
        ("import", [listen()] * 1001, "Too many listens. You may not submit more than 1000 listens at once."),
        ("single", [listen(), listen("Other")], "JSON document contains more than listen for a single/playing_now."),
        ("often", [listen()], "JSON document requires a valid listen_type key."),
        ("single", [listen(at=None)], "JSON document must contain the key listened_at at the top level."),
        ("playing_now", [listen()], "JSON document must not contain listened_at while submitting playing_now."),
        ("single", [listen(at=1_000_000_000)], "Value for key listened_at is too low."),
        ("single", [listen(at=99_999_999_999)], "Value for key listened_at is too high."),
        ("single", [{"listened_at": "soon"}], "JSON document must contain an int value for listened_at."),
        ("single", [{"listened_at": LISTENED_AT}], "JSON document must contain the key track_metadata at the top level."),
        ("single", [{**listen(), "more": 1}], "JSON document may only contain listened_at and track_metadata top level keys"),
        ("single", [listen("")], "field track_metadata.track_name is empty."),
        ("single", [listen(artist_name=None)], "track_metadata.artist_name must be a single string."),
        ("single", [listen(release_name=" ")], "field track_metadata.release_name is empty."),
        ("single", [listen(additional_info={"recording_mbid": "x"})], "recording_mbid MBID format invalid."),
        ("single", [listen(additional_info={"artist_mbids": ["x"]})], "artist_mbids MBID format invalid."),
        ("single", [listen(additional_info={"duration": 0})], "Value for duration is invalid, should be a positive integer."),
        ("single", [listen(additional_info={"duration": 1, "duration_ms": 1})], "JSON document should not contain both duration"),
        ("single", [None], "Listen is empty and cannot be validated."),
        ("single", [listen("x" * 10_240)], "JSON document is too large. Each listens may not be larger than 10240 bytes."),
    ],
)
def test_submission_that_makes_no_sense_is_400_in_the_services_words(sandbox, somebody, kind, listens, words):
    answer = submit(sandbox, somebody, *listens, kind=kind)

    assert (answer.status_code, answer.json()["code"]) == (400, 400)
    assert answer.json()["error"].startswith(words)
    assert read(sandbox, somebody) == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "Cannot parse JSON document: "),
        (b"[]", "Invalid JSON document submitted. Top level of JSON document should be a json object."),
        (b'{"payload": []}', "Invalid JSON document submitted."),
        (b'{"listen_type": "single", "payload": {}}', "The payload in the JSON document should be a list of listens."),
    ],
)
def test_body_that_is_no_submission_is_400(sandbox, body, words):
    answer = sandbox.client.post(SUBMIT, content=body, headers={"Authorization": "Token listener-token:nobody"})

    assert answer.status_code == 400
    assert answer.json()["error"].startswith(words)


def test_body_above_the_largest_is_400(sandbox):
    answer = sandbox.client.post(SUBMIT, content=b" " * 10_240_001, headers={"Authorization": "Token listener-token:nobody"})

    assert (answer.status_code, answer.json()["error"]) == (400, "Payload too large. Payload cannot exceed 10240000 bytes")


def test_listen_without_its_artist_is_sent_back_and_none_of_its_company_is_kept(sandbox, somebody):
    bad = {"listened_at": LISTENED_AT, "track_metadata": {"track_name": "Airbag"}}

    answer = submit(sandbox, somebody, listen(), bad)

    assert answer.status_code == 400
    assert answer.json() == {
        **bad,
        "code": 400,
        "error": "JSON document does not contain required field track_metadata.artist_name.",
    }
    assert read(sandbox, somebody) == []


def test_what_was_announced_plays_now_here_and_nowhere_else(sandbox, somebody):
    submit(sandbox, somebody, listen(at=None), kind="playing_now")

    payload = ask(sandbox, somebody, "playing-now").json()["payload"]

    assert (payload["count"], payload["playing_now"], payload["user_id"]) == (1, True, somebody)
    row = payload["listens"][0]
    assert (row.keys(), row["track_metadata"]["track_name"]) == ({"playing_now", "track_metadata"}, "Airbag")
    assert read(sandbox, somebody) == []
    assert sandbox.ask_json("user.getRecentTracks", user=somebody)["recenttracks"]["track"] == []


def test_what_a_tester_lets_play_plays_on_both_services_until_all_are_silenced(sandbox, somebody):
    submit(sandbox, somebody, listen(at=None), kind="playing_now")
    sandbox.client.put("/_sandbox/now_playing", json={"user": somebody, "artist": "Cher", "track": "Believe"})

    here = ask(sandbox, somebody, "playing-now").json()["payload"]["listens"]
    there = sandbox.ask_json("user.getRecentTracks", user=somebody)["recenttracks"]["track"]
    sandbox.client.put("/_sandbox/now_playing", content="null")
    silent = ask(sandbox, somebody, "playing-now").json()["payload"]

    assert (here[0]["track_metadata"]["track_name"], there["name"]) == ("Believe", "Believe")
    assert (silent["count"], silent["listens"]) == (0, [])
