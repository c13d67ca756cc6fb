"""Which errors do the Cover Art Archive and the Internet Archive behind it send, word for word? Never JSON."""

from collections.abc import Mapping

from sandbox.refusals import Refusals
from sandbox.wire import Answer

_DOCTYPE = '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n'


def _page(status: int, title: str, text: str, *, doctype: str = "", headers: Mapping[str, str] | None = None) -> Answer:
    body = f"{doctype}<title>{status} {title}</title>\n<h1>{title}</h1>\n<p>{text}</p>\n"
    return Answer(body.encode(), "text/html", status, headers or {})


def refuse_missing(entity: str, mbid: str) -> Answer:
    """Tells that there is no such picture, whether there is such a release or not."""
    return _page(404, "Not Found", f"No cover art found for {entity.replace('-', ' ')} {mbid}", doctype=_DOCTYPE)


REFUSALS = Refusals(
    {
        "bad_mbid": _page(400, "Bad Request", "invalid MBID specified"),
        "unknown": _page(404, "Not Found", "The requested URL was not found on the server.", doctype=_DOCTYPE),
        "bad_method": _page(
            405, "Method Not Allowed", "The method is not allowed for the requested URL.", headers={"Allow": "GET, HEAD, OPTIONS"}
        ),
        "not_acceptable": _page(406, "Not Acceptable", "The resource exists, but in no format that was asked for."),
        "over_rate": _page(503, "Service Unavailable", "Your requests are exceeding the allowable rate limit."),
    }
)

ARCHIVE_REFUSALS = Refusals(
    {
        "unknown": _page(404, "Not Found", "The item is not available."),
        "overloaded": _page(503, "Service Unavailable", "No server is available to handle this request."),
        "bad_gateway": _page(502, "Bad Gateway", "The server returned an invalid or incomplete response."),
        "gateway_timeout": _page(504, "Gateway Time-out", "The server didn't respond in time."),
    }
)
