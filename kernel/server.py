"""How does a service listen, stay observable when it is full, and leave without dropping a call?"""

import os
import signal
import socket
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

import grpc
import structlog
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from prometheus_client import CollectorRegistry, start_http_server

from kernel.auth import TokenVerifier
from kernel.interceptors import Edge
from kernel.parallel import Fanout
from kernel.settings import SettingsError

T = TypeVar("T")

DRAIN_SECONDS = 25.0
_METADATA_BYTES = 16 * 1024
_MESSAGE_BYTES = 21 * 1024 * 1024  # an upload of 20 MiB, and what goes with it
_OPTIONS = (
    ("grpc.so_reuseport", 0),  # else a second server binds the same port silently, and calls go astray
    ("grpc.max_connection_age_ms", 120_000),  # clients look names up again only when a connection ends
    ("grpc.max_connection_age_grace_ms", 600_000),
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.http2.ping_timeout_ms", 5_000),
    ("grpc.max_receive_message_length", _MESSAGE_BYTES),
    ("grpc.max_metadata_size", _METADATA_BYTES),
    ("grpc.absolute_max_metadata_size", _METADATA_BYTES),  # between the two limits, rejection is random
)

Registrations = Mapping[str, Callable[[grpc.Server], None]]
"""Full service name → what adds its servicer to a server."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen: calls on `port`, health on port + 10, /metrics on port + 20; port 0 lets the system choose all three.

    `setting` is the name of the port's setting, for errors.
    """

    host: str
    port: int
    setting: str

    def bind(self, listen: Callable[[str, int], T], *, offset: int = 0, use: str = "calls") -> T:
        """What `listen(host, port)` answers. Raises SettingsError naming the setting where it got no port."""
        wanted = self.port + offset if self.port else 0
        try:
            return listen(self.host, wanted)
        except (RuntimeError, OSError) as error:
            shown = f"{self.setting}={self.port}" + (f" (+{offset}, for {use})" if offset else "")
            raise SettingsError([f"{shown}: {self.host}:{wanted} is taken, or no address of this machine"]) from error


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that answers calls, and the ports it really got."""

    port: int
    health_port: int
    metrics_port: int
    _serving: health.HealthServicer
    _calls: grpc.Server
    _ending: threading.Event
    _close: Callable[[], None]

    def stop(self, grace: float = DRAIN_SECONDS) -> bool:
        """Reports NOT_SERVING and refuses new calls at once, and waits for running ones; false if some had to be cut off. Whoever
        waits for a change (`kernel.waiting`) is told to ask elsewhere.

        A second call does nothing.
        """
        self._serving.enter_graceful_shutdown()
        self._ending.set()
        drained = self._calls.stop(grace).wait(grace)
        self._close()
        return drained


def start(
    services: Registrations, address: Address, *, verifier: TokenVerifier, registry: CollectorRegistry, max_workers: int = 16
) -> RunningServer:
    """Starts to answer: `max_workers` calls run, as many wait, more are refused at once with RESOURCE_EXHAUSTED.

    Health has a server of its own: a probe that queues behind a full pool gets a busy process killed. Raises SettingsError for a
    port that is taken, and for an address beyond loopback without a token secret.
    """
    verifier.require_guarded(address.host, setting="SERVICE_HOST")
    pool = ThreadPoolExecutor(max_workers, thread_name_prefix="grpc-call")
    edge = Edge(verifier, registry)
    calls = grpc.server(pool, interceptors=[edge], options=_OPTIONS, maximum_concurrent_rpcs=2 * max_workers)
    probes = grpc.server(ThreadPoolExecutor(2, thread_name_prefix="grpc-health"), options=_OPTIONS)
    # No pool of its own for Watch: the library keeps that pool on the class, shared with every other server of the process.
    serving = health.HealthServicer(experimental_non_blocking=True, experimental_thread_pool=None)
    for add in services.values():
        add(calls)
    reflection.enable_server_reflection((*services, reflection.SERVICE_NAME, health.SERVICE_NAME), calls)
    for server in (calls, probes):
        health_pb2_grpc.add_HealthServicer_to_server(serving, server)
    port = address.bind(_listen(calls))
    health_port = address.bind(_listen(probes), offset=10, use="health")
    metrics_port, hide = show_figures(address, registry, offset=20)
    calls.start()
    probes.start()
    for name in services:
        serving.set(name, health_pb2.HealthCheckResponse.SERVING)

    structlog.get_logger("server").info("listening", port=port, health_port=health_port, metrics_port=metrics_port)

    def close() -> None:
        pool.shutdown(wait=False, cancel_futures=True)
        probes.stop(None).wait()
        hide()

    return RunningServer(port, health_port, metrics_port, serving, calls, edge.ending, close)


def show_figures(address: Address, registry: CollectorRegistry, *, offset: int) -> tuple[int, Callable[[], None]]:
    """Serves /metrics from a thread of its own; the port it got, and what ends it. Raises SettingsError where that is taken."""
    metrics, _ = address.bind(lambda host, port: start_http_server(port, host, registry), offset=offset, use="metrics")

    def hide() -> None:
        with suppress(OSError):  # not every system lets go of a listening socket so
            metrics.socket.shutdown(socket.SHUT_RDWR)  # it is heard at once: by itself the thread looks up twice a second
        metrics.shutdown()
        metrics.server_close()

    return metrics.server_port, hide


def serve_until_stopped(server: RunningServer | None, *closers: Callable[[], None]) -> None:
    """Waits for SIGTERM or SIGINT, then stops the server, if any, and calls the closers, all at once: a pod has 30 s for it.

    Returns when all is closed; ends the process itself when a call outlived the grace time, as its thread would keep it alive.
    """
    _wait_for_signal()
    stop = server.stop if server is not None else lambda: True
    stops: dict[int, Callable[[], bool | None]] = dict(enumerate((stop, *closers)))
    if not Fanout(len(stops), "stop").run(lambda _: stops)[0]:
        structlog.get_logger("server").warning("calls cut off", seconds=DRAIN_SECONDS)
        os._exit(0)


def _wait_for_signal() -> None:
    """Returns at the first SIGTERM or SIGINT; a second one ends the process at once, whatever it is doing by then.

    By way of a pipe: the kernel may hand a signal to any thread, and one that is not the main thread does not wake the main
    thread from a lock it waits for, so that a handler written in Python, which only the main thread runs, may not run for long.
    """
    log = structlog.get_logger("server")
    noted, noting = os.pipe()  # open until the process ends
    os.set_blocking(noting, False)
    signal.set_wakeup_fd(noting)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)  # the descriptor is written to whatever the handler does
    log.info("running")
    log.info("stopping", signal=signal.Signals(os.read(noted, 1)[0]).name)
    threading.Thread(target=lambda: os._exit(128 + os.read(noted, 1)[0]), name="signals", daemon=True).start()


def _listen(server: grpc.Server) -> Callable[[str, int], int]:
    return lambda host, port: server.add_insecure_port(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
