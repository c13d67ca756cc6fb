"""Does the simulated Cover Art Archive lead to the pictures that it should have, and to no others?"""

import io
import re
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.sandbox.running import RunningSandbox

AGENT = {"User-Agent": "SandboxTests/1.0 ( tests@example.org )"}
NOBODYS = "00000000-0000-4000-8000-000000000000"
OK_COMPUTER = "0b6b4ba0-d36f-47bd-b4ea-6a5b91842d29"


@pytest.fixture(scope="session")
def releases(sandbox_process: RunningSandbox) -> list[dict[str, Any]]:
    artists = sandbox_process.control("pictures")["artists"]
    return [release for artist in artists for release in artist["releases"]]


def ask(sandbox: RunningSandbox, path: str, **headers: str) -> httpx.Response:
    """Asks without following redirects."""
    return sandbox.client.get(f"/coverartarchive/{path}", headers=headers)


def follow(sandbox: RunningSandbox, path: str) -> httpx.Response:
    return sandbox.client.get(f"/coverartarchive/{path}", follow_redirects=True)


def pick(releases: list[dict[str, Any]], **wanted: Any) -> dict[str, Any]:
    """The first release of which all of this is so; a function is asked."""
    return next(
        one for one in releases if all(wish(one[key]) if callable(wish) else one[key] == wish for key, wish in wanted.items())
    )


def has_size(size: int, *, is_there: bool) -> Any:
    return lambda front: front is not None and (size in front["thumbs"]) == is_there


def test_front_is_two_redirects_away_at_the_internet_archive(sandbox):
    answer = follow(sandbox, f"release/{OK_COMPUTER}/front-500")

    assert [(hop.status_code, hop.url.path.split("/")[1]) for hop in answer.history] == [
        (307, "coverartarchive"),
        (302, "archive"),
    ]
    assert answer.history[1].url.path.startswith("/archive/download/mbid-")
    assert re.fullmatch(r"/archive/\d+/items/mbid-.{36}/mbid-.{36}-\d+_thumb500\.jpg", answer.url.path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(answer.content)).size == (500, 500)


def test_redirects_lead_to_the_host_that_was_asked(sandbox):
    location = ask(sandbox, f"release/{OK_COMPUTER}/front", Host="sandbox.example:8090").headers["location"]

    assert location.startswith(f"http://sandbox.example:8090/archive/download/mbid-{OK_COMPUTER}/mbid-{OK_COMPUTER}-")
    assert location.endswith(".jpg")


def test_index_lists_addresses_that_lead_to_its_pictures(sandbox):
    index = follow(sandbox, f"release/{OK_COMPUTER}")

    image = index.json()["images"][0]
    shown = [follow(sandbox, url.partition("/coverartarchive/")[2]) for url in (image["image"], *image["thumbnails"].values())]

    assert index.url.path.endswith("/index.json")
    assert image["image"].startswith(f"{sandbox.url}/coverartarchive/release/{OK_COMPUTER}/")
    assert {answer.headers["content-type"] for answer in shown} == {"image/jpeg"}
    assert {Image.open(io.BytesIO(answer.content)).width for answer in shown} > {250, 500, 1200}


def test_truth_about_every_release_is_what_the_archive_answers(sandbox, releases):
    for release in releases[::2]:
        fronts = ask(sandbox, f"release/{release['mbid']}/front-250").status_code
        of_group = ask(sandbox, f"release-group/{release['group_mbid']}/front-250")
        chosen = release["group_front_of"]

        assert fronts == (307 if release["front"] else 404)
        assert of_group.status_code == (307 if chosen else 404)
        assert chosen is None or f"/mbid-{chosen}/" in of_group.headers["location"]


def test_truth_is_what_musicbrainz_says(sandbox, releases):
    for release in releases[::7]:
        told = sandbox.client.get(f"/musicbrainz/ws/2/release/{release['mbid']}", params={"fmt": "json"}, headers=AGENT).json()

        sides = release["sides"]
        assert told["cover-art-archive"] == {
            "artwork": bool(sides),
            "count": len(sides),
            "front": "Front" in sides,
            "back": "Back" in sides,
            "darkened": False,
        }


def test_of_a_hundred_albums_some_85_have_a_cover_and_a_few_of_them_by_another_edition_only(releases):
    albums = [one for one in releases if one["primary_type"] == "Album"]
    covered = [one for one in albums if one["group_front_of"]]
    borrowed = [one for one in covered if not one["front"]]

    assert 0.8 < len(covered) / len(albums) < 0.9
    assert 0.1 < len(borrowed) / len(albums) < 0.4


def test_release_without_artwork_may_have_a_group_that_has_some(sandbox, releases):
    release = pick(releases, sides=[], group_front_of=lambda mbid: mbid is not None)

    own = ask(sandbox, f"release/{release['mbid']}/front-1200")
    group = follow(sandbox, f"release-group/{release['group_mbid']}/front-500")

    assert (own.status_code, group.status_code) == (404, 200)
    assert own.text.endswith(f"<p>No cover art found for release {release['mbid']}</p>\n")


