"""Covers: one is found, tells why it is shown, gives way to one's own picture and is taken back; the figures of all are below."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.fakes.music_folder import Song, write
from tests.fakes.painting import painted
from tests.fakes.patience import eventually
from tests.frontend.browsing import GONE, PHONE, barriers
from tests.journeys.listening import ListeningSystem

COLOURS = {"Amber Days": "#f0a000", "Blue Hours": "#1e1ec8", "Crimson Rooms": "#c81e1e", "Green Miles": "#1ea01e"}


@pytest.fixture(scope="module")
def stack_settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A music folder with a few albums, each with a picture of its own in its file; and one source left out."""
    music = tmp_path_factory.mktemp("music")
    for title, colour in COLOURS.items():
        song = Song(title="One", artist="The Painted", album_artist="The Painted", album=title, number=1, picture=painted(colour))
        write(music / title / "1.flac", song)
    return {"MUSIC_DIR": str(music), "COVER_ARTIST_SOURCES": "local,commons", "COVER_BACKFILL_INTERVAL": "2s"}


@pytest.fixture(scope="module", autouse=True)
def albums(stack: ListeningSystem) -> dict[str, str]:
    """Ids by title, once all of them have their covers."""
    scan = stack.post("/api/v1/scans")
    assert eventually(lambda: stack.get(f"/api/v1/scans/{scan['id']}")["state"] == "STATE_COMPLETED", within=60)
    ids = {album["title"]: album["id"] for album in stack.get("/api/v1/albums")["albums"]}
    assert eventually(lambda: all(cover(stack, each)["image"] for each in ids.values()), within=60)
    return ids


