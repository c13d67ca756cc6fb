"""Has the simulated ListenBrainz the habits of the real one?"""

import pytest

POPULARITY = "/listenbrainz/1/popularity/artist"
RADIOHEAD, PORTISHEAD = "a74b1b7f-71a5-4011-9441-d0b5e4122711", "8f6bd1e4-fbe1-4f50-aa9b-94c450ec0f11"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def test_counts_come_in_the_order_asked_with_nulls_for_the_unknown(sandbox):
    answer = sandbox.client.post(POPULARITY, json={"artist_mbids": [PORTISHEAD, UNKNOWN, RADIOHEAD]})

    rows = answer.json()

    assert [row["artist_mbid"] for row in rows] == [PORTISHEAD, UNKNOWN, RADIOHEAD]
    assert rows[1] == {"artist_mbid": UNKNOWN, "total_listen_count": None, "total_user_count": None}
    assert rows[2]["total_listen_count"] > rows[2]["total_user_count"] > 0


def test_nobody_asked_for_is_an_empty_list(sandbox):
    assert sandbox.client.post(POPULARITY, json={"artist_mbids": []}).json() == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{}", "artist_mbids JSON element must be present"),
        (b"not json", "Cannot parse JSON document"),
        (b'{"artist_mbids": ["x"]}', "artist_mbid x is not valid."),
        (b'{"artist_mbids": "x"}', "artist_mbids JSON element must be present"),
    ],
)
def test_bodies_that_make_no_sense_are_400_with_the_code_inside(sandbox, body, message):
    answer = sandbox.client.post(POPULARITY, content=body)

    assert (answer.status_code, answer.json()["code"]) == (400, 400)
    assert answer.json()["error"].startswith(message)


def test_every_answer_tells_what_is_left(sandbox):
    sandbox.client.put("/_sandbox/limits", json={"listenbrainz": {"per_second": 3, "window_seconds": 10}})

    left = [sandbox.client.post(POPULARITY, json={"artist_mbids": []}).headers["x-ratelimit-remaining"] for _ in range(3)]

    assert left == ["29", "28", "27"]


def test_refusal_tells_when_to_come_back(sandbox):
    sandbox.client.put("/_sandbox/limits", json={"listenbrainz": {"per_second": 0.1, "window_seconds": 10}})

    first, second = (sandbox.client.post(POPULARITY, json={"artist_mbids": []}) for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 429)
    assert (second.headers["x-ratelimit-remaining"], second.json()["code"]) == ("0", 429)
    assert 1 <= int(second.headers["x-ratelimit-reset-in"]) <= 10
    assert "retry-after" not in second.headers


def test_bad_token_is_401_and_none_is_fine(sandbox):
    refused = sandbox.client.post(POPULARITY, json={"artist_mbids": []}, headers={"Authorization": "Token invalid-token"})

    assert (refused.status_code, refused.json()["error"]) == (401, "Invalid authorization token.")


def test_answers_are_counted_as_popularity(sandbox):
    sandbox.client.post(POPULARITY, json={"artist_mbids": []})

    assert sandbox.control("counters")["listenbrainz"] == {"total": 1, "popularity.artist": 1}
