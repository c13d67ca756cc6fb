"""One day of the listener, hour by hour, by the clock of the listener or of whoever looks; what is played now comes by itself."""

import re
import time
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.fakes.patience import eventually
from tests.frontend.browsing import GONE, PHONE, barriers
from tests.journeys.listening import PATIENT, ListeningSystem

# Whole systems on a machine that does other things too.
pytestmark = [pytest.mark.xdist_group("web_timeline"), pytest.mark.timeout(300)]

TIMELINE = "/api/v1/timeline"


@pytest.fixture(scope="module")
def clock_of_browser():
    return "UTC"


@pytest.fixture(scope="module")
def stack_plays():
    return 50_000


@pytest.fixture
def history(stack):
    """The newest thousand plays of the listener, under ids of ours; they are of a year long past."""
    if not stack.get("/api/v1/plays", page_size=1)["plays"]:
        stack.import_history(limit=1000)
    assert eventually(lambda: stack.unnamed() == 0, within=PATIENT)


@pytest.fixture
def day(stack, history):
    """One with many plays and others before and after it, as the API tells it."""
    newest = stack.get("/api/v1/plays", page_size=200)["plays"]
    days = sorted({play["play_time"][:10] for play in newest})[1:-1]
    return max((stack.get(TIMELINE, date=each) for each in days), key=lambda told: told["play_count"])


def later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def day_heading(page: Page, day: str) -> Locator:
    told = date.fromisoformat(day)
    return page.get_by_role("heading", level=2, name=f"{told:%A}, {told.day} {told:%B %Y}")


def shown(page: Page) -> list[tuple[str, list[str]]]:
    """The hours on the page, each with its tracks."""
    hours = page.get_by_role("region").filter(has=page.get_by_role("heading", level=3))
    return [
        (
            hour.get_by_role("heading", level=3).inner_text(),
            [re.sub(r"\s+", " ", each) for each in lines_of(hour).all_inner_texts()],
        )
        for hour in hours.all()
    ]


def lines_of(part: Locator) -> Locator:
    """The plays themselves: items that hold no items."""
    items = part.get_by_role("listitem")
    return items.filter(has_not=part.page.get_by_role("listitem"))


def told(answer: dict[str, Any], shift: int = 0) -> list[tuple[str, list[str]]]:
    """The hours of an answer as the page writes them; `shift` is how far its clock is from UTC, in hours."""
    return [
        (
            f"{hour['hour']:02}:00",
            [
                re.sub(r"\s+", " ", f"{time.strftime('%H:%M', time.gmtime(play['uts'] + 3600 * shift))} {play['track']}")
                for play in hour["plays"]
            ],
        )
        for hour in answer["hours"]
    ]


def test_a_day_shows_what_the_api_tells_of_each_hour(page, day):
    page.goto(f"/timeline?date={day['date']}")

    expect(day_heading(page, day["date"])).to_be_visible()
    assert shown(page) == told(day)
    for play in day["hours"][0]["plays"]:
        expect(page.get_by_role("link", name=play["album"], exact=True).first).to_have_attribute(
            "href", f"/albums/{play['album_id']}"
        )
        expect(page.get_by_role("link", name=play["artist"], exact=True).first).to_have_attribute(
            "href", f"/artists/{play['artist_id']}"
        )
    expect(page.get_by_text(f"{day['play_count']} plays", exact=True).first).to_be_visible()
    expect(page.get_by_role("img", name=re.compile(rf"^Plays by hour\. .*{day['hours'][0]['hour']:02}:00: "))).to_be_visible()


