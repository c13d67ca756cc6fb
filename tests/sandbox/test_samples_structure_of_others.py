"""Do the upstreams besides Last.fm send what the recorded ones sent: same keys, same kinds of value, same errors?"""

import json
from typing import Any

import pytest

from tests.fakes.samples import recorded
from tests.sandbox.running import RunningSandbox

SAMPLES = recorded()

AGENT = {"User-Agent": "SandboxTests/1.0 ( tests@example.org )"}
RADIOHEAD, HALCYON = "a74b1b7f-71a5-4011-9441-d0b5e4122711", "2pvfGvbL4mouaDY9ZSwUmv"
ACTOR = "/apify/v2/acts/augeas~spotify-monthly-listeners"
FOLDERS = ("apify", "infomaniak", "listenbrainz", "musicbrainz", "spotify", "wikidata")
ERROR_FILES = {
    "apify/errors-matrix.json",
    "infomaniak/errors-matrix.json",
    "listenbrainz/cases-submit-stats-errors.json",
    "musicbrainz/errors-matrix.json",
    "spotify/errors-matrix.json",
    "wikidata/errors-matrix.json",
}
# Keys that only some items of a kind have, or that the recording had because of who asked.
SOMETIMES = {
    *("user-tags", "country", "area", "begin-area", "aliases", "tags", "disambiguation", "preview_url"),
    *("barcode", "packaging", "packaging-id"),
}
SPOTIFY_CASES = [
    ("artist-extended-quota.json", "extended", "artists/{artist}"),
    ("artist-devmode-2026.json", "devmode2026", "artists/{artist}"),
    ("album-extended-quota.json", "extended", "albums/{album}"),
    ("album-devmode-2026.json", "devmode2026", "albums/{album}"),
    ("artist-albums-extended-quota.json", "extended", "artists/{artist}/albums?limit=10"),
    ("search-artist-ok.json", "extended", "search?type=artist&q=the&limit=2"),
    ("search-empty.json", "extended", "search?type=track&q=duifhjslkef"),
]
MUSICBRAINZ_CASES = [
    ("artist-search-ok.json", 'artist?query=artist:"Daft Punk"'),
    ("artist-lookup-url-rels.json", f"artist/{RADIOHEAD}?inc=url-rels+release-groups"),
    ("release-group-lookup-releases.json", "release-group/{group}?inc=releases+media+tags"),
    ("release-search-ok.json", 'release?query=release:"OK Computer" AND artist:Radiohead&limit=1'),
]
REFUSAL_NAMES = {
    "apify": ["no_token", "bad_token", "no_usage", "not_rented", "unknown", "run_failed", "too_long", "rate_limit"],
    "euria": ["bad_token", "wrong_product", "unknown", "validation", "gateway_refusal", "rate_limit"],
    "listenbrainz": ["bad_token", "too_large", "unknown_user", "over_limit"],
    "musicbrainz": ["busy", "over_rate", "not_identified", "unknown", "bad_mbid", "", ""],
    "spotify-accounts": ["invalid_client", "no_credentials"],
    "spotify": [
        *("expired_token", "bad_id", "bad_limit", "unknown", "forbidden", "premium"),
        *("rate_limit", "rate_limit_text", "quota", "bad_gateway"),
    ],
    "wikidata": ["throttled", "banned", "not_identified", "timeout", "gateway_timeout", "malformed"],
}


def load(path: str) -> Any:
    return json.loads((SAMPLES / path).read_text("utf-8"))


def shape_of(value: object) -> object:
    """A value's keys and kinds; null fits everything, a list counts as all of its elements together."""
    if isinstance(value, dict):
        return {key: shape_of(item) for key, item in value.items() if key not in SOMETIMES}
    if isinstance(value, list):
        return [shape_of(item) for item in value]
    return {bool: "truth", int: "number", float: "number", str: "text"}.get(type(value), "null")


