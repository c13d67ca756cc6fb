"""Apify's API as far as one actor needs it: run it and wait, or start it, ask after it and fetch what it found."""

import re
from collections.abc import Callable
from dataclasses import replace

from sandbox.apify.asking import read_whole
from sandbox.apify.errors import REFUSALS, refuse_failed, refuse_token
from sandbox.apify.items import list_items
from sandbox.apify.runs import Runs
from sandbox.catalogue.directory import Directory
from sandbox.settings import Knob, Settings
from sandbox.upstream import Limit, Upstream, name_by_path
from sandbox.wire import Answer, Request, json_answer, parse_json

NAME = "apify"
LIMIT = Limit(60, 1)
_ACTOR = r"/v2/act(?:s|ors)/(?P<actor>[^/]+)"
_PATHS = (
    ("run-sync", re.compile(rf"{_ACTOR}/run-sync-get-dataset-items"), "POST"),
    ("run", re.compile(rf"{_ACTOR}/runs"), "POST"),
    ("run.get", re.compile(r"/v2/actor-runs/(?P<id>[^/]+)"), "GET"),
    ("run.abort", re.compile(r"/v2/actor-runs/(?P<id>[^/]+)/abort"), "POST"),
    ("dataset.items", re.compile(r"/v2/datasets/(?P<id>[^/]+)/items"), "GET"),
)
_ACTORS = frozenset({"augeas~spotify-monthly-listeners", "augeas/spotify-monthly-listeners"})
_SYNC_SECONDS, _WAIT_SECONDS = 300, 60


def build(directory: Directory, clock: Callable[[], float]) -> Upstream:
    """Builds the Apify of this directory; `clock` is seconds since 1970."""
    settings = Settings(
        {
            "run_seconds": Knob(0),
            "time_scale": Knob(1),
            "outcome": Knob("SUCCEEDED", ("SUCCEEDED", "FAILED", "ABORTED", "TIMED-OUT")),
        }
    )
    service = Apify(directory, Runs(settings, clock))
    return Upstream(
        name=NAME,
        answer=service.answer,
        api_method=lambda request: find_method(request)[0] or name_by_path(request),
        throttled=lambda request: REFUSALS.refuse(request, "rate_limit", None),
        refuse=REFUSALS.refuse,
        limit=LIMIT,
        settings=settings,
    )


class Apify:
    """The calls, and the runs they share."""

    def __init__(self, directory: Directory, runs: Runs) -> None:
        self._directory = directory
        self._runs = runs
        self._methods: dict[str, Callable[[Request, dict[str, str]], Answer]] = {
            "run-sync": self._run_and_wait,
            "run": self._start,
            "run.get": self._get_run,
            "run.abort": self._abort,
            "dataset.items": self._list_found,
        }

    def answer(self, request: Request) -> Answer:
        """Answers one request."""
        name, named = find_method(request)
        refused = refuse_token(request)
        if refused:
            return refused
        if name not in self._methods or named.get("actor", "") not in {"", *_ACTORS}:
            return REFUSALS.refuse(request, "unknown", None)
        return self._methods[name](request, named)

    def _run_and_wait(self, request: Request, named: dict[str, str]) -> Answer:  # noqa: ARG002 - the shape of a method
        """Waits for the end of the run, 300 s at most: then it answers 408 and the run goes on."""
        run = self._runs.start(parse_json(request), read_whole(request, "timeout", 0))
        waited = min(_SYNC_SECONDS, run.lasts)
        status = run.status_after(waited)
        if status == "SUCCEEDED":
            answer = _page(request, list_items(self._directory, run.asked), status=201)
        elif run.is_over_after(waited):
            answer = refuse_failed(run.id, status)
        else:
            answer = REFUSALS.refuse(request, "too_long", None)
        return replace(answer, after_seconds=self._runs.scale(waited))

    def _start(self, request: Request, named: dict[str, str]) -> Answer:  # noqa: ARG002 - the shape of a method
        run = self._runs.start(parse_json(request), read_whole(request, "timeout", 0))
        return self._wait_for(run.id, request, status=201)

    def _get_run(self, request: Request, named: dict[str, str]) -> Answer:
        return self._wait_for(named["id"], request, status=200)

    def _abort(self, request: Request, named: dict[str, str]) -> Answer:
        self._runs.abort(named["id"])
        return self._wait_for(named["id"], request, status=200)

    def _wait_for(self, run_id: str, request: Request, *, status: int) -> Answer:
        """Shows the run, after `waitForFinish` seconds (60 at most) or when it has ended."""
        run = self._runs.find(run_id)
        if run is None:
            return REFUSALS.refuse(request, "no_record", None)
        waited = min(read_whole(request, "waitForFinish", 0), _WAIT_SECONDS, self._runs.left_of(run))
        shown = self._runs.to_json(run, waited)
        return replace(json_answer({"data": shown}, status), after_seconds=self._runs.scale(waited))

    def _list_found(self, request: Request, named: dict[str, str]) -> Answer:
        """Lists what a run has found: nothing before it has succeeded."""
        run = self._runs.find_by_dataset(named["id"])
        if run is None:
            return REFUSALS.refuse(request, "no_record", None)
        is_there = self._runs.status_now(run) == "SUCCEEDED"
        return _page(request, list_items(self._directory, run.asked) if is_there else [], status=200)


def find_method(request: Request) -> tuple[str, dict[str, str]]:
    """Names a call as the journal has it, with what its path holds; an empty name for addresses the sandbox does not know."""
    for name, path, verb in _PATHS:
        found = path.fullmatch(request.path)
        if found and verb == request.http_method:
            return name, found.groupdict()
    return "", {}


def _page(request: Request, items: list[dict[str, object]], *, status: int) -> Answer:
    offset, limit = read_whole(request, "offset", 0), read_whole(request, "limit", 1000)
    shown = items[offset : offset + limit]
    headers = {
        "X-Apify-Pagination-Offset": str(offset),
        "X-Apify-Pagination-Limit": str(limit),
        "X-Apify-Pagination-Count": str(len(shown)),
        "X-Apify-Pagination-Total": str(len(items)),
    }
    return json_answer(shown, status, headers)
