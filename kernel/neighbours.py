"""How is a service of our own called, so that a dead, moved or frozen replica costs one deadline at most?

Only jobs call neighbours, and the gateway: a service that answers a read asks nobody of the house.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import grpc
import structlog
from google.protobuf.message import Message
from opentelemetry import propagate

from kernel import deadline
from kernel.auth import Scope, TokenVerifier
from kernel.errors import InvalidArgument, NotFound, OwnFault
from kernel.interceptors import REQUEST_ID_KEY

Reply = TypeVar("Reply")

CHANNEL_OPTIONS = (
    ("grpc.service_config", json.dumps({"loadBalancingConfig": [{"round_robin": {}}]})),
    ("grpc.enable_http_proxy", 0),
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.http2.ping_timeout_ms", 3_000),  # keepalive_timeout alone finds a frozen peer only after 60 s
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 3_000),
    ("grpc.dns_min_time_between_resolutions_ms", 5_000),
)
_COME_BACK = timedelta(seconds=10)
_TOKEN_TTL = timedelta(minutes=5)


class Neighbour:
    """Another service of the house. Any number of threads may ask it; its address may be several, which take turns."""

    def __init__(self, name: str, target: str, verifier: TokenVerifier) -> None:
        """`target` is `host:port`, or `dns://…`, of the service that `name` names in errors."""
        self._name = name
        self._verifier = verifier
        self.channel = grpc.insecure_channel(resolvable(target), CHANNEL_OPTIONS)

    def ask(self, method: Callable[..., Reply], request: Message, *, within: timedelta) -> Reply:
        """Calls a method of a stub on `channel`, with trace, request id and a token of our own.

        Raises InvalidArgument when the neighbour refuses the request, NotFound, OwnFault when it does not answer, DeadlineSpent.
        """
        token = "" if self._verifier.is_open else self._verifier.mint("service", [Scope.ADMIN], ttl=_TOKEN_TTL)
        try:
            return method(request, timeout=deadline.at_most(within.total_seconds()), metadata=call_metadata(token))
        except grpc.RpcError as error:
            deadline.check()
            if error.code() is grpc.StatusCode.INVALID_ARGUMENT:
                raise InvalidArgument.of("", f"The {self._name} service refuses this: {error.details()}") from error
            if error.code() is grpc.StatusCode.NOT_FOUND:
                raise NotFound(f"The {self._name} service does not know it.") from error
            raise OwnFault(f"The {self._name} service does not answer.", retry_after=_COME_BACK) from error


def resolvable(target: str) -> str:
    """The address in the form that is resolved again and again, and whose calls spread over all it names."""
    return target if "://" in target or target.startswith("unix:") else f"dns:///{target}"


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
