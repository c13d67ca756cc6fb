"""A writer as the service builds it, what it may spend, and a model that says what the test wants it to say."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from kernel.http import HttpClient
from kernel.limiter import LimitReached
from services.album.briefs import make_brief
from services.album.domain import AlbumTrack
from services.album.providers.euria import NAME, EuriaDescriptions, SpendsCarefully
from tests.fakes.clock import FakeClock
from tests.fakes.raw_server import Conversation, RawServer, answer

TOKEN = "sandbox-not-a-rea1-token"
MODEL = "mistral3"
TRACKS = tuple(
    AlbumTrack(place, title, timedelta(seconds=seconds))
    for place, (title, seconds) in enumerate([("Airbag", 284), ("Paranoid Android", 383), ("Lucky", 259)], 1)
)
BRIEF = make_brief(
    "en",
    title="OK Computer",
    artist="Radiohead",
    released="1997-06-16",
    kind="album",
    labels=["Parlophone", "Capitol"],
    genres=["alternative rock", "art rock"],
    tracks=TRACKS,
    listeners=2_345_678,
)


class FakeSpending:
    """Satisfies SpendsCarefully; grants `left` texts, and keeps the balance."""

    def __init__(self, left: int = 1_000_000) -> None:
        self.left = left
        self.spent = 0

    def spend_up_to(self, provider: str, wanted: int) -> int:
        assert (provider, wanted) == (NAME, 1)
        if not self.left:
            raise LimitReached(provider, "the allowance is used up", retry_after=timedelta(hours=1))
        self.left -= 1
        self.spent += 1
        return 1

    def refund(self, provider: str, unused: int) -> None:
        assert (provider, unused) == (NAME, 1)
        self.left += 1
        self.spent -= 1


class SpokenModel:
    """Answers with what `speaks` makes of the user's message, and keeps what it was asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # guards the two lists
        self.forget()
        self.server = RawServer(self._act)

    def forget(self) -> None:
        self.speaks: Callable[[str], Any] = lambda message: message
        self.finish_reason = "stop"
        self.asked: list[dict[str, Any]] = []
        self.heads: list[str] = []

    def says(self, content: Any, finish_reason: str = "stop") -> None:
        self.speaks, self.finish_reason = lambda _: content, finish_reason

    def _act(self, peer: Conversation) -> None:
        while request := peer.read_request():
            head, _, body = request.partition(b"\r\n\r\n")
            asked = json.loads(body)
            with self._lock:
                self.heads.append(head.decode())
                self.asked.append(asked)
            message = {"role": "assistant", "content": self.speaks(asked["messages"][-1]["content"])}
            choice = {"index": 0, "message": message, "finish_reason": self.finish_reason}
            peer.send(answer(json.dumps({"model": "other", "choices": [choice]}).encode()))


def http_for(url: str) -> HttpClient:
    return HttpClient(user_agent="SoniqueBay/1.0 ( somebody@example.org )", trusted_hosts=[urlsplit(url).netloc])


def writer_over(http: HttpClient, url: str, spending: SpendsCarefully, **other: Any) -> EuriaDescriptions:
    """The writer itself; a client is slow to make, so that tests share one."""
    usual: dict[str, Any] = {"token": TOKEN, "model": MODEL, "timeout": timedelta(seconds=5), "clock": FakeClock()}
    return EuriaDescriptions(http, url=url, spending=spending, **usual | other)


@contextmanager
def euria_at(url: str, *, spending: SpendsCarefully | None = None, **other: Any) -> Iterator[EuriaDescriptions]:
    http = http_for(url)
    yield writer_over(http, url, spending or FakeSpending(), **other)
    http.close()
