"""A newcomer's way through the whole app: a history comes in, is looked at on every page, and what failed is tried again."""

import re
import time
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.fakes.patience import eventually
from tests.frontend.browsing import PHONE, barriers
from tests.frontend.conftest import Browse
from tests.frontend.giving_up import HANDING_ON, given_up
from tests.journeys.listening import PATIENT, UNLIMITED, ListeningSystem
from tests.journeys.running import ALL, ENRICH, ROOT

pytestmark = pytest.mark.timeout(300)

TRACKER_INTERVAL = 15
ARTIST, ALBUM = "Halcyon Relay", "Apertures"


@dataclass(frozen=True)
class Words:
    """What the app says in one language."""

    import_history: str
    begin: str
    pause: str
    paused: str
    resume: str
    plays: str
    play_count: str
    in_these_days: str
    tracker: str
    start: str
    following: str
    stop: str
    stopped: str
    new_play: str
    similar: str
    label_why: str
    why_cover: str
    reasons: str
    retry: str
    well: str


ENGLISH = Words(
    import_history="Import a history",
    begin="Import",
    pause="Pause",
    paused="paused",
    resume="Resume",
    plays="Plays, newest first",
    play_count="1,000",
    in_these_days="In these days",
    tracker="Live tracker",
    start="Start",
    following="Following",
    stop="Stop",
    stopped="Stopped",
    new_play="1 new play",
    similar="Similar artists as a graph",
    label_why="Label: why?",
    why_cover="Why this cover?",
    reasons="Why this cover",
    retry="Retry all of: Plays",
    well="Everything is well",
)
FRENCH = Words(
    import_history="Importer un historique",
    begin="Importer",
    pause="Mettre en pause",
    paused="en pause",
    resume="Reprendre",
    plays="Écoutes, de la plus récente à la plus ancienne",
    play_count="1\u202f000",
    in_these_days="Pendant ces jours",
    tracker="Suivi en direct",
    start="Démarrer",
    following="Suit les écoutes",
    stop="Arrêter",
    stopped="Arrêté",
    new_play="1 nouvelle écoute",
    similar="Artistes proches en graphe",
    label_why="Label\u00a0: pourquoi\u00a0?",
    why_cover="Pourquoi cette pochette\u00a0?",
    reasons="Pourquoi cette pochette",
    retry="Tout réessayer\u00a0: Écoutes",
    well="Tout va bien",
)


@pytest.fixture
def stack(tmp_path):
    """Each newcomer begins with nothing; the source takes its time, so that an import can be watched."""
    settings = {
        "GATEWAY_WEB_DIR": str(ROOT / "frontend" / "dist"),
        "TRACKER_INTERVAL_SECONDS": str(TRACKER_INTERVAL),
        **UNLIMITED,
        **HANDING_ON,
    }
    with ListeningSystem(tmp_path, 1000, settings, services=ALL) as system:
        system.lift_limits()
        assert system.history.total() == 1000
        system.arrange(page_seconds=0.3, largest_page=200)
        yield system


@pytest.mark.parametrize(
    ("words", "settings"),
    [(ENGLISH, {}), (FRENCH, {"locale": "fr-FR", "color_scheme": "dark", **PHONE})],
    ids=["desk", "phone, French, dark"],
)
def test_a_newcomer_gets_all_there_is(browse: Browse, stack: ListeningSystem, words: Words, settings):
    page = browse(**settings)
    page.goto("/settings")

    import_with_a_pause(page, words)
    see_the_plays(page, stack, words)
    follow_the_listener(page, stack, words)
    ask_why(page, stack, words)
    retry(page, stack, words)


def import_with_a_pause(page: Page, words: Words) -> None:
    page.get_by_role("button", name=words.import_history).click()
    page.get_by_role("dialog").get_by_role("button", name=words.begin, exact=True).click()
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuetext", re.compile(r"^[1-9]"))
    page.get_by_role("button", name=words.pause).click()
    expect(page.get_by_role("article").get_by_text(words.paused, exact=True).first).to_be_visible()
    is_usable(page)
    page.get_by_role("button", name=words.resume).click()
    expect(page.get_by_role("progressbar")).to_have_count(0)


def see_the_plays(page: Page, stack: ListeningSystem, words: Words) -> None:
    assert eventually(lambda: stack.unnamed() == 0, within=PATIENT)
    newest = stack.newest(1)[0]
    day = time.strftime("%Y-%m-%d", time.gmtime(newest[0]))
    page.goto("/journal")
    expect(page.get_by_role("list", name=words.plays).get_by_role("listitem").first).to_contain_text(newest[2])
    is_usable(page)
    page.goto(f"/timeline?date={day}")
    expect(page.get_by_role("listitem").filter(has_text=newest[2]).first).to_be_visible()
    is_usable(page)
    oldest_year = time.gmtime(stack.newest(1000)[-1][0]).tm_year
    page.goto(f"/analytics?from={oldest_year}-01-01&to={day}")
    expect(page.get_by_role("region", name=words.in_these_days).get_by_text(words.play_count, exact=True)).to_be_visible()
    is_usable(page)


def follow_the_listener(page: Page, stack: ListeningSystem, words: Words) -> None:
    page.goto("/settings")
    tracker = page.get_by_role("region", name=words.tracker)
    tracker.get_by_role("button", name=words.start, exact=True).click()
    expect(tracker.get_by_text(words.following, exact=True)).to_be_visible()
    page.goto("/journal")
    expect(page.get_by_role("list", name=words.plays).get_by_role("listitem").first).to_be_visible()
    heard = {"uts": int(time.time()) - 60, "artist": "Somebody Live", "track": "Just now", "album": "Sessions"}
    assert stack.sandbox.post("/_sandbox/plays", json={"user": stack.account, "plays": [heard]}).status_code == 201
    expect(page.get_by_role("list", name=words.new_play)).to_contain_text("Just now", timeout=3000 * TRACKER_INTERVAL)
    page.goto("/settings")
    tracker.get_by_role("button", name=words.stop, exact=True).click()
    expect(tracker.get_by_text(words.stopped, exact=True)).to_be_visible()


def ask_why(page: Page, stack: ListeningSystem, words: Words) -> None:
    artist = stack.post(ENRICH, name=ARTIST)["artist_id"]
    album = stack.get("/api/v1/albums", title_prefix=ALBUM)["albums"][0]["id"]
    page.goto(f"/artists/{artist}")
    expect(page.get_by_role("group", name=words.similar).get_by_role("link").first).to_be_visible()
    page.get_by_role("button", name=words.label_why).first.click()
    expect(page.get_by_role("dialog", name=words.label_why).get_by_text("Meridian Static").first).to_be_visible()
    is_usable(page)
    page.goto(f"/albums/{album}")
    page.get_by_role("link", name=words.why_cover).click()
    expect(page.get_by_role("list", name=words.reasons).get_by_role("listitem")).to_have_count(4)
    is_usable(page)


def retry(page: Page, stack: ListeningSystem, words: Words) -> None:
    with given_up(stack):
        page.goto("/health")
        button = page.get_by_role("button", name=words.retry)
        expect(button).to_be_visible()
        is_usable(page)
        button.click()
        expect(page.get_by_text(words.well).first).to_be_visible()


def is_usable(page: Page) -> None:
    """By everybody, and without scrolling sideways."""
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
