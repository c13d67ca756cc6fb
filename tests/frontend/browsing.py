"""A real browser over the web app: how it is started, what it may not say, and whether everybody can use what it shows."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
"""What a phone's browser says of itself."""
PATIENT_MS = 30_000
GONE = (
    "ERR_CONNECTION_REFUSED",
    "ERR_INCOMPLETE_CHUNKED_ENCODING",
    "ERR_EMPTY_RESPONSE",
    "ERR_CONNECTION_RESET",
    "ERR_CONTENT_LENGTH_MISMATCH",
    "status of 503",
)
"""What a browser complains of while the gateway is away, or has just come back before its services."""
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
_GRAVE = ("serious", "critical")
_ASK_AXE = """async () => {
    const { violations } = await axe.run(document, { resultTypes: ["violations"] })
    const told = ({ html, failureSummary }) => html + " " + failureSummary
    return violations.map(({ id, impact, help, nodes }) => ({ id, impact, help, nodes: nodes.map(told) }))
}"""


def find_browser() -> str | None:
    """The machine's own Chromium: browsers that are downloaded are not to be had everywhere."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


@contextmanager
def running_browser() -> Iterator[Browser]:
    path = find_browser()
    assert path is not None, "There is no Chromium; scripts/get_browser.sh says how to get it."
    expect.set_options(timeout=PATIENT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_FLAGS), headless=True)
        yield browser
        browser.close()


@dataclass
class Complaints:
    """What pages said in the console that nobody wants to read there."""

    said: list[str] = field(default_factory=list)
    forgiven: list[str] = field(default_factory=list)

    def forgive(self, *parts: str) -> None:
        """What a test brings about on purpose: errors whose text or address holds one of these."""
        self.forgiven += parts

    def listen(self, page: Page) -> None:
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.said.append(f"{error.message}\n{error.stack}"))

    def left(self) -> list[str]:
        return [each for each in self.said if not any(part in each for part in self.forgiven)]

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.said.append(f"{message.text} ({message.location.get('url', '')})")


@contextmanager
def visiting(browser: Browser, url: str, complaints: Complaints, **settings: Any) -> Iterator[Page]:
    """A window of a browser that has never been here. `settings` are those of a context: `locale`, `color_scheme`, PHONE."""
    context: BrowserContext = browser.new_context(
        **{
            "base_url": url,
            "locale": "en-GB",
            "timezone_id": "Europe/Paris",
            "reduced_motion": "reduce",
            "viewport": {"width": 1280, "height": 900},
            **settings,
        }
    )
    context.set_default_timeout(PATIENT_MS)
    page = context.new_page()
    complaints.listen(page)
    try:
        yield page
    finally:
        context.close()


@cache
def _axe_source() -> str:
    return _AXE.read_text("utf-8")


def barriers(page: Page) -> list[str]:
    """What keeps somebody from using the page as it is now, by axe: its serious and critical findings."""
    # Evaluated, not added as an element: the page's policy lets in no scripts but its own.
    page.evaluate(_axe_source())
    found = page.evaluate(_ASK_AXE)
    return [f"{each['id']}: {each['help']}\n" + "\n".join(each["nodes"]) for each in found if each["impact"] in _GRAVE]
