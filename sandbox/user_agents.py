"""Does a client say who it is? Services run for the public refuse those that do not."""

import re

from sandbox.wire import Request

_LIBRARY = re.compile(
    r"(python-requests|python-httpx|python-urllib|python|aiohttp|curl|wget|java|okhttp|go-http-client|node-fetch|axios|libwww-perl|"
    r"python-musicbrainz|pylast|sparqlwrapper)\b[^(]*",
    re.IGNORECASE,
)


def is_identified(request: Request) -> bool:
    """Tells whether the User-Agent is more than a library's default; a library's name with a contact behind it passes."""
    user_agent = request.headers.get("user-agent", "").strip()
    return bool(user_agent) and not _LIBRARY.fullmatch(user_agent)
