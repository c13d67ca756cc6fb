"""Does the simulated Last.fm send what the recorded one sent: same elements, same order, same kinds of value?"""

import json
import xml.etree.ElementTree as ET

import pytest

from tests.fakes.samples import recorded
from tests.sandbox.running import RunningSandbox

SAMPLES = recorded("lastfm")

NEWER_COUNTS = {"artist_count", "album_count", "track_count"}
XML_CASES = [
    ("artist.getInfo-ok.xml", {"method": "artist.getInfo", "artist": "Radiohead", "username": "sandbox_listener"}),
    (
        "artist.getInfo-no-bio-no-image-no-mbid.xml",
        {"method": "artist.getInfo", "artist": "Bare Sandbox Artist", "username": "sandbox_listener"},
    ),
    ("artist.getSimilar-ok.xml", {"method": "artist.getSimilar", "artist": "Radiohead", "limit": "2"}),
    ("artist.getTopTags-ok.xml", {"method": "artist.getTopTags", "artist": "Radiohead"}),
    ("album.getInfo-ok.xml", {"method": "album.getInfo", "artist": "Radiohead", "album": "OK Computer"}),
    ("album.getTopTags-ok.xml", {"method": "album.getTopTags", "artist": "Radiohead", "album": "OK Computer"}),
    (
        "track.getInfo-ok.xml",
        {"method": "track.getInfo", "artist": "Radiohead", "track": "Airbag", "username": "sandbox_listener"},
    ),
    ("user.getInfo-ok.xml", {"method": "user.getInfo", "user": "sandbox_listener"}),
    ("user.getInfo-no-country.xml", {"method": "user.getInfo", "user": "example_empty"}),
    ("user.getRecentTracks-page.xml", {"method": "user.getRecentTracks", "user": "sandbox_listener", "limit": "3"}),
    ("user.getRecentTracks-empty.xml", {"method": "user.getRecentTracks", "user": "example_empty", "limit": "1"}),
]
JSON_CASES = [
    ("artist.getInfo-ok.json", {"method": "artist.getInfo", "artist": "Radiohead"}),
    ("artist.getInfo-unknown-artist.json", {"method": "artist.getInfo", "artist": "[unknown]"}),
    ("artist.getSimilar-empty.json", {"method": "artist.getSimilar", "artist": "[unknown]"}),
    ("album.getInfo-ok.json", {"method": "album.getInfo", "artist": "Radiohead", "album": "OK Computer"}),
    (
        "album.getInfo-empty-tags-urls.json",
        {"method": "album.getInfo", "artist": "Bare Sandbox Artist", "album": "Bare Sandbox Album"},
    ),
    ("track.getTopTags-ok.json", {"method": "track.getTopTags", "artist": "Radiohead", "track": "Airbag"}),
    ("user.getInfo-ok.json", {"method": "user.getInfo", "user": "sandbox_listener"}),
]


def parse(document: bytes) -> ET.Element:
    return ET.fromstring(document)  # noqa: S314 - our own process and our own files


def order_of(element: ET.Element) -> list[object]:
    """An element's name, its attribute names and, once per kind, the order of what it holds."""
    inner: list[object] = []
    for child in element:
        shape = order_of(child)
        if shape not in inner:
            inner.append(shape)
    return [element.tag, sorted(element.attrib), inner]


