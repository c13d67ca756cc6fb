"""A real server process for the tests of shutting down: reports on stdout, lets its calls finish at a line on stdin."""

import sys
import threading

import structlog
from google.protobuf.wrappers_pb2 import StringValue
from prometheus_client import CollectorRegistry

from kernel.logs import configure_logging
from kernel.server import Address, serve_until_stopped, start
from tests.fakes.probe_service import SERVICE, add_to_server, open_verifier


def say(word: str) -> None:
    structlog.get_logger("probe").info(word)


def obey(release: threading.Event) -> None:
    sys.stdin.readline()
    release.set()


def main() -> None:
    configure_logging("probe")
    release = threading.Event()

    def get(request, context):
        say("begun")
        release.wait(60)
        return StringValue(value="finished")

    server = start(
        {SERVICE: lambda grpc_server: add_to_server({"Get": get}, grpc_server)},
        Address("127.0.0.1", 0, "PROBE_PORT"),
        verifier=open_verifier(),
        registry=CollectorRegistry(),
    )
    threading.Thread(target=obey, args=(release,), daemon=True).start()
    serve_until_stopped(server, lambda: say("closed"))


if __name__ == "__main__":
    main()