def test_days_are_walked_by_mouse_and_kept_in_the_address(page, day):
    page.goto(f"/timeline?date={day['date']}")

    page.get_by_role("button", name="Next day").click()
    expect(day_heading(page, later(day["date"], 1))).to_be_visible()
    expect(page).to_have_url(f"/timeline?date={later(day['date'], 1)}")
    page.get_by_role("button", name="Previous day").click()
    page.get_by_role("button", name="Previous day").click()
    expect(day_heading(page, later(day["date"], -1))).to_be_visible()
    page.get_by_label("Day", exact=True).fill(later(day["date"], -2))
    expect(day_heading(page, later(day["date"], -2))).to_be_visible()
    page.reload()
    expect(day_heading(page, later(day["date"], -2))).to_be_visible()
    page.go_back()
    expect(day_heading(page, day["date"])).to_be_visible()
    page.get_by_role("button", name="Today").click()

    expect(page).to_have_url("/timeline")
    expect(page.get_by_role("button", name="Next day")).to_be_disabled()


def test_a_day_is_found_by_keyboard_alone(page, day):
    page.goto(f"/timeline?date={later(day['date'], -1)}")
    expect(day_heading(page, later(day["date"], -1))).to_be_visible()

    tab_to(page, page.get_by_role("button", name="Next day"))
    page.keyboard.press("Enter")
    expect(day_heading(page, day["date"])).to_be_visible()
    expect(page.get_by_role("button", name="Next day")).to_be_focused()
    first = day["hours"][0]["plays"][0]
    tab_to(page, page.get_by_role("link", name=first["album"], exact=True).first)
    page.keyboard.press("Enter")

    expect(page).to_have_url(f"/albums/{first['album_id']}")


def test_a_day_is_typed_by_keyboard(page, day):
    page.goto("/timeline")
    field = page.get_by_label("Day", exact=True)
    expect(field).to_have_value(re.compile(r"^20"))

    field.focus()
    page.keyboard.type(f"{date.fromisoformat(day['date']):%m%d%Y}")  # in the order of the browser's own language

    expect(day_heading(page, day["date"])).to_be_visible()
    expect(page).to_have_url(f"/timeline?date={day['date']}")
    expect(field).to_be_focused()


def test_an_empty_day_says_so_and_leads_to_the_nearest_with_plays(page, stack, history):
    empty = "2025-06-01"
    page.goto(f"/timeline?date={empty}")
    expect(page.get_by_text("Nothing was played on this day.")).to_be_visible()

    page.get_by_role("link", name="Earlier plays: 31 Dec 2024").click()

    expect(day_heading(page, "2024-12-31")).to_be_visible()
    assert shown(page) == told(stack.get(TIMELINE, date="2024-12-31"))


def test_days_are_told_by_the_clock_here_and_by_the_listeners_own_when_wanted(browse, stack, day):
    page = browse(timezone_id="Europe/Paris")
    page.goto(f"/timeline?date={day['date']}")
    expect(page.get_by_text("Time zone: Europe/Paris")).to_be_visible()
    expect(day_heading(page, day["date"])).to_be_visible()
    assert shown(page) == told(stack.get(TIMELINE, date=day["date"], time_zone="Europe/Paris"), paris_is_ahead(day["date"]))

    page.get_by_role("button", name="Switch to the listener’s own").click()
    expect(page.get_by_text("Time zone: UTC")).to_be_visible()

    assert shown(page) == told(day)
    page.get_by_role("button", name="Next day").click()
    expect(page).to_have_url(re.compile("zone=listener"))
    page.get_by_role("button", name="Switch to Europe/Paris").click()
    expect(page.get_by_text("Time zone: Europe/Paris")).to_be_visible()


def test_where_both_clocks_are_the_same_there_is_nothing_to_choose(page, day):
    page.goto(f"/timeline?date={day['date']}")

    page.get_by_role("button", name="Switch to the listener’s own").click()

    expect(page.get_by_role("button", name="Switch to UTC")).to_be_hidden()
    expect(page.get_by_role("button", name="Switch to the listener’s own")).to_be_hidden()
    expect(page.get_by_text("Time zone: UTC")).to_be_visible()


