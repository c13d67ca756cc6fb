"""How is a picture fetched from an address that strangers wrote? From its source's own hosts only, and only if it is a picture.

What comes back is a JPEG, PNG, WebP or GIF, whole as far as its container tells, or it is a fault: every source is asked for what
its own server has drawn, so a web page, an SVG, or half a picture says that something stands between us and it, and nothing about
whether there is a picture. That there is none is believed of a 404 or 410 that is no web page, or one in the source's own words.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

from kernel.clock import Clock
from kernel.errors import ProviderFault, ProviderMalformed, ProviderThrottled, ProviderUnavailable
from kernel.evidence import Absent, Answer, Found
from kernel.guard import Guard
from kernel.http import HttpAnswer, HttpClient, parse_retry_after
from services.cover.containers import looks_like_page, media_type_of
from upstreams.reading import is_server_error

MAX_BYTES = 10 * 1024 * 1024
"""Of what a server has drawn for us: ten times of what that takes. Twice as much is held while it is read, by each thread."""
MAX_REDIRECTS = 5

_ACCEPT = {"Accept": "image/jpeg,image/png,image/webp,image/gif"}
_PAUSE = timedelta(seconds=30)
_LONGEST = 2000
# Nothing but this, so that no two readers of it can see two hosts: no user, no backslash, no blank, no letter beyond ASCII.
_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::(?P<port>\d{1,5}))?(?P<rest>(?:[/?][!-\[\]-~]*)?)",
    re.IGNORECASE | re.ASCII,
)
_PORTS = {"http": "80", "https": "443"}
_REDIRECTS = (
    HTTPStatus.MOVED_PERMANENTLY,
    HTTPStatus.FOUND,
    HTTPStatus.SEE_OTHER,
    HTTPStatus.TEMPORARY_REDIRECT,
    HTTPStatus.PERMANENT_REDIRECT,
)
_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


@dataclass(frozen=True, slots=True)
class Hosts:
    """Where one source's pictures may lie.

    `names` are reached over https at its usual port; `*.` in front stands for everything below. `trusted` are `host:port`, over
    http as well: the sandbox, or a mirror at home.
    """

    names: frozenset[str]
    trusted: frozenset[str] = frozenset()

    def admit(self, url: str) -> str | None:
        """The URL as it may be asked, http made https where the name allows no other; None where nobody may ask it."""
        found = _ADDRESS.fullmatch(url) if len(url) <= _LONGEST else None
        if not found:
            return None
        scheme, host, rest = found["scheme"].lower(), found["host"].lower(), found["rest"]
        port = found["port"] or _PORTS[scheme]
        if not self.trusted.isdisjoint((f"{host}:{port}", f"{host.strip('[]')}:{port}")):
            return f"{scheme}://{host}:{port}{rest}"
        return f"https://{host}{rest}" if port == _PORTS[scheme] and self._has(host) else None

    def _has(self, host: str) -> bool:
        if "xn--" in host:  # no source has such names, and what is none of them httpx fails at
            return False
        below = (f"*.{host[dot + 1 :]}" for dot in range(len(host)) if host[dot] == ".")
        return host in self.names or any(name in self.names for name in below)


def host_port_of(url: str) -> str:
    """What a person who typed this URL trusts."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or _PORTS.get(parts.scheme, '')}"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where a source's pictures lie: `guard` stands before the first address, `onward` before those that it redirects to.

    They are two where they are two upstreams, so that one that is down does not close the other's door.
    """

    hosts: Hosts
    guard: Guard
    onward: Guard


@dataclass(frozen=True, slots=True)
class Fetched:
    """A picture's bytes, what they are by their own first bytes, and from where they came in the end."""

    content: bytes
    media_type: str
    url: str


@dataclass(frozen=True, slots=True)
class Missing:
    """The server has no such picture; `redirects` led there."""

    redirects: int


def is_no_page(answer: HttpAnswer) -> bool:
    """Whether a 404 may be an image server's own: proxies and portals speak in web pages."""
    return not looks_like_page(answer.body)


class Fetcher:
    """Fetches pictures, each redirect by hand: every address is judged, and asked behind its own guard."""

    def __init__(self, http: HttpClient, *, timeout: timedelta, clock: Clock) -> None:
        """`timeout` bounds each server's answer from first byte to last."""
        self._http = http
        self._timeout = timeout
        self._clock = clock

    def fetch(self, url: str, shelf: Shelf, *, knows: Callable[[HttpAnswer], bool] = is_no_page) -> Fetched | Missing:
        """The picture. `knows` tells whether a 404 of the first address is its own word. Raises ProviderFault, DeadlineSpent."""
        guard = shelf.guard
        trail: tuple[str, ...] = (_admitted(url, shelf.hosts, guard.provider),)
        while True:
            answer = guard.call("picture", partial(self._ask, trail, shelf.hosts, guard.provider, knows))
            if not isinstance(answer, Found):
                return Missing(len(trail) - 1)
            if isinstance(answer.value, Fetched):
                return answer.value
            guard, trail, knows = shelf.onward, (*trail, answer.value), _believes

    def _ask(
        self, trail: tuple[str, ...], hosts: Hosts, provider: str, knows: Callable[[HttpAnswer], bool]
    ) -> Answer[Fetched | str]:
        """One call to the last of the trail: the picture, or the next address."""
        url = trail[-1]
        answer = self._http.request("GET", url, provider=provider, headers=_ACCEPT, timeout=self._timeout, max_bytes=MAX_BYTES)
        if answer.status in _REDIRECTS:
            return Found(_next_of(answer, trail, hosts, provider))
        if answer.status in _GONE and knows(answer):
            return Absent("There is no such picture.")
        if answer.status != HTTPStatus.OK:
            raise fault_of(answer, provider, self._clock.now())
        media_type = media_type_of(answer.body)
        if not media_type:
            raise ProviderMalformed(provider, "sent something that is no whole picture")
        return Found(Fetched(answer.body, media_type, url))


def fault_of(answer: HttpAnswer, provider: str, now: datetime) -> ProviderFault:
    """The fault behind a status that is no answer."""
    asked = parse_retry_after(answer.headers.get("retry-after"), now)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return ProviderThrottled(provider, "too many requests", retry_after=asked or _PAUSE)
    if is_server_error(answer):
        return ProviderUnavailable(provider, f"temporarily unavailable (HTTP {answer.status})", retry_after=asked)
    return ProviderMalformed(provider, f"an answer we do not understand (HTTP {answer.status})")


def _next_of(answer: HttpAnswer, trail: tuple[str, ...], hosts: Hosts, provider: str) -> str:
    try:
        location = urljoin(trail[-1], answer.headers.get("location", ""))
    except ValueError as error:
        raise ProviderMalformed(provider, "redirects to what is no URL") from error
    following = _admitted(location, hosts, provider)
    if following in trail or len(trail) > MAX_REDIRECTS:
        raise ProviderMalformed(provider, "redirects without end")
    return following


def _admitted(url: str, hosts: Hosts, provider: str) -> str:
    admitted = hosts.admit(url)
    if admitted is None:
        raise ProviderMalformed(provider, "leads to a URL that is not allowed")
    return admitted


def _believes(answer: HttpAnswer) -> bool:  # noqa: ARG001 - who was redirected to speaks in pages of many kinds
    return True
