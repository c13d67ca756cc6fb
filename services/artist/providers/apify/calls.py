"""How is the actor asked? One method for each call of Apify's API."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from kernel.clock import Clock
from kernel.http import HttpClient
from services.artist.domain import Audience
from services.artist.providers.apify.answers import FIELDS, NAME, Run, fault_of, page_of, parse_audiences, parse_run
from upstreams.reading import parse_json

_ACTOR = "augeas~spotify-monthly-listeners"
_ABORT_TIME = timedelta(seconds=2)
_MOST_ITEMS = 1000
_GOOD = (HTTPStatus.OK, HTTPStatus.CREATED)


class ActorCalls:
    """Each raises ProviderFault. `seconds` is when Apify itself ends the run, `wait` how long it may keep the question open."""

    def __init__(self, http: HttpClient, *, token: str, url: str, timeout: timedelta, clock: Clock) -> None:
        self._http = http
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._url = url.rstrip("/")
        self._timeout = timeout
        self._clock = clock

    def run_and_wait(self, spotify_id: str, *, seconds: int) -> Mapping[str, Audience]:
        """What one run finds about one artist, by Spotify id."""
        path = f"acts/{_ACTOR}/run-sync-get-dataset-items"
        query = {"timeout": seconds, "maxItems": 1, "fields": FIELDS}
        return parse_audiences(self._ask("POST", path, query, actor_input=_input_for([spotify_id])))

    def start(self, spotify_ids: Sequence[str], *, seconds: int, wait: int) -> Run:
        """The run as it is after `wait` seconds, or when it has ended."""
        query = {"timeout": seconds, "maxItems": len(spotify_ids), "waitForFinish": wait}
        return parse_run(self._ask("POST", f"acts/{_ACTOR}/runs", query, actor_input=_input_for(spotify_ids)))

    def follow(self, run_id: str, *, wait: int) -> Run:
        """As `start`, of a run under way."""
        return parse_run(self._ask("GET", f"actor-runs/{run_id}", {"waitForFinish": wait}))

    def abort(self, run_id: str) -> None:
        """Ends the run, within two seconds."""
        self._ask("POST", f"actor-runs/{run_id}/abort", {}, timeout=_ABORT_TIME)

    def list_audiences(self, dataset_id: str) -> Mapping[str, Audience]:
        """What a run has found, by Spotify id."""
        query = {"format": "json", "clean": "true", "limit": _MOST_ITEMS, "fields": FIELDS}
        return parse_audiences(self._ask("GET", f"datasets/{dataset_id}/items", query))

    def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, object],
        *,
        actor_input: object = None,
        timeout: timedelta | None = None,
    ) -> Any:
        answer = self._http.request(
            method,
            f"{self._url}/{path}?{urlencode(query)}",
            provider=NAME,
            headers=self._headers,
            content=None if actor_input is None else json.dumps(actor_input).encode(),
            timeout=timeout or self._timeout,
        )
        if answer.status not in _GOOD:
            raise fault_of(answer, self._clock.now())
        return parse_json(answer, NAME)


def _input_for(spotify_ids: Sequence[str]) -> object:
    return {"startUrls": [{"url": page_of(each)} for each in spotify_ids]}
