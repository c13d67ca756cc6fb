"""With which bodies and words does ListenBrainz refuse?"""

from collections.abc import Mapping

from sandbox.refusals import Refusals
from sandbox.wire import Answer, json_answer

LARGEST_BODY = 10_240_000
_OVER_LIMIT = (
    "You have exceeded your rate limit. See the X-RateLimit-* response headers for more information on your current rate limit."
)


class ListenBrainzError(Exception):
    """One refusal; `about` is what was refused, which the service sends back beside the words."""

    def __init__(self, message: str, status: int = 400, about: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.about = about or {}


def format_error(error: ListenBrainzError) -> Answer:
    """Writes the body, the HTTP status in it once more."""
    return json_answer({**error.about, "code": error.status, "error": error.message}, error.status)


REFUSALS = Refusals(
    {
        "bad_token": format_error(ListenBrainzError("Invalid authorization token.", 401)),
        "too_large": format_error(ListenBrainzError(f"JSON document is too large. Maximum size is {LARGEST_BODY} bytes.")),
        "unknown_user": format_error(ListenBrainzError("Cannot find user: example_user", 404)),
        "over_limit": format_error(ListenBrainzError(_OVER_LIMIT, 429)),
    }
)
