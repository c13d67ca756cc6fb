"""How is Last.fm's API asked? One call per API method, every field read from its answer.

pylast speaks the protocol (XML over POST, error codes), our HTTP door carries it. Its getters are not used: each sends the whole
request again (seven calls where three do), and they drop MusicBrainz ids and images. Anonymous reads, no session key.
"""

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from xml.dom.minidom import Element
from xml.parsers.expat import ExpatError

import httpx2
import pylast

from kernel.clock import Clock
from kernel.errors import (
    ProviderFault,
    ProviderMalformed,
    ProviderRejected,
    ProviderThrottled,
    ProviderUnavailable,
    SoniqueBayError,
)
from kernel.http import HttpClient, parse_retry_after
from upstreams.bridge import BridgeTransport

NAME = "lastfm"
LICENCE = "Last.fm terms of service"

_MOST_BYTES = 512 * 1024  # the longest answers are tens of KiB; pylast parses each twice, and prints it once more
_THROTTLE_PAUSE = timedelta(seconds=60)  # Last.fm averages over minutes and sends no Retry-After
_SUSPENDED_PAUSE = timedelta(hours=6)
_TEMPORARY = frozenset({"8", "11", "16"})
_KEY_REFUSED = frozenset({"4", "9", "10", "14", "17"})
# pylast's reader trips over HTML, empty, cut and deeply nested bodies in as many ways as there are bodies.
_UNREADABLE = (pylast.MalformedResponseError, ExpatError, IndexError, AttributeError, ValueError, RecursionError)
_NOT_FOUND_WORDS = ("not be found", "not found", "no such")


class LastfmApi:
    """Reads of Last.fm's API."""

    def __init__(self, http: HttpClient, *, api_key: str, url: str, timeout: timedelta, clock: Clock) -> None:
        """`url` is the API's address; `timeout` bounds one call from first byte to last."""
        transport = _Door(http, url, provider=NAME, timeout=timeout, prefix="/2.0/", clock=clock)
        self._network = pylast.LastFMNetwork(api_key=api_key)
        # pylast opens a client per call and picks its transport here; the key must be this specific or a proxy variable wins.
        self._network.proxy = {"https://": transport}  # type: ignore[dict-item]  # typed too narrowly: any transport is taken

    def ask(self, method: str, params: Mapping[str, str | int], root: str) -> Element | None:
        """The element named `root` of the answer, or None when Last.fm says there is no such thing. Raises ProviderFault."""
        try:
            # The public getters repeat the request for every field; this is the call beneath them.
            document = pylast._Request(self._network, method, dict(params)).execute()  # noqa: SLF001
            nodes = document.getElementsByTagName(root)
        except pylast.WSError as error:
            if _says_not_found(error):
                return None
            raise _fault_of(error) from error
        except pylast.NetworkError as error:
            raise _cause_of(error) from error
        except _UNREADABLE as error:
            raise ProviderMalformed(NAME, "the answer is not Last.fm's XML") from error
        if not nodes:
            raise ProviderMalformed(NAME, f"the answer has no <{root}>")
        return nodes[0]


class _Door(BridgeTransport):
    """pylast never sees a 429: it reads the body for Last.fm's own code, and there is none when a proxy in front says no."""

    def __init__(self, http: HttpClient, url: str, *, provider: str, timeout: timedelta, prefix: str, clock: Clock) -> None:
        super().__init__(http, url, provider=provider, timeout=timeout, prefix=prefix, max_bytes=_MOST_BYTES)
        self._clock = clock

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        response = super().handle_request(request)
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            asked = parse_retry_after(response.headers.get("retry-after"), self._clock.now())
            raise ProviderThrottled(NAME, "too many requests", retry_after=asked or _THROTTLE_PAUSE)
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:  # pylast knows four of them, and not those of proxies
            raise ProviderUnavailable(NAME, f"temporarily unavailable (HTTP {response.status_code})")
        return response


def _says_not_found(error: pylast.WSError) -> bool:
    # Code 6 also means "you forgot a parameter": only the words tell.
    return str(error.status) == "6" and any(words in str(error.details).lower() for words in _NOT_FOUND_WORDS)


def _fault_of(error: pylast.WSError) -> ProviderFault:
    code = str(error.status)
    if code in _TEMPORARY:
        return ProviderUnavailable(NAME, f"temporarily unavailable (code {code})")
    if code == "29":
        return ProviderThrottled(NAME, "too many requests (code 29)", retry_after=_THROTTLE_PAUSE)
    if code == "26":
        return ProviderRejected(NAME, "the API key is suspended (code 26)", retry_after=_SUSPENDED_PAUSE)
    if code in _KEY_REFUSED:
        return ProviderRejected(NAME, f"the API key is refused (code {code}); check LASTFM_API_KEY")
    return ProviderMalformed(NAME, f"an answer we do not understand (code {code})")


def _cause_of(error: pylast.NetworkError) -> SoniqueBayError:
    cause = error.__cause__
    return cause if isinstance(cause, SoniqueBayError) else ProviderUnavailable(NAME, "the connection failed")
