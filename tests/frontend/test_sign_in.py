"""The app of a guarded gateway: one signs in by the password, pictures and events come by cookie, and what ran out comes back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import argon2
import httpx
import jwt
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.fakes.canned import CannedUpstream
from tests.fakes.patience import eventually
from tests.frontend.browsing import PHONE, Complaints, barriers
from tests.frontend.conftest import Browse
from tests.journeys.listening import PATIENT, ListeningSystem

# Whole systems on a machine that does other things too.
pytestmark = pytest.mark.timeout(300)

SECRET = "k8Jq2mZr7Wn4Xv1Bd6Yt9Lc3Hf5Sg0Pa"
PASSWORD = "open sesame"
COOKIE = "soniquebay_session"
TRACKER = "/api/v1/services/tracker"
ATTEMPTS = 12
REFUSED = "status of 401"
"""What a browser says in its console of a password or a session that is no good."""


@pytest.fixture(scope="module")
def stack_settings() -> dict[str, str]:
    hashed = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    return {"JWT_SECRET": SECRET, "GATEWAY_PASSWORD_HASH": hashed, "GATEWAY_RATE_TOKEN_PER_MINUTE": str(ATTEMPTS)}


@pytest.fixture(scope="module", autouse=True)
def played(stack: ListeningSystem) -> None:
    """A few plays, asked for with a token as a program does."""
    stack.client.headers["authorization"] = f"Bearer {token()}"
    stack.import_history(limit=10)
    assert eventually(lambda: stack.unnamed() == 0, within=PATIENT)


def token(**changes: datetime) -> str:
    now = datetime.now(UTC)
    claims = {"sub": "owner", "scope": "admin", "iat": now, "exp": now + timedelta(hours=1)}
    claims |= {"aud": "soniquebay", "iss": "soniquebay", **changes}
    return jwt.encode(claims, SECRET, algorithm="HS256", headers={"typ": "at+jwt"})


def hold(page: Page, stack: ListeningSystem, value: str) -> None:
    """The browser has this token, as if it had been given it some time ago."""
    url = f"http://localhost:{stack.gateway_port}"
    page.context.add_cookies([{"name": COOKIE, "value": value, "url": url, "httpOnly": True, "sameSite": "Strict"}])


@pytest.fixture
def known(page: Page, stack: ListeningSystem) -> Page:
    """The window of somebody who signed in before."""
    hold(page, stack, token())
    return page


@pytest.fixture
def stopped(stack: ListeningSystem) -> Iterator[None]:
    """The tracker, afterwards."""
    yield
    stack.post(f"{TRACKER}/stop")


def field(page: Page) -> Locator:
    return page.get_by_label("Password")


def is_drawn(picture: Locator) -> None:
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 0


def test_one_signs_in_by_keyboard_and_gets_the_page_one_came_for(page: Page, stack: ListeningSystem) -> None:
    page.goto("/albums?search=a")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page).to_have_title("Sign in · SoniqueBay")
    expect(page.get_by_role("navigation")).to_have_count(0)
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_attribute("autocomplete", "current-password")

    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Albums")
    expect(page).to_have_url("/albums?search=a")
    (cookie,) = page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == (COOKIE, True, "Strict")
    assert cookie["value"] not in page.content() + page.evaluate("document.cookie + JSON.stringify({ ...localStorage })")


def test_pictures_and_events_come_by_the_cookie(known: Page, stack: ListeningSystem, stopped: None) -> None:
    known.goto("/journal")
    picture = known.locator("main [data-cover] img").first
    is_drawn(picture)

    known.goto("/settings")
    expect(known.get_by_role("button", name="Start", exact=True)).to_be_visible()
    stack.post(f"{TRACKER}/start")

    expect(known.get_by_role("button", name="Stop", exact=True)).to_be_visible()


def test_a_wrong_password_is_told_and_the_next_one_typed_over_it(page: Page, complaints: Complaints) -> None:
    complaints.forgive(REFUSED)
    page.goto("/health")
    field(page).fill("guess")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("This is not the password.")
    expect(field(page)).to_have_attribute("aria-invalid", "true")
    assert barriers(page) == []

    expect(field(page)).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Health")


def test_a_session_that_ran_out_is_begun_anew_and_what_was_open_and_typed_is_there(
    known: Page, stack: ListeningSystem, complaints: Complaints, stopped: None
) -> None:
    complaints.forgive(REFUSED)
    known.goto("/settings")
    known.get_by_role("button", name="Import a history").click()
    dialog = known.get_by_role("dialog", name="Import a history")
    dialog.get_by_label("How many plays").fill("7")

    hold(known, stack, token(exp=datetime.now(UTC) - timedelta(minutes=1)))
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(known.get_by_text("Your session has ended.")).to_be_visible()
    expect(dialog).to_be_hidden()
    assert barriers(known) == []
    expect(field(known)).to_be_focused()
    known.keyboard.type(PASSWORD)
    known.keyboard.press("Enter")

    expect(dialog.get_by_label("How many plays")).to_have_value("7")
    expect(known).to_have_url("/settings")
    known.keyboard.press("Escape")
    stack.post(f"{TRACKER}/start")
    expect(known.get_by_role("button", name="Stop", exact=True)).to_be_visible()


_LOOK = """hidden => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true })
    document.dispatchEvent(new Event("visibilitychange"))
}"""


def test_a_stream_that_is_taken_up_again_finds_out_that_the_session_has_ended(known: Page, complaints: Complaints) -> None:
    complaints.forgive(REFUSED)
    known.goto("/settings")
    expect(known.get_by_role("button", name="Start", exact=True)).to_be_visible()

    known.evaluate(_LOOK, True)
    known.context.clear_cookies()
    known.evaluate(_LOOK, False)

    expect(known.get_by_text("Your session has ended.")).to_be_visible()


def test_a_picture_that_is_refused_finds_out_too_and_comes_after_signing_in(
    known: Page, stack: ListeningSystem, complaints: Complaints
) -> None:
    complaints.forgive(REFUSED)
    known.route("**/image*", lambda _: None)  # held, and let go on by `unroute`
    known.goto("/journal")
    expect(known.get_by_role("list", name="Plays, newest first")).to_be_visible()
    expect(known.locator("main [data-cover] img").first).to_be_attached()

    hold(known, stack, token(exp=datetime.now(UTC) - timedelta(minutes=1)))
    known.unroute("**/image*")
    expect(known.get_by_text("Your session has ended.")).to_be_visible()
    hold(known, stack, token())
    known.evaluate("window.dispatchEvent(new Event('focus'))")  # as after signing in in another window

    is_drawn(known.locator("main [data-cover] img").first)


def test_who_signs_out_leaves_nothing_behind(known: Page, complaints: Complaints) -> None:
    complaints.forgive("status of 401")  # of pictures that were on their way
    known.goto("/journal")
    expect(known.get_by_role("list", name="Plays, newest first")).to_be_visible()

    known.get_by_role("button", name="Sign out").click()

    expect(known.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(known.get_by_role("list")).to_have_count(0)
    expect(known.get_by_role("button", name="Sign out")).to_have_count(0)
    assert known.context.cookies() == []
    known.reload()
    expect(field(known)).to_be_focused()


@pytest.mark.parametrize(
    ("settings", "title", "label"),
    [
        ({"locale": "fr-FR"}, "Connexion", "Mot de passe"),  # codespell:ignore connexion,mot
        ({"color_scheme": "dark"}, "Sign in", "Password"),
        (PHONE, "Sign in", "Password"),
    ],
    ids=["French", "dark", "phone"],
)
def test_everybody_can_sign_in(browse: Browse, settings: dict[str, object], title: str, label: str) -> None:
    page = browse(**settings)
    page.goto("/journal")

    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_label(label)).to_be_focused()
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    button = page.get_by_role("main").get_by_role("button").bounding_box()
    assert button is not None
    assert button["height"] >= 40


@pytest.fixture
def elsewhere() -> Iterator[CannedUpstream]:
    """Somebody else's web server on this machine. Not a page laid in: Chromium keeps those from loopback by itself."""
    other = CannedUpstream()
    other.says("<!doctype html><title>Elsewhere</title>")
    yield other
    other.server.stop()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"], ids=["another port", "another site"])
