"""A browser before the whole system, which plays over the sandbox. One of each for a file of tests."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.frontend.browsing import Complaints, find_browser, running_browser, visiting
from tests.journeys.listening import ListeningSystem
from tests.journeys.running import ALL, ROOT

Browse = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed with the file: as long as it is open, nothing else in this process may run an event loop."""
    if find_browser() is None:
        pytest.skip("there is no Chromium, and none could be installed")
    with running_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def stack_plays() -> int:
    """How many plays the listener has; a file of tests says otherwise by a fixture of this name."""
    return 1000


@pytest.fixture(scope="module")
def stack_settings() -> dict[str, str]:
    """Settings besides those of every stack; a file of tests says otherwise by a fixture of this name."""
    return {}


@pytest.fixture(scope="module")
def stack(
    tmp_path_factory: pytest.TempPathFactory, stack_plays: int, stack_settings: dict[str, str]
) -> Iterator[ListeningSystem]:
    """Everything, as `make run` starts it, with nothing in it yet."""
    settings = {"GATEWAY_WEB_DIR": str(ROOT / "frontend" / "dist"), **stack_settings}
    with ListeningSystem(tmp_path_factory.mktemp("stack"), stack_plays, settings, services=ALL) as system:
        yield system


@pytest.fixture(scope="module")
def clock_of_browser() -> str:
    """The IANA zone of whoever looks; a file of tests says otherwise by a fixture of this name."""
    return "Europe/Paris"


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """The test fails for every error and warning in the console that it did not forgive."""
    complaints = Complaints()
    yield complaints
    assert complaints.left() == []


@pytest.fixture
def browse(browser: Browser, stack: ListeningSystem, complaints: Complaints, clock_of_browser: str) -> Iterator[Browse]:
    """Opens a window: `browse(locale="fr-FR", color_scheme="dark", **PHONE)`."""
    with ExitStack() as windows:

        def open_window(**settings: Any) -> Page:
            url = f"http://localhost:{stack.gateway_port}"
            settings = {"timezone_id": clock_of_browser, **settings}
            return windows.enter_context(visiting(browser, url, complaints, **settings))

        yield open_window


@pytest.fixture
def page(browse: Browse) -> Page:
    """One window, in English and in light colours."""
    return browse()
