"""Which errors do Wikimedia's hosts send, word for word?"""

from sandbox.refusals import Refusals
from sandbox.wire import Answer, json_answer

_DOCS = (
    "See https://commons.wikimedia.org/w/api.php for API usage. Subscribe to the mediawiki-api-announce mailing list at "
    "&lt;https://lists.wikimedia.org/postorius/lists/mediawiki-api-announce.lists.wikimedia.org/&gt; for notice of API "
    "deprecations and breaking changes."
)
_NOT_IDENTIFIED = "Please set a user-agent and respect our robot policy https://w.wiki/4wJS. See also https://phabricator.wikimedia.org/T400119."
_THUMB_SIZES = "Use thumbnail sizes listed on https://w.wiki/GHai"
_PAGE = '<!DOCTYPE html>\n<meta charset="utf-8">\n<title>Wikimedia Error</title>\n<h1>Error</h1>\n<p>{}</p>\n'


def api_error(code: str, info: str) -> Answer:
    """Writes an error of the API, which comes with status 200."""
    body = {"error": {"code": code, "info": info, "*": _DOCS}, "servedby": "mw-api-ext.sandbox"}
    return json_answer(body, headers={"MediaWiki-API-Error": code})


def _write_page(status: int, text: str) -> Answer:
    return Answer(_PAGE.format(text).encode(), "text/html; charset=utf-8", status)


REFUSALS = Refusals(
    {
        "not_identified": Answer(_NOT_IDENTIFIED.encode(), "text/plain", 403),
        "unknown": _write_page(404, "Not Found"),
        "over_rate": _write_page(
            429, "Too many requests. Please contact noc@wikimedia.org to discuss a less disruptive approach."
        ),
        "maxlag": api_error("maxlag", "Waiting for a database server: 5.1 seconds lagged."),
        "ratelimited": api_error("ratelimited", "You've exceeded your rate limit. Please wait some time and try again."),
        "unavailable": _write_page(503, "Our servers are currently under maintenance or experiencing a technical issue"),
    }
)

IMAGE_REFUSALS = Refusals(
    {
        "bad_width": Answer(f"Error: 400, {_THUMB_SIZES}\n".encode(), "text/plain", 400),
        "not_identified": Answer(_NOT_IDENTIFIED.encode(), "text/plain", 403),
        "unknown": _write_page(404, "File not found"),
        "over_rate": Answer(f"Error: 429, {_THUMB_SIZES}\n".encode(), "text/plain", 429),
        "not_rendered": _write_page(404, "Error generating thumbnail"),
    }
)