def test_a_page_of_another_origin_cannot_use_the_cookie(
    known: Page, stack: ListeningSystem, complaints: Complaints, elsewhere: CannedUpstream, host: str, stopped: None
) -> None:
    complaints.forgive("")  # browsers tell a page in many ways that it may not
    stack.post(f"{TRACKER}/start")
    album = stack.get("/api/v1/plays")["plays"][0]["album_id"]
    known.goto(f"http://{host}:{elsewhere.server.port}")
    gateway = f"http://localhost:{stack.gateway_port}"
    answers: list[int] = []
    known.on("response", lambda answer: answers.append(answer.status) if answer.url.startswith(gateway) else None)

    read = known.evaluate(_READ, f"{gateway}/api/v1/plays")
    known.evaluate(_POST, f"{gateway}{TRACKER}/stop")
    drawn = known.evaluate(_DRAW, f"{gateway}/api/v1/covers/albums/{album}/image")

    assert (read, drawn) == ("nothing", "nothing")
    assert set(answers) == {401}
    assert stack.get(f"{TRACKER}/status")["running"]


_READ = """address => fetch(address, { credentials: "include" }).then((answer) => answer.text(), () => "nothing")"""
_POST = """address => fetch(address, { method: "POST", mode: "no-cors", credentials: "include" }).then(() => 0, () => 0)"""
_DRAW = """address => new Promise((resolve) => {
    const image = new Image()
    image.onload = () => resolve("a picture")
    image.onerror = () => resolve("nothing")
    image.src = address
})"""


def test_a_password_that_is_taken_from_now_on_may_be_typed_at_once(page: Page) -> None:
    told = {"needed": True, "signed_in": False, "takes_password": False}
    page.route("**/api/v1/auth/session", lambda route: route.fulfill(json=told))
    page.goto("/journal")
    expect(page.get_by_text("takes no password")).to_be_visible()

    told["takes_password"] = True
    page.evaluate("window.dispatchEvent(new Event('focus'))")

    expect(field(page)).to_be_focused()


def test_who_guesses_too_often_is_told_when_to_come_back(page: Page, stack: ListeningSystem, complaints: Complaints) -> None:
    complaints.forgive("status of 429")
    page.goto("/journal")
    expect(field(page)).to_be_focused()
    address = f"http://localhost:{stack.gateway_port}/api/v1/auth/token"
    guesses = [httpx.post(address, json={"password": "guess"}, trust_env=False).status_code for _ in range(ATTEMPTS + 1)]
    assert 429 in guesses

    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("Too many attempts. The next one is possible in")
    assert barriers(page) == []
