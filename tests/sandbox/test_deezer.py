"""Does the simulated Deezer guess, mislead and fail as the real one does?"""

import io
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.sandbox.running import RunningSandbox

AGENT = {"User-Agent": "SandboxTests/1.0 ( tests@example.org )"}
QUOTA = {"error": {"type": "Exception", "message": "Quota limit exceeded", "code": 4}}


@pytest.fixture(scope="session")
def artists(sandbox_process: RunningSandbox) -> list[dict[str, Any]]:
    """The truth about everybody."""
    told: list[dict[str, Any]] = sandbox_process.control("pictures")["artists"]
    return told


def ask(sandbox: RunningSandbox, path: str, **params: object) -> httpx.Response:
    return sandbox.client.get(f"/deezer/{path}", params={name: str(value) for name, value in params.items()})


def search(sandbox: RunningSandbox, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(sandbox, "search/artist", q=name, limit=100).json()["data"]
    return found


def titles_of(sandbox: RunningSandbox, artist_id: int) -> set[str]:
    return {row["title"] for row in ask(sandbox, f"artist/{artist_id}/albums", limit=100).json()["data"]}


def test_artist_found_by_name_is_the_one_found_by_number(sandbox):
    found = search(sandbox, "radiohead")[0]

    again = ask(sandbox, f"artist/{found['id']}").json()

    assert again.pop("share").startswith(found["link"])
    assert again == found
    assert (found["name"], found["nb_album"]) == ("Radiohead", len(ask(sandbox, f"artist/{found['id']}/albums").json()["data"]))


def test_pictures_lie_with_a_host_of_their_own_in_the_size_that_was_named(sandbox):
    found = search(sandbox, "Radiohead")[0]

    sizes = {
        name: Image.open(io.BytesIO(sandbox.client.get(found[f"picture_{name}"]).content)).size
        for name in ("small", "medium", "big", "xl")
    }
    by_api = sandbox.client.get(found["picture"], follow_redirects=True)

    assert found["picture_xl"].startswith(f"{sandbox.url}/deezer-images/images/artist/")
    assert sizes == {"small": (56, 56), "medium": (250, 250), "big": (500, 500), "xl": (1000, 1000)}
    assert by_api.headers["content-type"] == "image/jpeg"


def test_artist_without_a_picture_has_an_address_with_nothing_in_it_and_everybody_s_silhouette(sandbox, artists):
    faceless = [one for one in artists if one["deezer"]["id"] and not one["deezer"]["picture"]][:2]

    found = [ask(sandbox, f"artist/{one['deezer']['id']}").json() for one in faceless]
    shown = [sandbox.client.get(row["picture_xl"]) for row in found]

    assert all("/images/artist//1000x1000-" in row["picture_xl"] for row in found)
    assert [answer.status_code for answer in shown] == [200, 200]
    assert shown[0].content == shown[1].content


def test_first_of_several_with_one_name_is_often_the_wrong_one_and_only_albums_tell(sandbox, artists):
    shared = [one for one in artists if one["deezer"]["id"] and one["deezer"]["others"]]

    firsts = []
    for one in shared:
        same = [row for row in search(sandbox, one["name"]) if row["name"] == one["name"]]
        known = {release["title"] for release in one["releases"]}
        fitting = [row["id"] for row in same if titles_of(sandbox, row["id"]) & known]
        firsts.append(same[0]["id"] == one["deezer"]["id"])
        assert fitting == [one["deezer"]["id"]]

    assert len(shared) > 20
    assert 0.2 < sum(firsts) / len(firsts) < 0.8


def test_some_artists_are_not_there_and_somebody_else_of_their_name_is(sandbox, artists):
    absent = [one for one in artists if one["deezer"]["id"] is None]

    for one in absent:
        found = [row for row in search(sandbox, one["name"]) if row["name"] == one["name"]]
        known = {release["title"] for release in one["releases"]}

        assert {row["id"] for row in found} >= set(one["deezer"]["others"]) != set()
        assert not any(titles_of(sandbox, row["id"]) & known for row in found)

    assert absent


def test_musicbrainz_links_some_artists_to_their_own_page(sandbox, artists):
    linked = [one for one in artists if one["deezer"]["is_linked"]]

    for one in artists[::6]:
        params = {"fmt": "json", "inc": "url-rels"}
        told = sandbox.client.get(f"/musicbrainz/ws/2/artist/{one['mbid']}", params=params, headers=AGENT).json()
        links = [(row["type"], row["url"]["resource"]) for row in told["relations"] if "deezer" in row["url"]["resource"]]
        own = f"https://www.deezer.com/artist/{one['deezer']['id']}"

        assert links == ([("free streaming", own)] if one["deezer"]["is_linked"] else [])

    assert 0.3 < len(linked) / len(artists) < 0.7


def test_bands_of_load_runs_are_there(sandbox):
    found = search(sandbox, "Fictional Band 0007")

    assert found[0]["name"] == "Fictional Band 0007"
    assert ask(sandbox, f"artist/{found[0]['id']}").json()["id"] == found[0]["id"]


def test_nobody_is_found_by_a_name_that_nobody_has(sandbox):
    assert ask(sandbox, "search/artist", q="Zyxomma Qwrt").json() == {"data": [], "total": 0}


def test_advanced_search_names_the_artist_in_quotes(sandbox):
    assert search(sandbox, 'artist:"Radiohead"') == search(sandbox, "Radiohead")


def test_pages_follow_one_another(sandbox):
    artist = search(sandbox, "Radiohead")[0]

    first = ask(sandbox, f"artist/{artist['id']}/albums", limit=3).json()
    second = sandbox.client.get(first["next"]).json()

    assert (len(first["data"]), len(second["data"]), first["total"]) == (3, 3, artist["nb_album"])
    assert first["next"].startswith(f"{sandbox.url}/deezer/artist/{artist['id']}/albums?")
    assert not {row["id"] for row in first["data"]} & {row["id"] for row in second["data"]}


@pytest.mark.parametrize(
    ("path", "code", "kind"),
    [
        ("search/artist", 501, "MissingParameterException"),
        ("search/artist?q=", 501, "MissingParameterException"),
        ("search/artist?q=a&limit=many", 500, "ParameterException"),
        ("search/artist?q=a&index=-1", 500, "ParameterException"),
        ("artist/1", 800, "DataException"),
        ("artist/abc", 800, "DataException"),
        ("artist/99999999999999999999/albums", 800, "DataException"),
        ("foo", 600, "InvalidQueryException"),
    ],
)
def test_every_error_has_status_200(sandbox, path, code, kind):
    answer = sandbox.client.get(f"/deezer/{path}")

    assert (answer.status_code, answer.json()["error"]["code"], answer.json()["error"]["type"]) == (200, code, kind)


@pytest.mark.parametrize("code", ["quota", 4])
def test_errors_are_scripted_by_name_or_by_number(sandbox, code):
    sandbox.script({"provider": "deezer", "times": 1, "fault": {"kind": "deezer_error", "code": code}})

    refused, answered = (ask(sandbox, "search/artist", q="Cher") for _ in range(2))

    assert (refused.status_code, refused.json()) == (200, QUOTA)
    assert answered.json()["total"] > 0


def test_fifty_in_five_seconds_are_granted_and_more_are_an_error_with_status_200(sandbox):
    sandbox.client.post("/_sandbox/reset", json={"limits": True})
    assert sandbox.control("limits")["deezer"] == {"per_second": 10, "window_seconds": 5}

    answers = [ask(sandbox, "artist/1") for _ in range(51)]

    assert {answer.status_code for answer in answers} == {200}
    assert [answer.json() == QUOTA for answer in answers] == [False] * 50 + [True]


def test_journal_names_the_calls(sandbox):
    found = search(sandbox, "Radiohead")[0]
    ask(sandbox, f"artist/{found['id']}/albums")
    sandbox.client.get(found["picture_xl"])

    assert sandbox.control("counters") == {
        "deezer": {"total": 2, "search.artist": 1, "artist.albums": 1},
        "deezer-images": {"total": 1, "picture": 1},
    }


@pytest.mark.parametrize("path", ["images/artist/abc/56x56-000000-80-0-0.jpg", "images/artist//0x0-000000-80-0-0.jpg", "x"])
def test_host_of_pictures_has_nothing_else(sandbox, path):
    assert sandbox.client.get(f"/deezer-images/{path}").status_code == 404
