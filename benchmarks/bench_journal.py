"""A hundred thousand plays in the journal, scrolled down to the first: what the page holds at the end, beside the beginning."""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import CDPSession, Page

from benchmarks.bars import Bar, report
from tests.fakes.patience import eventually
from tests.frontend.browsing import Complaints, running_browser, visiting
from tests.journeys.listening import ListeningSystem
from tests.journeys.running import ALL, ROOT

PLAYS = 100_000
EARLY = 5_000
"""Plays down: by then all that a page needs is there."""
TIMES_EARLY = 1.25
MOST_ROWS = 60
_MINUTES = 10
_SCROLL_TO = """async row => {
    const list = () => [...document.querySelectorAll("[role=listitem][aria-posinset]")]
    const last = () => Math.max(0, ...list().map(item => Number(item.getAttribute("aria-posinset"))))
    while (last() < row) {
        window.scrollTo(0, document.body.scrollHeight)
        await new Promise(resolve => setTimeout(resolve, 20))
    }
    return list().length
}"""


@dataclass(frozen=True, slots=True)
class Held:
    """What the page holds: bytes, and rows in its document."""

    heap: int
    rows: int


def main() -> int:
    """The exit status: 1 when a bar was missed."""
    settings = {"GATEWAY_WEB_DIR": str(ROOT / "frontend" / "dist"), "LOG_LEVEL": "WARNING"}
    with (
        tempfile.TemporaryDirectory() as folder,
        ListeningSystem(Path(folder), PLAYS, settings, services=ALL) as system,
        running_browser() as browser,
    ):
        ended = system.finish(system.begin(enrich_albums=False))
        if ended["counts"]["imported"] != PLAYS or not eventually(lambda: system.unnamed() == 0, within=60.0 * _MINUTES):
            raise RuntimeError(ended)
        complaints = Complaints()
        with visiting(browser, f"http://localhost:{system.gateway_port}", complaints) as page:
            early, late = _scroll(page)
    if complaints.left():
        raise RuntimeError("\n".join(complaints.left()))
    print(f"journal after {EARLY:,} plays: {early.heap / 2**20:.1f} MB, {early.rows} rows in the document")
    print(f"journal after {PLAYS:,} plays: {late.heap / 2**20:.1f} MB, {late.rows} rows in the document")
    return report(
        [
            Bar(name="memory at the first play, times that near the newest", figure=late.heap / early.heap, at_most=TIMES_EARLY),
            Bar(name="rows in the document", figure=late.rows, at_most=MOST_ROWS),
        ]
    )


def _scroll(page: Page) -> tuple[Held, Held]:
    page.set_default_timeout(60_000 * _MINUTES)
    page.goto("/journal")
    page.wait_for_selector("[role=listitem][aria-posinset]")
    session = page.context.new_cdp_session(page)
    return _down_to(page, session, EARLY), _down_to(page, session, PLAYS)


def _down_to(page: Page, session: CDPSession, row: int) -> Held:
    rows = page.evaluate(_SCROLL_TO, row)
    session.send("HeapProfiler.collectGarbage")
    return Held(int(session.send("Runtime.getHeapUsage")["usedSize"]), rows)


if __name__ == "__main__":
    sys.exit(main())
