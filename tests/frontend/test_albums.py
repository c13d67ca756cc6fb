"""Albums: found among all, opened, and asked why their cover is shown."""

import pytest
from playwright.sync_api import expect

from tests.fakes.patience import eventually
from tests.frontend.browsing import GONE, PHONE, barriers
from tests.journeys.listening import PATIENT, UNLIMITED

pytestmark = pytest.mark.timeout(300)

TITLE = "Apertures"
"""Of Halcyon Relay; its cover is to be had at Last.fm alone."""


@pytest.fixture(scope="module")
def stack_settings():
    return UNLIMITED


@pytest.fixture(scope="module", autouse=True)
def album(stack):
    """Address of an album of what was played, of which providers told, with a cover from outside and a description."""
    stack.lift_limits()
    stack.import_history()
    assert eventually(lambda: stack.unnamed() == 0, within=PATIENT)
    listed = stack.get("/api/v1/albums", title_prefix=TITLE)["albums"]
    album = listed[0]["id"]
    stack.post(f"/api/v1/albums/{album}/enrich")
    assert eventually(lambda: stack.get(f"/api/v1/albums/{album}/enriched")["description"] is not None, within=PATIENT)
    stack.client.get(f"/api/v1/covers/albums/{album}/image")
    assert eventually(lambda: stack.get(f"/api/v1/covers/albums/{album}")["image"] is not None, within=PATIENT)
    return f"/albums/{album}"


def heading(page):
    return page.get_by_role("heading", level=1)


def reasons(page):
    """The sources and what became of asking each, on the page of the cover."""
    return page.get_by_role("list", name="Why this cover").get_by_role("listitem")


def test_an_album_is_found_by_its_title_and_by_its_artist(page):
    page.goto("/albums")
    listed = page.get_by_role("list", name="Albums by title").get_by_role("link")
    expect(listed.first).to_be_visible()
    assert barriers(page) == []

    page.get_by_role("searchbox", name="Titles that begin with").fill("apert")
    expect(listed).to_have_count(1)
    page.get_by_role("searchbox").fill("")
    page.get_by_role("combobox", name="Of this artist").fill("halcyon")
    page.get_by_role("option", name="Halcyon Relay").click()
    expect(listed.filter(has_text="Halcyon Relay").first).to_be_visible()
    expect(listed.filter(has_not_text="Halcyon Relay")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("combobox")).to_have_value("Halcyon Relay")
    listed.filter(has_text=TITLE).click()

    expect(heading(page)).to_have_text(TITLE)
    expect(page.get_by_role("link", name="Halcyon Relay")).to_be_visible()


def test_an_artist_that_is_gone_can_be_cleared(page, complaints):
    complaints.forgive("status of 404")
    gone = "00000000-0000-7000-8000-000000000000"
    page.goto(f"/albums?artist={gone}")
    field = page.get_by_role("combobox", name="Of this artist")
    expect(field).to_have_value(gone)

    field.hover()
    page.get_by_role("button", name="Clear").click()

    expect(page).to_have_url("/albums")
    expect(page.get_by_role("list", name="Albums by title").get_by_role("link").first).to_be_visible()


def test_artists_are_asked_for_once_typing_pauses_and_silence_is_no_answer(page, stack, complaints):
    complaints.forgive(*GONE)
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "name_prefix=" in request.url else None)
    page.goto("/albums")
    field = page.get_by_role("combobox", name="Of this artist")
    field.press_sequentially("halcyon", delay=30)
    expect(page.get_by_role("option", name="Halcyon Relay")).to_be_visible()
    assert len(asked) < len("halcyon")  # a busy machine may pause in between

    with stack.without("gateway"):
        field.fill("burial")
        expect(page.get_by_text("Nobody answers at the moment.")).to_be_visible()
        expect(page.get_by_text("No artist’s name begins so.")).to_be_hidden()


