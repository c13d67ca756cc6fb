"""What every page has: the ways to all others, by mouse, thumb and keyboard, in two languages and two colours; and patience."""

import pytest
from playwright.sync_api import expect

from tests.frontend.browsing import GONE, PHONE, barriers

PAGES = ("journal", "timeline", "analytics", "artists", "albums", "covers", "health", "settings")


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_reached_by_its_address_and_has_its_title(page, name):
    page.goto(f"/{name}")

    expect(page.get_by_role("heading", level=1)).to_have_text(name.title())
    expect(page).to_have_title(f"{name.title()} · SoniqueBay")


def test_the_first_page_is_the_journal(page):
    page.goto("/")

    expect(page).to_have_url("/journal")


def test_tab_leads_past_the_navigation_and_a_new_page_has_the_focus(page):
    page.goto("/journal")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_be_visible()

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.get_by_role("navigation").get_by_role("link", name="Albums").focus()
    page.keyboard.press("Enter")

    expect(heading).to_have_text("Albums")
    expect(heading).to_be_focused()


def test_a_phone_reaches_all_pages_by_thumb(browse):
    page = browse(**PHONE)
    page.goto("/journal")

    page.get_by_role("navigation").get_by_role("link", name="Albums").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Albums")
    page.get_by_role("button", name="More").tap()
    page.get_by_role("dialog").get_by_role("link", name="Settings").tap()

    expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_browsers_language_is_spoken_until_another_is_chosen(browse):
    page = browse(locale="fr-CA")
    page.goto("/settings")
    expect(page.get_by_role("heading", level=1)).to_have_text("Réglages")
    assert page.evaluate("document.documentElement.lang") == "fr"

    page.get_by_role("button", name="Langue").click()
    page.get_by_role("menuitemradio", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
    page.reload()

    expect(page.get_by_role("heading", level=1)).to_have_text("Settings")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_systems_colours_are_taken_until_others_are_chosen(browse, scheme):
    page = browse(color_scheme=scheme)
    page.goto("/settings")
    heading = page.get_by_role("heading", level=1)
    first = heading.evaluate("heading => getComputedStyle(heading).color")
    page.get_by_role("button", name="Appearance").click()
    page.get_by_role("menuitemradio", name="Dark" if scheme == "light" else "Light").click()

    expect(heading).not_to_have_css("color", first)
    chosen = heading.evaluate("heading => getComputedStyle(heading).color")
    page.reload()
    expect(heading).to_have_css("color", chosen)


@pytest.mark.parametrize("settings", [{}, {"color_scheme": "dark"}, PHONE], ids=["light", "dark", "phone"])
def test_nobody_is_kept_out(browse, settings):
    page = browse(**settings)
    page.goto("/settings")
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    assert barriers(page) == []


def test_an_address_without_a_page_says_so_and_leads_on(page):
    page.goto("/nowhere/at/all")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing is here")

    page.get_by_role("link", name="To the journal").click()

    expect(page).to_have_url("/journal")


def test_the_app_comes_back_by_itself_when_the_gateway_does(page, stack, complaints):
    complaints.forgive(*GONE)
    page.goto("/settings")
    banner = page.get_by_text("SoniqueBay does not answer. It is asked again by itself.")
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    with stack.without("gateway"):
        page.get_by_role("navigation").get_by_role("link", name="Health").click()
        expect(banner).to_be_visible()

    expect(banner).to_be_hidden()
