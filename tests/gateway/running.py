"""A whole gateway on a free loopback port, served by the real HTTP server in a thread."""

import asyncio
import ssl
import threading
from pathlib import Path
from typing import Any

import httpx

from gateway import http_server
from gateway.ledger import MIGRATIONS
from gateway.settings import GatewaySettings
from gateway.wiring import Gateway, build
from kernel.clock import Clock
from tests.fakes.servers import lay_sqlite
from tests.gateway.trial import TrialServer

_NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # nobody speaks TLS here, and reading them takes longer than a test

SECRET = "k8Jq2mZr7Wn4Xv1Bd6Yt9Lc3Hf5Sg0Pa"


class RunningGateway:
    """Serves from its making until `stop`."""

    def __init__(self, settings: GatewaySettings, clock: Clock | None = None) -> None:
        if not settings.database_url:
            lay_sqlite(settings.data_dir / "gateway.sqlite", MIGRATIONS)
        self.gateway: Gateway = build(settings, clock=clock)
        listener = http_server.listen(self.gateway)
        self.port: int = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._server = http_server.server(self.gateway)
        self._thread = threading.Thread(target=self._serve, args=(listener,), name="gateway", daemon=True)
        self._started = threading.Event()
        self._thread.start()
        assert self._started.wait(10), "the gateway did not start"
        self.client = httpx.Client(base_url=self.url, timeout=15, trust_env=False, verify=_NO_CERTIFICATES)

    def stop(self) -> None:
        self.client.close()
        self._loop.call_soon_threadsafe(self._leave)
        self._thread.join(20)
        assert not self._thread.is_alive(), "the gateway did not stop"
        self.gateway.close()

    def _leave(self) -> None:
        self.gateway.close_streams()
        self._server.should_exit = True

    def _serve(self, listener: Any) -> None:
        async def main() -> None:
            self._loop = asyncio.get_running_loop()
            self._loop.call_soon(self._started.set)
            await self._server.serve(sockets=[listener])

        asyncio.run(main())


def settings_for(trial: TrialServer, contract: Path, data_dir: Path, **changes: Any) -> GatewaySettings:
    """Settings of a test's gateway: no environment of the machine's own gets in where a test says nothing."""
    usual: dict[str, Any] = {
        "gateway_port": 0,
        "gateway_services": dict.fromkeys(("trial.v1", "soniquebay.artist.v1"), f"127.0.0.1:{trial.port}"),
        "gateway_contracts": contract,
        "gateway_web_dir": data_dir / "no-web-app",
        "data_dir": data_dir,
    }
    return GatewaySettings(**(usual | changes))
