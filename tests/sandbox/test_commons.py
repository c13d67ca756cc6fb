"""Do Wikidata and Commons lead from an artist to a photo, to who took it, and to the licence?"""

import io
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from PIL import Image

from tests.sandbox.running import RunningSandbox

AGENT = {"User-Agent": "SandboxTests/1.0 ( tests@example.org )"}
FILES = "http://commons.wikimedia.org/wiki/Special:FilePath/"
BY_MBID = 'SELECT ?artist ?image WHERE { ?artist wdt:P434 "%s" ; wdt:P18 ?image . }'
OPTIONAL = 'SELECT ?artist ?image { ?artist wdt:P434 "%s" OPTIONAL { ?artist wdt:P18 ?image } }'
WIDTHS = (20, 40, 60, 120, 250, 330, 500, 960, 1280, 1920, 3840)


@pytest.fixture(scope="session")
def artists(sandbox_process: RunningSandbox) -> list[dict[str, Any]]:
    """The truth about everybody."""
    told: list[dict[str, Any]] = sandbox_process.control("pictures")["artists"]
    return told


def photos_of(artists: list[dict[str, Any]], **wanted: object) -> list[dict[str, Any]]:
    photos = [photo for one in artists for photo in one["photos"]]
    return [photo for photo in photos if all(photo[key] == value for key, value in wanted.items())]


def query(sandbox: RunningSandbox, written: str) -> list[dict[str, Any]]:
    params = {"query": written, "format": "json"}
    rows: list[dict[str, Any]] = sandbox.client.get("/wikidata/sparql", params=params, headers=AGENT).json()["results"][
        "bindings"
    ]
    return rows


def files_in(rows: list[dict[str, Any]]) -> list[str]:
    return [unquote(row["image"]["value"].removeprefix(FILES)) for row in rows]


def ask(sandbox: RunningSandbox, titles: str, **params: Any) -> httpx.Response:
    asked: dict[str, Any] = {
        "action": "query",
        "prop": "imageinfo",
        "iiprop": "url|size|mime|extmetadata",
        "format": "json",
        "formatversion": 2,
    }
    return sandbox.client.get("/commons/w/api.php", params={**asked, "titles": titles, **params}, headers=AGENT)


def info_of(sandbox: RunningSandbox, name: str, **params: Any) -> dict[str, Any]:
    info: dict[str, Any] = ask(sandbox, f"File:{name}", **params).json()["query"]["pages"][0]["imageinfo"][0]
    return info


def fetch(sandbox: RunningSandbox, url: str) -> httpx.Response:
    return sandbox.client.get(url, headers=AGENT)


def test_wikidata_names_the_photos_of_an_artist_by_musicbrainz_id(sandbox, artists):
    for one in artists:
        rows = query(sandbox, BY_MBID % one["mbid"])

        assert files_in(rows) == [photo["name"] for photo in one["photos"]]
        assert all(row["artist"]["value"].endswith(f"/{one['wikidata_id']}") for row in rows)

    assert {len(one["photos"]) for one in artists if one["wikidata_id"]} == {0, 1, 2}


@pytest.mark.parametrize(
    "written",
    [
        "SELECT ?image { wd:Q44190 wdt:P18 ?image }",
        "SELECT ?image { wd:Q44190 wdt:P18 ?image } LIMIT 1",
        "SELECT ?image { VALUES ?artist { wd:Q44190 wd:Q1 } ?artist wdt:P18 ?image }",
        "SELECT ?image { <http://www.wikidata.org/entity/Q44190> <http://www.wikidata.org/prop/direct/P18> ?image }",
    ],
)
def test_wikidata_names_the_photo_of_an_item_as_an_encoded_address(sandbox, written):
    rows = query(sandbox, written)

    assert rows == [{"image": {"type": "uri", "value": f"{FILES}Radiohead%20live%2C%202015%20%281%29.png"}}]


def test_artist_without_a_photo_is_a_row_only_where_the_photo_is_optional(sandbox, artists):
    faceless = next(one for one in artists if one["wikidata_id"] and not one["photos"])

    needed = query(sandbox, BY_MBID % faceless["mbid"])
    optional = query(sandbox, OPTIONAL % faceless["mbid"])

    assert (needed, [list(row) for row in optional]) == ([], [["artist"]])


def test_commons_tells_size_kind_licence_and_creator_in_html(sandbox):
    info = info_of(sandbox, "Radiohead live, 2015 (1).png", iiurlwidth=500)

    whole, thumb = fetch(sandbox, info["url"]), fetch(sandbox, info["thumburl"])
    about = {name: told["value"] for name, told in info["extmetadata"].items()}
    assert (info["width"], info["height"], info["mime"]) == (1600, 1200, "image/png")
    assert (info["thumbwidth"], info["thumbheight"]) == Image.open(io.BytesIO(thumb.content)).size == (500, 375)
    assert Image.open(io.BytesIO(whole.content)).size == (1600, 1200)
    assert (about["LicenseShortName"], about["LicenseUrl"]) == ("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0")
    assert about["Artist"].startswith('<div class="vcard">')


def test_creators_may_be_unknown_and_their_html_may_be_hostile(artists):
    creators = {photo["creator"] for photo in photos_of(artists)}

    assert "" in creators
    assert any("<script>" in creator for creator in creators)


