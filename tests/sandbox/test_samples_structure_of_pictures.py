"""Do those who have pictures send what the recorded ones sent: same keys, same kinds of value, same errors?"""

import json
from typing import Any

import httpx
import pytest

from tests.fakes.samples import recorded
from tests.sandbox.running import RunningSandbox

SAMPLES = recorded()

DEEZER_ERRORS = {
    "quota": "quota",
    "unknown_id": "no_data",
    "missing_parameter": "missing_parameter",
    "bad_parameter": "bad_parameter",
    "bad_path": "unknown_path",
}


def load(path: str) -> Any:
    return json.loads((SAMPLES / path).read_text("utf-8"))


def shape_of(value: object) -> object:
    """A value's keys and kinds; a list counts as its first element."""
    if isinstance(value, dict):
        return {key: shape_of(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape_of(value[0])] if value else []
    return type(value).__name__


def find_release(sandbox: RunningSandbox, *, has_1200: bool) -> str:
    releases = [one for artist in sandbox.control("pictures")["artists"] for one in artist["releases"]]
    fronts = [one for one in releases if one["front"] and one["front"]["suffix"] == "jpg"]
    return next(str(one["mbid"]) for one in fronts if (1200 in one["front"]["thumbs"]) == has_1200)


def ask_archive(sandbox: RunningSandbox, path: str, **options: Any) -> httpx.Response:
    return sandbox.client.get(f"/coverartarchive/{path}", **options)


@pytest.mark.parametrize(("sample", "has_1200"), [("release-index-ok.json", True), ("release-index-old-shape.json", False)])
def test_index_of_a_release_is_shaped_like_the_recorded_one(sandbox, sample, has_1200):
    mbid = find_release(sandbox, has_1200=has_1200)

    answered = ask_archive(sandbox, f"release/{mbid}", follow_redirects=True).json()

    wanted = load(f"coverartarchive/{sample}")
    assert shape_of(answered) == shape_of(wanted)
    assert answered["release"].rpartition("/")[0] == wanted["release"].rpartition("/")[0]
    assert answered["images"][0]["types"] == ["Front"]


def test_redirects_and_errors_of_the_archive_are_the_recorded_ones(sandbox):
    mbid = find_release(sandbox, has_1200=True)
    real = "8745795a-190f-4be5-84fd-a8cfe5365cc6"

    for case in load("coverartarchive/redirects-and-errors.json")["cases"][:3]:
        answer = ask_archive(sandbox, case["request"].removeprefix("GET /").replace(real, mbid))
        wanted = case["headers"]["location"].split("archive.org")[1].replace(real, mbid)
        number = wanted.partition(f"{mbid}-")[2].partition("_")[0].partition(".")[0]
        shown = answer.headers["location"].removeprefix(f"{sandbox.url}/archive")

        assert answer.status_code == case["status"]
        assert shown.partition("-")[0] == wanted.partition("-")[0] == "/download/mbid"
        assert shown.rpartition("_")[2].rpartition(".")[2] == wanted.rpartition("_")[2].rpartition(".")[2]
        assert not number or shown.partition("_")[2] == wanted.partition("_")[2]


def test_refusals_of_the_archive_are_the_recorded_ones_word_for_word(sandbox):
    bare = "00000000-0000-4000-8000-000000000000"
    cases = load("coverartarchive/redirects-and-errors.json")["cases"]

    missing, bad = (ask_archive(sandbox, f"release/{path}") for path in (f"{bare}/front-250", "not-a-uuid"))

    assert (missing.status_code, missing.text) == (404, cases[4]["body_text"])
    assert (bad.status_code, bad.text) == (400, cases[5]["body_text"])


def test_search_of_deezer_is_shaped_like_the_recorded_one(sandbox):
    wanted = load("deezer/search-artist-ok.json")

    answered = sandbox.client.get("/deezer/search/artist", params={"q": "Nicole"}).json()

    assert {*map(str, map(shape_of, answered["data"]))} == {str(shape_of(wanted["data"][0]))}
    assert answered.keys() == wanted.keys()


def test_empty_list_and_missing_picture_of_deezer_are_the_recorded_ones(sandbox):
    wanted = load("deezer/empty-and-errors.json")
    faceless = next(
        one["deezer"]["id"]
        for one in sandbox.control("pictures")["artists"]
        if one["deezer"]["id"] and not one["deezer"]["picture"]
    )

    empty = sandbox.client.get("/deezer/search/artist", params={"q": "Zyxomma Qwrt"}).json()
    artist = sandbox.client.get(f"/deezer/artist/{faceless}").json()

    assert empty == wanted["empty"]
    for size in ("small", "xl"):
        real = wanted["no_image"][f"picture_{size}"].removeprefix("https://cdn-images.dzcdn.net")
        assert artist[f"picture_{size}"] == f"{sandbox.url}/deezer-images{real}"


@pytest.mark.parametrize(("case", "name"), DEEZER_ERRORS.items())
def test_errors_of_deezer_are_the_recorded_ones_word_for_word(sandbox, case, name):
    sandbox.script({"provider": "deezer", "fault": {"kind": "deezer_error", "code": name}})

    answer = sandbox.client.get("/deezer/artist/1")

    assert (answer.status_code, answer.json()) == (200, {"error": load("deezer/empty-and-errors.json")[case]["error"]})
