"""Artists: found among all, opened, and asked why what is shown of them is believed; the graph of those alike; who is meant."""

import re

import pytest
from playwright.sync_api import expect

from tests.frontend.browsing import GONE, PHONE, barriers
from tests.journeys.listening import UNLIMITED
from tests.journeys.running import ENRICH

pytestmark = pytest.mark.timeout(300)

HALCYON = "https://open.spotify.com/artist/2pvfGvbL4mouaDY9ZSwUmv"
ALIKE = ["Boards of Canada", "Aphex Twin", "Burial", "Air", "Bonobo"]
"""Those that are like Halcyon Relay, most alike first."""


@pytest.fixture(scope="module")
def stack_plays():
    return 100


@pytest.fixture(scope="module")
def stack_settings():
    return UNLIMITED


@pytest.fixture(scope="module", autouse=True)
def known(stack):
    """What was played, and two artists of whom providers told: one that is sure, one that may be several."""
    stack.lift_limits()
    stack.import_history()
    halcyon = stack.post(ENRICH, spotify_url=HALCYON)
    _count_more(stack)
    stack.post(f"/api/v1/enrichment/artists/{halcyon['artist_id']}/refresh")
    genesis = stack.post(ENRICH, name="Génesis")
    return {"halcyon": halcyon["artist_id"], "genesis": genesis["artist_id"]}


@pytest.fixture
def halcyon(known):
    return f"/artists/{known['halcyon']}"


def _count_more(stack):
    """Last.fm has counted more listeners when it is asked next."""
    asked = {"method": "artist.getInfo", "artist": "Halcyon Relay", "api_key": "any"}
    told = stack.sandbox.get("/lastfm/2.0/", params=asked).text
    other = {"kind": "status", "code": 200, "content_type": "text/xml", "body": told.replace("214380", "250000")}
    stack.script(api_method="artist.getInfo", times=1, fault=other)


def heading(page):
    return page.get_by_role("heading", level=1)


def graph(page):
    return page.get_by_role("group", name="Similar artists as a graph").get_by_role("link")


def test_an_artist_is_found_by_the_beginning_of_its_name_and_the_address_keeps_it(page, stack):
    page.goto("/artists")
    listed = page.get_by_role("list", name="Artists by name").get_by_role("link")
    expect(listed.first).to_be_visible()
    assert barriers(page) == []

    page.get_by_role("searchbox", name="Names that begin with").fill("halc")
    expect(listed).to_have_count(1)
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.reload()
    expect(listed).to_have_count(1)
    listed.click()

    expect(heading(page)).to_have_text("Halcyon Relay")
    expect(page).to_have_title("Halcyon Relay · SoniqueBay")


def test_what_is_typed_stays_while_it_is_searched_for_until_the_address_changes_by_other_means(page):
    page.goto("/artists")
    field = page.get_by_role("searchbox", name="Names that begin with")

    field.press_sequentially("aphex ")
    expect(page).to_have_url("/artists?q=aphex")
    expect(field).to_have_value("aphex ")
    field.press_sequentially("twin")
    expect(page).to_have_url("/artists?q=aphex+twin")
    expect(page.get_by_role("list", name="Artists by name").get_by_role("link")).to_have_count(1)
    page.get_by_role("navigation").get_by_role("link", name="Artists").click()

    expect(page).to_have_url(re.compile("/artists$"))
    expect(field).to_have_value("")


def test_the_library_is_sifted_and_nothing_found_is_said(page):
    page.goto("/artists")
    listed = page.get_by_role("list", name="Artists by name").get_by_role("link")

    page.get_by_role("button", name="Not in the library", exact=True).click()
    expect(listed.filter(has_text="Bonobo")).to_be_visible()
    expect(listed.filter(has_text="Halcyon Relay")).to_have_count(0)
    page.get_by_role("searchbox").fill("no such name")

    expect(page.get_by_text("No artist’s name begins so.")).to_be_visible()