def test_older_format_keys_pages_by_number_and_newer_lists_them(sandbox):
    titles = "File:Radiohead_live,_2015_(1).png|File:Nobody.jpg|image:nothing.jpg"

    older = ask(sandbox, titles, formatversion=1).json()
    newer = ask(sandbox, titles).json()

    pages = older["query"]["pages"]
    assert (older["batchcomplete"], newer["batchcomplete"]) == ("", True)
    assert [pages[key] for key in ("-1", "-2")] == [
        {"ns": 6, "title": title, "missing": "", "imagerepository": ""} for title in ("File:Nobody.jpg", "File:Nothing.jpg")
    ]
    assert [page.get("missing") for page in newer["query"]["pages"]] == [None, True, True]
    assert older["query"]["normalized"] == [
        {"from": "File:Radiohead_live,_2015_(1).png", "to": "File:Radiohead live, 2015 (1).png"},
        {"from": "image:nothing.jpg", "to": "File:Nothing.jpg"},
    ]


def test_only_a_few_widths_are_served_whatever_the_api_says(sandbox, artists):
    photo = photos_of(artists, suffix="jpg", width=1600)[0]

    answers = {
        width: fetch(sandbox, info_of(sandbox, photo["name"], iiurlwidth=width)["thumburl"]) for width in (*WIDTHS, 300, 600)
    }

    assert {width: answer.status_code for width, answer in answers.items()} == {**dict.fromkeys(WIDTHS, 200), 300: 400, 600: 400}
    assert Image.open(io.BytesIO(answers[3840].content)).width == 1600
    assert "w.wiki" in answers[300].text


@pytest.mark.parametrize(
    ("suffix", "kind", "thumb_kind"),
    [("jpg", "image/jpeg", "image/jpeg"), ("tif", "image/tiff", "image/jpeg"), ("svg", "image/svg+xml", "image/png")],
)
def test_what_no_browser_shows_has_thumbnails_in_another_format(sandbox, artists, suffix, kind, thumb_kind):
    photo = photos_of(artists, suffix=suffix, has_thumbs=True)[0]
    info = info_of(sandbox, photo["name"], iiurlwidth=500)

    whole, thumb = fetch(sandbox, info["url"]), fetch(sandbox, info["thumburl"])

    assert (info["mime"], whole.headers["content-type"], thumb.headers["content-type"]) == (kind, kind, thumb_kind)


def test_svg_that_nobody_could_render_has_an_address_for_its_thumbnail_and_nothing_there(sandbox, artists):
    photo = photos_of(artists, has_thumbs=False)[0]

    info = info_of(sandbox, photo["name"], iiurlwidth=500)

    assert (fetch(sandbox, info["url"]).status_code, fetch(sandbox, info["thumburl"]).status_code) == (200, 404)


def test_every_file_that_wikidata_names_is_there(sandbox, artists):
    names = [photo["name"] for photo in photos_of(artists)]

    answered = [page for half in (names[:40], names[40:]) for page in pages_of(sandbox, half)]

    assert sorted(page["title"] for page in answered if "imageinfo" in page) == sorted(f"File:{name}" for name in names)


def pages_of(sandbox: RunningSandbox, names: list[str]) -> list[dict[str, Any]]:
    pages: list[dict[str, Any]] = ask(sandbox, "|".join(f"File:{name}" for name in names)).json()["query"]["pages"]
    return pages


def test_bands_of_load_runs_have_photos(sandbox):
    told = [sandbox.control(f"pictures?name=Fictional Band {number:04}")["artists"][0] for number in range(1, 9)]
    band = next(one for one in told if one["photos"])

    file = files_in(query(sandbox, BY_MBID % band["mbid"]))[0]

    assert info_of(sandbox, file)["width"] == band["photos"][0]["width"]


@pytest.mark.parametrize("agent", ["", "python-httpx/0.28.1", "curl/8.5"])
def test_clients_that_do_not_say_who_they_are_are_refused(sandbox, agent):
    paths = ["commons/w/api.php", "commons-images/wikipedia/commons/a/ab/X.jpg"]

    answers = [sandbox.client.get(f"/{path}", headers={"User-Agent": agent}) for path in paths]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert all("user-agent" in answer.text for answer in answers)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"action": "parse"}, "badvalue"),
        ({"prop": "info"}, "badvalue"),
        ({"iiurlwidth": "wide"}, "badinteger"),
        ({"iiurlwidth": "9" * 5000}, "badinteger"),
        ({"titles": "|".join(f"File:{n}.jpg" for n in range(51))}, "toomanyvalues"),
    ],
)
def test_what_the_api_does_not_understand_is_an_error_with_status_200(sandbox, params, code):
    answer = ask(sandbox, **{"titles": "File:Nobody.jpg", **params})

    assert (answer.status_code, answer.json()["error"]["code"], answer.headers["mediawiki-api-error"]) == (200, code, code)


def test_without_a_format_the_api_answers_a_page_for_people(sandbox):
    assert ask(sandbox, "File:Nobody.jpg", format="").headers["content-type"].startswith("text/html")


def test_faults_are_scripted_for_the_api_and_for_the_host_of_the_files(sandbox):
    url = info_of(sandbox, "Radiohead live, 2015 (1).png", iiurlwidth=500)["thumburl"]
    sandbox.script({"provider": "commons", "fault": {"kind": "commons_error", "code": "ratelimited"}})
    sandbox.script({"provider": "commons-images", "api_method": "thumb", "fault": {"kind": "commons-images_error", "code": 429}})

    limited, refused = ask(sandbox, "File:Nobody.jpg"), fetch(sandbox, url)

    assert (limited.status_code, limited.json()["error"]["code"], refused.status_code) == (200, "ratelimited", 429)
    assert sandbox.control("counters") == {
        "commons": {"total": 2, "imageinfo": 2},
        "commons-images": {"total": 1, "thumb": 1},
    }
