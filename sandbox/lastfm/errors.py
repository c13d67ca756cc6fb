"""Which error does Last.fm answer, with which text and HTTP status?"""

from collections.abc import Mapping
from types import MappingProxyType

import orjson

from sandbox.lastfm.element import Element, escape_slashes, format_pretty_xml
from sandbox.wire import Answer

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Server": "openresty/1.13.6.2",
        "Via": "1.1 google",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "POST, GET, OPTIONS",
        "Access-Control-Max-Age": "86400",
    }
)
XML, JSON = "text/xml; charset=UTF-8", "application/json"

_RATE = (
    "Rate Limit Exceeded - This application has made too many requests in a short period. "
    "If this is your API key, see https://www.last.fm/api/tos#4.4 for information about raising the limit."
)
_ERRORS: Mapping[int, tuple[int, str]] = MappingProxyType(
    {
        3: (400, "Invalid Method - No method with that name in this package"),
        4: (403, "Unauthorized Token - This token has not been issued"),
        6: (400, "Invalid parameters - Your request is missing a required parameter"),
        8: (500, "Operation failed - Most likely the backend service failed. Please try again."),
        9: (403, "Invalid session key - Please re-authenticate"),
        10: (403, "Invalid API key - You must be granted a valid key by last.fm"),
        11: (503, "Service Offline - This service is temporarily offline. Try again later."),
        16: (503, "The service is temporarily unavailable, please try again."),
        17: (403, "Login: User required to be logged in"),
        26: (403, "API Key Suspended - This application is not allowed to make requests to the web services"),
        29: (429, _RATE),
    }
)


class LastfmError(Exception):
    """One refusal. `has_links` is the body of the older backend, which answers misses with status 200."""

    def __init__(self, code: int, message: str, status: int, *, has_links: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.has_links = has_links


def build_error(code: int, status: int | None = None) -> LastfmError:
    """Builds the usual error of that code, or with another HTTP status."""
    usual, message = _ERRORS.get(code, (400, f"Error {code}"))
    return LastfmError(code, message, status or usual)


def build_bad_parameter(message: str) -> LastfmError:
    """Builds error 6 for a parameter out of bounds."""
    return LastfmError(6, message, 400)


def build_miss(message: str) -> LastfmError:
    """Builds error 6 for an artist, album or track that nobody knows."""
    return LastfmError(6, message, 200, has_links=True)


def format_error(error: LastfmError, *, as_json: bool) -> Answer:
    """Writes the error body in the format that was asked for."""
    if not as_json:
        root = Element("error", error.message, {"code": error.code})
        return Answer(format_pretty_xml(root, "failed"), XML, error.status, HEADERS)
    body: dict[str, object] = {"message": error.message, "error": error.code}
    if error.has_links:
        body = {"error": error.code, "message": error.message, "links": []}
    return Answer(escape_slashes(orjson.dumps(body)), JSON, error.status, HEADERS)
