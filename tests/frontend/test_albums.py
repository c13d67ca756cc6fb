"""Albums: found among all, opened, and asked why their cover is shown; which may be another one, and the one before again."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.fakes.patience import eventually
from tests.frontend.browsing import PHONE, barriers
from tests.journeys.listening import PATIENT

pytestmark = pytest.mark.timeout(300)

GONE = ("ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET")
TITLE = "Apertures"
"""Of Halcyon Relay; its cover is to be had at Last.fm alone."""


@pytest.fixture(scope="module")
def stack_settings():
    names = ("LASTFM", "MUSICBRAINZ", "SPOTIFY", "COVERARTARCHIVE", "COVER_IMAGES", "EURIA")
    return {f"{name}_RATE_PER_SECOND": "100000" for name in names}


@pytest.fixture(scope="module", autouse=True)
def album(stack):
    """Address of an album of what was played, of which providers told, with a cover from outside and a description."""
    limits = stack.sandbox.get("/_sandbox/limits").json()
    stack.sandbox.put("/_sandbox/limits", json=dict.fromkeys(limits))
    stack.import_history()
    assert eventually(lambda: stack.unnamed() == 0, within=PATIENT)
    listed = stack.get("/api/v1/albums", title_prefix=TITLE)["albums"]
    album = listed[0]["id"]
    stack.post(f"/api/v1/albums/{album}/enrich")
    assert eventually(lambda: stack.get(f"/api/v1/albums/{album}/enriched")["description"] is not None, within=PATIENT)
    stack.client.get(f"/api/v1/covers/albums/{album}/image")
    assert eventually(lambda: stack.get(f"/api/v1/covers/albums/{album}")["image"] is not None, within=PATIENT)
    return f"/albums/{album}"


@pytest.fixture
def picture(tmp_path):
    """A file with a picture of one's own."""
    path = tmp_path / "own.png"
    written = io.BytesIO()
    Image.new("RGB", (400, 400), "#c81e1e").save(written, "PNG")
    path.write_bytes(written.getvalue())
    return path


def heading(page):
    return page.get_by_role("heading", level=1)


def why(page):
    return page.get_by_role("dialog", name=f"Cover of {TITLE}: why?")


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

    page.get_by_role("button", name="Why this cover?").click()

    expect(why(page).get_by_text("It comes from: Last.fm.")).to_be_visible()
    expect(why(page).get_by_text("Its name fits, and something else speaks for it.")).to_be_visible()
    attempts = why(page).get_by_role("listitem")
    expect(attempts).to_have_count(4)
    expect(attempts.nth(0)).to_contain_text("There is no music folder: set MUSIC_DIR.")
    expect(attempts.nth(2)).to_contain_text("Cover Art Archive has none")
    expect(attempts.nth(3)).to_contain_text("Last.fm has it")
    assert barriers(page) == []


def test_a_cover_is_uploaded_reverted_unlocked_and_looked_for_again(page, album, picture: Path):
    page.goto(album)
    page.get_by_role("button", name="Why this cover?").click()
    expect(why(page).get_by_text("It comes from: Last.fm.")).to_be_visible()

    with page.expect_file_chooser() as chooser:
        why(page).get_by_role("button", name="Upload an image").click()
    chooser.value.set_files(picture)
    expect(why(page).get_by_text("It comes from: upload.")).to_be_visible()
    expect(why(page).get_by_text("A person chose it: no source replaces it.")).to_be_visible()
    expect(why(page).get_by_role("button", name="Look again")).to_be_disabled()
    assert barriers(page) == []
    why(page).get_by_role("button", name="Show this one again").click()
    expect(why(page).get_by_text("It comes from: Last.fm.")).to_be_visible()
    why(page).get_by_role("button", name="Let the sources count again").click()
    expect(why(page).get_by_text("A person chose it")).to_be_hidden()
    why(page).get_by_role("button", name="Look again").click()

    expect(why(page).get_by_text("All sources are being asked again.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(why(page)).to_be_hidden()


def test_what_is_no_picture_is_refused_with_the_reason(page, album, tmp_path, complaints):
    complaints.forgive("400")
    (tmp_path / "no.png").write_text("words")
    page.goto(album)
    page.get_by_role("button", name="Why this cover?").click()

    with page.expect_file_chooser() as chooser:
        why(page).get_by_role("button", name="Upload an image").click()
    chooser.value.set_files(tmp_path / "no.png")

    expect(why(page).get_by_role("alert")).to_be_visible()
    expect(why(page).get_by_text("It comes from: Last.fm.")).to_be_visible()


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
    button = page.get_by_role("button", name="Why this cover?")
    _tab_to(page, button)
    page.keyboard.press("Enter")
    expect(why(page).get_by_text("The sources, in the order of asking")).to_be_visible()
    _tab_to(page, why(page).get_by_role("button", name="Close"))
    page.keyboard.press("Enter")

    expect(button).to_be_focused()


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


def test_a_phone_shows_why_on_the_whole_screen(browse, album):
    page = browse(**PHONE)
    page.goto(album)

    page.get_by_role("button", name="Why this cover?").tap()

    expect(why(page).get_by_text("It comes from: Last.fm.")).to_be_visible()
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    why(page).get_by_role("button", name="Close").tap()
    expect(why(page)).to_be_hidden()


def test_it_is_french_throughout(browse, album):
    page = browse(locale="fr-FR")
    page.goto(album)
    expect(page.get_by_role("region", name="Titres")).to_be_visible()

    page.get_by_role("button", name="Pourquoi cette pochette ?").click()

    expect(page.get_by_role("dialog").get_by_text("Elle vient de : Last.fm.")).to_be_visible()
    assert barriers(page) == []


def test_what_was_loaded_stays_while_the_gateway_is_away_and_more_comes_when_it_is_back(page, stack, album, complaints):
    complaints.forgive(*GONE)
    page.goto(album)
    expect(page.get_by_role("region", name="Tracks").get_by_role("listitem")).to_have_count(9)

    stack.stop()
    page.get_by_role("button", name="Genres: why?").click()
    dialog = page.get_by_role("dialog", name="Genres: why?")
    expect(dialog.get_by_role("alert")).to_be_visible()
    expect(page.get_by_text("Pinhole").first).to_be_visible()
    stack.start()

    expect(dialog.get_by_text("album_tags", exact=True)).to_be_visible()