def test_all_that_is_known_is_shown_with_its_evidence(page, halcyon):
    page.goto(halcyon)
    label = page.get_by_role("region", name="Label")
    expect(page.get_by_text("Halcyon Relay are an electronic duo")).to_be_visible()
    expect(label.get_by_text("Meridian Static").first).to_be_visible()
    expect(label.get_by_role("link", name="The Long Exposure")).to_be_visible()
    expect(page.get_by_role("region", name="Management").get_by_text("Northlight Example Artists")).to_be_visible()
    expect(page.get_by_role("region", name="Elsewhere").get_by_role("link", name="Q900000001")).to_be_visible()

    label.get_by_role("button", name="Label: why?").click()

    evidence = page.get_by_role("dialog", name="Label: why?")
    expect(evidence.get_by_text("The latest release came out on it; 4 releases prove it")).to_be_visible()
    assert barriers(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Management: why?").click()
    expect(page.get_by_role("dialog").get_by_text("wikidata is the only one that gave a value")).to_be_visible()


def test_the_graph_and_the_list_show_the_same_artists_and_lead_to_them(page, halcyon):
    page.goto(halcyon)
    expect(graph(page)).to_have_count(len(ALIKE))
    listed = page.get_by_role("list", name="Similar artists, most alike first").get_by_role("link")

    assert listed.all_inner_texts() == ALIKE
    assert graph(page).all_inner_texts() == ALIKE
    graph(page).filter(has_text="Aphex Twin").click()

    expect(heading(page)).to_have_text("Aphex Twin")


def test_by_keyboard_alone_one_walks_through_the_graph_opens_evidence_and_comes_back(page, halcyon):
    page.goto(halcyon)
    why = page.get_by_role("button", name="Biography: why?")
    expect(graph(page)).to_have_count(len(ALIKE))
    for _ in range(60):
        page.keyboard.press("Tab")
        if why.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Biography: why?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(why).to_be_focused()

    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(graph(page).nth(0)).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(graph(page).nth(2)).to_be_focused()
    page.keyboard.press("Enter")

    expect(heading(page)).to_have_text("Burial")
    expect(heading(page)).to_be_focused()


def test_a_number_over_time_is_a_curve_and_a_table(page, halcyon):
    page.goto(halcyon)
    over_time = page.get_by_role("region", name="Over time")
    expect(over_time.get_by_text("250,000").first).to_be_visible()
    expect(over_time.locator("svg path").first).to_be_visible()
    assert barriers(page) == []

    over_time.get_by_role("switch", name="As a table").check()

    table = over_time.get_by_role("table", name="Listeners (Last.fm)")
    expect(table.get_by_role("cell", name="250,000")).to_be_visible()
    expect(table.get_by_role("cell", name="214,380")).to_be_visible()


def test_a_value_is_set_by_a_person_and_taken_back(page, halcyon):
    page.goto(halcyon)
    own = page.get_by_role("region", name="Set by a person")

    own.get_by_role("button", name="Set a value").click()
    dialog = page.get_by_role("dialog", name="Set a value of one’s own")
    dialog.get_by_role("textbox", name="Value").fill("shortwave, hull")
    dialog.get_by_role("textbox", name="Why?").fill("They say so themselves")
    assert barriers(page) == []
    dialog.get_by_role("button", name="Save").click()

    expect(own.get_by_text("They say so themselves")).to_be_visible()
    expect(own.get_by_text("A provider says otherwise")).to_be_visible()
    expect(page.get_by_role("list", name="Tags").get_by_text("shortwave")).to_be_visible()
    own.get_by_role("button", name="Take back: Tags").click()
    expect(own.get_by_text("Nobody has set a value of their own.")).to_be_visible()
    expect(page.get_by_role("list", name="Tags").get_by_text("electronic")).to_be_visible()


def test_one_click_settles_who_is_meant(page, known):
    page.goto(f"/artists/{known['genesis']}")
    expect(page.get_by_text("Several artists match about equally well. Who is meant?")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)  # words that only stand there interrupt nobody
    assert barriers(page) == []

    page.get_by_role("button", name="This is the one: Génesis, Colombian folk rock group").click()

    expect(page.get_by_text("Several artists match about equally well.")).to_be_hidden()
    meant = page.get_by_role("region", name="Elsewhere").get_by_role("link", name="8c0a253b-84ed-553e-854b-41d4d7dcba67")
    expect(meant).to_be_visible()
    settled = page.get_by_role("status").filter(has_text="Settled.")
    expect(settled).to_be_visible()
    expect(settled).to_be_focused()


def test_an_artist_nobody_asked_about_is_found_out_about(page, stack):
    listed = stack.get("/api/v1/artists", page_size=200)["artists"]
    unasked = next(each for each in reversed(listed) if each["in_library"] and not each["lastfm_info_fetched_at"])
    page.goto(f"/artists/{unasked['id']}")
    expect(page.get_by_text("Nobody has told a biography.")).to_be_visible()

    page.get_by_role("button", name="Find out more").click()

    expect(page.get_by_role("button", name="Refresh")).to_be_visible()
    expect(page.get_by_role("list", name="Tags").get_by_role("listitem").first).to_be_visible()


def test_an_artist_that_is_not_here_is_looked_up(page, complaints):
    complaints.forgive("404")
    page.goto("/artists")
    page.get_by_role("button", name="Look up an artist").click()
    dialog = page.get_by_role("dialog", name="Look up an artist")
    dialog.get_by_role("textbox").fill("Nobody Ever Heard Of Them")
    dialog.get_by_role("button", name="Look up").click()
    expect(dialog.get_by_text("No provider knows an artist named")).to_be_visible()
    assert barriers(page) == []

    dialog.get_by_role("textbox").fill("Paper Quarry")
    page.keyboard.press("Enter")

    expect(heading(page)).to_have_text("Paper Quarry")


def test_who_cancels_a_look_up_is_led_nowhere(page):
    held = []

    def hold(route):
        held.append(route)

    page.route("**/api/v1/enrichment/artists/enrich", hold)
    page.goto("/artists")
    page.get_by_role("button", name="Look up an artist").click()
    dialog = page.get_by_role("dialog", name="Look up an artist")
    dialog.get_by_role("textbox").fill("Halcyon Relay")
    dialog.get_by_role("button", name="Look up").click()
    expect(dialog.get_by_role("progressbar")).to_be_visible()

    dialog.get_by_role("button", name="Cancel").click()
    with page.expect_response("**/api/v1/artists?*"):  # the list, asked for again since it may be another one now
        held[0].continue_()

    expect(heading(page)).to_have_text("Artists")
    expect(page).to_have_url("/artists")


@pytest.mark.parametrize("settings", [{"color_scheme": "dark"}, PHONE], ids=["dark", "phone"])
def test_nobody_is_kept_out(browse, halcyon, settings):
    page = browse(**settings)
    for address in ("/artists", halcyon):
        page.goto(address)
        expect(page.get_by_role("list").get_by_role("link").first).to_be_visible()

        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_phone_opens_the_evidence_and_an_artist_of_the_graph(browse, halcyon):
    page = browse(**PHONE)
    page.goto(halcyon)
    page.get_by_role("button", name="Label: why?").tap()
    expect(page.get_by_role("dialog").get_by_text("The latest release came out on it")).to_be_visible()
    page.keyboard.press("Escape")

    graph(page).filter(has_text="Air").tap()

    expect(heading(page)).to_have_text("Air")


def test_it_is_french_throughout(browse, halcyon):
    page = browse(locale="fr-FR")
    page.goto("/artists")
    expect(heading(page)).to_have_text("Artistes")
    page.goto(halcyon)

    expect(page.get_by_role("list", name="Artistes proches, du plus au moins proche")).to_be_visible()
    page.get_by_role("button", name="Label : pourquoi ?").click()

    expect(page.get_by_role("dialog", name="Label : pourquoi ?").get_by_text("affichée").first).to_be_visible()
    assert barriers(page) == []
    page.keyboard.press("Escape")
    with page.expect_request("**/refresh?language=fr"):
        page.get_by_role("button", name="Actualiser").click()
    expect(page.get_by_role("button", name="Actualiser")).to_be_focused()


def test_what_was_loaded_stays_while_the_gateway_is_away_and_what_was_not_comes_when_it_is_back(page, stack, halcyon, complaints):
    complaints.forgive(*GONE)
    page.goto(halcyon)
    expect(graph(page)).to_have_count(len(ALIKE))

    with stack.without("gateway"):
        page.get_by_role("button", name="Biography: why?").click()
        dialog = page.get_by_role("dialog", name="Biography: why?")
        expect(dialog.get_by_role("alert")).to_be_visible()
        expect(page.get_by_text("Meridian Static").first).to_be_visible()

    expect(dialog.get_by_text("lastfm is the only one that gave a value")).to_be_visible()


def test_while_pictures_are_on_their_way_every_link_is_called_what_it_shows(page, halcyon):
    page.route("**/api/v1/covers/**", lambda route: None)  # never answered
    page.goto(halcyon)
    expect(graph(page)).to_have_count(len(ALIKE))

    assert graph(page).all_inner_texts() == ALIKE
    assert barriers(page) == []
