"""The one door to the outside: how is a provider asked over HTTP, and what of its answer do we let in?"""

import math
import socket
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from kernel import deadline
from kernel.addresses import AddressBook, ForbiddenAddress, Resolve
from kernel.errors import ProviderMalformed, ProviderTimeout, ProviderUnavailable
from kernel.http_transport import GuardedTransport
from kernel.limiter import LONGEST_WAIT

MAX_BYTES = 4 * 1024 * 1024

_ABOUT_FRAMING = ("content-encoding", "content-length", "transfer-encoding")


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back: the body decompressed, headers found in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class HttpClient:
    """One connection pool for a whole process, shared by its threads.

    Connects to public addresses over https only, except for `trusted_hosts` (`host:port`); takes no proxy from the
    environment and keeps no cookies.
    """

    def __init__(self, *, user_agent: str, trusted_hosts: Collection[str], resolve: Resolve = socket.getaddrinfo) -> None:
        self._addresses = AddressBook(trusted_hosts=trusted_hosts, resolve=resolve)
        self._client = httpx.Client(
            transport=GuardedTransport(self._addresses),
            headers={"User-Agent": user_agent, "Accept-Encoding": "gzip"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            trust_env=False,
        )

    def request(
        self,
        method: str,
        url: str,
        *,
        provider: str,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        timeout: timedelta,
        max_bytes: int = MAX_BYTES,
    ) -> HttpAnswer:
        """The provider's answer, whatever its status; all of it within `timeout` and the deadline.

        A redirect is an answer like any other: nobody is followed.
        Raises ProviderTimeout; ProviderUnavailable (refused, reset, no such name, bad certificate); ProviderMalformed (more
        than `max_bytes` as sent or decompressed, cut off, an address or scheme that is not allowed).
        """
        with deadline.within(timeout), _faults_of(provider):
            request = self._client.build_request(method, url, headers=headers, content=content, timeout=deadline.remaining())
            self._check(request.url, provider)
            with closing(self._client.send(request, stream=True)) as response:
                body = _read(response, provider, max_bytes)
            kept = httpx.Headers([pair for pair in response.headers.multi_items() if pair[0] not in _ABOUT_FRAMING])
            return HttpAnswer(response.status_code, kept, body)

    def close(self) -> None:
        """Closes the pooled connections."""
        self._client.close()
        self._addresses.close()

    def _check(self, url: httpx.URL, provider: str) -> None:
        is_allowed = url.scheme == "https" or (url.scheme == "http" and self._addresses.is_trusted(url.host, url.port or 80))
        if not is_allowed or not url.host or url.userinfo:
            raise ProviderMalformed(provider, "leads to a URL that is not allowed")


def parse_retry_after(text: str | None, now: datetime) -> timedelta | None:
    """What a Retry-After header asks for, seconds or a date, between nothing and a week; None where it makes no sense."""
    try:
        date = parsedate_tz(text or "")
        until = datetime(*date[:6], tzinfo=UTC) - timedelta(seconds=date[9] or 0) if date else None
        seconds = (until - now).total_seconds() if until else float(text or "nan")
    except (ValueError, OverflowError):
        return None
    return None if math.isnan(seconds) else timedelta(seconds=min(max(seconds, 0.0), LONGEST_WAIT.total_seconds()))


@contextmanager
def _faults_of(provider: str) -> Iterator[None]:
    try:
        yield
    except (httpx.TimeoutException, TimeoutError) as error:
        raise ProviderTimeout(provider, "did not answer in time") from error
    except ForbiddenAddress as error:
        raise ProviderMalformed(provider, "leads to an address that is not allowed") from error
    except (httpx.InvalidURL, httpx.LocalProtocolError, httpx.UnsupportedProtocol, zlib.error, UnicodeError) as error:
        raise ProviderMalformed(provider, "sent what is not HTTP") from error
    except (httpx.TransportError, OSError) as error:
        raise ProviderUnavailable(provider, "could not be reached") from error


def _read(response: httpx.Response, provider: str, max_bytes: int) -> bytes:
    """Decompresses no more than is taken: half a megabyte of gzip can hold a gigabyte."""
    encoding = response.headers.get("content-encoding", "").lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise ProviderMalformed(provider, "used an encoding that was not asked for")
    gzip = zlib.decompressobj(zlib.MAX_WBITS | 16) if "gzip" in encoding else None
    body = bytearray()
    received = 0
    try:
        for chunk in response.iter_raw():
            received += len(chunk)
            body += gzip.decompress(chunk, max_bytes + 1 - len(body)) if gzip else chunk
            if max(received, len(body)) > max_bytes:
                raise ProviderMalformed(provider, "sent more than we take")
    except httpx.RemoteProtocolError as error:
        raise ProviderMalformed(provider, "cut its answer off") from error
    if received and gzip and not gzip.eof:
        raise ProviderMalformed(provider, "cut its answer off")
    return bytes(body)
