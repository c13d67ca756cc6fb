"""The limit for a hot read: Starlette and grpc.aio passing the same bytes through, with nothing else in the way.

`python -m benchmarks.bare serve ANSWER PORT` answers any call with the file's bytes; `… pass ANSWER PORT GRPC_PORT` is the
gateway's part: one call to it for each request, and the file's bytes as the response.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

METHOD = "/bare.Bare/Pass"


class _Handlers(grpc.GenericRpcHandler):
    def __init__(self, answer: bytes) -> None:
        self._handler: Any = grpc.unary_unary_rpc_method_handler(lambda _request, _context: answer)

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:  # noqa: ARG002 - one answer for all
        return self._handler


def serve(answer: bytes, port: int) -> None:
    server = grpc.server(ThreadPoolExecutor(16), handlers=[_Handlers(answer)])
    server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    server.wait_for_termination()


def pass_through(answer: bytes, port: int, grpc_port: int) -> None:
    calls: list[Any] = []

    async def handle(request: Request) -> Response:
        if not calls:
            calls.append(grpc.aio.insecure_channel(f"127.0.0.1:{grpc_port}").unary_unary(METHOD))
        await calls[0](await request.body(), timeout=10, wait_for_ready=True)
        return Response(answer, media_type="application/json")

    app = Starlette(routes=[Route("/pass", handle, methods=["POST"])])
    uvicorn.run(app, port=port, loop="uvloop", http="httptools", log_level="warning", access_log=False)


if __name__ == "__main__":
    content = Path(sys.argv[2]).read_bytes()
    if sys.argv[1] == "serve":
        serve(content, int(sys.argv[3]))
    else:
        pass_through(content, int(sys.argv[3]), int(sys.argv[4]))
