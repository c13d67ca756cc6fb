"""Kept in the middle of an import and put back elsewhere, the import goes on to its end: no play is lost, and none doubled."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.fakes.painting import painted
from tests.fakes.patience import eventually
from tests.journeys.listening import IMPORTS, PATIENT, UNLIMITED, ListeningSystem
from tests.journeys.running import ALL, ROOT
from tests.scripts.keeping import postgres_programs

pytestmark = [pytest.mark.xdist_group("backup"), pytest.mark.timeout(400)]

MANY = 8_000
SETTINGS = {**UNLIMITED, "JOB_LEASE": "2s"}


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def places(request: pytest.FixtureRequest) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Settings of the system that is kept, and of the one it is put back into."""
    if request.param == "SQLite":
        yield {}, {}
        return
    server = request.getfixturevalue("postgres_server")
    with server.fresh_database() as first, server.fresh_database() as second:
        yield {"DATABASE_URL": first, "PATH": postgres_programs()}, {"DATABASE_URL": second, "PATH": postgres_programs()}


def lay_out(folder: Path, settings: Mapping[str, str]) -> ListeningSystem:
    return ListeningSystem(folder, MANY, {**SETTINGS, **settings}, services=ALL)


def run(system: ListeningSystem, script: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """As a person would, in the system's folder and with its settings."""
    command = [sys.executable, str(ROOT / "scripts" / script), *arguments]
    return subprocess.run(command, cwd=system.folder, env=system.environment, capture_output=True, text=True, check=False)


def is_under_way(system: ListeningSystem, address: str) -> bool:
    return 0 < int(system.get(address)["counts"]["seen"]) < MANY


def shown(system: ListeningSystem, artist: str, album: str) -> tuple[object, object, object, bytes]:
    """What is told of an artist, of an album and of the artist's own picture, which is no placeholder; and the picture."""
    cover = system.get(f"/api/v1/covers/artists/{artist}")
    picture = system.client.get(f"/api/v1/covers/artists/{artist}/image", params={"size": 300})
    assert (cover["state"], picture.status_code) == ("STATE_FOUND", 200)
    title = system.get(f"/api/v1/albums/{album}")
    return system.get(f"/api/v1/artists/{artist}"), [title[name] for name in ("id", "title")], cover["image"], picture.content


def test_what_is_kept_in_the_middle_of_an_import_goes_on_where_it_is_put_back(places, tmp_path):
    place = tmp_path / "kept.tar"
    with lay_out(tmp_path / "first", places[0]) as first:
        first.lift_limits()
        artist = first.enrich(name="Radiohead").json()["artist"]["id"]
        image = f"/api/v1/covers/artists/{artist}/image"
        assert first.client.put(image, content=painted("#c81e1e"), headers={"content-type": "image/jpeg"}).is_success
        first.arrange(page_seconds=1.0)
        address = first.begin()
        assert eventually(lambda: is_under_way(first, address), within=PATIENT)
        assert eventually(lambda: first.get("/api/v1/albums")["albums"] != [], within=PATIENT)
        album = first.get("/api/v1/albums")["albums"][0]["id"]
        known = shown(first, artist, album)

        kept = run(first, "backup.py", str(place))

        assert kept.returncode == 0, kept.stderr
        assert is_under_way(first, address)
        refused = run(first, "restore.py", str(place), "--replace")
        assert refused.returncode == 1
        assert "End the system first: somebody answers at GATEWAY_PORT=" in refused.stderr

    with_nothing = lay_out(tmp_path / "second", places[1])
    put_back = run(with_nothing, "restore.py", str(place))
    assert put_back.returncode == 0, put_back.stderr
    with with_nothing as second:
        second.lift_limits()
        begun = second.get(address)
        told = shown(second, artist, album)
        ended = second.finish(address)

        assert told == known
        assert begun["state"] in ("IMPORT_STATE_PENDING", "IMPORT_STATE_RUNNING")
        assert [each["id"] for each in second.get(IMPORTS)["imports"]] == [begun["id"]]
        assert (ended["state"], ended["summary"], ended["counts"]["imported"]) == ("IMPORT_STATE_SUCCEEDED", "complete", MANY)
        assert second.stored() == second.history
        assert eventually(lambda: second.unnamed() == 0, within=PATIENT)
        assert second.import_history().json()["tracks_imported"] == 0
