"""Covers as a person meets them: of a music folder, of what was only played, of artists; whatever happens meanwhile."""

import io
import json
import signal
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.fakes.music_folder import CONTAINERS, Song, write
from tests.fakes.painting import painted
from tests.fakes.patience import eventually
from tests.journeys.running import RunningSystem

pytestmark = [pytest.mark.xdist_group("covers"), pytest.mark.timeout(300)]

SERVICES = ("album", "artist", "cover")
COLOURS = ("#c81e1e", "#1ea01e", "#1e1ec8", "#c8c81e", "#1ec8c8", "#c81ec8", "#f07800", "#808080")
UNLIMITED = {
    f"{name}_RATE_PER_SECOND": "100000"
    for name in ("LASTFM", "MUSICBRAINZ", "SPOTIFY", "COVERARTARCHIVE", "COMMONS", "DEEZER", "WIKIDATA", "COVER_IMAGES")
}
SETTINGS = {
    **UNLIMITED,
    "GATEWAY_RATE_READ_PER_MINUTE": "0",
    "GATEWAY_RATE_WRITE_PER_MINUTE": "0",
    "COVER_BACKFILL_INTERVAL": "2s",
    "ENRICHMENT_MAX_RETRIES": "1",
    "JOB_LEASE": "3s",
}
ALL_OUTSIDE = ("coverartarchive", "archive", "lastfm-images", "commons", "commons-images", "deezer", "deezer-images")
ENOUGH = 200 * 2**20
"""Bytes that the service may take, whatever it is sent."""