def test_a_zone_that_the_server_does_not_know_can_be_left(page, day, complaints):
    complaints.forgive("status of 400")
    page.add_init_script(
        "const { prototype } = Intl.DateTimeFormat; const told = prototype.resolvedOptions;"
        "prototype.resolvedOptions = function () { return { ...told.call(this), timeZone: 'Nowhere/Town' } }"
    )
    page.goto(f"/timeline?date={day['date']}")
    expect(page.get_by_role("alert").first).to_be_visible()

    page.get_by_role("button", name="Switch to the listener’s own").click()

    expect(day_heading(page, day["date"])).to_be_visible()
    expect(page.get_by_text("Time zone: UTC")).to_be_visible()


def paris_is_ahead(day: str) -> int:
    return 2 if "04" <= day[5:7] <= "09" else 1


@pytest.mark.parametrize("settings", [{}, {"color_scheme": "dark"}, PHONE], ids=["light", "dark", "phone"])
def test_nobody_is_kept_out(browse, day, settings):
    page = browse(**settings)
    page.goto(f"/timeline?date={day['date']}")
    expect(day_heading(page, day["date"])).to_be_visible()

    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.goto("/timeline?date=2025-06-01")
    expect(page.get_by_text("Nothing was played on this day.")).to_be_visible()
    assert barriers(page) == []


def test_a_narrow_phone_walks_the_days_by_thumb(browse, day):
    page = browse(**{**PHONE, "viewport": {"width": 360, "height": 740}})
    page.goto(f"/timeline?date={day['date']}")

    page.get_by_role("button", name="Previous day").tap()

    expect(day_heading(page, later(day["date"], -1))).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_french_is_spoken(browse, day):
    page = browse(locale="fr-FR", color_scheme="dark")
    page.goto(f"/timeline?date={day['date']}")

    expect(page.get_by_role("heading", level=1)).to_have_text("Chronologie")
    expect(page.get_by_role("heading", level=3).first).to_have_text(f"{day['hours'][0]['hour']} h")
    expect(page.get_by_text(f"{day['play_count']} écoutes", exact=True).first).to_be_visible()
    assert barriers(page) == []


def test_what_is_no_day_is_today(page, history):
    page.goto("/timeline?date=2024-02-31")

    expect(page.get_by_text("Nothing was played on this day.")).to_be_visible()
    expect(page.get_by_role("button", name="Today")).to_be_disabled()


def test_a_new_play_comes_to_the_page_by_itself(page, stack, history):
    page.goto("/timeline")
    expect(page.get_by_text("Nothing was played on this day.")).to_be_visible()

    hear(stack, "Comes Now")
    stack.post("/api/v1/services/tracker/start")

    expect(page.get_by_text("Comes Now")).to_be_visible()
    stack.post("/api/v1/services/tracker/stop")


def hear(stack: ListeningSystem, track: str) -> None:
    """The listener plays it now; names are made up."""
    heard = {"uts": int(time.time()), "artist": "Somebody Live", "track": track, "album": "Sessions"}
    assert stack.sandbox.post("/_sandbox/plays", json={"user": stack.account, "plays": [heard]}).status_code == 201


def test_the_day_stays_while_nobody_answers_and_others_come_when_somebody_does(page, stack, day, complaints):
    complaints.forgive(*GONE)
    page.goto(f"/timeline?date={day['date']}")
    expect(day_heading(page, day["date"])).to_be_visible()

    with stack.without("gateway"):
        page.get_by_role("button", name="Next day").click()
        expect(page.get_by_text("SoniqueBay does not answer. It is asked again by itself.")).to_be_visible()
        page.get_by_role("button", name="Previous day").click()
        expect(day_heading(page, day["date"])).to_be_visible()
        assert shown(page) == told(day)
        page.get_by_role("button", name="Next day").click()

    expect(day_heading(page, later(day["date"], 1))).to_be_visible()


def tab_to(page: Page, target: Locator) -> None:
    """Presses Tab until it has the focus."""
    for _ in range(60):
        if target.evaluate("target => target === document.activeElement"):
            return
        page.keyboard.press("Tab")
    expect(target).to_be_focused()