def differences(recorded: object, answered: object, at: str = "") -> list[str]:
    """Where an answer's shape is not the recorded one's."""
    if "null" in (recorded, answered):
        return []
    if isinstance(recorded, dict) and isinstance(answered, dict):
        odd = [f"{at}.{key}" for key in recorded.keys() ^ answered.keys()]
        return odd + [
            one for key in recorded.keys() & answered.keys() for one in differences(recorded[key], answered[key], f"{at}.{key}")
        ]
    if isinstance(recorded, list) and isinstance(answered, list):
        return [one for item in answered for one in differences(recorded[0], item, f"{at}[]")] if recorded else []
    return [] if recorded == answered else [f"{at}: {recorded} became {answered}"]


def assert_alike(sample: object, answered: object) -> None:
    assert differences(shape_of(sample), shape_of(answered)) == []


def ask_spotify(sandbox: RunningSandbox, path: str) -> Any:
    pair = ("sandbox-client", "sandbox-secret")
    token = sandbox.client.post("/spotify-accounts/api/token", data={"grant_type": "client_credentials"}, auth=pair).json()
    return sandbox.client.get(f"/spotify/v1/{path}", headers={"Authorization": f"Bearer {token['access_token']}"}).json()


def ask_musicbrainz(sandbox: RunningSandbox, path: str) -> Any:
    return sandbox.client.get(f"/musicbrainz/ws/2/{path}", headers={**AGENT, "Accept": "application/json"}).json()


def test_every_sample_has_a_case():
    covered = {
        *ERROR_FILES,
        *(f"spotify/{case[0]}" for case in SPOTIFY_CASES),
        "spotify/albums-batch-removed-in-devmode.json",
        *(f"musicbrainz/{case[0]}" for case in MUSICBRAINZ_CASES),
        "musicbrainz/release-lookup-full.json",
        *("apify/run-object-succeeded.json", "apify/run-sync-get-dataset-items-ok.json"),
        *("listenbrainz/get-listens-ok.json", "listenbrainz/listen-with-mbid-mapping-2026.json"),
        "infomaniak/chat-completions-ok.json",
        *("wikidata/sparql-json-shape.json", "wikidata/sparql-p1902-p1037-cases.json"),
    }

    assert {f"{folder}/{file.name}" for folder in FOLDERS for file in (SAMPLES / folder).iterdir()} == covered


@pytest.mark.parametrize(("sample", "profile", "path"), SPOTIFY_CASES)
def test_spotify_answers_are_shaped_like_the_recorded_ones(sandbox, sample, profile, path):
    album = ask_spotify(sandbox, f"artists/{HALCYON}/albums")["items"][0]["id"]
    sandbox.client.put("/_sandbox/spotify", json={"profile": profile})

    answered = ask_spotify(sandbox, path.format(artist=HALCYON, album=album))

    assert_alike(load(f"spotify/{sample}"), answered)


def test_spotify_batch_of_albums_differs_from_the_recorded_one_by_its_newer_keys_only(sandbox):
    album = ask_spotify(sandbox, f"artists/{HALCYON}/albums")["items"][0]["id"]
    sandbox.client.put("/_sandbox/spotify", json={"profile": "extended"})

    answered = ask_spotify(sandbox, f"albums?ids={album},{'0' * 22}")["albums"]
    recorded = load("spotify/albums-batch-removed-in-devmode.json")["albums"]

    assert answered[0].keys() ^ recorded[0].keys() == {"available_markets", "label", "total_tracks"}
    assert answered[1] is recorded[-1] is None


@pytest.mark.parametrize(("sample", "path"), MUSICBRAINZ_CASES)
def test_musicbrainz_answers_are_shaped_like_the_recorded_ones(sandbox, sample, path):
    groups = ask_musicbrainz(sandbox, f"release-group?artist={RADIOHEAD}")["release-groups"]

    answered = ask_musicbrainz(sandbox, path.format(group=groups[0]["id"]))

    recorded = load(f"musicbrainz/{sample}")
    if "artists" in recorded:
        recorded["artists"] = [artist for artist in recorded["artists"] if "type" in artist]
    assert_alike(recorded, answered)