def bomb() -> bytes:
    """Some hundred kilobytes of PNG that take a gigabyte when they are decoded."""
    edge = 18_000

    def chunk(name: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4, "big") + name + content + zlib.crc32(name + content).to_bytes(4, "big")

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + 3 * edge)) for _ in range(edge)) + packer.flush()
    header = edge.to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An album a colour, a container each, some on two discs; one with its picture beside it, one with none at all."""
    root: Path = tmp_path_factory.mktemp("music")
    for number, colour in enumerate(COLOURS):
        album, suffix = f"Colour {number}", CONTAINERS[number]
        for track in range(1, 4):
            folder = root / "Painted" / album / (f"CD{1 + track % 2}" if number % 3 == 0 else "")
            song = Song(title=f"{album} {track}", artist="The Painted", album_artist="The Painted", album=album, number=track)
            write(folder / f"{track}{suffix}", Song(**{**vars(song), "picture": painted(colour)}))
    for album in ("Beside", "Bare"):
        write(
            root / "Painted" / album / "1.flac", Song(title=album, artist="The Painted", album_artist="The Painted", album=album)
        )
    (root / "Painted" / "Beside" / "Folder.jpg").write_bytes(painted("#ffffff"))
    (root / "Painted" / "artist.png").write_bytes(painted("#000000"))
    return root


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory, music: Path) -> Iterator[RunningSystem]:
    settings = {**SETTINGS, "MUSIC_DIR": str(music)}
    with RunningSystem(tmp_path_factory.mktemp("system"), settings, services=SERVICES) as running:
        running.sandbox.put("/_sandbox/limits", json=dict.fromkeys(running.sandbox.get("/_sandbox/limits").json()))
        yield running


@pytest.fixture(scope="module")
def albums(system: RunningSystem) -> dict[str, str]:
    """Ids by title, of a scanned folder."""
    scan = system.client.post("/api/v1/scans", json={}).json()
    assert eventually(lambda: system.client.get(f"/api/v1/scans/{scan['id']}").json()["state"] == "STATE_COMPLETED", within=60)
    listed = system.client.get("/api/v1/albums", params={"page_size": 200}).json()["albums"]
    return {album["title"]: album["id"] for album in listed}


def told(system: RunningSystem, names: list[str], until: Any) -> dict[str, Any]:
    """What a watcher of these covers was told last of each, once `until` holds of all of it."""
    known: dict[str, Any] = {}
    with system.client.stream("GET", "/api/v1/covers/events", params={"covers": names}, timeout=60) as stream:
        for line in stream.iter_lines():
            if line.startswith("data:"):
                content = json.loads(line.removeprefix("data:"))
                known |= {f"{cover['kind']}/{cover['id']}": cover for cover in content.get("covers", [])}
                if until(known):
                    break
    return known


def middle(content: bytes) -> tuple[int, ...]:
    shown = Image.open(io.BytesIO(content)).convert("RGB")
    pixel: Any = shown.getpixel((shown.width // 2, shown.height // 2))
    return tuple(pixel)


def test_every_album_of_the_folder_shows_its_own_picture_and_who_watches_is_told(system: RunningSystem, albums: dict[str, str]):
    painted_ones = {f"albums/{albums[f'Colour {number}']}": colour for number, colour in enumerate(COLOURS)}
    firsts = [system.client.get(f"/api/v1/covers/{name}/image") for name in painted_ones]

    known = told(system, list(painted_ones), lambda known: all(cover["image"] for cover in known.values()) and len(known) == 8)

    assert all(first.status_code == 200 and first.headers["content-type"].startswith("image/") for first in firsts)
    for name, colour in painted_ones.items():
        assert (known[name]["image"]["source"], known[name]["image"]["match"]) == ("embedded", "MATCH_OWN")
        shown = system.client.get(known[name]["url"]).content
        wanted = tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
        assert all(abs(one - other) < 12 for one, other in zip(middle(shown), wanted, strict=True)), name
    stats = system.client.get("/api/v1/covers/stats").json()
    assert stats["embedded_success_ratio"] >= 0.95


def test_the_order_of_asking_is_told_and_the_folder_comes_before_the_outside(system: RunningSystem, albums: dict[str, str]):
    beside, bare = f"albums/{albums['Beside']}", f"albums/{albums['Bare']}"
    for name in (beside, bare):
        system.client.get(f"/api/v1/covers/{name}/image")
    told(system, [beside, bare], lambda known: all(cover["state"] != "STATE_PENDING" for cover in known.values()))

    attempts = system.client.get(f"/api/v1/covers/{beside}/attempts").json()["attempts"]

    assert [(each["source"], each["outcome"]) for each in attempts] == [
        ("embedded", "OUTCOME_MISS"),
        ("local", "OUTCOME_HIT"),
        ("coverartarchive", "OUTCOME_UNSPECIFIED"),
        ("lastfm", "OUTCOME_UNSPECIFIED"),
    ]
    assert system.client.get(f"/api/v1/covers/{bare}").json()["state"] == "STATE_ABSENT"
    artist = system.client.get(f"/api/v1/albums/{albums['Bare']}").json()["artist_id"]
    shown = told(system, [f"artists/{artist}"], lambda known: all(cover["image"] for cover in known.values()))
    assert shown[f"artists/{artist}"]["image"]["origin"] == "Painted/artist.png"


def test_an_image_comes_in_every_size_and_is_not_sent_again_to_who_has_it(system: RunningSystem, albums: dict[str, str]):
    cover = system.client.get(f"/api/v1/covers/albums/{albums['Colour 1']}").json()

    for size, edge in ((150, 150), (300, 300), (600, 500), (1200, 500)):
        answer = system.client.get(cover["url"], params={"size": size, "v": cover["image"]["id"]})
        assert Image.open(io.BytesIO(answer.content)).size == (edge, edge)
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["x-cover-source"] == "embedded"
        again = system.client.get(cover["url"], params={"size": size}, headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert system.client.get(cover["url"], params={"size": 601}).status_code == 400


def test_ones_own_picture_wins_until_its_lock_is_gone(system: RunningSystem, albums: dict[str, str]):
    path = f"/api/v1/covers/albums/{albums['Colour 2']}"
    before = system.client.get(path).json()["image"]["id"]

    put = system.client.put(f"{path}/image", content=painted("#123456"), headers={"content-type": "image/jpeg"})
    assert (put.status_code, put.json()["image"]["source"], put.json()["is_locked"]) == (200, "upload", True)
    assert system.client.post(f"{path}/refresh", json={}).status_code == 400

    assert system.client.delete(f"{path}/lock").status_code in (200, 204)
    assert eventually(lambda: system.client.get(path).json()["image"]["id"] == before, within=30)


def test_what_was_shown_before_is_had_and_what_is_shown_can_be_locked(system: RunningSystem, albums: dict[str, str]):
    path = f"/api/v1/covers/albums/{albums['Colour 4']}"
    told(system, [f"albums/{albums['Colour 4']}"], lambda known: all(cover["image"] for cover in known.values()))
    shown = system.client.get(f"{path}/image", params={"size": 300}).content
    cover = system.client.put(f"{path}/image", content=painted("#654321"), headers={"content-type": "image/jpeg"}).json()
    version = cover["versions"][0]

    before = system.client.get(version["url"], params={"size": 300})
    again = system.client.get(version["url"], params={"size": 300}, headers={"if-none-match": before.headers["etag"]})
    missing = system.client.get(f"{path}/versions/{'a' * 32}/image")
    system.client.delete(f"{path}/lock")
    locked = [system.client.put(f"{path}/lock") for _ in range(2)]

    present = system.client.get(f"{path}/image")
    assert before.content == shown
    assert before.headers["cache-control"] == "public, max-age=31536000, immutable"
    for name in ("content-type", "content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy"):
        assert before.headers[name] == present.headers[name]
    assert (again.status_code, again.content) == (304, b"")
    assert (missing.status_code, missing.json()["detail"]) == (
        404,
        "This cover has had no such image, or it is not kept any more.",
    )
    assert [(answer.status_code, answer.json()["is_locked"]) for answer in locked] == [(200, True)] * 2
    assert locked[0].json() == locked[1].json()


def test_bombs_are_refused_with_a_reason_while_others_are_answered(system: RunningSystem, albums: dict[str, str]):
    service, path = system.child("services.cover"), f"/api/v1/covers/albums/{albums['Colour 3']}/image"
    content, peak = bomb(), 0
    answers: list[httpx.Response] = []
    waits: list[float] = []
    with httpx.Client(base_url=system.client.base_url, timeout=60, trust_env=False) as other:
        headers = {"content-type": "image/png"}
        throwing = threading.Thread(
            target=lambda: answers.extend(other.put(path, content=content, headers=headers) for _ in range(4))
        )
        throwing.start()
        while throwing.is_alive():
            began = time.monotonic()
            assert system.client.get(path).status_code == 200
            waits.append(time.monotonic() - began)
            peak = max(peak, service.memory_info().rss)
        throwing.join()

    assert [answer.status_code for answer in answers] == [400] * 4
    assert all("image" in answer.text for answer in answers)
    assert peak <= ENOUGH
    assert sorted(waits)[len(waits) // 2] < 1.0
    assert system.client.get(f"/api/v1/covers/albums/{albums['Colour 3']}").json()["image"]["source"] == "embedded"


def test_a_service_that_is_killed_again_and_again_ends_with_every_image_whole(system: RunningSystem, albums: dict[str, str]):
    names = [f"albums/{albums[f'Colour {number}']}" for number in range(len(COLOURS))]
    for _ in range(3):
        for name in names:
            system.client.post(f"/api/v1/covers/{name}/refresh", json={})
        killed = system.child("services.cover")
        killed.send_signal(signal.SIGKILL)
        assert eventually(lambda: is_ready(system), within=60)

    known = told(system, names, lambda known: len(known) == len(names) and all(cover["image"] for cover in known.values()))

    for cover in known.values():
        Image.open(io.BytesIO(system.client.get(cover["url"]).content)).load()
    for path in (system.folder / "data").rglob("covers/*/*/*/*"):
        if path.suffix in (".jpg", ".png"):
            Image.open(path).load()


def test_known_images_are_served_while_everything_outside_is_down(system: RunningSystem):
    artist = system.enrich(name="Radiohead").json()["artist"]["id"]
    name = f"artists/{artist}"
    system.client.get(f"/api/v1/covers/{name}/image")
    before = told(system, [name], lambda known: all(cover["image"] for cover in known.values()))[name]
    for provider in ALL_OUTSIDE:
        rule = {"provider": provider, "fault": {"kind": "status", "code": 503}}
        assert system.sandbox.post("/_sandbox/faults", json=rule).status_code == 201

    for _ in range(6):
        assert system.client.post(f"/api/v1/covers/{name}/refresh", json={}).status_code == 202
        assert eventually(lambda: not waits(system), within=30)

    after = system.client.get(f"/api/v1/covers/{name}").json()
    assert (after["state"], after["image"]["id"]) == ("STATE_FOUND", before["image"]["id"])
    assert system.client.get(before["url"]).status_code == 200
    outcomes = {
        each["source"]: each["outcome"] for each in system.client.get(f"/api/v1/covers/{name}/attempts").json()["attempts"]
    }
    assert "OUTCOME_FAULT" in outcomes.values()


def waits(system: RunningSystem) -> int:
    """Covers that somebody waits for."""
    return int(system.client.get("/api/v1/covers/stats").json()["queue"]["high"])


def is_ready(system: RunningSystem) -> bool:
    try:
        return system.client.get("/api/v1/covers/stats").status_code == 200
    except httpx.TransportError:
        return False
