"""What was heard in a span of days, in charts and in tables that say the same; and whether every play is here."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.fakes.patience import eventually
from tests.frontend.browsing import GONE, PHONE, barriers
from tests.journeys.listening import PATIENT

# Whole systems on a machine that does other things too.
pytestmark = [pytest.mark.xdist_group("web_analytics"), pytest.mark.timeout(300)]

ANALYTICS = "/api/v1/analytics"
FIRST, LAST = "2024-11-21", "2024-12-20"
PAGE = f"/analytics?from={FIRST}&to={LAST}"
CHARTS = (
    "Plays per day",
    "Top artists",
    "Top albums",
    "Top tracks",
    "Hours of the week",
    "Heard for the first time",
    "Is everything here?",
)


@pytest.fixture(scope="module")
def clock_of_browser():
    return "UTC"


@pytest.fixture(scope="module")
def stack_plays():
    return 50_000


@pytest.fixture
def history(stack):
    """The newest thousand plays of the listener, under ids of ours: those of some months up to the end of 2024."""
    if not stack.get("/api/v1/plays", page_size=1)["plays"]:
        stack.import_history(limit=1000)
    assert eventually(lambda: stack.unnamed() == 0, within=PATIENT)


@pytest.fixture
def known(stack, history):
    """What the API tells of a month."""
    return stack.get(ANALYTICS, **{"from": FIRST, "to": LAST, "top": 50})


def card(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=title, exact=True).filter(has=page.get_by_role("heading", level=2))


def switch_of(page: Page, title: str) -> Locator:
    return page.get_by_role("switch", name=f"Table: {title}")


def rows(page: Page, title: str) -> list[list[str]]:
    """What the table of a chart says, as it is written."""
    switch_of(page, title).check()
    table = page.get_by_role("table", name=title)
    lines = table.get_by_role("row").all()[1:]
    return [re.split(r"\t", line.inner_text().strip("\n")) for line in lines]


def written(day: str) -> str:
    told = date.fromisoformat(day)
    month = {"Sep": "Sept"}.get(f"{told:%b}", f"{told:%b}")
    return f"{told.day} {month} {told.year}"


def test_totals_are_those_of_the_api_beside_those_of_as_many_days_before(page, stack, known):
    first = date.fromisoformat(FIRST)
    span = {"from": str(first - timedelta(days=30)), "to": str(first - timedelta(days=1))}
    before = stack.get(ANALYTICS, **span)
    page.goto(PAGE)
    totals = page.get_by_role("region", name="In these days")

    for name in ("play", "artist", "album", "track", "new_artist"):
        expect(totals.get_by_text(f"{known[f'{name}_count']:,}", exact=True).first).to_be_visible()
        expect(totals.get_by_text(f"{before[f'{name}_count']:,} in the 30 days before").first).to_be_visible()
    more = round(100 * (known["play_count"] / before["play_count"] - 1))
    expect(totals.get_by_text(re.compile(rf"^{abs(more)}% (more|less) than before$|^about as many")).first).to_be_visible()
    expect(totals.get_by_text(f"{known['longest_streak']['days']} days", exact=True).first).to_be_visible()


def test_tables_say_what_the_api_tells(page, known):
    page.goto(PAGE)

    assert rows(page, "Top artists") == [[each["artist"], str(each["play_count"])] for each in known["top_artists"][:10]]
    for kind in ("albums", "tracks"):
        told = [[each["title"], each["artist"], str(each["play_count"])] for each in known[f"top_{kind}"][:10]]
        assert rows(page, f"Top {kind}") == told
    assert rows(page, "Plays per day") == [[written(each["date"]), str(each["play_count"])] for each in known["days"]]
    counts = {(cell["hour"], cell["weekday"]): str(cell["play_count"]) for cell in known["heat_map"]}
    hours = [[f"{hour:02}:00", *(counts.get((hour, weekday), "0") for weekday in range(1, 8))] for hour in range(24)]
    assert rows(page, "Hours of the week") == hours
    newcomers = [[each["artist"], written(each["first_play_time"][:10])] for each in known["new_artists"]]
    assert rows(page, "Heard for the first time") == newcomers


def test_charts_show_the_same_and_lead_on(page, stack, known):
    page.goto(PAGE)
    artist, album, track = (known[f"top_{kind}"][0] for kind in ("artists", "albums", "tracks"))

    expect(page.get_by_role("img", name=re.compile(r"^Plays per day\. Most on "))).to_be_visible()
    # What stands within an image has no roles.
    expect(page.locator("rect.MuiBarElement-root")).to_have_count(30)
    bars = page.get_by_role("list", name="Top artists").get_by_role("listitem")
    expect(bars).to_have_count(10)
    expect(bars.first.get_by_role("link")).to_have_attribute("href", f"/artists/{artist['id']}")
    expect(page.get_by_role("list", name="Top albums").get_by_role("link").first).to_have_attribute(
        "href", f"/albums/{album['id']}"
    )
    page.get_by_role("button", name=f"Show all {len(known['top_artists'])}").first.click()
    expect(bars).to_have_count(len(known["top_artists"]))
    home = stack.get(f"/api/v1/tracks/{track['id']}")["album_id"]
    expect(page.get_by_role("list", name="Top tracks").locator(f'[data-cover="albums/{home}"]').first).to_be_visible()
    page.get_by_role("list", name="Top tracks").get_by_role("link").first.click()

    expect(page).to_have_url(re.compile(r"^[^?]+/journal\?text="))
    expect(page.get_by_role("heading", level=1)).to_have_text("Journal")


def test_the_days_are_chosen_by_a_press_or_by_their_dates_and_stay_in_the_address(page, stack, history):
    page.goto("/analytics")
    expect(page.get_by_text("Nothing was played in these days.")).to_be_visible()
    page.get_by_role("link", name="Look at all time").click()
    everything = stack.get(ANALYTICS, **{"from": "1970-01-01"})
    expect(page).to_have_url("/analytics?span=all")
    expect(page.get_by_role("button", name="All", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("From day")).to_have_value(everything["days"][0]["date"])
    expect(
        page.get_by_role("region", name="In these days").get_by_text(f"{everything['play_count']:,}", exact=True)
    ).to_be_visible()

    page.get_by_label("From day").fill(FIRST)
    page.get_by_label("To day").fill(LAST)
    expect(page).to_have_url(PAGE)
    expect(page.get_by_role("heading", name="Plays per day")).to_be_visible()
    page.get_by_role("button", name="Weeks").click()
    expect(page.get_by_role("heading", name="Plays per week")).to_be_visible()
    page.reload()

    expect(page.get_by_role("heading", name="Plays per week")).to_be_visible()
    expect(page.get_by_label("From day")).to_have_value(FIRST)
    weeks = rows(page, "Plays per week")
    month = stack.get(ANALYTICS, **{"from": FIRST, "to": LAST})
    assert sum(int(count) for _, count in weeks) == month["play_count"]
    assert weeks[0][0] == "18 Nov 2024"
    page.get_by_role("button", name="7 days").click()
    expect(page).to_have_url(re.compile(r"span=week"))
    page.go_back()
    expect(page.get_by_label("To day")).to_have_value(LAST)


def test_one_end_of_the_days_is_typed_without_harm_to_the_other(page, history):
    page.goto(PAGE)
    first, last = page.get_by_label("From day"), page.get_by_label("To day")

    last.press_sequentially("11302024")  # a browser tells 20 January, then 20 November, on the way
    expect(page).to_have_url(f"/analytics?from={FIRST}&to=2024-11-30")
    first.press_sequentially("12152024")
    expect(first).to_have_value("2024-12-15")
    expect(last).to_have_value("2024-11-30")
    first.blur()

    expect(page).to_have_url("/analytics?from=2024-12-15&to=2024-12-15")


def test_completeness_is_asked_for_and_told_by_month(page, stack, history):
    page.goto(PAGE)
    region = card(page, "Is everything here?")

    region.get_by_role("button", name="Ask Last.fm again").click()
    expect(region.get_by_text(re.compile(r"^1,000 of 50,000 plays$"))).to_be_visible()
    expect(region.get_by_text("Last.fm is being asked, a request a month …")).to_be_hidden()

    told = stack.get("/api/v1/completeness")
    assert not told["is_counting"]
    names = {f"{number:02}": date(2024, number, 1).strftime("%B") for number in range(1, 13)}
    assert rows(page, "Is everything here?") == [
        [
            f"{names[each['month'][5:]]} {each['month'][:4]}",
            f"{each['stored_count']:,}",
            f"{each['source_count']:,}",
            str(max(0, each["source_count"] - each["stored_count"])),
        ]
        for each in told["months"]
    ]
    switch_of(page, "Is everything here?").uncheck()
    whole = sum(each["source_count"] <= each["stored_count"] for each in told["months"])
    expect(region.get_by_role("img", name=re.compile(rf"^Complete: {whole} months"))).to_be_visible()
    page.clock.set_fixed_time(datetime.now(UTC) + timedelta(hours=47))
    expect(region.get_by_text("1 day ago")).to_be_visible()


def test_all_of_it_is_done_by_keyboard_alone(page, known):
    page.goto("/analytics?span=all")
    expect(page.get_by_role("list", name="Top artists")).to_be_visible()

    tab_to(page, page.get_by_role("button", name="3 months"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing was played in these days.")).to_be_visible()
    expect(page.get_by_role("button", name="3 months")).to_be_focused()
    tab_to(page, page.get_by_label("From day"))
    page.keyboard.type("11212024")  # in the order of the browser's own language
    expect(page).to_have_url(re.compile(f"from={FIRST}"))
    tab_to(page, page.get_by_label("To day"))
    page.keyboard.type("12202024")
    expect(page).to_have_url(PAGE)
    tab_to(page, page.get_by_role("button", name="Weeks"))
    page.keyboard.press("Space")
    expect(page.get_by_role("heading", name="Plays per week")).to_be_visible()
    tab_to(page, switch_of(page, "Top artists"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("link", name=known["top_artists"][0]["artist"], exact=True).first)
    page.keyboard.press("Enter")

    expect(page).to_have_url(f"/artists/{known['top_artists'][0]['id']}")


@pytest.mark.parametrize(
    "settings",
    [{}, {"color_scheme": "dark"}, {**PHONE, "viewport": {"width": 360, "height": 740}}],
    ids=["light", "dark", "phone"],
)
def test_nobody_is_kept_out_with_charts_or_with_tables(browse, known, settings):
    page = browse(**settings)
    page.goto(PAGE)
    expect(page.get_by_role("img", name=re.compile("^Plays per day"))).to_be_visible()
    expect(page.locator("rect.MuiBarElement-root").first).to_be_visible()

    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for title in CHARTS:
        switch_of(page, title).check()
    expect(page.get_by_role("table")).to_have_count(len(CHARTS))
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_french_is_spoken_on_a_dark_phone(browse, known):
    page = browse(locale="fr-FR", color_scheme="dark", **PHONE)
    page.goto(PAGE)

    expect(page.get_by_role("heading", level=1)).to_have_text("Statistiques")
    expect(page.get_by_role("img", name=re.compile(r"^Écoutes par jour\. Le plus : "))).to_be_visible()
    page.get_by_role("button", name="Semaines").tap()
    expect(page.get_by_role("heading", name="Écoutes par semaine")).to_be_visible()
    page.get_by_role("switch", name="Tableau\u00a0: Artistes les plus écoutés").tap()
    expect(page.get_by_role("table", name="Artistes les plus écoutés")).to_be_visible()
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_what_was_loaded_stays_while_nobody_answers_and_the_rest_comes_when_somebody_does(page, stack, known, complaints):
    complaints.forgive(*GONE)
    page.goto(PAGE)
    plays = page.get_by_role("region", name="In these days").get_by_text(f"{known['play_count']:,}", exact=True)
    expect(plays).to_be_visible()

    with stack.without("gateway"):
        page.get_by_role("button", name="All", exact=True).click()
        expect(page.get_by_text("SoniqueBay does not answer. It is asked again by itself.")).to_be_visible()
        page.go_back()
        expect(plays).to_be_visible()
        page.get_by_role("button", name="All", exact=True).click()

    expect(page.get_by_role("region", name="In these days").get_by_text("1,000", exact=True)).to_be_visible()


def test_without_any_play_both_pages_show_the_way_to_the_import(page, stack):
    stack.empty()

    for name in ("analytics", "timeline"):
        page.goto(f"/{name}")
        expect(page.get_by_text("Nothing was played yet, as far as SoniqueBay knows.")).to_be_visible()
        expect(page.get_by_role("link", name="Import your history in the settings")).to_have_attribute("href", "/settings")
        assert barriers(page) == []


def tab_to(page: Page, target: Locator) -> None:
    """Presses Tab until it has the focus."""
    for _ in range(120):
        if target.evaluate("target => target === document.activeElement"):
            return
        page.keyboard.press("Tab")
    expect(target).to_be_focused()
