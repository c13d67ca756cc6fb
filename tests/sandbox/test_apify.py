"""Has the simulated Apify the habits of the real one?"""

import pytest

ACTOR = "/apify/v2/acts/augeas~spotify-monthly-listeners"
SYNC = f"{ACTOR}/run-sync-get-dataset-items"
RADIOHEAD, HALCYON, UNKNOWN = "4Z8W4fKeB5YxbusRsdQVPb", "2pvfGvbL4mouaDY9ZSwUmv", "0" * 22
TOKEN = {"Authorization": "Bearer apify-test"}


def input_for(*ids: str) -> dict[str, object]:
    return {"startUrls": [{"url": f"https://open.spotify.com/artist/{one}"} for one in ids]}


def test_sync_run_answers_201_with_a_bare_list_matched_by_artist(sandbox):
    answer = sandbox.client.post(SYNC, json=input_for(HALCYON, UNKNOWN, RADIOHEAD), headers=TOKEN)

    listeners = {item["artist_id"]: item["monthlyListeners"] for item in answer.json()}

    assert answer.status_code == 201
    assert listeners.keys() == {HALCYON, RADIOHEAD}
    assert listeners[HALCYON] == 284731
    assert answer.headers["x-apify-pagination-total"] == "2"


def test_unknown_artists_and_no_artists_are_an_empty_list(sandbox):
    answers = [sandbox.client.post(SYNC, json=body, headers=TOKEN) for body in (input_for(UNKNOWN), {}, {"startUrls": "x"})]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(201, [])] * 3


def test_items_tell_label_and_date_of_every_release(sandbox):
    item = sandbox.client.post(SYNC, json=input_for(HALCYON), headers=TOKEN).json()[0]

    assert item["releases"][0]["label"] == "Meridian Static"
    assert len(item["releases"]) > 15
    assert item["biography"].startswith("Halcyon Relay")


def test_run_is_started_followed_and_its_dataset_fetched(sandbox):
    sandbox.client.put("/_sandbox/apify", json={"run_seconds": 20, "time_scale": 0.01})

    started = sandbox.client.post(f"{ACTOR}/runs", json=input_for(RADIOHEAD), headers=TOKEN)
    run = started.json()["data"]
    early = sandbox.client.get(f"/apify/v2/datasets/{run['defaultDatasetId']}/items", headers=TOKEN).json()
    finished = sandbox.client.get(f"/apify/v2/actor-runs/{run['id']}?waitForFinish=60", headers=TOKEN).json()["data"]
    items = sandbox.client.get(f"/apify/v2/datasets/{run['defaultDatasetId']}/items", headers=TOKEN).json()

    assert (started.status_code, run["status"] in {"READY", "RUNNING"}) == (201, True)
    assert early == []
    assert (finished["status"], finished["exitCode"]) == ("SUCCEEDED", 0)
    assert [item["artist_id"] for item in items] == [RADIOHEAD]


def test_sync_run_that_takes_too_long_is_408_and_goes_on(sandbox):
    sandbox.client.put("/_sandbox/apify", json={"run_seconds": 400, "time_scale": 0.0005})

    answer = sandbox.client.post(SYNC, json=input_for(RADIOHEAD), headers=TOKEN)

    assert (answer.status_code, answer.json()["error"]["type"]) == (408, "run-timeout-exceeded")
    assert sandbox.control("counters")["apify"] == {"total": 1, "run-sync": 1}


@pytest.mark.parametrize("outcome", ["FAILED", "ABORTED", "TIMED-OUT"])
def test_run_that_ends_badly_is_400_when_waited_for_and_a_state_when_asked_after(sandbox, outcome):
    sandbox.client.put("/_sandbox/apify", json={"outcome": outcome})

    waited = sandbox.client.post(SYNC, json=input_for(RADIOHEAD), headers=TOKEN)
    started = sandbox.client.post(f"{ACTOR}/runs?waitForFinish=5", json=input_for(RADIOHEAD), headers=TOKEN).json()["data"]

    assert (waited.status_code, waited.json()["error"]["type"]) == (400, "run-failed")
    assert f"status: {outcome}" in waited.json()["error"]["message"]
    assert started["status"] == outcome


def test_run_with_a_shorter_timeout_than_it_needs_is_timed_out(sandbox):
    sandbox.client.put("/_sandbox/apify", json={"run_seconds": 100, "time_scale": 0.001})

    answer = sandbox.client.post(f"{SYNC}?timeout=30", json=input_for(RADIOHEAD), headers=TOKEN)

    assert "status: TIMED-OUT" in answer.json()["error"]["message"]


def test_aborted_run_stays_aborted(sandbox):
    sandbox.client.put("/_sandbox/apify", json={"run_seconds": 1000})
    run = sandbox.client.post(f"{ACTOR}/runs", json=input_for(RADIOHEAD), headers=TOKEN).json()["data"]

    sandbox.client.post(f"/apify/v2/actor-runs/{run['id']}/abort", headers=TOKEN)

    assert sandbox.client.get(f"/apify/v2/actor-runs/{run['id']}", headers=TOKEN).json()["data"]["status"] == "ABORTED"


@pytest.mark.parametrize(
    ("token", "status", "kind"),
    [
        ("", 401, "token-not-provided"),
        ("invalid-token", 401, "user-or-token-not-found"),
        ("poor-token", 402, "not-enough-usage-to-run-paid-actor"),
        ("unrented-token", 403, "actor-is-not-rented"),
    ],
)
def test_tokens_are_refused_each_in_its_own_way(sandbox, token, status, kind):
    answer = sandbox.client.post(SYNC, params={"token": token}, json=input_for(RADIOHEAD))

    assert (answer.status_code, answer.json()["error"]["type"]) == (status, kind)


def test_what_does_not_exist_is_404(sandbox):
    actor = sandbox.client.post("/apify/v2/acts/someone~else/runs", headers=TOKEN)
    run = sandbox.client.get("/apify/v2/actor-runs/nothing", headers=TOKEN)

    assert (actor.status_code, actor.json()["error"]["type"]) == (404, "record-or-token-not-found")
    assert (run.status_code, run.json()["error"]["type"]) == (404, "record-not-found")


def test_too_many_requests_are_429(sandbox):
    sandbox.client.put("/_sandbox/limits", json={"apify": {"per_second": 0.02, "window_seconds": 60}})

    answers = [sandbox.client.get("/apify/v2/actor-runs/nothing", headers=TOKEN) for _ in range(2)]

    assert answers[1].status_code == 429
    assert answers[1].headers["x-ratelimit-limit"] == "60"


def test_token_in_the_address_is_masked_in_the_journal(sandbox):
    sandbox.client.post(SYNC, params={"token": "apify-secret"}, json=input_for(RADIOHEAD))

    row = sandbox.control("journal?provider=apify")["rows"][0]

    assert (row["api_method"], row["params"]["token"], row["query_params"]) == ("run-sync", "…et", ["token"])
