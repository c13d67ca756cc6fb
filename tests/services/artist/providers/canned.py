"""An upstream on loopback that answers what the test lays in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from kernel.http import HttpClient
from services.artist.providers.lastfm import LastfmProvider
from tests.fakes.clock import FakeClock
from tests.fakes.raw_server import Conversation, RawServer, answer

KEY = "d0ubt1ess-n0t-a-rea1-key"
USER_AGENT = "SoniqueBay/1.0 ( somebody@example.org )"


class CannedUpstream:
    """Answers every request with `content`, the bytes of a whole HTTP answer, and keeps what it was asked."""

    def __init__(self) -> None:
        self.content = answer()
        self.asked: list[bytes] = []
        self.server = RawServer(self._act)

    def says(self, body: str | bytes, *, status: str = "200 OK") -> None:
        self.content = answer(body.encode() if isinstance(body, str) else body, status=status)

    def _act(self, peer: Conversation) -> None:
        while request := peer.read_request():
            self.asked.append(request)
            peer.send(self.content)


@contextmanager
def lastfm_at(url: str, trusted_host: str, *, timeout: timedelta = timedelta(seconds=5)) -> Iterator[LastfmProvider]:
    """A provider as the service builds it, its upstream at `url`."""
    http = HttpClient(user_agent=USER_AGENT, trusted_hosts=[trusted_host])
    yield LastfmProvider(http, api_key=KEY, url=url, timeout=timeout, clock=FakeClock())
    http.close()
