"""Health: who answers, how the providers do, and background work that was given up, which begins anew when a person says so."""

import signal
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from kernel.jobs import JobState
from tests.fakes.patience import eventually
from tests.frontend.browsing import GONE, PHONE, barriers
from tests.frontend.giving_up import ACCOUNT, HANDING_ON, given_up, jobs_of, state_of
from tests.journeys.listening import ListeningSystem

HANDED_ON = "Hand plays on to ListenBrainz"


@pytest.fixture(scope="module")
def stack_settings() -> dict[str, str]:
    """New plays are handed on to ListenBrainz; artists are asked about at one place, and once."""
    return {
        **HANDING_ON,
        "ENRICHMENT_PROVIDERS": "lastfm",
        "LASTFM_CIRCUIT_BREAKER_TIMEOUT": "5s",
        "ENRICHMENT_MAX_RETRIES": "1",
    }


@pytest.fixture
def dead_letter(stack: ListeningSystem) -> Iterator[str]:
    """The id of a job that would be done by now."""
    with given_up(stack) as job_id:
        yield job_id


def handed_on(stack: ListeningSystem) -> int:
    """How many listens ListenBrainz has of the account."""
    answer = stack.sandbox.get(f"/listenbrainz/1/user/{ACCOUNT}/listen-count")
    return int(answer.json()["payload"]["count"]) if answer.status_code == 200 else 0


def listed(page: Page) -> Any:
    return page.get_by_role("listitem").filter(has_text=HANDED_ON)


def test_when_everything_is_well_it_says_so_and_shows_who_answers(page):
    page.goto("/health")

    expect(page.get_by_text("Everything is well: all services answer, and nothing was given up.")).to_be_visible()
    services = page.get_by_role("list", name="Services").get_by_role("listitem")
    expect(services).to_have_count(4)
    for service in services.all():
        expect(service).to_contain_text("Answers")
        expect(service).to_contain_text("Background work: ")
    expect(page.get_by_text("Nothing was given up.", exact=True)).to_be_visible()


def test_a_dead_letter_is_told_with_its_reason_and_delivered_when_it_is_retried(page, stack, dead_letter):
    page.goto("/health")
    expect(page.get_by_text("1 piece of background work was given up.")).to_be_visible()
    expect(listed(page)).to_contain_text("Tried once")
    expect(listed(page).locator("[lang=en]")).to_contain_text("listenbrainz")

    page.get_by_role("button", name="Retry all of: Plays").click()

    expect(page.get_by_text("Plays: 1 begins anew.")).to_be_visible()
    expect(listed(page)).to_have_count(0)
    expect(page.get_by_text("Everything is well")).to_be_visible()
    assert eventually(lambda: handed_on(stack) == 1, within=30)
    with jobs_of(stack, "tracker") as jobs:
        assert eventually(lambda: state_of(jobs, dead_letter) is JobState.SUCCEEDED, within=30)


def test_a_dead_letter_is_retried_by_keyboard_alone(page, dead_letter):
    page.goto("/health")
    retry = page.get_by_role("button", name="Retry all of: Plays")
    expect(retry).to_be_visible()

    for _ in range(60):
        page.keyboard.press("Tab")
        if retry.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Enter")

    expect(page.get_by_text("Plays: 1 begins anew.")).to_be_visible()
    expect(listed(page)).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text="begins anew")).to_be_focused()


def test_a_dead_letter_leads_to_what_it_was_for(page, stack, complaints):
    complaints.forgive("status of 404")
    artist_id = stack.enrich(name="Radiohead").json()["artist"]["id"]
    with jobs_of(stack, "artist") as jobs:
        known = jobs.enqueue("nobody_can_do_this", {"artist_id": artist_id}, max_attempts=1)
        gone = jobs.enqueue("nobody_can_do_that", {"artist_id": "nobody"}, max_attempts=1)
        assert eventually(lambda: len(jobs.list_dead()) == 2, within=30)
        page.goto("/health")
        letters = page.get_by_role("list", name="Artists · 2 given up").get_by_role("listitem")

        expect(letters.filter(has_text="Other work: nobody_can_do_that")).to_contain_text("artist nobody")
        letters.filter(has_text="Other work: nobody_can_do_this").get_by_role("link", name="artist Radiohead").click()

        expect(page.get_by_role("heading", name="Radiohead", level=1)).to_be_visible()
        assert jobs.cancel(known)
        assert jobs.cancel(gone)


def test_what_is_given_up_while_one_looks_appears_by_itself(page, request):
    page.goto("/health")
    expect(page.get_by_text("Everything is well")).to_be_visible()

    request.getfixturevalue("dead_letter")

    expect(listed(page)).to_be_visible()