def test_musicbrainz_release_has_all_but_the_relations_of_the_recorded_one(sandbox):
    inc = "labels+release-groups+artist-credits+media+recordings+genres+tags"
    found = ask_musicbrainz(sandbox, 'release?query=release:"The Wall" AND artist:"Pink Floyd"')["releases"][0]

    answered = ask_musicbrainz(sandbox, f"release/{found['id']}?inc={inc}")

    recorded = load("musicbrainz/release-lookup-full.json")
    asked_for_more = {".annotation", ".relations", ".release-group.relations", ".user-genres"}
    newer = {".genres[].id", ".release-group.genres", ".label-info[].label.type", ".label-info[].label.type-id"}
    credited = {
        f"{credit}[].artist.{key}"
        for credit in (".artist-credit", ".release-group.artist-credit")
        for key in ("genres", "type", "type-id")
    }
    assert set(differences(shape_of(recorded), shape_of(answered))) == asked_for_more | newer | credited
    assert_alike(recorded["media"], answered["media"])


def test_apify_answers_are_shaped_like_the_recorded_ones(sandbox):
    start = {"startUrls": [{"url": f"https://open.spotify.com/artist/{HALCYON}"}]}
    headers = {"Authorization": "Bearer t"}

    items = sandbox.client.post(f"{ACTOR}/run-sync-get-dataset-items", json=start, headers=headers).json()
    run = sandbox.client.post(f"{ACTOR}/runs", json=start, headers=headers).json()

    assert_alike(load("apify/run-sync-get-dataset-items-ok.json"), items)
    assert_alike(load("apify/run-object-succeeded.json"), run)


def test_euria_answers_are_shaped_like_the_sample(sandbox):
    body = {"model": "mistral3", "messages": [{"role": "user", "content": "- name: Radiohead"}]}
    headers = {"Authorization": "Bearer sandbox-token"}

    answered = sandbox.client.post("/euria/2/ai/101/openai/v1/chat/completions", json=body, headers=headers).json()

    assert_alike(load("infomaniak/chat-completions-ok.json"), answered)


def read_listens(sandbox: RunningSandbox, user: str) -> Any:
    return sandbox.client.get(f"/listenbrainz/1/user/{user}/listens", params={"count": 1000}).json()["payload"]


def test_listens_come_in_the_recorded_envelope(sandbox):
    recorded = load("listenbrainz/get-listens-ok.json")["payload"]

    answered = read_listens(sandbox, "listener_1000")

    assert_alike({**recorded, "listens": []}, {**answered, "listens": []})
    assert {tuple(sorted(row)) for row in answered["listens"]} == {tuple(sorted(row)) for row in recorded["listens"]}


def test_listens_without_and_with_a_mapping_have_what_the_recorded_ones_have(sandbox):
    recorded = load("listenbrainz/get-listens-ok.json")["payload"]["listens"]

    answered = [row["track_metadata"] for row in read_listens(sandbox, "listener_1000")["listens"]]

    for metadata in (row["track_metadata"] for row in recorded):
        wanted = metadata.keys(), metadata.get("mbid_mapping", {}).keys()
        assert any(
            wanted[0] <= told.keys()
            and ("mbid_mapping" in told) == ("mbid_mapping" in metadata)
            and wanted[1] <= told.get("mbid_mapping", {}).keys()
            for told in answered
        )


def test_listen_of_which_everything_is_known_is_shaped_like_the_recorded_one(sandbox):
    recorded = load("listenbrainz/listen-with-mbid-mapping-2026.json")

    rows = read_listens(sandbox, "listener_1000")["listens"]

    full = next(row for row in rows if "release_mbid" in row["track_metadata"].get("mbid_mapping", {}))
    assert_alike(recorded, full)


