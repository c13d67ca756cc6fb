"""How does pylast, which brings an HTTP client of its own, come through the one door to the outside?"""

from datetime import timedelta
from functools import partial

import httpx2

from kernel.http import MAX_BYTES, HttpClient

_OWN_HEADERS = ("accept-encoding", "connection", "content-length", "host", "transfer-encoding", "user-agent")


class BridgeTransport(httpx2.BaseTransport):
    """Our door for a library that brings its own httpx2 client: one shared pool, the same checks, caps and deadline.

    `base_url` takes the place of scheme, host and the path's `prefix` in whatever the library asks for. Faults are raised
    through the library; one that wraps every exception leaves ours as the `__cause__`.
    """

    def __init__(
        self, http: HttpClient, base_url: str, *, provider: str, timeout: timedelta, prefix: str = "/", max_bytes: int = MAX_BYTES
    ) -> None:
        self._ask = partial(http.request, provider=provider, timeout=timeout, max_bytes=max_bytes)
        self._base_url = base_url
        self._prefix = prefix

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = self._base_url + request.url.raw_path.decode("ascii").removeprefix(self._prefix)
        headers = {name: value for name, value in request.headers.items() if name not in _OWN_HEADERS}
        answer = self._ask(request.method, url, headers=headers, content=request.read())
        return httpx2.Response(answer.status, headers=dict(answer.headers), content=answer.body, request=request)

    def close(self) -> None:
        """Nothing: such libraries close their transports after each call, and this one's pool is everybody's."""
