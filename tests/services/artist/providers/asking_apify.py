"""An Apify provider as the service builds it, and an allowance that remembers what was spent."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

from kernel.http import HttpClient
from kernel.limiter import LimitReached
from services.artist.providers.apify import NAME, ApifyProvider, SpendsCarefully
from tests.fakes.canned import CannedUpstream
from tests.fakes.clock import FakeClock

TOKEN = "apify-t0ken"
RADIOHEAD, HALCYON, UNKNOWN = "4Z8W4fKeB5YxbusRsdQVPb", "2pvfGvbL4mouaDY9ZSwUmv", "0" * 22


class FakeSpending:
    """Satisfies SpendsCarefully; grants `left` artists, and keeps the balance."""

    def __init__(self, left: int = 1_000_000) -> None:
        self._lock = threading.Lock()  # guards the two below
        self.left = left
        self.spent = 0

    def spend_up_to(self, provider: str, wanted: int) -> int:
        with self._lock:
            granted = min(wanted, self.left)
            if not granted:
                raise LimitReached(provider, "the allowance is used up", retry_after=timedelta(hours=1))
            self.left -= granted
            self.spent += granted
            return granted

    def refund(self, provider: str, unused: int) -> None:
        assert provider == NAME
        with self._lock:
            self.left += unused
            self.spent -= unused


@contextmanager
def apify_at(
    url: str,
    *,
    token: str = TOKEN,
    spending: SpendsCarefully | None = None,
    timeout: timedelta = timedelta(seconds=5),
    pace: Callable[[], None] = lambda: None,
) -> Iterator[ApifyProvider]:
    http = HttpClient(user_agent="SoniqueBay/1.0 ( somebody@example.org )", trusted_hosts=[urlsplit(url).netloc])
    yield ApifyProvider(
        http,
        token=token,
        url=url,
        timeout=timeout,
        batch_timeout=timeout,
        clock=FakeClock(),
        spending=spending or FakeSpending(),
        pace=pace,
    )
    http.close()


def says_items(upstream: CannedUpstream, *items: object) -> None:
    """Lays in what a run-sync answers."""
    upstream.says(json.dumps(items), status="201 Created")


def item(spotify_id: str, listeners: object, followers: object = None) -> dict[str, object]:
    return {"artist_id": spotify_id, "monthlyListeners": listeners, "followers": followers}