def test_no_listens_and_an_accepted_submission_are_answered_as_recorded(sandbox):
    recorded = load("listenbrainz/cases-submit-stats-errors.json")
    headers = {"Authorization": "Token listener-token:samples"}

    empty = read_listens(sandbox, "example_empty")
    sent = sandbox.client.post("/listenbrainz/1/submit-listens", json=recorded["submit_listens_request"], headers=headers)

    assert {**empty, "user_id": "example_user"} == recorded["get_listens_empty"]["body"]["payload"]
    assert (sent.status_code, sent.json()) == tuple(recorded["submit_listens_ok"].values())


def test_wikidata_answers_are_the_recorded_ones_but_for_the_invented_manager(sandbox):
    query = """SELECT ?entity ?entityLabel ?manager ?managerLabel WHERE { ?entity wdt:P1902 "%s" .
        OPTIONAL { ?entity wdt:P1037 ?manager } SERVICE wikibase:label { bd:serviceParam wikibase:language "en" } }"""
    ids = {"with_manager": "4Z8W4fKeB5YxbusRsdQVPb", "no_manager": "12Chz98pHFMPJEknJQMWvI", "unknown_spotify_id": "0" * 22}
    recorded = load("wikidata/sparql-p1902-p1037-cases.json")

    answered = {
        case: sandbox.client.get("/wikidata/sparql", params={"query": query % one, "format": "json"}, headers={**AGENT}).json()
        for case, one in ids.items()
    }

    assert_alike(recorded, answered)
    assert [len(answered[case]["results"]["bindings"]) for case in ids] == [1, 1, 0]


def test_wikidata_item_without_a_label_is_written_as_in_the_recording(sandbox):
    query = """SELECT ?manager ?managerLabel WHERE { ?e wdt:P1902 "6liAMWkVf5LH7YR9yfFy1Y" ; wdt:P1037 ?manager .
        SERVICE wikibase:label { bd:serviceParam wikibase:language "en" } }"""
    bare = load("wikidata/sparql-json-shape.json")["results"]["bindings"][1]

    answered = sandbox.client.get("/wikidata/sparql", params={"query": query, "format": "json"}, headers=AGENT).json()

    row = answered["results"]["bindings"][0]
    assert [row["manager"].keys(), row["managerLabel"].keys()] == [bare["item"].keys(), bare["itemLabel"].keys()]


@pytest.mark.parametrize("provider", REFUSAL_NAMES)
def test_errors_are_the_recorded_ones_word_for_word(sandbox, provider):
    rows = load_errors(provider)

    answers = []
    for name in REFUSAL_NAMES[provider]:
        fault = {"kind": f"{provider}_error", "code": name or 404}
        sandbox.script({"provider": provider, "times": 1, "fault": fault})
        answers.append(sandbox.client.get(f"/{provider}/anything", headers=AGENT))

    assert len(rows) == len(answers)
    for row, name, answer in zip(rows, REFUSAL_NAMES[provider], answers, strict=True):
        if name:
            assert answer.status_code == row["status"]
            assert (answer.text if "body_text" in row else answer.json()) == row.get("body_text", row.get("body"))
            assert {key: answer.headers[key] for key in row.get("headers", {}) if key != "X-RateLimit-Reset"}.keys() == row.get(
                "headers", {}
            ).keys() - {"X-RateLimit-Reset"}


def load_errors(provider: str) -> list[dict[str, Any]]:
    """The recorded errors of a provider; Spotify's file has those of its accounts service first."""
    if provider == "listenbrainz":
        rows: list[dict[str, Any]] = load("listenbrainz/cases-submit-stats-errors.json")["errors"]
        return rows
    folder = {"euria": "infomaniak", "spotify-accounts": "spotify"}.get(provider, provider)
    rows = load(f"{folder}/errors-matrix.json")["errors"]
    if provider.startswith("spotify"):
        return [row for row in rows if row["case"].startswith("token") == (provider == "spotify-accounts")]
    return rows