def test_the_providers_figures_are_shown_and_an_open_breaker_is_told(page, stack):
    stack.enrich(name="Radiohead")
    page.goto("/health")
    table = page.get_by_role("table", name="Artists", exact=True)
    row = table.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Last.fm"))
    expect(row).to_contain_text("closed: it is asked")
    expect(row.get_by_role("cell").nth(1)).not_to_have_text("0")
    expect(row).to_contain_text("100%")
    expect(row).to_contain_text("ms")

    stack.script(fault={"kind": "status", "code": 500})
    for name in ("Portishead", "Björk", "Air"):
        stack.enrich(name=name)

    expect(row).to_contain_text("open: left alone")
    expect(page.get_by_text("Last.fm has stopped answering, and is left alone for a while (Artists).")).to_be_visible()
    stack.sandbox.delete("/_sandbox/faults")
    assert eventually(lambda: asked_again(stack), within=30)


def asked_again(stack: ListeningSystem) -> bool:
    """Whether the artist service trusts Last.fm again, once it is asked for somebody new."""
    stack.enrich(name="Burial")
    told = stack.get("/api/v1/enrichment/metrics")["lastfm"]
    return bool(told["circuit_breaker_state"] == "closed")


def test_every_service_tells_whom_it_asks_and_what_would_switch_the_others_on(page):
    page.goto("/health")
    left_out = page.get_by_role("table", name="Artists", exact=True).get_by_role("row", name="Spotify")

    expect(left_out).to_contain_text("off: not asked")
    expect(left_out.locator("[lang=en]")).to_have_text("It is off: add spotify to ENRICHMENT_PROVIDERS.")
    for service, provider in {"Albums": "EurIA", "Covers": "Deezer (pictures)", "Plays": "ListenBrainz"}.items():
        table = page.get_by_role("table", name=service, exact=True)
        row = table.get_by_role("row").filter(has=page.get_by_role("rowheader", name=provider, exact=True))
        expect(row).to_contain_text("closed: it is asked")
        expect(row.get_by_role("cell").last).to_have_text("–")


def test_a_silent_service_is_named_only_its_own_part_is_missing_and_its_return_is_seen(page, browse, stack, complaints):
    complaints.forgive("status of 503", "status of 504")
    page.goto("/health")
    card = page.get_by_role("list", name="Services").get_by_role("listitem").filter(has_text="Covers")
    covers, albums = (page.get_by_role("region", name=name, exact=True) for name in ("Covers", "Albums"))
    expect(covers.get_by_role("table")).to_be_visible()

    process = stack.child("services.cover")
    process.send_signal(signal.SIGSTOP)
    try:
        expect(card).to_contain_text("Does not answer")
        expect(page.get_by_text("Covers: the service does not answer.")).to_be_visible()
        expect(covers).to_contain_text("Does not answer. These are its last figures.")
        expect(albums).not_to_contain_text("Does not answer")
        late = browse()
        late.goto("/health")
        expect(late.get_by_text("Covers: the service does not answer.")).to_be_visible()
        expect(late.get_by_role("region", name="Covers", exact=True)).to_contain_text("Does not answer")
        expect(late.get_by_role("table")).to_have_count(3)
        assert barriers(late) == []
    finally:
        process.send_signal(signal.SIGCONT)

    expect(card).to_contain_text("Answers")
    expect(page.get_by_text("Covers: the service does not answer.")).to_be_hidden()
    expect(covers).not_to_contain_text("Does not answer")


SIGHTS = [{}, {"color_scheme": "dark"}, PHONE, {"locale": "fr-FR", **PHONE}]


@pytest.mark.parametrize("settings", SIGHTS, ids=["light", "dark", "phone", "french"])
def test_nobody_is_kept_out_and_nothing_is_wider_than_the_screen(browse, dead_letter, settings):
    page = browse(**settings)
    page.goto("/health")
    is_french = "locale" in settings
    retry = page.get_by_role("button", name="Tout réessayer\u00a0: Écoutes" if is_french else "Retry all of: Plays")
    expect(retry).to_be_visible()
    for name in ("Albums", "Artistes", "Pochettes", "Écoutes") if is_french else ("Albums", "Artists", "Covers", "Plays"):
        providers = page.get_by_role("region", name=name, exact=True)
        expect(providers.get_by_role("listitem" if "is_mobile" in settings else "row").first).to_be_visible()
    expect(page.get_by_text("désactivé\u00a0: pas interrogé" if is_french else "off: not asked").first).to_be_visible()
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    retry.click()

    expect(page.get_by_text("Écoutes\u00a0: 1 recommence." if is_french else "Plays: 1 begins anew.")).to_be_visible()
    assert barriers(page) == []


def test_what_was_loaded_stays_while_nobody_answers_and_is_fresh_again_afterwards(page, stack, complaints):
    complaints.forgive(*GONE)
    banner = page.get_by_text("SoniqueBay does not answer. It is asked again by itself.")
    page.goto("/health")
    services = page.get_by_role("list", name="Services").get_by_role("listitem")
    expect(services).to_have_count(4)
    expect(page.get_by_text("Everything is well")).to_be_visible()

    with stack.without("gateway"):
        expect(banner).to_be_visible()
        expect(page.get_by_text("Everything is well")).to_be_hidden()
        expect(services).to_have_count(4)

    expect(banner).to_be_hidden()
    expect(page.get_by_text("Everything is well")).to_be_visible()
