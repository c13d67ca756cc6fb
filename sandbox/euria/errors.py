"""Which errors does EurIA send, in which of its two envelopes?"""

from collections.abc import Sequence

from sandbox.refusals import Refusals
from sandbox.wire import Answer, json_answer


def refuse_by_infomaniak(status: int, code: str, description: str, errors: Sequence[object] = ()) -> Answer:
    """Refuses as Infomaniak's own front door does."""
    error: dict[str, object] = {"code": code, "description": description}
    return json_answer({"result": "error", "error": {**error, "errors": list(errors)} if errors else error}, status)


def refuse_by_gateway(message: str) -> Answer:
    """Refuses as the gateway of the models does, in OpenAI's words."""
    return json_answer({"error": {"message": message, "type": "invalid_request_error", "param": None, "code": 400}}, 400)


def refuse_missing(*fields: str) -> Answer:
    """Refuses a body that lacks these fields."""
    errors = [
        {
            "code": "validation_rule_required",
            "description": f"The {field} field is required.",
            "context": {"attribute": field},
        }
        for field in fields
    ]
    return refuse_by_infomaniak(422, "validation_failed", "Validation failed", errors)


REFUSALS = Refusals(
    {
        "bad_token": refuse_by_infomaniak(401, "not_authorized", "Not authorized."),
        "wrong_product": refuse_by_infomaniak(403, "access_denied", "Access denied."),
        "unknown": refuse_by_infomaniak(404, "object_not_found", "Object not found"),
        "validation": refuse_missing("model"),
        "gateway_refusal": refuse_by_gateway("response_format json_object is not supported"),
        "rate_limit": refuse_by_infomaniak(429, "too_many_requests", "Too many requests"),
    }
)
