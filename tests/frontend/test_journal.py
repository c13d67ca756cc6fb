"""Everything that was played, newest first, in steady memory; and a new play arrives while one looks."""

import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.fakes.patience import eventually
from tests.frontend.browsing import GONE, PHONE, barriers
from tests.journeys.listening import PATIENT, ListeningSystem

# Whole systems on a machine that does other things too.
pytestmark = pytest.mark.timeout(300)

TRACKER = "/api/v1/services/tracker"
INTERVAL = 15
_LOOK_MS = 2 * INTERVAL * 1000
_PLAYS = 1000


@pytest.fixture(scope="module")
def stack_settings():
    return {"TRACKER_INTERVAL_SECONDS": str(INTERVAL)}


@pytest.fixture(scope="module", autouse=True)
def imported(stack):
    """The journal of this file holds what the listener has heard, under ids of ours."""
    stack.import_history()
    assert eventually(lambda: stack.unnamed() == 0, within=PATIENT)


def hear(stack: ListeningSystem, track: str, *, seconds_ago: int) -> None:
    """The listener has played it; names are made up."""
    heard = {"uts": int(time.time()) - seconds_ago, "artist": "Somebody Live", "track": track, "album": "Sessions"}
    answer = stack.sandbox.post("/_sandbox/plays", json={"user": stack.account, "plays": [heard]})
    assert answer.status_code == 201


def rows_of(page: Page) -> Locator:
    """The plays, from the newest on."""
    return page.get_by_role("list", name="Plays, newest first").get_by_role("listitem")


def scroll_to_the_end(page: Page) -> None:
    """As a person does, until nothing more comes."""
    page.evaluate(
        """async () => {
            let before = -1
            while (before !== document.body.scrollHeight || document.querySelector("[role=status][aria-label=Loading]")) {
                before = document.body.scrollHeight
                window.scrollTo(0, before)
                await new Promise((resolve) => setTimeout(resolve, 150))
            }
        }"""
    )


def test_all_plays_are_there_down_to_the_first_and_few_of_them_in_the_document(page, stack):
    newest, oldest = stack.newest(_PLAYS)[0], stack.newest(_PLAYS)[-1]
    page.goto("/journal")
    rows = rows_of(page)
    expect(rows.first).to_contain_text(newest[2])

    scroll_to_the_end(page)

    expect(rows.last).to_contain_text(oldest[2])
    expect(rows.last).to_have_attribute("aria-posinset", str(_PLAYS))
    assert rows.count() < 60


def test_a_row_has_its_day_its_links_and_its_cover(page):
    page.goto("/journal")
    first = rows_of(page).first

    expect(first.get_by_role("heading", level=2)).to_be_visible()
    expect(first.get_by_role("link").first).to_have_attribute("href", re.compile("^/artists/"))
    expect(first.locator("img")).to_have_js_property("complete", value=True)
    assert first.locator("img").evaluate("image => image.naturalWidth") > 0


def test_plays_are_found_by_text_and_day_and_the_address_keeps_it(page, stack):
    seen = stack.newest(_PLAYS)[500]
    day = time.strftime("%Y-%m-%d", time.gmtime(seen[0]))
    page.goto("/journal")

    page.get_by_label("Search artist, track or album").fill(seen[2])
    page.get_by_label("From day").fill(day)
    page.get_by_label("To day").fill(day)
    expect(rows_of(page).first).to_contain_text(seen[2])
    page.reload()
    expect(page.get_by_label("Search artist, track or album")).to_have_value(seen[2])
    page.get_by_label("Search artist, track or album").fill("nobody ever played this")

    expect(page.get_by_text("No play fits these filters.")).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("button", name="Clear the filters").click()
    expect(rows_of(page).first).to_contain_text(stack.newest(1)[0][2])


def test_the_tracker_is_started_here_and_a_new_play_arrives_without_a_reload(page, stack):
    page.goto("/settings")
    page.get_by_role("region", name="Live tracker").get_by_role("button", name="Start").click()
    expect(page.get_by_text("Following", exact=True)).to_be_visible()
    page.get_by_role("navigation").get_by_role("link", name="Journal").click()
    expect(rows_of(page).first).to_be_visible()
    playing = {"user": stack.account, "artist": "Somebody Live", "track": "At this moment", "album": "Sessions"}

    hear(stack, "Just now", seconds_ago=60)
    stack.sandbox.put("/_sandbox/now_playing", json=playing)

    arrived = page.get_by_role("list", name="1 new play")
    expect(arrived).to_contain_text("Just now", timeout=_LOOK_MS)
    expect(page.get_by_role("region", name="Playing now")).to_contain_text("At this moment", timeout=_LOOK_MS)
    assert barriers(page) == []
    page.get_by_role("navigation").get_by_role("link", name="Settings").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped", exact=True)).to_be_visible()


def test_it_fits_a_phone_in_french_and_in_the_dark(browse):
    page = browse(locale="fr-FR", color_scheme="dark", **PHONE)
    page.goto("/journal")

    expect(
        page.get_by_role("list", name="Écoutes, de la plus récente à la plus ancienne").get_by_role("listitem").first
    ).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert barriers(page) == []


def test_what_is_shown_stays_while_the_gateway_is_away(page, stack, complaints):
    complaints.forgive(*GONE)
    banner = page.get_by_text("SoniqueBay does not answer. It is asked again by itself.")
    page.goto("/journal")
    rows = rows_of(page)
    expect(rows.first).to_be_visible()

    with stack.without("gateway"):
        expect(banner).to_be_visible()
        expect(rows.first).to_be_visible()

    expect(banner).to_be_hidden()
    expect(rows.first).to_be_visible()
