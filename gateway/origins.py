"""Which web pages may talk to us, and under which names may we be called?

Without a token secret everybody who reaches us is the owner, and a browser on this machine reaches us for any page it shows. So
then the Host must be a loopback one (else a page's own name was pointed at 127.0.0.1: DNS rebinding), and an Origin must be our
own or a listed one (else a page elsewhere drives us: CSRF).

With a secret, a browser that signed in sends its session along by itself, which counts for our own pages only. Listed ones bring
a token.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from gateway.problems import Problem
from kernel.auth import is_loopback

_PROBED = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked for under the address of the pod, which nobody could list."""

_SAFE_METHODS = frozenset({"GET", "HEAD"})
_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
_REQUEST_HEADERS = "authorization, content-type, idempotency-key, if-none-match, last-event-id, prefer, range, x-request-id"
_RESPONSE_HEADERS = (
    "etag, idempotency-replayed, link, location, ratelimit, ratelimit-policy, retry-after, x-request-id, content-range"
)


class Origins:
    """`listed`: origins elsewhere that may use the API (CORS). `hosts`: our names besides loopback. `open_house`: no tokens."""

    def __init__(self, *, listed: Collection[str], hosts: Collection[str], open_house: bool) -> None:
        self._listed = frozenset(listed)
        self._hosts = frozenset(host.lower() for host in hosts)
        self._open_house = open_house

    def check(self, scheme: str, path: str, headers: Headers) -> None:
        """Raises Problem foreign-origin for a request that is not ours to answer."""
        is_bound = self._open_house or (self._hosts and path not in _PROBED)
        if is_bound and not self._is_ours(headers.getlist("host")):
            raise Problem("foreign-origin", "This gateway is not known under that host name (GATEWAY_ALLOWED_HOSTS).")
        if not self._open_house:
            return  # a foreign page has no token to send, and a session does not count for it
        origin = headers.get("origin")
        if origin is not None and origin not in self._listed and origin != f"{scheme}://{headers['host']}":
            raise Problem("foreign-origin", "Web pages of that origin may not use this gateway (GATEWAY_CORS_ORIGINS).")
        if origin is None and headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-mode") != "navigate":
            raise Problem("foreign-origin", "Web pages elsewhere may not use this gateway (GATEWAY_CORS_ORIGINS).")

    def is_own_page(self, method: str, headers: Headers) -> bool:
        """Whether it was a page of ours that had the browser ask; or, for what changes nothing, a person who typed the address.

        Browsers say it in Sec-Fetch-Site where the way is safe (TLS, loopback), and for all but reads in the Origin. A read with
        neither is left to the session's SameSite. The Origin's scheme is not compared: before a proxy it is not ours.
        """
        reads = method in _SAFE_METHODS
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None:
            return site == "same-origin" or (reads and site == "none")
        if origin is None:
            return reads
        return "host" in headers and origin in {f"{scheme}://{headers['host']}" for scheme in ("http", "https")}

    def grants(self, headers: Headers) -> dict[str, str]:
        """CORS headers of an answer; none for a page that is not listed."""
        origin = headers.get("origin")
        if origin not in self._listed or origin is None:
            return {"vary": "Origin"} if self._listed else {}
        return {"access-control-allow-origin": origin, "access-control-expose-headers": _RESPONSE_HEADERS, "vary": "Origin"}

    def preflight(self, headers: Headers) -> dict[str, str] | None:
        """The answer to a browser that asks first; None where it does not."""
        if headers.get("origin") not in self._listed or "access-control-request-method" not in headers:
            return None
        return {
            "access-control-allow-methods": _METHODS,
            "access-control-allow-headers": _REQUEST_HEADERS,
            "access-control-max-age": "600",
        }

    def _is_ours(self, hosts: list[str]) -> bool:
        if len(hosts) != 1:
            return False
        try:
            name = urlsplit(f"//{hosts[0]}").hostname or ""
        except ValueError:
            return False
        return is_loopback(name) or name in self._hosts
