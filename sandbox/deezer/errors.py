"""Which errors does Deezer send, word for word? All of them with status 200."""

from sandbox.refusals import Refusals
from sandbox.wire import Answer, json_answer


def error_answer(kind: str, message: str, code: int) -> Answer:
    """Writes an error; HTTP knows nothing of it."""
    return json_answer({"error": {"type": kind, "message": message, "code": code}})


def refuse_path(path: str) -> Answer:
    """Refuses an address that the sandbox does not know."""
    return error_answer("InvalidQueryException", f"Unknown path components : {path}", 600)


_QUOTA = error_answer("Exception", "Quota limit exceeded", 4)
_BAD_PARAMETER = error_answer("ParameterException", "Wrong parameter", 500)
_MISSING_PARAMETER = error_answer("MissingParameterException", "Missing parameters: q", 501)
_UNKNOWN_PATH = refuse_path("/foo")
_BUSY = error_answer("Exception", "Service busy", 700)
_NO_DATA = error_answer("DataException", "no data", 800)
REFUSALS = Refusals(
    {
        "quota": _QUOTA,
        "bad_parameter": _BAD_PARAMETER,
        "missing_parameter": _MISSING_PARAMETER,
        "unknown_path": _UNKNOWN_PATH,
        "busy": _BUSY,
        "no_data": _NO_DATA,
        "4": _QUOTA,
        "500": _BAD_PARAMETER,
        "501": _MISSING_PARAMETER,
        "600": _UNKNOWN_PATH,
        "700": _BUSY,
        "800": _NO_DATA,
    }
)
