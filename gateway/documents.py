"""Where does a person or a tool read about the API? `/openapi.json`, `/docs` (Swagger UI, served from here) and `/problems`."""

import hashlib
from importlib.util import find_spec
from pathlib import Path

import orjson
from starlette.routing import Route

from gateway.assets import Asset
from gateway.exchange import Exchange
from gateway.problems import JSON_TYPE, KINDS, Problem
from gateway.rooms import room

_UI_FILES = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE = b"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>SoniqueBay API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_START = b"""SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  persistAuthorization: false,
  presets: [SwaggerUIBundle.presets.apis],
  validatorUrl: null,
});
"""


class Documents:
    """The manual. The description is made at start, as it only changes with the contracts."""

    def __init__(self, openapi: dict[str, object]) -> None:
        self._openapi = orjson.dumps(openapi)
        self._etag = f'"{hashlib.sha256(self._openapi).hexdigest()[:32]}"'
        self._ui = {name: Asset(name, (_ui_folder() / name).read_bytes()) for name in _UI_FILES}

    def rooms(self) -> list[Route]:
        return [
            room("/openapi.json", self.openapi),
            room("/docs", self.page),
            room("/docs/{name}", self.file),
            room("/problems/{kind}", self.problem),
        ]

    async def openapi(self, exchange: Exchange) -> None:
        headers = {"content-type": JSON_TYPE, "cache-control": "no-cache", "etag": self._etag}
        is_known = exchange.has(self._etag)
        await exchange.answer(304 if is_known else 200, headers, b"" if is_known else self._openapi)

    async def page(self, exchange: Exchange) -> None:
        headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": _POLICY, "cache-control": "no-cache"}
        await exchange.answer(200, headers, _PAGE)

    async def file(self, exchange: Exchange) -> None:
        name = exchange.path.removeprefix("/docs/")
        if name == "start.js":
            await exchange.answer(200, {"content-type": "text/javascript; charset=utf-8", "cache-control": "no-cache"}, _START)
        elif name in self._ui:
            await self._ui[name].send(exchange)
        else:
            raise Problem("not-found", "There is nothing at this address.")

    async def problem(self, exchange: Exchange) -> None:
        """What a problem's `type` leads to."""
        name = exchange.path.removeprefix("/problems/")
        kind = KINDS.get(name)
        if kind is None:
            raise Problem("not-found", "There is no such kind of problem.")
        content = {"type": f"/problems/{name}", "title": kind.title, "status": kind.status, "description": kind.sentence}
        await exchange.answer(200, {"content-type": JSON_TYPE}, orjson.dumps(content))


def _ui_folder() -> Path:
    """Found without importing the package, which would load web frameworks we do not use."""
    spec = find_spec("swagger_ui")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("swagger-ui-py is not installed")
    return Path(spec.origin).parent / "static"
