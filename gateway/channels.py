"""How do we call a service of our own so that a dead, moved or frozen replica costs one deadline at most?"""

import json

import grpc
import structlog
from opentelemetry import propagate

from kernel.interceptors import REQUEST_ID_KEY

_OPTIONS = (
    ("grpc.service_config", json.dumps({"loadBalancingConfig": [{"round_robin": {}}]})),
    ("grpc.enable_http_proxy", 0),
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.http2.ping_timeout_ms", 3_000),  # keepalive_timeout alone finds a frozen peer only after 60 s
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 3_000),
    ("grpc.dns_min_time_between_resolutions_ms", 5_000),
)


def open_aio_channel(target: str) -> grpc.aio.Channel:
    """A channel for the event loop it is opened in. `target` is `host:port`."""
    # Resolved again and again, and calls spread over all addresses; `host:port` alone would pin the first one.
    address = target if ":///" in target or target.startswith("unix:") else f"dns:///{target}"
    return grpc.aio.insecure_channel(address, _OPTIONS)


def call_metadata(token: str = "") -> list[tuple[str, str]]:
    """What goes along with a call: trace, request id, and the bearer token where there is one."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    if request_id:
        carrier[REQUEST_ID_KEY] = str(request_id)
    if token:
        carrier["authorization"] = f"Bearer {token}"
    return list(carrier.items())
