"""Which errors does MusicBrainz send, word for word?"""

from collections.abc import Mapping

from sandbox.refusals import Refusals
from sandbox.wire import json_answer

HELP = "For usage, please see: https://musicbrainz.org/development/mmd"
_BUSY: Mapping[str, str] = {
    "retry-after": "0",
    "x-mb-rate-limiter": "lua",
    "x-ratelimit-zone": "global",
    "x-ratelimit-limit": "15",
}
_OVER_RATE = (
    "Your requests are exceeding the allowable rate limit. "
    "Please see http://wiki.musicbrainz.org/XMLWebService for more information."
)
_NOT_IDENTIFIED = (
    "Your requests are being throttled by MusicBrainz because the application you are using has not identified itself. "
    "Please update your application, and see http://musicbrainz.org/doc/XML_Web_Service/Rate_Limiting for more information."
)

REFUSALS = Refusals(
    {
        "busy": json_answer(
            {"error": "The MusicBrainz web server is currently busy. Please try again later."}, status=503, headers=_BUSY
        ),
        "over_rate": json_answer({"error": _OVER_RATE}, status=503, headers=_BUSY),
        "not_identified": json_answer({"error": _NOT_IDENTIFIED}, status=403, headers={"x-ratelimit-who": "ua-missing"}),
        "unknown": json_answer({"help": HELP, "error": "Not Found"}, status=404),
        "bad_mbid": json_answer({"help": HELP, "error": "Invalid mbid."}, status=400),
    }
)
