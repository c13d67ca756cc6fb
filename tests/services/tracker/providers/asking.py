"""Sources as the service builds them, their upstream wherever the test has it, and how they are asked."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from kernel.errors import SoniqueBayError
from kernel.evidence import Found
from kernel.http import HttpClient
from services.tracker.domain import Page, Title
from services.tracker.providers import ReadsHistory
from services.tracker.providers.lastfm import LastfmHistory
from services.tracker.providers.listenbrainz import ListenbrainzHistory
from services.tracker.walking import Ask
from tests.fakes.canned import KEY, USER_AGENT
from tests.fakes.clock import FakeClock
from tests.sandbox.running import RunningSandbox

TOKEN = "t0ken-of-n0body"
_PATIENCE = timedelta(seconds=5)


@contextmanager
def lastfm_at(url: str, *, key: str = KEY, timeout: timedelta = _PATIENCE) -> Iterator[LastfmHistory]:
    with _door_to(url) as http:
        yield LastfmHistory(http, api_key=key, url=url, timeout=timeout, clock=FakeClock())


@contextmanager
def listenbrainz_at(url: str, *, token: str = "", timeout: timedelta = _PATIENCE) -> Iterator[ListenbrainzHistory]:
    with _door_to(url) as http:
        yield ListenbrainzHistory(http, token=token, url=url, timeout=timeout, clock=FakeClock())


@contextmanager
def _door_to(url: str) -> Iterator[HttpClient]:
    http = HttpClient(user_agent=USER_AGENT, trusted_hosts=[urlsplit(url).netloc])
    try:
        yield http
    finally:
        http.close()


def page_of(
    source: ReadsHistory, account: str, since: int | None = None, until: int | None = None, *, size: int = 1000, page: int = 1
) -> Page:
    answer = source.find_page(account, Ask(since, until, size, page))
    assert isinstance(answer, Found)
    return answer.value


def total_of(source: ReadsHistory, account: str) -> int:
    answer = source.find_total(account)
    assert isinstance(answer, Found)
    return answer.value


def error_of(ask: Callable[[], Any]) -> SoniqueBayError:
    """What asking ends with, one of the errors raised on purpose."""
    with pytest.raises(SoniqueBayError) as caught:
        ask()
    return caught.value


def is_one_sentence(message: str) -> bool:
    return message.endswith(".") and ". " not in message


def play_for(sandbox: RunningSandbox, account: str, heard: Sequence[tuple[int, Title]]) -> None:
    """Adds plays to an account, both on Last.fm and on ListenBrainz; one that is not there is opened."""
    sandbox.client.get("/listenbrainz/1/validate-token", params={"token": f"listener-token:{account}"}).raise_for_status()
    rows = [{"uts": uts, "artist": title.artist, "track": title.track, "album": title.album} for uts, title in heard]
    sandbox.client.post("/_sandbox/plays", json={"user": account, "plays": rows}).raise_for_status()
