"""The one door to the outside: how is a provider asked over HTTP, and what of its answer do we let in?"""

import logging
import math
import socket
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx
import httpx2

from kernel import deadline
from kernel.addresses import AddressBook, ForbiddenAddress, Resolve
from kernel.errors import ProviderMalformed, ProviderTimeout, ProviderUnavailable
from kernel.http_transport import GuardedTransport
from kernel.limiter import LONGEST_WAIT

MAX_BYTES = 4 * 1024 * 1024

_PORTS = {"http": 80, "https": 443}
_ABOUT_FRAMING = ("content-encoding", "content-length", "transfer-encoding")
_OWN_HEADERS = ("accept-encoding", "connection", "content-length", "host", "transfer-encoding", "user-agent")
_TOLD_TO_STRANGERS = ("accept", "connection", "content-", "host", "user-agent")


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back: the body decompressed, headers found in any case, the URL after redirects."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


class HttpClient:
    """One connection pool for a whole process, shared by its threads.

    Connects to public addresses over https only, except for `trusted_hosts` (`host:port`); takes no proxy from the
    environment and keeps no cookies.
    """

    def __init__(self, *, user_agent: str, trusted_hosts: Collection[str], resolve: Resolve = socket.getaddrinfo) -> None:
        for name in ("httpx", "httpcore", "httpx2", "httpcore2"):  # they log whole URLs, keys in the query included
            logging.getLogger(name).setLevel(logging.WARNING)
        self._addresses = AddressBook(trusted_hosts=trusted_hosts, resolve=resolve)
        self._client = httpx.Client(
            transport=GuardedTransport(self._addresses),
            headers={"User-Agent": user_agent, "Accept-Encoding": "gzip"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            trust_env=False,
        )

    def request(  # noqa: PLR0913 - all that can be said of a request, by name
        self,
        method: str,
        url: str,
        *,
        provider: str,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        form: Mapping[str, str] | None = None,
        timeout: timedelta,
        max_bytes: int = MAX_BYTES,
        max_redirects: int = 0,
    ) -> HttpAnswer:
        """The provider's answer, whatever its status; all of it, redirects included, within `timeout` and the deadline.

        `params` replace the URL's own query. With `max_redirects=0` a redirect is an answer like any other.
        Raises ProviderTimeout; ProviderUnavailable (refused, reset, no such name, bad certificate); ProviderMalformed (more
        than `max_bytes` as sent or decompressed, cut off, too many redirects, an address or scheme that is not allowed).
        """
        with deadline.within(timeout), _faults_of(provider):
            request = self._client.build_request(
                method, url, params=params, headers=headers, content=content, data=form, timeout=deadline.remaining()
            )
            with closing(self._send(request, max_redirects)) as response:
                body = _read(response, max_bytes)
            kept = httpx.Headers([pair for pair in response.headers.multi_items() if pair[0] not in _ABOUT_FRAMING])
            return HttpAnswer(response.status_code, kept, body, str(response.url))

    def close(self) -> None:
        """Closes the pooled connections."""
        self._client.close()
        self._addresses.close()

    def _send(self, request: httpx.Request, max_redirects: int) -> httpx.Response:
        for _ in range(max_redirects + 1):
            self._check(request.url)
            response = self._client.send(request, stream=True)
            if response.next_request is None or max_redirects == 0:
                return response
            response.close()
            request = _next_hop(request, response.next_request)
        raise _Unacceptable("redirects too often.")

    def _check(self, url: httpx.URL) -> None:
        port = url.port or _PORTS.get(url.scheme, 0)
        is_allowed = url.scheme == "https" or (url.scheme == "http" and self._addresses.is_trusted(url.host, port))
        if not is_allowed or not url.host or url.userinfo:
            raise _Unacceptable("leads to a URL that is not allowed.")


class BridgeTransport(httpx2.BaseTransport):
    """Our door for a library that brings its own httpx2 client: one shared pool, the same checks, caps and deadline.

    `base_url` takes the place of scheme, host and the path's `prefix` in whatever the library asks for. Faults are raised
    through the library; one that wraps every exception leaves ours as the `__cause__`.
    """

    def __init__(
        self, http: HttpClient, base_url: str, *, provider: str, timeout: timedelta, prefix: str = "/", max_bytes: int = MAX_BYTES
    ) -> None:
        self._http = http
        self._base_url = base_url
        self._provider = provider
        self._timeout = timeout
        self._prefix = prefix
        self._max_bytes = max_bytes

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self._http.request(
            request.method,
            self._base_url + request.url.raw_path.decode("ascii").removeprefix(self._prefix),
            provider=self._provider,
            headers={name: value for name, value in request.headers.items() if name not in _OWN_HEADERS},
            content=request.read(),
            timeout=self._timeout,
            max_bytes=self._max_bytes,
        )
        return httpx2.Response(answer.status, headers=dict(answer.headers), content=answer.body, request=request)

    def close(self) -> None:
        """Nothing: such libraries close their transports after each call, and this one's pool is everybody's."""


def parse_retry_after(text: str | None, now: datetime) -> timedelta | None:
    """What a Retry-After header asks for, seconds or a date, between nothing and a week; None where it makes no sense."""
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = _seconds_until(text, now)
    return None if math.isnan(seconds) else timedelta(seconds=min(max(seconds, 0.0), LONGEST_WAIT.total_seconds()))


def _seconds_until(text: str, now: datetime) -> float:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return math.nan
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()


class _Unacceptable(Exception):
    """What the provider did, as the rest of a public sentence."""


@contextmanager
def _faults_of(provider: str) -> Iterator[None]:
    try:
        yield
    except httpx.TimeoutException as error:
        raise ProviderTimeout(provider, "did not answer in time.") from error
    except _Unacceptable as error:
        raise ProviderMalformed(provider, str(error)) from error
    except ForbiddenAddress as error:
        raise ProviderMalformed(provider, "leads to an address that is not allowed.") from error
    except (httpx.InvalidURL, httpx.LocalProtocolError, httpx.UnsupportedProtocol, zlib.error) as error:
        raise ProviderMalformed(provider, "sent what is not HTTP.") from error
    except httpx.TransportError as error:
        raise ProviderUnavailable(provider, "could not be reached.") from error


def _next_hop(request: httpx.Request, following: httpx.Request) -> httpx.Request:
    if (following.url.scheme, following.url.netloc) != (request.url.scheme, request.url.netloc):
        for name in [name for name in following.headers if not name.startswith(_TOLD_TO_STRANGERS)]:
            del following.headers[name]  # httpx drops Authorization only; keys travel in other headers too
    return following


def _read(response: httpx.Response, max_bytes: int) -> bytes:
    decode = _Decoder(response.headers.get("content-encoding", ""))
    body = bytearray()
    received = 0
    try:
        for chunk in response.iter_raw():
            received += len(chunk)
            body += decode(chunk, at_most=max_bytes + 1 - len(body))
            if max(received, len(body)) > max_bytes:
                raise _Unacceptable("sent more than we take.")
    except httpx.RemoteProtocolError as error:
        raise _Unacceptable("cut its answer off.") from error
    if received and not decode.is_complete:
        raise _Unacceptable("cut its answer off.")
    return bytes(body)


class _Decoder:
    """Decompresses no more than is asked for: half a megabyte of gzip can hold a gigabyte."""

    def __init__(self, encoding: str) -> None:
        if encoding.lower() not in ("", "identity", "gzip", "x-gzip"):
            raise _Unacceptable("used an encoding that was not asked for.")
        self._gzip = zlib.decompressobj(zlib.MAX_WBITS | 16) if "gzip" in encoding.lower() else None

    def __call__(self, chunk: bytes, *, at_most: int) -> bytes:
        return chunk if self._gzip is None else self._gzip.decompress(chunk, at_most)

    @property
    def is_complete(self) -> bool:
        return self._gzip is None or self._gzip.eof
