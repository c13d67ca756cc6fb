"""How is MusicBrainz asked, and what does the status of its answer mean?"""

import re
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlencode

from kernel.clock import Clock
from kernel.errors import ProviderFault, ProviderMalformed, ProviderRejected, ProviderThrottled, ProviderUnavailable
from kernel.http import HttpAnswer, HttpClient, parse_retry_after
from upstreams.reading import Json, is_server_error, parse_object, text

NAME = "musicbrainz"

_MOST_BYTES = 2 * 1024 * 1024  # a hundred releases with their labels are about 200 KiB
_SHORTEST_WAIT = timedelta(seconds=1.1)  # "busy" names a wait of zero, and is busy again for those who believe it
_THROTTLE_PAUSE = timedelta(seconds=30)
_REDIRECTS = (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND, HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT)
_REFUSALS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_PAGE = re.compile(r"[^?#]*/(?P<entity>[a-z-]+)/(?P<mbid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/?(?:[?#].*)?")
_OPERATORS = re.compile(r'([+\-!(){}\[\]^"~*?:\\/&|])')
_LONGEST_ASKED = 200


class Door:
    """MusicBrainz's web service 2, asked for JSON."""

    def __init__(self, http: HttpClient, *, url: str, timeout: timedelta, clock: Clock) -> None:
        """`url` is the web service's address; `timeout` bounds one call."""
        self._http = http
        self._url = url.rstrip("/")
        self._timeout = timeout
        self._clock = clock

    def send(self, path: str, **params: str | int) -> HttpAnswer:
        """One call; what its status means is for `read` to say. Raises ProviderFault."""
        return self._http.request(
            "GET",
            f"{self._url}/{path}?{urlencode(params | {'fmt': 'json'})}",
            provider=NAME,
            headers={"Accept": "application/json"},
            timeout=self._timeout,
            max_bytes=_MOST_BYTES,
        )

    def read(self, answer: HttpAnswer) -> Json | None:
        """The JSON object, or None when MusicBrainz says in its own words that there is no such thing. Raises ProviderFault."""
        if answer.status == HTTPStatus.OK:
            return parse_object(answer, NAME)
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS or is_server_error(answer):
            raise self._busy(answer)
        complaint = _read_complaint(answer)
        if complaint and answer.status in _REFUSALS:
            raise ProviderRejected(NAME, "it refuses how we introduce ourselves; check CONTACT")
        if complaint and answer.status == HTTPStatus.NOT_FOUND:
            return None
        if answer.status == HTTPStatus.BAD_REQUEST and complaint.lower().startswith("invalid mbid"):
            return None
        raise ProviderMalformed(NAME, f"an answer we do not understand (HTTP {answer.status})")

    def ask(self, path: str, **params: str | int) -> Json | None:
        """`send` and `read` in one."""
        return self.read(self.send(path, **params))

    def look_up(self, entity: str, mbid: str, *, inc: str, pace: Callable[[], None]) -> Json | None:
        """The `entity` ("artist", "release" …) with this id, or None. Raises ProviderFault.

        One that was merged comes under another id, which is the one to keep: in one call, or with a redirect in two, `pace`
        before the second.
        """
        answer = self.send(f"{entity}/{mbid}", inc=inc)
        merged_into = _read_merged_mbid(answer, entity)
        if merged_into and merged_into != mbid:
            pace()
            answer = self.send(f"{entity}/{merged_into}", inc=inc)
        return self.read(answer)

    def _busy(self, answer: HttpAnswer) -> ProviderFault:
        asked = parse_retry_after(answer.headers.get("retry-after"), self._clock.now())
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            return ProviderThrottled(NAME, "too many requests", retry_after=asked or _THROTTLE_PAUSE)
        wait = max(asked or _SHORTEST_WAIT, _SHORTEST_WAIT)
        return ProviderUnavailable(NAME, f"temporarily unavailable (HTTP {answer.status})", retry_after=wait)


def quote(words: str) -> str:
    """A phrase in Lucene's syntax, every operator escaped: a bare "!!!" asks for nothing. Cut where servers may refuse it."""
    escaped = _OPERATORS.sub(r"\\\1", _shorten(words))
    return f'"{escaped}"'


def _read_merged_mbid(answer: HttpAnswer, entity: str) -> str | None:
    """The id of the `entity` ("artist", "release" …) that a redirect names, or None when it is no redirect to one.

    Only the id is taken from the address: whom to ask is never for an answer to decide.
    """
    if answer.status not in _REDIRECTS:
        return None
    found = _PAGE.fullmatch(answer.headers.get("location", ""))
    return found["mbid"] if found and found["entity"] == entity else None


def _read_complaint(answer: HttpAnswer) -> str:
    """MusicBrainz's own words. A proxy's page under the same status has none of them: it raises ProviderMalformed."""
    return text(parse_object(answer, NAME), "error") if answer.status >= HTTPStatus.BAD_REQUEST else ""


def _shorten(words: str) -> str:
    """Whole words only, half of one matches nothing; there may be two in one query, and servers refuse long addresses."""
    if len(words) <= _LONGEST_ASKED:
        return words
    cut = words[:_LONGEST_ASKED]
    return cut.rpartition(" ")[0] or cut
