"""Wikidata's query service, for a few questions about artists: whose are these identifiers, who manages them, which photo?"""

from dataclasses import replace

from sandbox.catalogue.directory import Directory
from sandbox.settings import Knob, Settings
from sandbox.upstream import Limit, Upstream, name_by_path
from sandbox.user_agents import is_identified
from sandbox.wikidata.errors import REFUSALS, refuse_malformed
from sandbox.wikidata.query import MalformedQuery, parse_query
from sandbox.wikidata.solving import solve
from sandbox.wire import Answer, Request, json_answer

NAME = "wikidata"
# The real budget is 60 s of processing a minute; with queries of a second that is one a second.
LIMIT = Limit(60, 60)
_JSON = "application/sparql-results+json"
_XML = b'<?xml version="1.0" encoding="UTF-8"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"/>'


def build(directory: Directory) -> Upstream:
    """Builds the query service of this directory."""
    settings = Settings({"ban_after": Knob(3), "banned": Knob("no", ("no", "yes")), "retry_after": Knob(3)})
    service = QueryService(directory, settings)
    return Upstream(
        name=NAME,
        answer=service.answer,
        api_method=lambda request: "sparql" if request.path == "/sparql" else name_by_path(request),
        caller=lambda request: request.headers.get("user-agent", ""),
        throttled=service.throttle,
        refuse=REFUSALS.refuse,
        limit=LIMIT,
        settings=settings,
    )


class QueryService:
    """Answers queries, and bans who goes on asking after being told to wait. The ban is a setting, so a tester can lift it."""

    def __init__(self, directory: Directory, settings: Settings) -> None:
        self._directory = directory
        self._settings = settings
        self._refused = 0

    def answer(self, request: Request) -> Answer:
        """Answers one query; XML when JSON was not asked for, as the real service does."""
        self._refused = 0
        if not is_identified(request):
            return REFUSALS.refuse(request, "not_identified", None)
        if self._settings.text("banned") == "yes":
            return REFUSALS.refuse(request, "banned", None)
        if request.path != "/sparql":
            return Answer(b"Not Found", "text/plain", 404)
        written = _read_query(request)
        try:
            found = solve(parse_query(written), self._directory)
        except MalformedQuery as error:
            return refuse_malformed(written, str(error))
        if "json" not in request.params.get("format", "") and "json" not in request.headers.get("accept", ""):
            return Answer(_XML, "application/sparql-results+xml;charset=utf-8")
        return replace(json_answer(found), content_type=f"{_JSON};charset=utf-8")

    def throttle(self, request: Request) -> Answer:
        """Tells to wait; from the refusal after `ban_after` ones in a row on it is a ban."""
        self._refused += 1
        if self._refused > self._settings.number("ban_after"):
            self._settings.change({"banned": "yes"})
            return REFUSALS.refuse(request, "banned", None)
        refusal = REFUSALS.refuse(request, "throttled", None)
        return replace(refusal, headers={"Retry-After": f"{self._settings.number('retry_after'):.0f}"})


def _read_query(request: Request) -> str:
    if request.headers.get("content-type", "").startswith("application/sparql-query"):
        return request.body.decode("utf-8", "replace")
    return request.params.get("query", "")
