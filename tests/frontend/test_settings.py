"""A history is brought in from the settings, watched, paused and resumed; the live tracker is started and stopped there."""

import re
import time

import pytest
from playwright.sync_api import Page, Route, expect

from tests.frontend.browsing import GONE, PHONE, barriers
from tests.journeys.listening import IMPORTS, ListeningSystem

# Whole systems on a machine that does other things too.
pytestmark = pytest.mark.timeout(300)

TRACKER = "/api/v1/services/tracker"
COMPLETE = re.compile("listener_1000.*complete")
_NOTE_EVERY_STEP = """() => {
    window.steps = []
    new MutationObserver(() => {
        const step = document.querySelector("[role=progressbar][aria-valuenow]")?.getAttribute("aria-valuenow")
        if (step && window.steps.at(-1) !== Number(step)) window.steps.push(Number(step))
    }).observe(document.body, { subtree: true, childList: true, attributes: true })
}"""


@pytest.fixture(scope="module")
def stack_settings():
    return {"TRACKER_INTERVAL_SECONDS": "15"}


@pytest.fixture(autouse=True)
def emptied(stack):
    """Nothing is left of what a test did, and the sandbox answers as it always does."""
    yield
    stack.client.post(f"{TRACKER}/stop")
    stack.empty()


def slow_down(stack: ListeningSystem) -> None:
    """The source answers 100 plays at a time, and not at once; what it has is asked before."""
    assert stack.history.total() == 1000
    stack.arrange(page_seconds=0.3, largest_page=100)


def begin(page: Page, **fields: str) -> None:
    """Asks for an import by the dialog."""
    page.get_by_role("button", name="Import a history").click()
    dialog = page.get_by_role("dialog", name="Import a history")
    for name, value in fields.items():
        dialog.get_by_label(LABELS[name]).fill(value)
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(dialog).to_be_hidden()


LABELS = {"count": "How many plays", "begin": "From this day", "end": "To this day"}


def test_an_import_is_watched_to_its_end(page, stack):
    slow_down(stack)
    page.goto("/settings")
    expect(page.get_by_text("Nothing was imported yet.")).to_be_visible()
    page.evaluate(_NOTE_EVERY_STEP)

    begin(page)
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuetext", re.compile("per second"))
    assert barriers(page) == []
    past = page.get_by_role("button", name=COMPLETE)
    expect(past).to_be_visible()
    past.click()

    steps = page.evaluate("window.steps")
    assert steps == sorted(steps)
    assert len(steps) >= 4
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()
    expect(page.get_by_text("ended", exact=True)).to_be_visible()
    assert barriers(page) == []
    assert stack.stored() == stack.history


def test_a_paused_import_waits_over_a_reload_until_it_is_resumed(page, stack):
    slow_down(stack)
    page.goto("/settings")

    begin(page)
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuetext", re.compile(r"^[1-9]\d* of 1,000"))
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("article").get_by_text("paused", exact=True).first).to_be_visible()
    page.reload()
    expect(page.get_by_role("article").get_by_text("paused", exact=True).first).to_be_visible()
    assert stack.stored().total() < 1000
    page.get_by_role("button", name="Resume").click()

    expect(page.get_by_role("button", name=COMPLETE)).to_be_visible()
    assert stack.stored() == stack.history


def test_an_import_that_moves_is_watched_though_an_older_one_is_paused(page, stack):
    slow_down(stack)
    page.goto("/settings")
    begin(page)
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuetext", re.compile(r"^[1-9]\d* of 1,000"))
    page.get_by_role("button", name="Pause").click()
    paused = page.get_by_role("article").get_by_text("paused", exact=True).first
    expect(paused).to_be_visible()
    expect(page.get_by_role("button", name="Resume")).to_be_focused()

    begin(page, count="900")

    expect(page.get_by_role("progressbar").first).to_have_attribute("aria-valuetext", re.compile("per second"))
    expect(page.get_by_role("button", name=COMPLETE)).to_be_visible()
    expect(paused).to_be_visible()