def shape_of(value: object) -> object:
    """A JSON value's keys and types; a list counts as its first element."""
    if isinstance(value, dict):
        return {key: shape_of(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape_of(value[0])] if value else []
    return type(value).__name__


@pytest.mark.parametrize(("file", "params"), XML_CASES)
def test_xml_has_the_elements_of_the_recorded_answer_in_the_same_order(sandbox, file, params):
    recorded = parse((SAMPLES / file).read_bytes())

    answered = parse(sandbox.ask(**params).content)

    assert order_of(answered) == order_of(recorded)


@pytest.mark.parametrize(("file", "params"), XML_CASES)
def test_xml_begins_and_breaks_lines_like_the_recorded_answer(sandbox, file, params):
    recorded = (SAMPLES / file).read_text().splitlines()[:3]

    answered = sandbox.ask(**params).text.splitlines()[:3]

    assert [line.split(">")[0].split('"')[0] for line in answered] == [line.split(">")[0].split('"')[0] for line in recorded]


@pytest.mark.parametrize(("file", "params"), JSON_CASES)
def test_json_has_the_keys_and_types_of_the_recorded_answer(sandbox, file, params):
    recorded = shape_of(json.loads((SAMPLES / file).read_text()))

    answered = shape_of(sandbox.ask(**params, format="json").json())

    assert _without_newer_counts(answered) == recorded


def test_now_playing_row_is_shaped_like_the_recorded_one(sandbox):
    playing = {"user": "sandbox_listener", "artist": "Radiohead", "track": "Airbag", "album": "OK Computer"}
    sandbox.client.put("/_sandbox/now_playing", json=playing)
    recorded = json.loads((SAMPLES / "user.getRecentTracks-nowplaying.json").read_text())["recenttracks"]

    answered = sandbox.ask_json("user.getRecentTracks", user="sandbox_listener", limit=1)["recenttracks"]

    assert [shape_of(row) for row in answered["track"]] == [shape_of(row) for row in recorded["track"]]
    assert answered["@attr"].keys() == recorded["@attr"].keys()


def test_now_playing_row_is_shaped_like_the_recorded_one_in_xml(sandbox):
    playing = {"user": "sandbox_listener", "artist": "Radiohead", "track": "Airbag", "album": "OK Computer"}
    sandbox.client.put("/_sandbox/now_playing", json=playing)
    recorded = parse((SAMPLES / "user.getRecentTracks-nowplaying.xml").read_bytes())

    answered = parse(sandbox.ask("user.getRecentTracks", user="sandbox_listener", limit=1).content)

    assert order_of(answered) == order_of(recorded)


def test_bare_album_and_bare_track_are_shaped_like_the_recorded_ones(sandbox):
    album = parse((SAMPLES / "album.getInfo-no-mbid-no-wiki.xml").read_bytes())
    track = parse((SAMPLES / "track.getInfo-no-mbid.xml").read_bytes())
    bands = [f"Fictional Band {number:04}" for number in range(1, 12)]

    names = [(band, item["title"]) for band in bands for item in _albums_of(sandbox, band)]
    albums = [order_of(parse(sandbox.ask("album.getInfo", artist=a, album=b).content)) for a, b in names]
    ask_track = {"username": "sandbox_listener", "artist": "Radiohead"}
    titles = sandbox.ask_json("album.getInfo", artist="Radiohead", album="Kid A")["album"]["tracks"]["track"]
    tracks = [order_of(parse(sandbox.ask("track.getInfo", track=row["name"], **ask_track).content)) for row in titles]

    assert order_of(album) in albums
    assert order_of(track) in tracks


def _albums_of(sandbox: RunningSandbox, band: str) -> list[dict[str, object]]:
    albums: list[dict[str, object]] = sandbox.control(f"catalogue/{band}")["albums"]
    return albums


@pytest.mark.parametrize("row", json.loads((SAMPLES / "errors-matrix.json").read_text())["errors"])
def test_errors_are_the_recorded_ones_word_for_word(sandbox, row):
    asked = {
        "User not found": {"method": "user.getInfo", "user": "nobody_here"},
        "The artist you supplied could not be found": {"method": "artist.getInfo", "artist": "No Such Artist At All"},
    }.get(row["json"]["message"], {"method": "artist.getInfo", "artist": "Radiohead"})
    if row["json"]["error"] != 6:
        sandbox.fault("lastfm_error", code=row["code"])
    elif "missing" in row["json"]["message"]:
        asked = {"method": "artist.getInfo", "artist": "Radiohead", "api_key": ""}

    as_xml, as_json = sandbox.ask(**asked), sandbox.ask(**asked, format="json")

    assert (as_json.status_code, as_json.json()) == (row["http_status"], row["json"])
    assert as_xml.status_code == row["http_status"]
    assert as_xml.text == row.get("xml", as_xml.text)


def _without_newer_counts(shape: object) -> object:
    """Leaves out the counts that user.getInfo has today and had not when it was recorded."""
    if isinstance(shape, dict):
        return {key: _without_newer_counts(item) for key, item in shape.items() if key not in NEWER_COUNTS}
    return shape
