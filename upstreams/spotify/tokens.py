"""Which token do we show Spotify? One for all threads, kept until shortly before it expires."""

import re
import threading
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus

from kernel.clock import Clock
from kernel.errors import ProviderFault, ProviderMalformed, ProviderRejected
from kernel.http import HttpAnswer, HttpClient
from kernel.single_flight import SingleFlight
from upstreams.reading import count, parse_object, text
from upstreams.spotify.faults import CREDENTIALS_REFUSED, NAME, check_served

_MOST_BYTES = 64 * 1024
_LONGEST = 4096
_EARLY = 60.0  # seconds; a token that expires on the way there would cost two calls more
_TOKEN = re.compile(r"[\x21-\x7e]+")  # goes into a header as it is


@dataclass(frozen=True, slots=True)
class _Token:
    words: str = field(repr=False)
    good_until: float


class Tokens:
    """Trades the app's id and secret for tokens (OAuth client credentials).

    However many threads want one at the same time, one of them asks. Nothing is called under the lock: a thread with less
    time than the one that asks gives up when its own time ends.
    """

    def __init__(
        self, http: HttpClient, *, client_id: str, client_secret: str, url: str, timeout: timedelta, clock: Clock
    ) -> None:
        """`url` is the accounts service's address; `timeout` bounds its answer from first byte to last."""
        self._http = http
        self._pair = b64encode(f"{client_id}:{client_secret}".encode()).decode("ascii")
        self._url = f"{url.rstrip('/')}/api/token"
        self._timeout = timeout
        self._clock = clock
        self._flight: SingleFlight[_Token] = SingleFlight()
        self._lock = threading.Lock()  # guards _held
        self._held: _Token | None = None

    def current(self) -> str:
        """A token good for a while. Raises ProviderFault."""
        return (self._fresh() or self._flight.do("token", self._renewed)).words

    def instead_of(self, refused: str) -> str:
        """Another token, since Spotify no longer takes this one; a new one unless somebody fetched it already."""
        with self._lock:
            if self._held is not None and self._held.words == refused:
                self._held = None
        return self.current()

    def _fresh(self) -> _Token | None:
        with self._lock:
            held = self._held
        return held if held is not None and self._clock.monotonic() < held.good_until else None

    def _renewed(self) -> _Token:
        held = self._fresh()  # whoever asked before us may have finished between our look and our turn
        if held is not None:
            return held
        bought = self._buy()
        with self._lock:
            self._held = bought
        return bought

    def _buy(self) -> _Token:
        asked_at = self._clock.monotonic()
        answer = self._http.request(
            "POST",
            self._url,
            provider=NAME,
            headers={"Authorization": f"Basic {self._pair}", "Content-Type": "application/x-www-form-urlencoded"},
            content=b"grant_type=client_credentials",
            timeout=self._timeout,
            max_bytes=_MOST_BYTES,
        )
        check_served(answer, self._clock.now())
        if answer.status != HTTPStatus.OK:
            raise _fault_of(answer)
        return _parse_token(answer, asked_at)


def _parse_token(answer: HttpAnswer, asked_at: float) -> _Token:
    content = parse_object(answer, NAME)
    words = text(content, "access_token", _LONGEST)
    if not _TOKEN.fullmatch(words):
        raise ProviderMalformed(NAME, "the answer has no token")
    lifetime = float(count(content, "expires_in") or 0)
    return _Token(words, asked_at + lifetime - min(_EARLY, lifetime / 2))


def _fault_of(answer: HttpAnswer) -> ProviderFault:
    error = text(parse_object(answer, NAME), "error")
    if error in ("invalid_client", "unauthorized_client"):
        return ProviderRejected(NAME, CREDENTIALS_REFUSED)
    return ProviderMalformed(NAME, f"an answer we do not understand (HTTP {answer.status} for a token)")
