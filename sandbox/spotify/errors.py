"""Which errors does Spotify send, word for word?"""

from sandbox.refusals import Refusals
from sandbox.wire import Answer, json_answer

_EXPIRED = 'Bearer realm="spotify", error="invalid_token", error_description="The access token expired"'
_PREMIUM = (
    b"Active premium subscription required for the owner of the app. When the subscription status changes, "
    b"it can take a few hours before requests are allowed again."
)


def error_body(status: int, message: str) -> dict[str, object]:
    """Writes the body of an error of the Web API."""
    return {"error": {"status": status, "message": message}}


REFUSALS = Refusals(
    {
        "expired_token": json_answer(
            error_body(401, "The access token expired"), status=401, headers={"www-authenticate": _EXPIRED}
        ),
        "bad_id": json_answer(error_body(400, "Invalid base62 id"), status=400),
        "bad_limit": json_answer(error_body(400, "Invalid limit"), status=400),
        "unknown": json_answer(error_body(404, "Resource not found"), status=404),
        "forbidden": json_answer(error_body(403, "Forbidden"), status=403),
        "premium": Answer(_PREMIUM, "text/plain", 403),
        "rate_limit": json_answer(error_body(429, "API rate limit exceeded"), status=429, headers={"retry-after": "7"}),
        "rate_limit_text": Answer(b"Too many requests", "text/plain", 429, {"retry-after": "3600"}),
        "quota": json_answer(
            {"error": {"status": 429, "message": "Too many requests", "reason": "QUOTA_EXCEEDED"}},
            status=429,
            headers={"retry-after": "83276"},
        ),
        "bad_gateway": json_answer(error_body(502, "Bad gateway."), status=502),
    }
)

ACCOUNT_REFUSALS = Refusals(
    {
        "invalid_client": json_answer({"error": "invalid_client", "error_description": "Invalid client"}, status=400),
        "no_credentials": json_answer({"error": "invalid_client"}, status=400),
        "bad_grant": json_answer(
            {"error": "unsupported_grant_type", "error_description": "grant_type parameter is missing"}, status=400
        ),
    }
)