def test_so_many_plays_of_such_days_are_counted_and_none_stored(page, stack):
    newest = stack.newest(1)[0]
    page.goto("/settings")

    page.get_by_role("button", name="Import a history").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(LABELS["count"]).fill("-1")
    expect(dialog.get_by_text("A whole number from 1 on, or nothing.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Import", exact=True)).to_be_disabled()
    dialog.get_by_label(LABELS["count"]).fill("40")
    dialog.get_by_label(LABELS["begin"]).fill("2010-01-01")
    dialog.get_by_label(LABELS["end"]).fill(time.strftime("%Y-%m-%d", time.gmtime(newest[0] + 86_400)))
    dialog.get_by_label("Only count").check()
    assert barriers(page) == []
    dialog.get_by_role("button", name="Count", exact=True).click()

    past = page.get_by_role("button", name=re.compile("only counted.*complete"))
    expect(past).to_be_visible()
    past.click()
    expect(page.get_by_text("Would be stored")).to_be_visible()
    last_day = page.locator("dt").get_by_text("Until", exact=True).locator("xpath=following-sibling::dd")
    expect(last_day).to_have_text(re.compile(rf"^{time.gmtime(newest[0] + 86_400).tm_mday} "))
    (counted,) = stack.get(IMPORTS)["imports"][:1]
    assert (counted["dry_run"], counted["limit"], counted["counts"]["imported"]) == (True, 40, 40)
    assert counted["from_time"].startswith("2009-12-31T23:00")  # midnight where the browser is
    assert stack.stored().total() == 0


def test_a_file_is_read_by_its_content(page, stack, tmp_path):
    stack.import_history(limit=30)
    exported = tmp_path / "mine"
    exported.write_bytes(stack.client.get("/api/v1/plays:export").content)
    stack.empty()
    page.goto("/settings")

    page.get_by_role("button", name="Import a history").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("From where").click()
    page.get_by_role("option", name="A file").click()
    dialog.get_by_label("File with an exported history").set_input_files(exported)
    dialog.get_by_role("button", name="Import", exact=True).click()

    expect(dialog).to_be_hidden()
    assert stack.finish(stack.newest_import())["counts"]["imported"] == 30


def test_a_cancelled_import_is_finished_by_another_try_and_undone(page, stack):
    slow_down(stack)
    page.goto("/settings")

    begin(page)
    page.get_by_role("button", name="Cancel the import").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel the import").click()
    cancelled = page.get_by_role("button", name=re.compile("listener_1000.*cancelled"))
    expect(cancelled).to_be_visible()
    cancelled.click()
    page.get_by_role("button", name="Try the rest again").click()
    past = page.get_by_role("button", name=COMPLETE)
    expect(past).to_be_visible()
    past.click()
    page.get_by_role("button", name="Undo the import").click()
    assert barriers(page) == []
    page.get_by_role("dialog").get_by_role("button", name="Undo the import").click()

    expect(page.get_by_role("button", name=re.compile("listener_1000")).first).to_contain_text("undone")
    assert stack.stored().total() == 0


def test_what_an_import_brought_is_gone_from_other_pages_once_it_is_undone(page, stack):
    page.goto("/settings")
    begin(page, count="30")
    past = page.get_by_role("button", name=COMPLETE)
    expect(past).to_be_visible()
    pages = page.get_by_role("navigation", name="Pages")
    pages.get_by_role("link", name="Analytics").click()
    expect(page.get_by_role("heading", level=2).first).to_be_visible()
    expect(page.get_by_text("Nothing was played")).to_have_count(0)
    pages.get_by_role("link", name="Settings").click()
    past.click()

    page.get_by_role("button", name="Undo the import").click()
    page.get_by_role("dialog").get_by_role("button", name="Undo the import").click()
    expect(page.get_by_role("button", name=re.compile("listener_1000")).first).to_contain_text("undone")
    pages.get_by_role("link", name="Analytics").click()

    expect(page.get_by_text("Nothing was played").first).to_be_visible()