def test_release_with_nothing_but_a_back_has_no_front(sandbox, releases):
    release = pick(releases, sides=["Back"])

    images = follow(sandbox, f"release/{release['mbid']}").json()["images"]

    assert [(image["front"], image["back"], image["types"]) for image in images] == [(False, True, ["Back"])]
    assert follow(sandbox, f"release/{release['mbid']}/back-250").status_code == 200
    assert ask(sandbox, f"release/{release['mbid']}/front").status_code == 404


def test_old_artwork_has_no_thumbnail_of_1200_though_nobody_says_so_before_the_end(sandbox, releases):
    old = pick(releases, front=has_size(1200, is_there=False))

    large, smaller = (follow(sandbox, f"release/{old['mbid']}/front-{size}") for size in (1200, 500))
    image = follow(sandbox, f"release/{old['mbid']}").json()["images"][0]

    assert [hop.status_code for hop in large.history] == [307, 302]
    assert (large.status_code, smaller.status_code) == (404, 200)
    assert (image["thumbnails"].keys(), type(image["id"])) == ({"large", "small"}, str)


def test_scans_are_jpeg_png_or_a_booklet_in_pdf_but_thumbnails_always_jpeg(sandbox, releases):
    png = pick(releases, front=lambda front: front is not None and front["suffix"] == "png")
    booklet = pick(releases, sides=lambda sides: "Booklet" in sides)

    whole, thumb = (follow(sandbox, f"release/{png['mbid']}/{name}") for name in ("front", "front-250"))
    images = follow(sandbox, f"release/{booklet['mbid']}").json()["images"]
    scan = follow(sandbox, images[-1]["image"].partition("/coverartarchive/")[2])

    assert [answer.headers["content-type"] for answer in (whole, thumb, scan)] == ["image/png", "image/jpeg", "application/pdf"]


def test_merged_release_has_the_cover_of_the_one_it_became(sandbox):
    answer = ask(sandbox, "release/00000000-0000-4000-8000-0000000000c2/front-250")

    assert f"/mbid-{OK_COMPUTER}/" in answer.headers["location"]


def test_bands_of_load_runs_have_covers_once_they_were_asked_for(sandbox):
    band = sandbox.control("pictures?name=Fictional Band 0042")["artists"][0]

    answers = [ask(sandbox, f"release/{one['mbid']}/front-250").status_code for one in band["releases"]]

    assert answers == [307 if one["front"] else 404 for one in band["releases"]]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("release/not-a-uuid", 400),
        ("release/not-a-uuid/front", 400),
        (f"release/{OK_COMPUTER.replace('-', '')}/front", 400),
        (f"release/{NOBODYS}/front-250", 404),
        (f"release-group/{NOBODYS}", 404),
        (f"release/{OK_COMPUTER}/front-300", 404),
        (f"release/{OK_COMPUTER}/12345", 404),
        (f"release-group/{NOBODYS}/back", 404),
        ("artist/anything", 404),
    ],
)
def test_what_is_not_there_is_refused_in_html(sandbox, path, status):
    answer = ask(sandbox, path)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html")


def test_other_verbs_and_other_formats_are_refused(sandbox):
    posted = sandbox.client.post(f"/coverartarchive/release/{OK_COMPUTER}/front")
    as_xml = ask(sandbox, f"release/{OK_COMPUTER}", Accept="application/xml")
    head = sandbox.client.head(f"/coverartarchive/release/{OK_COMPUTER}/front")

    assert (posted.status_code, as_xml.status_code, head.status_code) == (405, 406, 307)


def test_faults_and_journal_tell_the_archive_from_the_one_behind_it(sandbox):
    sandbox.script({"provider": "archive", "api_method": "items", "sequence": ["503", "ok"]})
    sandbox.script({"provider": "coverartarchive", "times": 1, "fault": {"kind": "coverartarchive_error", "code": "over_rate"}})

    answers = [follow(sandbox, f"release/{OK_COMPUTER}/front-250") for _ in range(3)]

    assert [(answer.status_code, len(answer.history)) for answer in answers] == [(503, 0), (503, 2), (200, 2)]
    assert sandbox.control("counters") == {
        "coverartarchive": {"total": 3, "release.front": 3},
        "archive": {"total": 4, "download": 2, "items": 2},
    }


@pytest.mark.parametrize(("code", "status"), [("overloaded", 503), ("bad_gateway", 502), ("gateway_timeout", 504), ("404", 404)])
def test_the_internet_archive_fails_in_its_own_way(sandbox, code, status):
    sandbox.script({"provider": "archive", "fault": {"kind": "archive_error", "code": code}})

    assert follow(sandbox, f"release/{OK_COMPUTER}/front-250").status_code == status


@pytest.mark.parametrize(
    "path",
    [
        "download/nothing",
        f"1/items/mbid-{NOBODYS}/index.json",
        f"1/items/mbid-{OK_COMPUTER}/mbid-{OK_COMPUTER}-1.jpg",
        f"1/items/mbid-{OK_COMPUTER}/mbid-{NOBODYS}-1.jpg",
    ],
)
def test_the_internet_archive_has_no_other_items(sandbox, path):
    assert sandbox.client.get(f"/archive/{path}", follow_redirects=True).status_code == 404
