"""How do we call a service of our own so that a dead, moved or frozen replica costs one deadline at most?"""

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TypeVar

import grpc
import structlog
from opentelemetry import propagate

from kernel import deadline
from kernel.errors import DeadlineSpent
from kernel.interceptors import REQUEST_ID_KEY
from kernel.status import error_from_rpc

RequestT = TypeVar("RequestT")
ResponseT = TypeVar("ResponseT")


def open_channel(target: str, *, retried: Sequence[str] = ()) -> grpc.Channel:
    """A channel for threads. `target` is `host:port`; `retried` names idempotent methods as `package.Service/Method`."""
    return grpc.insecure_channel(_address(target), channel_options(retried))


def open_aio_channel(target: str, *, retried: Sequence[str] = ()) -> grpc.aio.Channel:
    """As `open_channel`, for the event loop it is opened in."""
    return grpc.aio.insecure_channel(_address(target), channel_options(retried))


def channel_options(retried: Iterable[str] = ()) -> list[tuple[str, str | int]]:
    """The options both kinds of channel share. Only methods named in `retried` are asked again, and only when not served at all:
    UNAVAILABLE, and the CANCELLED that a stopping server answers to calls it had taken in but not begun.
    """
    policy = {"maxAttempts": 3, "initialBackoff": "0.1s", "maxBackoff": "1s", "backoffMultiplier": 2}
    names = [dict(zip(("service", "method"), method.split("/"), strict=True)) for method in retried]
    config: dict[str, object] = {"loadBalancingConfig": [{"round_robin": {}}]}
    if names:
        config["methodConfig"] = [{"name": names, "retryPolicy": policy | {"retryableStatusCodes": ["UNAVAILABLE", "CANCELLED"]}}]
        config["retryThrottling"] = {"maxTokens": 10, "tokenRatio": 0.1}
    return [
        ("grpc.service_config", json.dumps(config)),
        ("grpc.enable_http_proxy", 0),
        ("grpc.keepalive_time_ms", 20_000),
        ("grpc.http2.ping_timeout_ms", 3_000),  # keepalive_timeout alone finds a frozen peer only after 60 s
        ("grpc.initial_reconnect_backoff_ms", 200),
        ("grpc.max_reconnect_backoff_ms", 3_000),
        ("grpc.dns_min_time_between_resolutions_ms", 5_000),
    ]


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


def ask(
    method: "grpc.UnaryUnaryMultiCallable[RequestT, ResponseT]",
    request: RequestT,
    *,
    timeout: timedelta = timedelta(seconds=10),
    token: str = "",
) -> ResponseT:
    """Calls a neighbour within `timeout` and the time left. Raises the error the neighbour raised, or the nearest of ours."""
    left = deadline.remaining()
    seconds = timeout.total_seconds() if left is None else min(left, timeout.total_seconds())
    if seconds <= 0:
        raise DeadlineSpent("The time for this request is used up.")
    try:
        return method(request, timeout=seconds, metadata=tuple(call_metadata(token)))
    except grpc.RpcError as error:
        raise error_from_rpc(error) from error


def _address(target: str) -> str:
    # Resolved again and again, and calls spread over all addresses; `host:port` alone would pin the first one.
    return target if ":///" in target or target.startswith("unix:") else f"dns:///{target}"