def cover(stack: ListeningSystem, album: str) -> Any:
    return stack.get(f"/api/v1/covers/albums/{album}")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A picture on the disk of whoever looks at the page."""
    path = tmp_path / "own.jpg"
    path.write_bytes(painted("#123456"))
    return path


@pytest.fixture
def freed(stack: ListeningSystem, albums: dict[str, str]) -> Iterator[None]:
    """Whatever a test chose, the sources choose again afterwards."""
    yield
    for each in albums.values():
        stack.client.delete(f"/api/v1/covers/albums/{each}/lock")


def address(album: str) -> str:
    return f"/covers?kind=albums&id={album}"


def upload(page: Page, file: Path) -> None:
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="Upload your own picture").click()
    choosing.value.set_files(file)


def is_shown(page: Page, image: str) -> None:
    """The picture of this content has been loaded, and nothing else was asked for."""
    shown = page.locator("main [data-cover] img").first
    expect(shown).to_have_attribute("src", re.compile(re.escape(f"v={image[:32]}")))
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")


def test_an_album_is_found_by_its_title_and_tells_why_its_cover_is_shown(page):
    page.goto("/covers")
    page.get_by_label("The title begins with").fill("blue")
    found = page.get_by_role("list", name="Albums").get_by_role("listitem")
    expect(found).to_have_count(1)

    found.get_by_role("link", name="Blue Hours").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Blue Hours · The Painted")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_role("img", name="The picture of Blue Hours")).to_be_visible()
    sources = page.get_by_role("list", name="Why this cover").get_by_role("listitem")
    expect(sources).to_have_count(4)
    expect(sources.nth(0)).to_contain_text("Embedded in the files")
    expect(sources.nth(0)).to_contain_text("has it")
    expect(sources.nth(0)).to_contain_text("Blue Hours/1.flac")
    expect(sources.nth(0)).to_contain_text("asked again in")
    expect(sources.nth(3)).to_contain_text("not asked")
    page.get_by_role("link", name="All covers").click()
    expect(page.get_by_label("The title begins with")).to_have_value("blue")


def test_the_figures_are_measured_against_their_targets_and_a_source_that_is_off_says_why(page):
    page.goto("/covers")

    embedded = page.get_by_role("article", name="Pictures in files that could be shown")
    expect(embedded).to_contain_text("100%")
    expect(embedded).to_contain_text("As it should be: at least 95%")
    expect(page.get_by_role("article", name="Albums with a cover")).to_contain_text("4 of 4")
    expect(page.get_by_role("article", name="Looked for now")).to_contain_text("Somebody waits for it")
    expect(page.get_by_role("article", name="Room the pictures take")).to_contain_text("None is held back.")
    ours = page.get_by_role("list", name="Album covers").get_by_role("listitem").filter(has_text="Embedded in the files")
    expect(ours).to_contain_text("4 found")
    off = page.get_by_role("list", name="Pictures of artists").get_by_role("listitem").filter(has_text="Deezer")
    expect(off).to_contain_text("off")
    expect(off.locator("[lang=en]")).not_to_be_empty()


@pytest.mark.usefixtures("freed")
def test_ones_own_picture_is_shown_at_once_taken_back_and_unlocked(page, stack, albums, own):
    album = albums["Crimson Rooms"]
    before = cover(stack, album)["image"]["id"]
    page.goto(address(album))
    is_shown(page, before)

    upload(page, own)
    expect(page.get_by_text("Your picture is shown now, and locked.")).to_be_visible()
    mine = cover(stack, album)["image"]
    is_shown(page, mine["id"])
    assert mine["source"] == "upload"
    expect(page.get_by_role("button", name="Look again")).to_be_disabled()

    earlier = page.get_by_role("list", name="Earlier pictures")
    assert earlier.locator("img").first.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
    earlier.get_by_role("button", name="Embedded in the files").click()
    expect(page.get_by_text("The earlier picture is shown again, and locked.")).to_be_visible()
    is_shown(page, before)

    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_text("It is unlocked: its sources count again.")).to_be_visible()
    expect(page.get_by_role("button", name="Look again")).to_be_enabled()
    assert cover(stack, album)["is_locked"] is False
    page.get_by_role("button", name="Lock", exact=True).click()
    expect(page.get_by_text("It is locked: this picture stays.")).to_be_visible()
    assert cover(stack, album)["is_locked"] is True


@pytest.mark.usefixtures("freed")
def test_a_file_that_is_dropped_on_the_picture_is_shown_too(page, stack, albums, own):
    album = albums["Amber Days"]
    page.goto(address(album))
    is_shown(page, cover(stack, album)["image"]["id"])
    bytes_of = list(own.read_bytes())
    dropped = page.evaluate_handle(
        """bytes => {
            const carried = new DataTransfer()
            carried.items.add(new File([new Uint8Array(bytes)], "own.jpg", { type: "image/jpeg" }))
            return carried
        }""",
        bytes_of,
    )

    page.get_by_role("img", name="The picture of Amber Days").dispatch_event("drop", {"dataTransfer": dropped})

    expect(page.get_by_text("Your picture is shown now, and locked.")).to_be_visible()
    is_shown(page, cover(stack, album)["image"]["id"])
    assert cover(stack, album)["image"]["source"] == "upload"


def test_what_is_no_picture_is_refused_with_the_reason_and_the_cover_stays(page, stack, albums, tmp_path, complaints):
    complaints.forgive("status of 400")
    album = albums["Blue Hours"]
    nothing = tmp_path / "letter.jpg"
    nothing.write_text("Dear listener")
    page.goto(address(album))

    upload(page, nothing)

    expect(page.get_by_role("alert")).to_contain_text("image:")
    is_shown(page, cover(stack, album)["image"]["id"])


def test_what_is_no_id_is_asked_of_nobody_and_all_covers_are_shown(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/covers?kind=albums&id=nobody")

    expect(page.get_by_role("link", name="Amber Days")).to_be_visible()
    assert [each for each in asked if "/api/" in each and "nobody" in each] == []


@pytest.mark.usefixtures("freed")
def test_a_cover_that_changes_elsewhere_changes_here_without_a_reload(page, stack, albums, own):
    album = albums["Green Miles"]
    page.goto(address(album))
    is_shown(page, cover(stack, album)["image"]["id"])

    path = f"/api/v1/covers/albums/{album}/image"
    changed = stack.client.put(path, content=own.read_bytes(), headers={"content-type": "image/jpeg"}).json()

    is_shown(page, changed["image"]["id"])
    expect(page.get_by_text("Locked", exact=True)).to_be_visible()
    expect(page.get_by_role("list", name="Earlier pictures").get_by_role("listitem")).not_to_have_count(0)


def test_a_cover_is_looked_for_again_when_asked(page, stack, albums):
    album = albums["Blue Hours"]
    before = cover(stack, album)["check_time"]
    page.goto(address(album))

    page.get_by_role("button", name="Look again").click()

    expect(page.get_by_text("Its sources are asked again.")).to_be_visible()
    assert eventually(lambda: cover(stack, album)["check_time"] != before, within=30)


@pytest.mark.usefixtures("freed")
def test_all_of_it_is_done_by_keyboard_alone(page, stack, albums, own):
    # Listened to from the start: the browser hears that choosers are wanted by another way than keys, and a key may overtake it.
    page.on("filechooser", lambda _: None)
    page.goto("/covers")
    expect(page.get_by_role("link", name="Crimson Rooms")).to_be_visible()

    tab_to(page, page.get_by_label("The title begins with"))
    page.keyboard.type("crimson")
    expect(page.get_by_role("list", name="Albums").get_by_role("listitem")).to_have_count(1)
    tab_to(page, page.get_by_role("link", name="Crimson Rooms"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    tab_to(page, page.get_by_role("button", name="Upload your own picture"))
    with page.expect_file_chooser() as choosing:
        page.keyboard.press("Enter")
    choosing.value.set_files(own)
    expect(page.get_by_text("Your picture is shown now, and locked.")).to_be_visible()
    back = page.get_by_role("list", name="Earlier pictures").get_by_role("button", name="Embedded in the files")
    tab_to(page, back)
    page.keyboard.press("Enter")
    expect(page.get_by_text("The earlier picture is shown again, and locked.")).to_be_visible()
    tab_to(page, page.get_by_role("button", name="Unlock"))
    page.keyboard.press("Enter")

    expect(page.get_by_text("It is unlocked: its sources count again.")).to_be_visible()
    assert cover(stack, albums["Crimson Rooms"])["image"]["source"] == "embedded"


def tab_to(page: Page, wanted: Any) -> None:
    """Tab by Tab, as far as it takes; from the last of the page it goes on at the first."""
    expect(wanted).to_be_visible()
    for _ in range(80):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {wanted}.")


SIGHTS = [{}, {"color_scheme": "dark"}, PHONE]


@pytest.mark.parametrize("settings", SIGHTS, ids=["light", "dark", "phone"])
def test_nobody_is_kept_out_of_either_view_and_nothing_is_wider_than_the_screen(browse, albums, settings):
    page = browse(**settings)
    for path, words in (("/covers", "Success per source"), (address(albums["Blue Hours"]), "Why this cover")):
        page.goto(path)
        expect(page.get_by_role("heading", name=words)).to_be_visible()
        expect(page.locator("main [role=status][aria-label]")).to_have_count(0)

        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_phone_in_french_finds_a_cover_by_thumb_and_learns_why(browse):
    page = browse(locale="fr-FR", color_scheme="dark", **PHONE)
    page.goto("/covers")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pochettes")

    page.get_by_label("Le titre commence par").fill("Amber")
    page.get_by_role("link", name="Amber Days").tap()

    expect(page.get_by_role("heading", name="Pourquoi cette pochette")).to_be_visible()
    first = page.get_by_role("list", name="Pourquoi cette pochette").get_by_role("listitem").first
    expect(first).to_contain_text("Dans les fichiers")
    expect(page.get_by_role("button", name="Envoyer votre propre image")).to_be_visible()
    expect(page.get_by_text("10\u00a0Mio au plus")).to_be_visible()
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.usefixtures("freed")
def test_what_was_loaded_stays_while_nobody_answers_and_is_live_again_afterwards(page, stack, albums, own, complaints):
    complaints.forgive(*GONE)
    album = albums["Green Miles"]
    page.goto(address(album))
    is_shown(page, cover(stack, album)["image"]["id"])

    with stack.without("gateway"):
        page.get_by_role("button", name="Look again").click()
        expect(page.get_by_role("alert").filter(has_text="SoniqueBay does not answer. What was loaded stays")).to_be_visible()
        expect(page.get_by_role("list", name="Why this cover").get_by_role("listitem")).to_have_count(4)
    expect(page.get_by_text("SoniqueBay does not answer. It is asked again by itself.")).to_be_hidden()

    upload(page, own)
    expect(page.get_by_text("Your picture is shown now, and locked.")).to_be_visible()
    is_shown(page, cover(stack, album)["image"]["id"])
