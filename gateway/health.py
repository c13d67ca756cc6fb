"""Does the gateway live, and which services answer? Neither asks what lies beyond the services: an upstream is not our health."""

import asyncio
from collections.abc import Mapping

import grpc
import orjson
from grpc_health.v1 import health_pb2
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.routing import Route

from gateway.calls import Channels
from gateway.exchange import Exchange
from gateway.problems import JSON_TYPE, Problem
from gateway.rooms import room

_SECONDS = 1.0
_FIGURES = "/metrics"
_HEADERS = {"content-type": JSON_TYPE, "cache-control": "no-store"}


class Health:
    """`/healthz`: the process lives. `/readyz`: 503 only when no service answers, as the others' routes still work."""

    def __init__(self, channels: Channels, services: Mapping[str, str]) -> None:
        self._channels = channels
        self._services = services
        """Full service name → proto package."""

    def rooms(self) -> list[Route]:
        return [room("/healthz", self.alive), room("/readyz", self.ready)]

    async def alive(self, exchange: Exchange) -> None:
        await exchange.answer(200, _HEADERS, orjson.dumps({"status": "alive"}))

    async def ready(self, exchange: Exchange) -> None:
        names = list(self._services)
        states = await asyncio.gather(*(self._state(name) for name in names))
        serving = states.count("SERVING")
        status = "ready" if serving == len(names) else "degraded" if serving else "unavailable"
        content = {"status": status, "services": dict(zip(names, states, strict=True))}
        await exchange.answer(200 if serving or not names else 503, _HEADERS, orjson.dumps(content))

    async def _state(self, service: str) -> str:
        check = self._channels.to(self._services[service]).unary_unary(
            "/grpc.health.v1.Health/Check",
            health_pb2.HealthCheckRequest.SerializeToString,
            health_pb2.HealthCheckResponse.FromString,
        )
        try:
            answer = await check(health_pb2.HealthCheckRequest(service=service), timeout=_SECONDS)
        except grpc.aio.AioRpcError as error:
            return (
                "UNREACHABLE" if error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED) else "UNKNOWN"
            )
        return str(health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status))


class Figures:
    """`/metrics`, for Prometheus."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def room(self) -> Route:
        return room(_FIGURES, self.show)

    async def show(self, exchange: Exchange) -> None:
        if exchange.scope.get("raw_path") != _FIGURES.encode():
            # A proxy that keeps this address from the public may not know it in another spelling.
            raise Problem("not-found", "There is nothing at this address.")
        headers = {"content-type": CONTENT_TYPE_LATEST, "cache-control": "no-store"}
        await exchange.answer(200, headers, generate_latest(self._registry))
