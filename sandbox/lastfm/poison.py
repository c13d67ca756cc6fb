"""Does a page hold a play that Last.fm cannot bring out, and how does it fail?"""

from collections.abc import Mapping
from types import MappingProxyType

from sandbox.alterations import WEB_PAGE
from sandbox.lastfm.errors import HEADERS, build_error, format_error
from sandbox.listeners.history import Page
from sandbox.settings import Knob, Settings
from sandbox.wire import Answer

ERROR_8, STATUS_500, HTML = "error_8", "status_500", "html"
KNOBS: Mapping[str, Knob] = MappingProxyType(
    {
        "poison_since": Knob(0),
        "poison_until": Knob(0),
        "poison_as": Knob(ERROR_8, (ERROR_8, STATUS_500, HTML)),
    }
)


def find_failure(page: Page, settings: Settings, *, as_json: bool) -> Answer | None:
    """Finds the failure of a page with a play in `poison_since` <= time < `poison_until`; None for every other page."""
    since, until = settings.number("poison_since"), settings.number("poison_until")
    if not until or not any(since <= second < until for second, _ in page.plays):
        return None
    failures = {
        ERROR_8: format_error(build_error(8), as_json=as_json),
        STATUS_500: Answer(b"<html><body><h1>500</h1></body></html>", "text/html", 500, HEADERS),
        HTML: Answer(WEB_PAGE, "text/html; charset=UTF-8", headers=HEADERS),
    }
    return failures[settings.text("poison_as")]
