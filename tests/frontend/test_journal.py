"""Everything that was played, newest first, in steady memory; and a new play arrives while one looks."""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.fakes.patience import eventually
from tests.frontend.browsing import GONE, PHONE, barriers
from tests.journeys.listening import PATIENT, ListeningSystem

# Whole systems on a machine that does other things too.
pytestmark = pytest.mark.timeout(300)

TRACKER = "/api/v1/services/tracker"
INTERVAL = 15
LONG_WORD = "Atthismoment" * 10
_LOOK_MS = 5000 * INTERVAL  # a look, and what a machine that does other things too needs to tell of it
_PLAYS = 1000
_MORE_THAN_STAND_ABOVE = 250
_LONG_DAY = datetime(2025, 10, 26, 2, tzinfo=UTC)
"""In Paris its 25 hours began four hours before."""


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


def test_what_is_typed_stays_while_it_is_searched_for(page):
    page.goto("/journal")
    field = page.get_by_label("Search artist, track or album")

    field.press_sequentially("pink ")
    expect(page).to_have_url("/journal?text=pink")
    expect(field).to_have_value("pink ")
    field.press_sequentially("floyd")

    expect(page).to_have_url("/journal?text=pink+floyd")


def test_a_filter_is_taken_out_by_keyboard(page):
    page.goto("/journal?artist=Nobody&album=Nothing")

    page.get_by_role("button", name="Remove the filter: Artist: Nobody").press("Enter")
    expect(page).to_have_url("/journal?album=Nothing")
    page.get_by_role("button", name="Remove the filter: Album: Nothing").press("Delete")

    expect(page).to_have_url("/journal")


def test_tracks_lead_here_from_the_analytics_only_where_both_count_the_same_days(page):
    page.goto("/analytics?span=all")
    tracks = page.get_by_role("list", name="Top tracks")
    expect(tracks.get_by_role("link").first).to_have_attribute("href", re.compile(r"^/journal\?text="))

    page.get_by_role("button", name="Switch to the listener’s own").click()

    expect(tracks.get_by_role("link")).to_have_count(0)
    expect(tracks.get_by_role("listitem").first).to_be_visible()


def test_late_on_the_day_of_25_hours_its_plays_are_of_today(page, stack):
    hear(stack, "Clocks go back", seconds_ago=int(time.time()) - int(_LONG_DAY.timestamp()))
    stack.import_history()
    page.clock.set_fixed_time(_LONG_DAY + timedelta(hours=20))

    page.goto("/journal?from=2025-10-26&to=2025-10-26")

    expect(page.get_by_role("heading", level=2)).to_have_text("Today, Sunday, 26 October 2025")


def test_more_new_plays_than_stand_above_the_list_begin_it_anew(page, stack):
    rows = rows_of(page)
    page.goto("/journal")
    expect(rows.first).to_be_visible()
    newest = int(time.time()) - 7200
    heard = [
        {"uts": newest - 10 * each, "artist": "Somebody Live", "track": f"Many {each}", "album": "Sessions"}
        for each in range(_MORE_THAN_STAND_ABOVE)
    ]

    assert stack.sandbox.post("/_sandbox/plays", json={"user": stack.account, "plays": heard}).status_code == 201
    stack.post(f"{TRACKER}/start")
    expect(rows.first).to_contain_text("Many 0", timeout=_LOOK_MS)
    stack.post(f"{TRACKER}/stop")
    scroll_to_the_end(page)

    expect(rows.last).to_have_attribute("aria-posinset", str(stack.stored().total()))


def test_the_tracker_is_started_here_and_a_new_play_arrives_without_a_reload(page, stack):
    page.goto("/settings")
    page.get_by_role("region", name="Live tracker").get_by_role("button", name="Start").click()
    expect(page.get_by_text("Following", exact=True)).to_be_visible()
    page.get_by_role("navigation").get_by_role("link", name="Journal").click()
    expect(rows_of(page).first).to_be_visible()
    playing = {"user": stack.account, "artist": "Somebody Live", "track": LONG_WORD, "album": "Sessions"}

    hear(stack, "Just now", seconds_ago=60)
    stack.sandbox.put("/_sandbox/now_playing", json=playing)

    arrived = page.get_by_role("list", name="1 new play")
    expect(arrived).to_contain_text("Just now", timeout=_LOOK_MS)
    expect(page.get_by_role("region", name="Playing now")).to_contain_text(LONG_WORD, timeout=_LOOK_MS)
    assert barriers(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.set_viewport_size({"width": 1280, "height": 900})
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
