"""How is Wikidata's query service asked, what do its refusals mean, and how are its rows read?"""

import re
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlencode

from kernel.clock import Clock
from kernel.errors import ProviderFault, ProviderMalformed, ProviderRejected, ProviderThrottled, ProviderUnavailable
from kernel.http import HttpAnswer, HttpClient, parse_retry_after
from upstreams.reading import Json, child, is_server_error, parse_object, text

NAME = "wikidata"

_HEADERS = {"Accept": "application/sparql-results+json", "Content-Type": "application/x-www-form-urlencoded"}
_THROTTLE_PAUSE = timedelta(seconds=60)  # the service's budget is counted by the minute
_BAN = timedelta(days=1)  # what ignoring a 429 costs; asking on only prolongs it
_ENTITY = "http://www.wikidata.org/entity/"
_ITEM_ID = re.compile(r"Q[1-9]\d{0,11}", re.ASCII)


class Door:
    """The query service, asked in SPARQL."""

    def __init__(self, http: HttpClient, *, url: str, timeout: timedelta, clock: Clock) -> None:
        """`url` is the SPARQL endpoint; `timeout` bounds one query from first byte to last."""
        self._http = http
        self._url = url
        self._timeout = timeout
        self._clock = clock

    def ask(self, query: str) -> list[Json]:
        """The rows of a query's answer. Raises ProviderFault."""
        # Always posted: many ids are longer than some proxies take in a URL.
        answer = self._http.request(
            "POST",
            self._url,
            provider=NAME,
            headers=_HEADERS,
            content=urlencode({"query": query}).encode(),
            timeout=self._timeout,
        )
        if answer.status != HTTPStatus.OK:
            raise self._fault_of(answer)
        return _parse_rows(answer)

    def _fault_of(self, answer: HttpAnswer) -> ProviderFault:
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            asked = parse_retry_after(answer.headers.get("retry-after"), self._clock.now())
            return ProviderThrottled(NAME, "too many requests", retry_after=asked or _THROTTLE_PAUSE)
        if is_server_error(answer):
            return ProviderUnavailable(NAME, f"temporarily unavailable (HTTP {answer.status})")
        if answer.status == HTTPStatus.FORBIDDEN:
            return _refusal(answer.body)
        return ProviderMalformed(NAME, f"an answer we do not understand (HTTP {answer.status})")


def _refusal(page: bytes) -> ProviderFault:
    """Only the words tell a ban from a web page that happens to be forbidden."""
    words = page.lower()
    if b"banned until" in words:
        return ProviderRejected(NAME, "we are banned for a day after too many requests", retry_after=_BAN)
    if b"user-agent" in words:
        return ProviderRejected(NAME, "our User-Agent is refused; check CONTACT")
    return ProviderMalformed(NAME, "an answer we do not understand (HTTP 403)")


def is_item_id(written: str) -> bool:
    return _ITEM_ID.fullmatch(written) is not None


def value(row: Json, column: str) -> str:
    """What stands in a row's column; an unbound variable is a missing key, and empty here."""
    return text(child(row, column), "value")


def item_id(row: Json, column: str) -> str:
    """The item in a row's column; blank nodes ("somebody unknown") and other addresses are no items, and empty here."""
    address = value(row, column)
    found = address.removeprefix(_ENTITY)
    return found if found != address and is_item_id(found) else ""


def _parse_rows(answer: HttpAnswer) -> list[Json]:
    bindings = child(parse_object(answer, NAME), "results").get("bindings")
    if not isinstance(bindings, list):
        raise ProviderMalformed(NAME, "the answer has no SPARQL results")
    return [row for row in bindings if isinstance(row, dict)]