def test_all_that_is_known_is_shown_with_what_speaks_for_it(page, album):
    page.goto(album)
    tracks = page.get_by_role("region", name="Tracks").get_by_role("listitem")
    expect(tracks).to_have_count(9)
    expect(tracks.filter(has_text="Pinhole")).to_contain_text("3:01")
    genres = page.get_by_role("region", name="Genres")
    expect(genres.get_by_text("lastfm: ambient (74), musicbrainz: ambient")).to_be_visible()
    expect(page.get_by_role("region", name="Latest plays").get_by_role("listitem").first).to_be_visible()
    expect(page.get_by_role("region", name="Details").get_by_text("Meridian Static")).to_be_visible()

    page.get_by_role("region", name="Description").get_by_role("button", name="facts it was given").click()
    expect(page.get_by_text("artist: Halcyon Relay")).to_be_visible()
    genres.get_by_role("button", name="Genres: why?").click()

    expect(page.get_by_role("dialog", name="Genres: why?").get_by_text("album_tags", exact=True)).to_be_visible()
    assert barriers(page) == []


def test_why_this_cover_is_told_in_words(page, album):
    page.goto(album)

    page.get_by_role("link", name="Why this cover?").click()

    expect(page.get_by_role("region", name="About this picture")).to_contain_text(
        "Its name fits, and something else speaks for it"
    )
    expect(reasons(page)).to_have_count(4)
    expect(reasons(page).nth(0)).to_contain_text("There is no music folder: set MUSIC_DIR.")
    expect(reasons(page).nth(2)).to_contain_text("has none")
    expect(reasons(page).nth(3)).to_contain_text("has it")
    page.get_by_role("link", name="To the album").click()
    expect(heading(page)).to_have_text(TITLE)


def test_by_keyboard_alone_one_finds_an_album_and_why_its_cover_is_shown(page):
    page.goto("/albums")
    search = page.get_by_role("searchbox", name="Titles that begin with")
    expect(search).to_be_visible()

    _tab_to(page, search)
    page.keyboard.type("apert")
    listed = page.get_by_role("list", name="Albums by title").get_by_role("link")
    expect(listed).to_have_count(1)
    _tab_to(page, listed)
    page.keyboard.press("Enter")
    expect(heading(page)).to_be_focused()
    _tab_to(page, page.get_by_role("link", name="Why this cover?"))
    page.keyboard.press("Enter")

    expect(reasons(page)).to_have_count(4)
    expect(heading(page)).to_be_focused()


def _tab_to(page, locator):
    for _ in range(40):
        if locator.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    expect(locator).to_be_focused()


@pytest.mark.parametrize("settings", [{"color_scheme": "dark"}, PHONE], ids=["dark", "phone"])
def test_nobody_is_kept_out(browse, album, settings):
    page = browse(**settings)
    for address in ("/albums", album):
        page.goto(address)
        expect(page.get_by_role("list").get_by_role("listitem").first).to_be_visible()

        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_it_is_french_throughout(browse, album):
    page = browse(locale="fr-FR")
    page.goto(album)
    expect(page.get_by_role("region", name="Titres")).to_be_visible()

    page.get_by_role("link", name="Pourquoi cette pochette\u00a0?").click()

    expect(page.get_by_role("list", name="Pourquoi cette pochette").get_by_role("listitem")).to_have_count(4)
    assert barriers(page) == []


def test_what_was_loaded_stays_while_the_gateway_is_away_and_more_comes_when_it_is_back(page, stack, album, complaints):
    complaints.forgive(*GONE)
    page.goto(album)
    expect(page.get_by_role("region", name="Tracks").get_by_role("listitem")).to_have_count(9)

    with stack.without("gateway"):
        page.get_by_role("button", name="Genres: why?").click()
        dialog = page.get_by_role("dialog", name="Genres: why?")
        expect(dialog.get_by_role("alert")).to_be_visible()
        expect(page.get_by_text("Pinhole").first).to_be_visible()

    expect(dialog.get_by_text("album_tags", exact=True)).to_be_visible()
