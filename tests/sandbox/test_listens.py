"""Does the simulated ListenBrainz know what the accounts listened to?"""

from typing import Any

import pytest

from tests.sandbox.listening import SUBMIT, ask, listen, read, submit, times


def test_listens_are_the_plays_of_the_same_account_on_last_fm(sandbox):
    plays = sandbox.ask_json("user.getRecentTracks", user="listener_300", limit=300)["recenttracks"]["track"]

    listens = read(sandbox, "listener_300", count=300)

    assert [(row["listened_at"], row["track_metadata"]["track_name"]) for row in listens] == [
        (int(row["date"]["uts"]), row["name"]) for row in plays
    ]


def test_a_page_has_25_listens_unless_asked_and_a_thousand_at_most(sandbox):
    sizes = [len(read(sandbox, "listener_2000", **asked)) for asked in ({}, {"count": 3}, {"count": 5000}, {"count": 0})]

    assert sizes == [25, 3, 1000, 0]


def test_max_ts_leaves_out_its_own_second_and_what_is_newer(sandbox):
    newest = times(read(sandbox, "listener_300", count=300))

    older = times(read(sandbox, "listener_300", count=300, max_ts=newest[100]))

    assert older == [second for second in newest if second < newest[100]]


def test_min_ts_gives_the_listens_that_follow_upon_it_newest_first(sandbox):
    newest = times(read(sandbox, "listener_300", count=300))

    following = times(read(sandbox, "listener_300", count=10, min_ts=newest[100]))

    assert following == [second for second in newest if second > newest[100]][-10:]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"min_ts": 5, "max_ts": 9}, "You may only specify max_ts or min_ts, not both."),
        ({"count": "many"}, "Invalid count argument: many"),
        ({"max_ts": "1.5"}, "Invalid max_ts argument: 1.5"),
        ({"count": -1}, "Number of items requested should be positive"),
    ],
)
def test_parameters_that_make_no_sense_are_400(sandbox, asked, words):
    answer = ask(sandbox, "listener_300", "listens", **asked)

    assert (answer.status_code, answer.json()) == (400, {"code": 400, "error": words})


@pytest.mark.parametrize("what", ["listens", "playing-now", "listen-count"])
def test_unknown_user_is_404(sandbox, what):
    answer = ask(sandbox, "nobody_here", what)

    assert (answer.status_code, answer.json()) == (404, {"code": 404, "error": "Cannot find user: nobody_here"})


def test_every_page_tells_the_first_and_the_last_second_of_all_listens(sandbox):
    payload = ask(sandbox, "listener_300", count=2).json()["payload"]

    seconds = times(read(sandbox, "listener_300", count=300))
    assert (payload["latest_listen_ts"], payload["oldest_listen_ts"]) == (seconds[0], seconds[-1])
    assert (payload["count"], payload["user_id"]) == (2, "listener_300")


def test_listen_count_counts_plays_and_submitted_listens(sandbox):
    before = ask(sandbox, "listener_70", "listen-count").json()
    submit(sandbox, "listener_70", listen("One"), listen("Two"))
    after = ask(sandbox, "listener_70", "listen-count").json()

    assert (before, after) == ({"payload": {"count": 70}}, {"payload": {"count": 72}})


def test_submitted_listens_and_plays_are_read_in_one_order_from_both_ends(sandbox):
    seconds = times(read(sandbox, "listener_73", count=100))
    submit(sandbox, "listener_73", listen("Same Second", seconds[5]), listen("Between", seconds[5] + 1))

    down = [(row["listened_at"], row["track_metadata"]["track_name"]) for row in read(sandbox, "listener_73", count=100)]
    up = read(sandbox, "listener_73", count=100, min_ts=1)

    assert [(row["listened_at"], row["track_metadata"]["track_name"]) for row in up] == down
    assert [second for second, _ in down] == sorted((second for second, _ in down), reverse=True)
    assert len(down) == 75


@pytest.mark.parametrize("where", ["header", "query"])
def test_token_is_validated_from_header_or_query(sandbox, where):
    def validate(token: str) -> Any:
        if where == "query":
            return sandbox.client.get("/listenbrainz/1/validate-token", params={"token": token})
        return sandbox.client.get("/listenbrainz/1/validate-token", headers={"Authorization": f"Token {token}"})

    answers = [validate(token) for token in ("listener-token:Example_Empty", "whatever", "invalid-token")]

    assert [(answer.status_code, answer.json()) for answer in answers] == [
        (200, {"code": 200, "message": "Token valid.", "user_name": "example_empty", "valid": True}),
        (200, {"code": 200, "message": "Token valid.", "user_name": "sandbox_listener", "valid": True}),
        (200, {"code": 200, "message": "Token invalid.", "valid": False}),
    ]


def test_validating_no_token_is_400(sandbox):
    answer = sandbox.client.get("/listenbrainz/1/validate-token")

    assert (answer.status_code, answer.json()["error"]) == (400, "You need to provide an Authorization token.")


def test_calls_have_their_names_in_the_counters_and_for_faults(sandbox, somebody):
    sandbox.script({"provider": "listenbrainz", "api_method": "user.listens", "fault": {"kind": "status", "code": 502}})
    submit(sandbox, somebody, listen())

    statuses = [ask(sandbox, somebody, what).status_code for what in ("listens", "playing-now", "listen-count")]
    sandbox.client.get("/listenbrainz/1/validate-token", params={"token": "x"})

    assert statuses == [502, 200, 200]
    assert sandbox.control("counters")["listenbrainz"] == {
        "total": 5,
        "submit-listens": 1,
        "user.listens": 1,
        "user.playing-now": 1,
        "user.listen-count": 1,
        "validate-token": 1,
    }


def test_verb_that_a_call_does_not_have_is_405(sandbox):
    answers = [sandbox.client.get(SUBMIT), sandbox.client.post("/listenbrainz/1/user/listener_300/listens")]

    assert [answer.status_code for answer in answers] == [405, 405]
