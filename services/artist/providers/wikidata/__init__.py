"""Who manages an artist, according to Wikidata? Asked by ids only, in one SPARQL query for up to fifty artists.

Most artists have no manager there. The item found is worth as much: it links the artist's ids by a path of its own.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlencode

from kernel.clock import Clock
from kernel.errors import ProviderFault, ProviderMalformed, ProviderRejected, ProviderThrottled, ProviderUnavailable
from kernel.evidence import Answer
from kernel.http import HttpAnswer, HttpClient, parse_retry_after
from services.artist.domain import Identity, Management
from services.artist.providers.wikidata.answers import NAME, parse_items
from services.artist.providers.wikidata.choosing import choose
from services.artist.providers.wikidata.question import write_query
from upstreams.reading import is_server_error

__all__ = ["MOST_AT_ONCE", "NAME", "WikidataProvider"]

MOST_AT_ONCE = 50
"""Artists in one query; more and it comes near the service's sixty seconds."""

_HEADERS = {"Accept": "application/sparql-results+json", "Content-Type": "application/x-www-form-urlencoded"}
_THROTTLE_PAUSE = timedelta(seconds=60)  # the service's budget is counted by the minute
_BAN = timedelta(days=1)  # what ignoring a 429 costs; asking on only prolongs it


class WikidataProvider:
    """Satisfies FindsManagement."""

    def __init__(self, http: HttpClient, *, url: str, timeout: timedelta, clock: Clock) -> None:
        """`url` is the SPARQL endpoint; `timeout` bounds one query from first byte to last."""
        self._http = http
        self._url = url
        self._timeout = timeout
        self._clock = clock

    def find_management(self, who: Identity) -> Answer[Management]:
        """One query. Found without managers when the item has none. Raises ProviderFault."""
        return self.find_management_of_many([who])[who]

    def find_management_of_many(self, many: Sequence[Identity]) -> Mapping[Identity, Answer[Management]]:
        """One query for all, none where nobody has an id. Raises ProviderFault; ValueError for more than MOST_AT_ONCE."""
        if len(many) > MOST_AT_ONCE:
            raise ValueError(f"at most {MOST_AT_ONCE} artists fit one query")
        query = write_query(many)
        items = parse_items(self._ask(query)) if query else ()
        return {who: choose(who, items) for who in many}

    def _ask(self, query: str) -> HttpAnswer:
        # Always posted: fifty ids are longer than some proxies take in a URL.
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
        return answer

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
