"""ListenBrainz: listens to read and to submit, and how often artists are listened to."""

import math
import re
from collections.abc import Callable, Mapping

from sandbox.catalogue.directory import Directory
from sandbox.listenbrainz.errors import REFUSALS, ListenBrainzError, format_error
from sandbox.listenbrainz.listens import Listens
from sandbox.listenbrainz.popularity import Popularity
from sandbox.listenbrainz.rows import Rows
from sandbox.listenbrainz.submissions import Submissions
from sandbox.listenbrainz.tokens import Tokens, is_refused
from sandbox.listeners.accounts import Accounts
from sandbox.upstream import Budget, Limit, Upstream
from sandbox.wire import Answer, Request

NAME = "listenbrainz"
LIMIT = Limit(30, 10)
_VALIDATE = "validate-token"
_USER = r"/1/user/(?P<name>[^/]+)"
_PATHS = (
    ("popularity.artist", re.compile(r"/1/popularity/artist"), "POST"),
    ("user.listens", re.compile(rf"{_USER}/listens"), "GET"),
    ("user.playing-now", re.compile(rf"{_USER}/playing-now"), "GET"),
    ("user.listen-count", re.compile(rf"{_USER}/listen-count"), "GET"),
    (_VALIDATE, re.compile(r"/1/validate-token"), "GET"),
    ("submit-listens", re.compile(r"/1/submit-listens"), "POST"),
)

Method = Callable[[Request, str], Answer]


def build(directory: Directory, accounts: Accounts, clock: Callable[[], float]) -> Upstream:
    """Builds the ListenBrainz of this directory and these listeners; `clock` is seconds since 1970."""
    methods = _list_methods(directory, accounts, clock)
    return Upstream(
        name=NAME,
        answer=lambda request: _answer(request, methods),
        api_method=lambda request: _find_method(request)[0] or request.path.lower(),
        throttled=lambda request: REFUSALS.refuse(request, "over_limit", None),
        refuse=lambda request, code, status: _refuse(request, code, status, clock),
        limit=LIMIT,
        budget_headers=lambda budget: _tell_budget(budget, clock),
    )


def _list_methods(directory: Directory, accounts: Accounts, clock: Callable[[], float]) -> Mapping[str, Method]:
    tokens = Tokens(accounts)
    listens, popularity = Listens(accounts, Rows(directory, accounts), clock), Popularity(directory)
    submissions = Submissions(tokens, clock)
    return {
        "popularity.artist": lambda request, _: popularity.answer(request),
        "user.listens": listens.list_listens,
        "user.playing-now": listens.get_playing_now,
        "user.listen-count": listens.count_listens,
        _VALIDATE: lambda request, _: tokens.validate(request),
        "submit-listens": lambda request, _: submissions.submit(request),
    }


def _answer(request: Request, methods: Mapping[str, Method]) -> Answer:
    if is_refused(request) and _find_method(request)[0] != _VALIDATE:
        return REFUSALS.refuse(request, "bad_token", None)
    try:
        return _ask(request, methods)
    except ListenBrainzError as error:
        return format_error(error)


def _ask(request: Request, methods: Mapping[str, Method]) -> Answer:
    method, verb, name = _find_method(request)
    if not method:
        raise ListenBrainzError("The requested URL was not found on the server.", 404)
    if request.http_method != verb:
        raise ListenBrainzError("The method is not allowed for the requested URL.", 405)
    return methods[method](request, name)


def _find_method(request: Request) -> tuple[str, str, str]:
    """Finds a call's name, its verb and the account in its path; empty for addresses the sandbox does not know."""
    for method, path, verb in _PATHS:
        found = path.fullmatch(request.path)
        if found:
            return method, verb, found.groupdict().get("name", "")
    return "", "", ""


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
