"""What does each page look like? `make screenshots`: all of them over a thousand plays, in light, in dark and on a phone."""

import io
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.fakes.patience import eventually
from tests.frontend.browsing import PHONE, Complaints, running_browser, visiting
from tests.journeys.listening import UNLIMITED, ListeningSystem
from tests.journeys.running import ALL, ROOT

PLAYS = 1000
ARTIST, ALBUM = "Halcyon Relay", "Apertures"
_LOOKS: Mapping[str, dict[str, Any]] = {"light": {}, "dark": {"color_scheme": "dark"}, "phone": PHONE}
_PATIENT = 120.0
_QUIET_MS = 1000
_IS_QUIET = """quiet => {
    const came = performance.getEntriesByType("resource").map(entry => entry.responseEnd)
    return document.querySelector("h1") && performance.now() - Math.max(0, ...came) > quiet
}"""


def main(folder: Path) -> None:
    """Writes `<page>-<look>.webp` for each into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = {"GATEWAY_WEB_DIR": str(ROOT / "frontend" / "dist"), "COVER_BACKFILL_INTERVAL": "2s", **UNLIMITED}
    with (
        tempfile.TemporaryDirectory() as place,
        ListeningSystem(Path(place), PLAYS, settings, services=ALL) as system,
        running_browser() as browser,
    ):
        pages = _fill(system)
        for look, how in _LOOKS.items():
            _take(browser, f"http://localhost:{system.gateway_port}", pages, folder, look, how)


def _fill(system: ListeningSystem) -> Mapping[str, str]:
    """Brings in what there is to see; the address of each page by its name."""
    system.lift_limits()
    system.import_history()
    assert eventually(lambda: system.unnamed() == 0, within=_PATIENT)
    artist = system.get("/api/v1/artists", name_prefix=ARTIST)["artists"][0]["id"]
    album = system.get("/api/v1/albums", title_prefix=ALBUM)["albums"][0]["id"]
    system.post("/api/v1/enrichment/artists/enrich", name=ARTIST)
    system.post(f"/api/v1/albums/{album}/enrich")
    listed = {kind: system.get(f"/api/v1/{kind}", page_size=100)[kind] for kind in ("albums", "artists")}
    named = [f"/api/v1/covers/{kind}/{each['id']}" for kind, things in listed.items() for each in things]
    for each in named:  # who looks asks for it
        system.client.get(f"{each}/image")
    assert eventually(lambda: all(system.get(each)["state"] != "STATE_PENDING" for each in named), within=_PATIENT)
    first, last = (time.strftime("%Y-%m-%d", time.gmtime(system.newest(PLAYS)[at][0])) for at in (-1, 0))
    return {
        "settings": "/settings",
        "journal": "/journal",
        "timeline": f"/timeline?date={last}",
        "analytics": f"/analytics?from={first}&to={last}",
        "artists": "/artists",
        "artist": f"/artists/{artist}",
        "albums": "/albums",
        "album": f"/albums/{album}",
        "covers": "/covers",
        "cover": f"/covers?kind=albums&id={album}",
        "health": "/health",
    }


def _take(browser: Browser, url: str, pages: Mapping[str, str], folder: Path, look: str, how: Mapping[str, Any]) -> None:
    with visiting(browser, url, Complaints(), **how) as page:
        for name, address in pages.items():
            page.goto(address)
            _picture(page).save(folder / f"{name}-{look}.webp", quality=80, method=6)


def _picture(page: Page) -> Image.Image:
    """Once nothing is loaded any more but the streams, which never end."""
    page.wait_for_function(_IS_QUIET, arg=_QUIET_MS)
    expect(page.get_by_role("progressbar")).to_have_count(0)
    return Image.open(io.BytesIO(page.screenshot()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
