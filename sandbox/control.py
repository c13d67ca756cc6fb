"""The sandbox's own API below `/_sandbox/`: read the journal, script faults, set limits, change histories."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.catalogue.depicted import tell_pictures
from sandbox.catalogue.directory import Directory
from sandbox.catalogue.identity import Identity
from sandbox.catalogue.library import Library
from sandbox.faults import BadScriptError, FaultScript
from sandbox.journal import Journal
from sandbox.limits import Limiter
from sandbox.listeners.accounts import Accounts
from sandbox.listeners.plays import BadPlayError
from sandbox.settings import BadSettingError, Settings
from sandbox.upstream import Limit


class BadBodyError(ValueError):
    """A control request whose body is not what the call needs; the text says what to correct."""


@dataclass(frozen=True, slots=True)
class Control:
    """What a tester may look at and change."""

    journal: Journal
    limiter: Limiter
    faults: FaultScript
    accounts: Accounts
    library: Library
    limits_at_start: Mapping[str, Limit]
    settings: Mapping[str, Settings]
    directory: Directory

    def routes(self) -> list[Route]:
        """Lists the routes, `/healthz` included."""
        return [
            Route("/healthz", _get_health),
            Route("/_sandbox/journal", self._get_journal),
            Route("/_sandbox/counters", self._get_counters),
            Route("/_sandbox/reset", self._reset, methods=["POST"]),
            Route("/_sandbox/faults", self._list_faults),
            Route("/_sandbox/faults", self._add_fault, methods=["POST"]),
            Route("/_sandbox/faults", self._clear_faults, methods=["DELETE"]),
            Route("/_sandbox/faults/{id:int}", self._remove_fault, methods=["DELETE"]),
            Route("/_sandbox/limits", self._get_limits),
            Route("/_sandbox/limits", self._change_limits, methods=["PUT"]),
            Route("/_sandbox/now_playing", self._change_now_playing, methods=["PUT"]),
            Route("/_sandbox/plays", self._add_plays, methods=["POST"]),
            Route("/_sandbox/plays", self._edit_play, methods=["PUT"]),
            Route("/_sandbox/plays", self._remove_plays, methods=["DELETE"]),
            Route("/_sandbox/catalogue", self._list_artists),
            Route("/_sandbox/catalogue/{name:path}", self._get_artist),
            Route("/_sandbox/identities", self._list_identities),
            Route("/_sandbox/pictures", self._list_pictures),
            Route("/_sandbox/{provider}", self._get_settings),
            Route("/_sandbox/{provider}", self._change_settings, methods=["PUT"]),
        ]

    async def _get_journal(self, request: Request) -> Response:
        query = request.query_params
        after, limit = query.get("after"), query.get("limit", "1000")
        if not limit.isdigit() or not (after is None or after.isdigit()):
            return _problem("after, limit: whole numbers")
        rows = self.journal.list_rows(
            provider=query.get("provider", ""),
            api_method=query.get("method", ""),
            after=None if after is None else int(after),
            limit=int(limit),
        )
        return _json({"rows": rows})

    async def _get_counters(self, request: Request) -> Response:  # noqa: ARG002 - a route
        return _json(self.journal.counters())

    async def _reset(self, request: Request) -> Response:
        what = await _read_object(request) if await request.body() else {}
        if what.get("journal"):
            self.journal.clear()
        if what.get("faults"):
            self.faults.clear()
        if what.get("limits"):
            for provider in {*self.limiter.limits, *self.limits_at_start}:
                self.limiter.change(provider, self.limits_at_start.get(provider))
        if what.get("settings"):
            for settings in self.settings.values():
                settings.reset()
        return _json({"status": "ok"})

    async def _list_faults(self, request: Request) -> Response:  # noqa: ARG002 - a route
        return _json({"faults": [rule.to_json() for rule in self.faults.list_rules()]})

    async def _add_fault(self, request: Request) -> Response:
        try:
            rule = self.faults.add(await _read_object(request))
        except (BadScriptError, BadBodyError) as error:
            return _problem(str(error))
        return _json(rule.to_json(), status=201)

    async def _clear_faults(self, request: Request) -> Response:  # noqa: ARG002 - a route
        self.faults.clear()
        return _json({"status": "ok"})

    async def _remove_fault(self, request: Request) -> Response:
        removed = self.faults.remove(request.path_params["id"])
        return _json({"status": "ok"}) if removed else _problem("no fault of that id", status=404)

    async def _get_limits(self, request: Request) -> Response:  # noqa: ARG002 - a route
        return _json(_limits_to_json(self.limiter.limits))

    async def _change_limits(self, request: Request) -> Response:
        try:
            wanted = {name: _parse_limit(value) for name, value in (await _read_object(request)).items()}
        except BadBodyError as error:
            return _problem(str(error))
        for provider, limit in wanted.items():
            self.limiter.change(provider, limit)
        return _json(_limits_to_json(self.limiter.limits))

    async def _change_now_playing(self, request: Request) -> Response:
        try:
            body = await request.body()
            playing = self.accounts.change_now_playing(None if body == b"null" else await _read_object(request))
        except (BadPlayError, BadBodyError) as error:
            return _problem(str(error))
        return _json({"now_playing": playing})

    async def _add_plays(self, request: Request) -> Response:
        return await _change_plays(request, self.accounts.add_plays, status=201)

    async def _edit_play(self, request: Request) -> Response:
        return await _change_plays(request, self.accounts.edit_play)

    async def _remove_plays(self, request: Request) -> Response:
        return await _change_plays(request, self.accounts.remove_plays)

    async def _list_artists(self, request: Request) -> Response:  # noqa: ARG002 - a route
        return _json({"artists": [artist.name for artist in self.library.artists]})

    async def _get_artist(self, request: Request) -> Response:
        artist = self.library.find_artist(request.path_params["name"])
        return _json(artist) if artist else _problem("no artist of that name", status=404)

    async def _list_identities(self, request: Request) -> Response:
        return _json({"identities": self._find_identities(request)})

    async def _list_pictures(self, request: Request) -> Response:
        found = self._find_identities(request)
        return _json({"artists": [tell_pictures(self.directory, one) for one in found]})

    def _find_identities(self, request: Request) -> Sequence[Identity]:
        """Finds whom the parameter `name` may mean; everybody without one."""
        name = request.query_params.get("name", "")
        return [one for _, one in self.directory.search(name)] if name else self.directory.identities

    async def _get_settings(self, request: Request) -> Response:
        settings = self.settings.get(request.path_params["provider"])
        return _json(settings.to_json()) if settings else _problem("nothing to set under that name", status=404)

    async def _change_settings(self, request: Request) -> Response:
        settings = self.settings.get(request.path_params["provider"])
        if settings is None:
            return _problem("nothing to set under that name", status=404)
        try:
            settings.change(await _read_object(request))
        except (BadSettingError, BadBodyError) as error:
            return _problem(str(error))
        return _json(settings.to_json())


async def _get_health(request: Request) -> Response:  # noqa: ARG001 - a route
    return _json({"status": "ok"})


async def _change_plays(request: Request, change: Callable[[Mapping[str, object]], int], *, status: int = 200) -> Response:
    try:
        total = change(await _read_object(request))
    except (BadPlayError, BadBodyError) as error:
        return _problem(str(error))
    return _json({"total": total}, status=status)


async def _read_object(request: Request) -> dict[str, object]:
    try:
        body = orjson.loads(await request.body())
    except orjson.JSONDecodeError as error:
        raise BadBodyError(f"body: not JSON ({error})") from error
    if not isinstance(body, dict):
        raise BadBodyError("body: a JSON object")
    return body


def _parse_limit(value: object) -> Limit | None:
    if value is None:
        return None
    per_second = value.get("per_second") if isinstance(value, dict) else None
    seconds = value.get("window_seconds", 1) if isinstance(value, dict) else None
    if not isinstance(per_second, int | float) or not isinstance(seconds, int | float) or min(per_second, seconds) <= 0:
        raise BadBodyError("limits: {provider: {per_second, window_seconds?}} or {provider: null}, both above 0")
    return Limit(max(1, round(per_second * seconds)), max(seconds, 1 / per_second))


def _limits_to_json(limits: Mapping[str, Limit]) -> dict[str, object]:
    return {
        name: {"per_second": limit.requests / limit.seconds, "window_seconds": limit.seconds} for name, limit in limits.items()
    }


def _json(value: object, *, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, media_type="application/json")


def _problem(detail: str, *, status: int = 400) -> Response:
    return _json({"error": detail}, status=status)
