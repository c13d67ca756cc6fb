"""Which errors does Apify send, and for which tokens?"""

from sandbox.apify.asking import read_token
from sandbox.refusals import Refusals
from sandbox.wire import Answer, Request, json_answer

# Tokens with a story; any other is good.
_STORIES = {"": "no_token", "invalid-token": "bad_token", "poor-token": "no_usage", "unrented-token": "not_rented"}


def _error(status: int, kind: str, message: str, headers: dict[str, str] | None = None) -> Answer:
    return json_answer({"error": {"type": kind, "message": message}}, status, headers)


REFUSALS = Refusals(
    {
        "no_token": _error(401, "token-not-provided", "Authentication token was not provided"),
        "bad_token": _error(401, "user-or-token-not-found", "User was not found or authentication token is not valid"),
        "no_usage": _error(
            402, "not-enough-usage-to-run-paid-actor", "By launching this job you will exceed your remaining usage."
        ),
        "not_rented": _error(403, "actor-is-not-rented", "You must rent a paid Actor in order to run it."),
        "unknown": _error(404, "record-or-token-not-found", "Actor was not found or access denied"),
        "no_record": _error(404, "record-not-found", "Requested record was not found"),
        "run_failed": _error(400, "run-failed", "Actor run did not succeed (run ID: HG7ML7M8z78YcAPEB, status: FAILED)."),
        "too_long": _error(408, "run-timeout-exceeded", "Actor run exceeded the timeout of 300 seconds for this API endpoint"),
        "rate_limit": _error(
            429,
            "rate-limit-exceeded",
            "You have exceeded the rate limit of 60 requests per second",
            {"X-RateLimit-Limit": "60"},
        ),
    }
)


def refuse_token(request: Request) -> Answer | None:
    """Refuses the tokens that have a story; None for all others."""
    story = _STORIES.get(read_token(request))
    return REFUSALS.refuse(request, story, None) if story else None


def refuse_failed(run_id: str, status: str) -> Answer:
    """Tells that a run ended in another way than it should."""
    return _error(400, "run-failed", f"Actor run did not succeed (run ID: {run_id}, status: {status}).")
