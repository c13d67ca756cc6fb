"""ListenBrainz' listening figures by MBID, many at once."""

import math
import uuid
from collections.abc import Callable, Mapping

from sandbox.catalogue.directory import Directory
from sandbox.catalogue.reading import make_up_number
from sandbox.refusals import Refusals
from sandbox.upstream import Budget, Limit, Upstream
from sandbox.wire import Answer, Request, json_answer, parse_json

NAME = "listenbrainz"
LIMIT = Limit(30, 10)
_POPULARITY = "/1/popularity/artist"
_LARGEST, _MOST = 10_240_000, 1000
_OVER_LIMIT = (
    "You have exceeded your rate limit. See the X-RateLimit-* response headers for more information on your current rate limit."
)
_REFUSED_TOKEN = "invalid-token"  # noqa: S105 - the one token that is refused
_MISSING = "artist_mbids JSON element must be present and contain a list of artist_mbids"


def _error(status: int, message: str) -> Answer:
    return json_answer({"code": status, "error": message}, status)


REFUSALS = Refusals(
    {
        "bad_token": _error(401, "Invalid authorization token."),
        "too_large": _error(400, f"JSON document is too large. Maximum size is {_LARGEST} bytes."),
        "unknown_user": _error(404, "Cannot find user: example_user"),
        "over_limit": _error(429, _OVER_LIMIT),
    }
)


def build(directory: Directory, clock: Callable[[], float]) -> Upstream:
    """Builds the ListenBrainz of this directory; `clock` is seconds since 1970."""
    return Upstream(
        name=NAME,
        answer=lambda request: _answer(request, directory),
        api_method=lambda request: "popularity.artist" if request.path == _POPULARITY else request.path.lower(),
        throttled=lambda request: REFUSALS.refuse(request, "over_limit", None),
        refuse=lambda request, code, status: _refuse(request, code, status, clock),
        limit=LIMIT,
        budget_headers=lambda budget: _tell_budget(budget, clock),
    )


def _answer(request: Request, directory: Directory) -> Answer:
    if request.headers.get("authorization", "").lower() == f"token {_REFUSED_TOKEN}":
        return REFUSALS.refuse(request, "bad_token", None)
    if request.path != _POPULARITY:
        return _error(404, "The requested URL was not found on the server.")
    if request.http_method != "POST":
        return _error(405, "The method is not allowed for the requested URL.")
    body = parse_json(request)
    mbids = body.get("artist_mbids") if isinstance(body, dict) else None
    refused = _refuse_body(request, body, mbids)
    if refused or not isinstance(mbids, list):
        return refused or _error(400, _MISSING)
    return json_answer([_count(str(mbid), directory) for mbid in mbids])


def _refuse_body(request: Request, body: object, mbids: object) -> Answer | None:
    if len(request.body) > _LARGEST:
        return REFUSALS.refuse(request, "too_large", None)
    if body is None:
        return _error(400, "Cannot parse JSON document")
    if not isinstance(mbids, list):
        return None
    bad = next((mbid for mbid in mbids if not _is_mbid(mbid)), None)
    if bad is not None:
        return _error(400, f"artist_mbid {bad} is not valid.")
    return _error(400, f"Too many artist_mbids, at most {_MOST}") if len(mbids) > _MOST else None


def _count(mbid: str, directory: Directory) -> dict[str, object]:
    """Counts one artist's listens and listeners; null for the unknown, and for those with too few listeners to be counted."""
    identity = directory.find_by_mbid(mbid)
    counted: dict[str, object] = {"artist_mbid": mbid, "total_listen_count": None, "total_user_count": None}
    if identity is None or identity.artist.mbid != mbid:
        return counted
    users = identity.artist.listeners // make_up_number(150, 320, mbid, "listenbrainz")
    if not users:
        return counted
    return {**counted, "total_listen_count": users * make_up_number(20, 90, mbid, "listens"), "total_user_count": users}


def _is_mbid(value: object) -> bool:
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value.lower()
    except ValueError:
        return False


def _refuse(request: Request, code: str, status: int | None, clock: Callable[[], float]) -> Answer:
    refusal = REFUSALS.refuse(request, code, status)
    if refusal.status != REFUSALS.cases["over_limit"].status:
        return refusal
    headers = _tell_budget(Budget(LIMIT.requests, 0, LIMIT.seconds), clock)
    return Answer(refusal.body, refusal.content_type, refusal.status, headers)


def _tell_budget(budget: Budget | None, clock: Callable[[], float]) -> Mapping[str, str]:
    """Writes what is left, as every answer tells it; without a limit a full budget."""
    told = budget or Budget(LIMIT.requests, LIMIT.requests - 1, LIMIT.seconds)
    seconds = math.ceil(told.seconds)
    return {
        "X-RateLimit-Limit": str(told.requests),
        "X-RateLimit-Remaining": str(told.remaining),
        "X-RateLimit-Reset-In": str(seconds),
        "X-RateLimit-Reset": str(int(clock()) + seconds),
    }
