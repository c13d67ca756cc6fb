"""Are the made-up pictures different, always the same, and as hostile as they were set?"""

import io

import httpx
import pytest
from PIL import Image

from sandbox.pictures.drawing import draw
from tests.sandbox.running import RunningSandbox

STAR = "2a96cbd8b46e442fc41c2b86b821562f"
DEEZER = "/deezer-images/images/artist/0123456789abcdef0123456789abcdef/500x500-000000-80-0-0.jpg"
COVER = "/coverartarchive/release/0b6b4ba0-d36f-47bd-b4ea-6a5b91842d29/front-500"
LASTFM = "/lastfm-images/i/u/300x300/0123456789abcdef0123456789abcdef.png"
HOSTS = {"deezer-images": DEEZER, "archive": COVER, "lastfm-images": LASTFM}


def fetch(sandbox: RunningSandbox, path: str, *, follow: bool = True) -> httpx.Response:
    return sandbox.client.get(path, follow_redirects=follow)


def set_pictures(sandbox: RunningSandbox, host: str, how: str) -> None:
    answer = sandbox.client.put(f"/_sandbox/{host}", json={"pictures": how})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(("suffix", "written"), [("jpg", "JPEG"), ("png", "PNG"), ("tif", "TIFF")])
def test_picture_has_the_format_and_the_size_that_were_asked(suffix, written):
    image = Image.open(io.BytesIO(draw("a", suffix, 320, 200)))

    assert (image.format, image.size, image.mode) == (written, (320, 200), "RGB")


def test_picture_of_a_key_is_always_the_same_and_no_other_is_like_it():
    drawn = {key: draw(str(key), "png", 64, 64) for key in range(300)}
    draw.cache_clear()

    assert draw("7", "png", 64, 64) == drawn[7]
    assert len(set(drawn.values())) == len(drawn)


def test_pictures_differ_to_the_eye_even_when_they_are_small():
    small = [list(Image.open(io.BytesIO(draw(str(key), "png", 8, 8))).convert("RGB").tobytes()) for key in range(60)]

    distances = [
        sum(abs(one - other) for one, other in zip(first, second, strict=True)) / len(first)
        for place, first in enumerate(small)
        for second in small[:place]
    ]

    assert min(distances) > 8


def test_picture_is_the_same_at_every_size():
    large, small = (Image.open(io.BytesIO(draw("a", "png", edge, edge))).resize((16, 16)) for edge in (1200, 250))

    pairs = zip(large.tobytes(), small.tobytes(), strict=True)
    assert sum(abs(one - other) for one, other in pairs) / len(large.tobytes()) < 8


def test_pictures_are_kept_within_bounds():
    for key in range(400):
        draw(str(key), "png", 8, 8)

    assert draw.cache_info().currsize == draw.cache_info().maxsize == 256


def test_svg_is_a_drawing_without_script():
    drawn = draw("a", "svg", 300, 200).decode()

    assert drawn.startswith('<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200">')
    assert "script" not in drawn


@pytest.mark.parametrize(("folder", "edge"), [("34s/", 34), ("64s/", 64), ("174s/", 174), ("300x300/", 300), ("", 800)])
def test_lastfm_pictures_come_in_the_sizes_of_its_folders(sandbox, folder, edge):
    answer = fetch(sandbox, f"/lastfm-images/i/u/{folder}0123456789abcdef0123456789abcdef.png")

    assert answer.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (edge, edge)


def test_star_is_the_same_bytes_under_every_name(sandbox):
    paths = [f"{folder}{STAR}.{suffix}" for folder in ("", "34s/", "300x300/") for suffix in ("png", "jpg")]

    answers = [fetch(sandbox, f"/lastfm-images/i/u/{path}") for path in paths]

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


def test_lastfm_leads_to_its_own_host_or_when_so_set_to_the_one_here(sandbox):
    asked = {"artist": "Radiohead", "album": "Kid A"}
    theirs = sandbox.ask_json("album.getInfo", **asked)["album"]["image"]
    sandbox.client.put("/_sandbox/lastfm", json={"images": "here"})

    here = sandbox.ask_json("album.getInfo", **asked)["album"]["image"]
    recent = sandbox.ask_json("user.getRecentTracks", user="listener_300", limit=2, extended=1)["recenttracks"]["track"]
    artist = sandbox.ask_json("artist.getInfo", artist="Radiohead")["artist"]["image"]

    moved = [row["#text"].replace(f"{sandbox.url}/lastfm-images", "https://lastfm.freetls.fastly.net") for row in here]
    assert moved == [row["#text"] for row in theirs]
    assert fetch(sandbox, here[3]["#text"]).headers["content-type"] == "image/png"
    assert all(row["image"][0]["#text"].startswith(f"{sandbox.url}/lastfm-images/i/u/34s/") for row in recent)
    assert artist[0]["#text"] == f"{sandbox.url}/lastfm-images/i/u/34s/{STAR}.png"


@pytest.mark.parametrize(("host", "path"), HOSTS.items())
def test_every_picture_of_a_host_is_the_same_when_so_set(sandbox, host, path):
    real = fetch(sandbox, path).content
    set_pictures(sandbox, host, "same")

    poisoned = [fetch(sandbox, one).content for one in (path, path.replace("500", "250").replace("300x300", "64s"))]

    assert poisoned[0] == poisoned[1] != real


@pytest.mark.parametrize(
    ("how", "kind", "begins"),
    [
        ("bomb", "image/png", b"\x89PNG\r\n"),
        ("svg", "image/svg+xml", b"<svg"),
        ("html", "image/jpeg", b"<!DOCTYPE html>"),
        ("oversized", "image/jpeg", b"\xff\xd8\xff"),
    ],
)
def test_pictures_are_as_hostile_as_they_were_set(sandbox, how, kind, begins):
    set_pictures(sandbox, "archive", how)

    answer = fetch(sandbox, COVER)

    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert answer.content.startswith(begins)
    assert (len(answer.content) > 20 * 2**20) == (how == "oversized")


def test_bomb_is_small_on_the_wire_and_larger_than_anybody_should_unpack(sandbox, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    set_pictures(sandbox, "archive", "bomb")

    bomb = fetch(sandbox, COVER).content
    image = Image.open(io.BytesIO(bomb))

    assert len(bomb) < 2_000_000
    assert (image.format, image.size) == ("PNG", (20_000, 20_000))


@pytest.mark.parametrize(
    ("how", "location"),
    [
        ("metadata_address", "http://169.254.169.254/latest/meta-data/"),
        ("private_address", "http://10.0.0.1/cover.jpg"),
        ("strange_host", "http://pictures.example.org/cover.jpg"),
        ("redirect_loop", DEEZER),
    ],
)
def test_pictures_redirect_where_nobody_should_follow(sandbox, how, location):
    set_pictures(sandbox, "deezer-images", how)

    answer = fetch(sandbox, DEEZER, follow=False)

    assert (answer.status_code, answer.headers["location"]) == (302, location)


def test_indexes_stay_honest_and_reset_brings_the_pictures_back(sandbox):
    real = fetch(sandbox, COVER).content
    set_pictures(sandbox, "archive", "bomb")

    index = fetch(sandbox, COVER.removesuffix("/front-500"))
    sandbox.client.post("/_sandbox/reset", json={"settings": True})

    assert index.json()["images"]
    assert fetch(sandbox, COVER).content == real
    assert sandbox.client.put("/_sandbox/archive", json={"pictures": "nice"}).status_code == 400
