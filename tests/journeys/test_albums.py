"""Albums as a person meets them: a history brings them in, a music folder holds them, and what is known of them is shown."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.music_folder import broken, make
from tests.fakes.patience import eventually
from tests.journeys.listening import IMPORT_HISTORY, IMPORTS, ListeningSystem, events

pytestmark = [pytest.mark.xdist_group("albums"), pytest.mark.timeout(400)]

PLAYS, FILES = 300, 2_000
LINKS = ("out.mp3", "Broken/out.mp3", "Broken/round")
"""Those that lead out, or nowhere."""
UNLIMITED = {f"{provider}_RATE_PER_SECOND": "100000" for provider in ("MUSICBRAINZ", "SPOTIFY", "EURIA")}


@pytest.fixture(scope="module")
def music(tmp_path_factory) -> Path:
    """2,000 good files, 20 broken ones, and links that lead round in circles and out."""
    root: Path = tmp_path_factory.mktemp("music")
    make(root, FILES)
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.mp3"
    secret.write_bytes(b"nobody reads this")
    (root / "out.mp3").symlink_to(secret)
    (root / "round").symlink_to(root)
    return root


@pytest.fixture(scope="module")
def system(tmp_path_factory, music: Path) -> Iterator[ListeningSystem]:
    settings = {**UNLIMITED, "MUSIC_DIR": str(music)}
    with ListeningSystem(tmp_path_factory.mktemp("system"), PLAYS, settings) as running:
        running.sandbox.put("/_sandbox/limits", json=dict.fromkeys(running.sandbox.get("/_sandbox/limits").json()))
        yield running


def every(system: ListeningSystem, path: str, name: str, **params: Any) -> list[Any]:
    """All that a list holds, page after page."""
    found: list[Any] = []
    token = ""
    while True:
        page = system.get(path, page_size=200, page_token=token, **params)
        found += page[name]
        token = page["next_page_token"]
        if not token:
            return found


def scanned(system: ListeningSystem) -> dict[str, Any]:
    """What a scan came to, followed by its events."""
    begun = system.client.post("/api/v1/scans", json={})
    assert begun.status_code == 202, begun.text
    assert begun.headers["location"] == f"/api/v1/scans/{begun.json()['id']}"
    over: dict[str, Any] = told(system, f"/api/v1/scans/{begun.json()['id']}/events")[-1]["scan"]
    assert over == system.get(f"/api/v1/scans/{begun.json()['id']}")
    return over


def told(system: ListeningSystem, path: str) -> list[Any]:
    """What a stream told until its end."""
    return [content for name, content in events(system.client, path) if name != "end"]


def test_what_an_import_brings_in_is_enriched_in_the_background_and_counted(system: ListeningSystem):
    answer = system.client.post(IMPORT_HISTORY, timeout=120).json()
    albums = every(system, "/api/v1/albums", "albums")
    planned = min(50, len(albums))

    assert (answer["tracks_imported"], answer["total_albums_to_enrich"]) == (PLAYS, planned)
    assert eventually(lambda: counts(system)["albums_enriched"] == planned, within=120)
    assert counts(system)["new_albums"] == len(albums)
    enriched = [each for each in every(system, "/api/v1/albums", "albums") if each["enrich_time"]]
    assert len(enriched) == planned
    known = [each for each in enriched if each["lastfm_listeners"]]
    assert len(known) >= planned * 0.8
    assert all(each["lastfm_tags"] and each["genres"] for each in known[:10])
    described = system.get(f"/api/v1/albums/{known[0]['id']}/enriched")
    assert described["lastfm"]["images"]
    assert described["description"]["content"]
    assert (described["description"]["model"], bool(described["description"]["facts"])) == ("mistral3", True)

    again = system.client.post(IMPORT_HISTORY, timeout=120).json()
    assert (again["tracks_imported"], again["total_albums_to_enrich"]) == (0, 0)


def counts(system: ListeningSystem) -> dict[str, Any]:
    """Of the first import."""
    found: dict[str, Any] = system.get(f"{IMPORTS}/1")["counts"]
    return found


def test_a_music_folder_is_indexed_whatever_lies_in_it_and_a_second_look_reads_nothing(system: ListeningSystem, music: Path):
    first = scanned(system)

    bad = len(broken()) + len(LINKS)
    assert (first["state"], first["files_added"], first["files_failed"]) == ("STATE_COMPLETED", FILES, bad)
    problems = {each["path"]: each["reason"] for each in every(system, "/api/v1/files/problems", "problems")}
    assert len(problems) == bad
    assert all(problems.values())
    assert set(LINKS) <= set(problems)
    library = [each for each in every(system, "/api/v1/albums", "albums") if each["in_library"]]
    tracks = [track for each in library for track in every(system, f"/api/v1/albums/{each['id']}/tracks", "tracks")]
    held = [each for each in tracks if each["in_library"]]
    assert len({each["id"] for each in held}) == first["new_tracks"] > 0
    assert all(each["duration"] for each in held)
    assert all(each["released"] for each in library)
    assert any(each["genres"] for each in library)

    second = scanned(system)

    assert (second["files_unchanged"], second["files_added"], second["files_changed"]) == (FILES, 0, 0)
    assert (second["new_albums"], second["new_tracks"]) == (0, 0)


def test_a_moved_file_keeps_its_track_and_what_is_gone_is_marked(system: ListeningSystem, music: Path):
    scanned(system)
    before = {track["id"] for track in library_tracks(system)}
    files = sorted(
        path for path in music.rglob("*.flac") if path.is_file() and not path.is_symlink() and path.stat().st_size > 100
    )
    (music / "Moved").mkdir(exist_ok=True)
    files[0].rename(music / "Moved" / "elsewhere.flac")

    moved = scanned(system)

    assert (moved["files_moved"], moved["files_added"], moved["files_missing"]) == (1, 0, 0)
    assert {track["id"] for track in library_tracks(system)} == before


def library_tracks(system: ListeningSystem) -> list[Any]:
    library = [each for each in every(system, "/api/v1/albums", "albums") if each["in_library"]]
    tracks = [track for each in library for track in every(system, f"/api/v1/albums/{each['id']}/tracks", "tracks")]
    return [each for each in tracks if each["in_library"]]


def test_a_person_corrects_an_album_and_sees_why_the_rest_is_as_it_is(system: ListeningSystem):
    album = system.get("/api/v1/albums", page_size=1)["albums"][0]
    path = f"/api/v1/albums/{album['id']}"
    system.post(f"{path}/enrich")

    set_ = system.client.put(f"{path}/overrides/genres", json={"value": ["art rock"], "reason": "I was there"})
    explained = {each["field"]: each for each in system.get(f"{path}/explain")["explanations"]}

    assert set_.status_code == 200, set_.text
    assert explained["genres"]["chosen"]["value"] == ["art rock"]
    assert explained["genres"]["override"]["reason"] == "I was there"
    assert explained["url"]["why"]
    assert system.get(path)["genres"] == ["art rock"]
    assert system.client.delete(f"{path}/overrides/genres").status_code == 200
    assert system.get(path)["genres"] != ["art rock"]
    assert system.client.put(f"{path}/overrides/mood", json={"value": "x", "reason": "y"}).status_code == 400
    assert system.client.post("/api/v1/albums/nobody/enrich", json={}).status_code == 404


def test_tracks_are_enriched_together_with_their_albums_and_artists(system: ListeningSystem):
    album = next(each for each in every(system, "/api/v1/albums", "albums") if each["track_count"] > 2 and each["lastfm_url"])
    ids = [each["id"] for each in system.get(f"/api/v1/albums/{album['id']}/tracks")["tracks"]]

    begun = system.client.post("/api/v1/tracks/batch/enrich", json={"track_ids": ids})
    assert begun.status_code == 202, begun.text
    over = told(system, f"{begun.headers['location']}/events")[-1]["batch"]
    assert (over["total"], over["done"], over["ended"]) == (len(ids) + 2, len(ids) + 2, True)
    assert over == system.get(begun.headers["location"])
