"""How is Wikimedia Commons asked about a file, and what do its refusals mean?"""

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlencode

from kernel.clock import Clock
from kernel.errors import ProviderFault, ProviderMalformed, ProviderRejected, ProviderThrottled, ProviderUnavailable
from kernel.evidence import Absent, Answer, Found
from kernel.guard import Guard
from kernel.http import HttpAnswer, HttpClient
from services.cover.domain import SourceName
from services.cover.fetching import fault_of
from services.cover.providers.commons.answers import Portrait, parse_portrait
from upstreams.reading import Json, child, parse_object, text

NAME = SourceName.COMMONS.value

_MOST_BYTES = 256 * 1024
_ASKED: Mapping[str, str] = {
    "action": "query",
    "format": "json",
    "formatversion": "2",
    "prop": "imageinfo",
    "iiprop": "url|size|mime|extmetadata",
    "iiextmetadatafilter": "Artist|LicenseShortName",
}
_PAUSE = timedelta(seconds=30)
_LAG = timedelta(seconds=5)
_UNKNOWN = Absent("Wikimedia Commons has no such file, or nothing to show of it.")


class Commons:
    """The API of Wikimedia Commons."""

    def __init__(self, http: HttpClient, *, url: str, timeout: timedelta, clock: Clock, guard: Guard) -> None:
        """`url` is the address of `api.php`; `timeout` bounds one call."""
        self._http = http
        self._url = url
        self._timeout = timeout
        self._clock = clock
        self._guard = guard

    def find(self, file: str, width: int) -> Portrait | None:
        """The file as it is shown at a width; None where there is none. Raises ProviderFault, DeadlineSpent."""

        def ask() -> Answer[Portrait]:
            portrait = parse_portrait(self._ask({**_ASKED, "titles": f"File:{file}", "iiurlwidth": str(width)}))
            return _UNKNOWN if portrait is None else Found(portrait)

        answer = self._guard.call("imageinfo", ask)
        return answer.value if isinstance(answer, Found) else None

    def _ask(self, params: Mapping[str, str]) -> Json:
        answer = self._http.request(
            "GET",
            f"{self._url}?{urlencode(params)}",
            provider=NAME,
            headers={"Accept": "application/json"},
            timeout=self._timeout,
            max_bytes=_MOST_BYTES,
        )
        if answer.status != HTTPStatus.OK:
            raise self._fault_of(answer)
        node = parse_object(answer, NAME)
        if "error" in node:  # comes with status 200
            raise _fault_of_code(text(child(node, "error"), "code"))
        return node

    def _fault_of(self, answer: HttpAnswer) -> ProviderFault:
        if answer.status == HTTPStatus.FORBIDDEN and b"user-agent" in answer.body.lower():
            return ProviderRejected(NAME, "our User-Agent is refused; check CONTACT")
        return fault_of(answer, NAME, self._clock.now())


def _fault_of_code(code: str) -> ProviderFault:
    if code == "ratelimited":
        return ProviderThrottled(NAME, "too many requests", retry_after=_PAUSE)
    if code in ("maxlag", "readonly") or code.startswith("internal_api_error"):
        return ProviderUnavailable(NAME, "temporarily unavailable", retry_after=_LAG)
    return ProviderMalformed(NAME, "refuses the question")
