"""The whole system runs and is used, and every figure that a panel or an alert asks for stands in what its programs show."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.figures import ALERTS, PANELS, faults_of, scraped
from tests.fakes.music_folder import Song, write
from tests.fakes.painting import painted
from tests.fakes.patience import eventually
from tests.journeys.listening import PATIENT, UNLIMITED, ListeningSystem
from tests.journeys.running import ALL

# What takes long to set up is set up once; a machine that does other things too may take its time.
pytestmark = pytest.mark.timeout(300)

PLAYS = 200
SETTINGS = {
    **UNLIMITED,
    "COVER_BACKFILL_INTERVAL": "2s",
    "ENRICHMENT_MAX_RETRIES": "1",
    "TRACKER_INTERVAL_SECONDS": "15",
}
ASKED = {
    **{f"alert {name}": rule["expr"] for name, rule in ALERTS.items()},
    **{f"panel {panel['title']} {at}": each["expr"] for _, panel in PANELS for at, each in enumerate(panel["targets"])},
}


class Watched(ListeningSystem):
    """With the figures of all its programs."""

    def figures(self) -> dict[str, set[str]]:
        """As Prometheus would have them."""
        ports = (self.artist_port, self.album_port, self.cover_port, self.tracker_port)
        addresses = [
            f"http://127.0.0.1:{self.gateway_port}/metrics",
            *(f"http://127.0.0.1:{port + 20}/metrics" for port in ports),
        ]
        return scraped([self.client.get(address, timeout=PATIENT).raise_for_status().text for address in addresses])

    def missing(self) -> dict[str, list[str]]:
        """What is asked for and is not there, by who asks."""
        known = self.figures()
        return {name: faults for name, expression in ASKED.items() if (faults := faults_of(expression, known))}


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One song, with its picture in it."""
    root: Path = tmp_path_factory.mktemp("music")
    song = Song(title="Song", artist="The Painted", album_artist="The Painted", album="Colour", picture=painted("#c81e1e"))
    write(root / "The Painted" / "Colour" / "1.flac", song)
    return root


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory, music: Path) -> Iterator[Watched]:
    settings = {**SETTINGS, "MUSIC_DIR": str(music)}
    with Watched(tmp_path_factory.mktemp("system"), PLAYS, settings, services=ALL) as running:
        running.lift_limits()
        yield running


def test_in_a_system_that_is_used_nothing_is_missing_that_a_panel_or_an_alert_asks_for(system: Watched) -> None:
    assert system.enrich(name="Radiohead").status_code == 200
    assert system.enrich(name="Radiohead").status_code == 200
    assert system.import_history().status_code == 200
    system.post("/api/v1/services/tracker/start")
    system.post("/api/v1/scans")
    albums = system.get("/api/v1/albums", page_size=1)["albums"]
    system.get(f"/api/v1/albums/{albums[0]['id']}")
    system.client.get(f"/api/v1/covers/albums/{albums[0]['id']}/image", timeout=PATIENT)
    assert eventually(lambda: "tracker_lag_seconds" in system.figures(), within=PATIENT / 4)
    system.script(fault={"kind": "status", "code": 500})
    system.enrich(name="Portishead")

    assert eventually(lambda: not system.missing(), within=PATIENT / 4), system.missing()
