"""What does the sandbox need to know of one upstream to stand in for it?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox.settings import Settings
from sandbox.wire import Answer, Request


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `requests` within any `seconds`, per caller."""

    requests: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Budget:
    """What a caller has left: `remaining` of `requests`, whole again after `seconds`."""

    requests: int
    remaining: int
    seconds: float


def name_by_path(request: Request) -> str:
    """Names a call by verb and path, for upstreams whose methods are their paths."""
    return f"{request.http_method} {request.path}".lower()


def one_caller(request: Request) -> str:  # noqa: ARG001 - the shape of Upstream.caller
    """Counts every client as one, as services that limit by address do here, where all share one address."""
    return ""


def keep_quiet(budget: Budget | None) -> Mapping[str, str]:  # noqa: ARG001 - the shape of Upstream.budget_headers
    """Says nothing about what is left, as most services do."""
    return {}


def too_many_requests(request: Request) -> Answer:  # noqa: ARG001 - the shape of Upstream.throttled
    """Refuses with a plain 429 and a second to wait."""
    return Answer(b"Too Many Requests", "text/plain", 429, {"Retry-After": "1"})


def refuse_plainly(request: Request, code: str, status: int | None) -> Answer:  # noqa: ARG001 - the shape of Upstream.refuse
    """Refuses with the status alone, for upstreams without errors of their own."""
    return Answer(b"", "text/plain", status or (int(code) if code.isdigit() else 500))


@dataclass(frozen=True, slots=True)
class Upstream:
    """One simulated service, mounted below `/<name>/`.

    `answer` never raises for anything a client can send. `api_method` names the call for the journal, the counters and fault
    rules; `caller` is whom the limit counts; `throttled` is the refusal of a caller over the limit; `refuse` builds the service's
    own error for a fault of kind `<name>_error`, by the code or name a tester wrote; `settings` is what a tester may set on it;
    `budget_headers` are sent with every answer, the budget is None while there is no limit.
    """

    name: str
    answer: Callable[[Request], Answer]
    api_method: Callable[[Request], str] = name_by_path
    caller: Callable[[Request], str] = one_caller
    throttled: Callable[[Request], Answer] = too_many_requests
    refuse: Callable[[Request, str, int | None], Answer] = refuse_plainly
    limit: Limit | None = None
    settings: Settings | None = None
    budget_headers: Callable[[Budget | None], Mapping[str, str]] = keep_quiet
