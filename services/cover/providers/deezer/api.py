"""How is Deezer asked? By number or by name, without a key."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import urlencode

from kernel.clock import Clock
from kernel.evidence import Absent, Answer, Found
from kernel.guard import Guard
from kernel.http import HttpClient
from services.cover.fetching import fault_of
from services.cover.providers.deezer import answers
from services.cover.providers.deezer.answers import NAME, Artist
from upstreams.reading import Json, parse_object

T = TypeVar("T")

_MOST_BYTES = 1024 * 1024  # a hundred albums are some 120 KiB
_HITS = 50
_MOST_ALBUMS = 100
_UNKNOWN = Absent("Deezer has no such thing.")


class Api:
    """Deezer's public API."""

    def __init__(self, http: HttpClient, *, url: str, timeout: timedelta, clock: Clock, guard: Guard) -> None:
        """`url` is the API's address; `timeout` bounds one call."""
        self._http = http
        self._url = url.rstrip("/")
        self._timeout = timeout
        self._clock = clock
        self._guard = guard

    def find_artist(self, number: str) -> Artist | None:
        """None where Deezer has nobody of this number. Raises ProviderFault, DeadlineSpent, as the others do."""
        return self._call("artist.get", f"artist/{number}", answers.parse_artist)

    def search(self, name: str) -> tuple[Artist, ...]:
        """Whoever Deezer thinks is meant; it guesses."""
        path = f"search/artist?{urlencode({'q': name, 'limit': _HITS})}"
        return self._call("search.artist", path, answers.parse_hits) or ()

    def list_titles(self, artist: Artist) -> tuple[str, ...]:
        """Of the artist's albums, a hundred at most."""
        return self._call("artist.albums", f"artist/{artist.id}/albums?limit={_MOST_ALBUMS}", answers.parse_titles) or ()

    def _call(self, operation: str, path: str, parse: Callable[[Json], T]) -> T | None:
        def ask() -> Answer[T]:
            node = self._ask(path)
            return _UNKNOWN if node is None else Found(parse(node))

        answer = self._guard.call(operation, ask)
        return answer.value if isinstance(answer, Found) else None

    def _ask(self, path: str) -> Json | None:
        answer = self._http.request(
            "GET",
            f"{self._url}/{path}",
            provider=NAME,
            headers={"Accept": "application/json"},
            timeout=self._timeout,
            max_bytes=_MOST_BYTES,
        )
        if answer.status != HTTPStatus.OK:
            raise fault_of(answer, NAME, self._clock.now())
        node = parse_object(answer, NAME)
        if not answers.is_refusal(node):
            return node
        fault = answers.fault_of_refusal(node)
        if fault is not None:
            raise fault
        return None