def test_a_file_that_is_too_large_is_told_before_it_is_sent(page, tmp_path):
    page.goto("/settings")
    page.get_by_role("button", name="Import a history").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("From where").click()
    page.get_by_role("option", name="A file").click()
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(20 * 2**20 + 1)

    dialog.get_by_label("File with an exported history").set_input_files(large)

    expect(dialog.get_by_text("This file is larger than 20 MiB.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Import", exact=True)).to_be_disabled()


def test_nothing_moves_from_under_a_finger_when_the_tracker_is_heard(page, stack):
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/tracker/events", hold)
    with page.expect_request("**/tracker/events"):
        page.goto("/settings")
    button = page.get_by_role("button", name="Import a history")
    before = button.bounding_box()
    for route in held:
        route.continue_()
    expect(page.get_by_role("region", name="Live tracker").get_by_text("Stopped", exact=True)).to_be_visible()

    assert button.bounding_box() == before


def test_a_tracker_that_is_away_is_told_and_its_return_is_seen(page, stack, complaints):
    complaints.forgive(*GONE, "status of 504")
    tracker = page.get_by_role("region", name="Live tracker")

    with stack.without("services.tracker"):
        page.goto("/settings")
        expect(tracker.get_by_text("The tracker does not answer. It is asked again by itself.")).to_be_visible()

    expect(tracker.get_by_text("Stopped", exact=True)).to_be_visible()


def test_the_tracker_is_started_and_stopped_by_keyboard_and_says_what_it_does(page, stack):
    page.goto("/settings")
    tracker = page.get_by_role("region", name="Live tracker")
    expect(tracker.get_by_text("Stopped", exact=True)).to_be_visible()
    interval = tracker.get_by_label("Seconds between two looks")

    interval.fill("5")
    expect(tracker.get_by_text("From 15 to 86400, without a fraction.")).to_be_visible()
    interval.fill("30")
    interval.press("Enter")
    expect(tracker.get_by_text("Following", exact=True)).to_be_visible()
    expect(tracker.get_by_text("30 secs", exact=True)).to_be_visible()
    expect(interval).to_be_focused()
    expect(tracker.get_by_text("listener_1000")).to_be_visible()
    tracker.get_by_role("button", name="Stop").press("Enter")

    expect(tracker.get_by_text("Stopped", exact=True)).to_be_visible()
    expect(tracker.get_by_role("button", name="Start")).to_be_focused()
    assert stack.get(f"{TRACKER}/status")["running"] is False


def test_who_has_no_key_is_named_with_what_is_missing(page):
    page.goto("/settings")
    rows = page.get_by_role("region", name="Providers").get_by_role("row")

    expect(rows.filter(has_text="Last.fm")).to_contain_text("LASTFM_API_KEY")
    expect(rows.filter(has_text="MusicBrainz")).to_contain_text("no key")


def test_a_refusal_is_told_in_words_with_the_requests_id(browse, complaints, tmp_path):
    complaints.forgive("400 (Bad Request)")
    page = browse(locale="fr-FR", color_scheme="dark", **PHONE)
    page.goto("/settings")
    page.get_by_role("button", name="Importer un historique").tap()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Depuis").tap()
    page.get_by_role("option", name="Un fichier").tap()
    (tmp_path / "letter.txt").write_text("Dear sir or madam")
    dialog.get_by_label("Fichier d’un historique exporté").set_input_files(tmp_path / "letter.txt")

    dialog.get_by_role("button", name="Importer", exact=True).tap()

    alert = dialog.get_by_role("alert")
    expect(alert).to_contain_text("Cette demande n’a pas été comprise")
    expect(alert).to_contain_text("Identifiant de la requête")
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
