"""How does the sandbox listen, announce itself and end at once?"""

import json
import socket
import sys
from types import FrameType

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

PROTOCOL = "sandbox.protocol"


class OpenProtocol(HttpToolsProtocol):
    """Hands itself to the application, for answers that no ASGI message can express."""

    def on_message_begin(self) -> None:
        """Adds the protocol to the scope of every request."""
        super().on_message_begin()
        self.scope["extensions"] = {PROTOCOL: {"protocol": self}}


class AnnouncedServer(uvicorn.Server):
    """Prints where it listens once it does, and does not wait for open requests when told to end."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts listening, then says so on standard output as one JSON line."""
        await super().startup(sockets)
        if self.should_exit or not sockets:
            return
        host, port = sockets[0].getsockname()[:2]
        sys.stdout.write(json.dumps({"url": f"http://{host}:{port}"}) + "\n")
        sys.stdout.flush()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's signature
        """Ends now: a request held open by a `hang` fault must not hold the process."""
        self.should_exit = self.force_exit = True


def serve(app: ASGIApp, *, host: str, port: int) -> None:
    """Serves `app` until a signal arrives; `port` 0 takes a free one. Raises OSError when the port is taken."""
    config = uvicorn.Config(
        app,
        http=OpenProtocol,
        ws="none",
        lifespan="off",
        access_log=False,
        server_header=False,
        log_level="error",
        backlog=1024,
        timeout_keep_alive=75,  # seconds, as large sites do; uvicorn's 5 end in the very moment in which a client asks again
    )
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        AnnouncedServer(config).run(sockets=[listener])
