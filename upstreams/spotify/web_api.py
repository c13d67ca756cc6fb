"""How is Spotify's Web API asked? With a token, renewed once when it is refused, and every status read for what it means."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlencode

from kernel.clock import Clock
from kernel.http import HttpAnswer, HttpClient
from upstreams.reading import Json, parse_object
from upstreams.spotify.faults import NAME, check_served, fault_of, is_unknown_id
from upstreams.spotify.tokens import Tokens

_MOST_BYTES = 1024 * 1024  # an album with fifty tracks and all their markets is a few hundred KiB


class WebApi:
    """Reads of the Web API.

    The limiter in front of a provider grants one call per question: `pace` waits for it before every further one. Tokens are
    not counted: they come from another host, once an hour.
    """

    def __init__(
        self, http: HttpClient, tokens: Tokens, *, url: str, timeout: timedelta, clock: Clock, pace: Callable[[], None]
    ) -> None:
        self._http = http
        self._tokens = tokens
        self._url = url.rstrip("/")
        self._timeout = timeout
        self._clock = clock
        self._pace = pace

    def get(self, path: str, query: Mapping[str, str | int] | None = None) -> Json | None:
        """The first call of a question: its object, or None when Spotify knows no such id. Raises ProviderFault."""
        url = f"{self._url}/{path}?{urlencode(query)}" if query else f"{self._url}/{path}"
        token = self._tokens.current()
        answer = self._ask(url, token)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            token = self._tokens.instead_of(token)
            self._pace()
            answer = self._ask(url, token)
        check_served(answer, self._clock.now())
        if answer.status == HTTPStatus.OK:
            return parse_object(answer, NAME)
        if is_unknown_id(answer):
            return None
        raise fault_of(answer)

    def get_more(self, path: str, query: Mapping[str, str | int] | None = None) -> Json | None:
        """The same for every further call of a question."""
        self._pace()
        return self.get(path, query)

    def _ask(self, url: str, token: str) -> HttpAnswer:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        return self._http.request("GET", url, provider=NAME, headers=headers, timeout=self._timeout, max_bytes=_MOST_BYTES)
