"""Settings in, a gateway out. The only place that constructs."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from prometheus_client import CollectorRegistry
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from starlette.routing import Router
from starlette.types import ASGIApp

from gateway import contracts, ledger, openapi
from gateway.access import Access, PasswordDesk
from gateway.assets import WebApp
from gateway.binding import compile_binding
from gateway.calls import Channels, Method
from gateway.channels import open_aio_channel
from gateway.contracts import Contract
from gateway.documents import Documents
from gateway.edge import Edge, Meter
from gateway.health import Figures, Health
from gateway.idempotency import Idempotency
from gateway.json_in import JsonReader
from gateway.json_out import JsonWriter
from gateway.ledger import DatabaseLedger
from gateway.limits import Load, RateLimits
from gateway.origins import Origins
from gateway.rooms import RestOrWeb, room
from gateway.routes import Answer, Route, RouteTable
from gateway.sessions import SessionDesk
from gateway.settings import GatewaySettings
from gateway.streams import EventStream
from gateway.transcoder import Endpoint, House, Transcoder
from kernel.auth import Scope as TokenScope
from kernel.auth import TokenVerifier, required_scope
from kernel.clock import Clock, SystemClock
from kernel.database import Database
from kernel.settings import SettingsError


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway ready to be served: `app` opens and closes its own channels.

    `close_streams` ends all event streams, which would otherwise keep a gateway from leaving.
    """

    app: ASGIApp
    settings: GatewaySettings
    close_streams: Callable[[], None]
    close: Callable[[], None]


def build(settings: GatewaySettings, *, clock: Clock | None = None) -> Gateway:
    """Raises SettingsError or ContractError for what cannot be served; opens no connection yet, but the database of answers."""
    clock = clock or SystemClock()
    verifier = TokenVerifier.from_settings(settings)
    verifier.require_guarded(settings.gateway_host, setting="GATEWAY_HOST")
    contract = contracts.load(settings.gateway_contracts)
    table = RouteTable(contract)
    channels = Channels(_addresses(contract, settings), open_aio_channel)
    registry = CollectorRegistry()
    database = Database.for_app(settings.database_url, settings.data_dir, f"{settings.realm}gateway")
    database.migrate(ledger.MIGRATIONS)
    redis = _redis(settings)
    limits = RateLimits(_limits(settings), clock=clock, shared=redis)
    idempotency = Idempotency(DatabaseLedger(database, clock))
    closing = asyncio.Event()
    origins = Origins(listed=settings.gateway_cors_origins, hosts=settings.gateway_allowed_hosts, open_house=verifier.is_open)
    access = Access(verifier, origins, fetches_keys=bool(settings.jwt_jwks_url))
    house = House(
        access=access,
        limits=limits,
        requests=Load(settings.gateway_max_requests),
        streams=Load(settings.gateway_max_streams),
        idempotency=idempotency,
        body_seconds=settings.gateway_body_timeout.total_seconds(),
        forwarding=asyncio.Lock(),
    )
    events = partial(EventStream, heartbeat=settings.gateway_heartbeat.total_seconds(), closing=closing)
    rest = Transcoder(table, _endpoints(table, settings, channels), house, events)
    desk = PasswordDesk(verifier, limits, password_hash=_password_hash(settings), ttl=settings.gateway_token_ttl)
    documents = Documents(openapi.describe(table.routes, contract.comments, needs_token=not verifier.is_open))
    packages = {str(service.full_name): str(service.file.package) for service in contract.services}
    router = Router(
        [
            *documents.rooms(),
            *Health(channels, packages).rooms(),
            Figures(registry).room(),
            room("/api/v1/auth/token", partial(desk.answer, body_seconds=house.body_seconds), verbs=("POST",)),
            SessionDesk(access, desk, origins).room(body_seconds=house.body_seconds),
        ],
        redirect_slashes=False,
        default=RestOrWeb(rest, WebApp(settings.gateway_web_dir)),
        lifespan=_lifespan(channels, idempotency, redis),
    )
    return Gateway(Edge(router, origins, Meter(registry)), settings, closing.set, database.close)


def _addresses(contract: Contract, settings: GatewaySettings) -> dict[str, str]:
    packages = {str(service.file.package) for service in contract.services}
    found = {package: settings.address_of(package) for package in sorted(packages)}
    lost = [package for package, address in found.items() if not address]
    if lost:
        raise SettingsError([f"GATEWAY_SERVICES: no address for {package}" for package in lost])
    return {package: address for package, address in found.items() if address}


def _endpoints(table: RouteTable, settings: GatewaySettings, channels: Channels) -> Mapping[Route, Endpoint]:
    reader, writer = JsonReader(), JsonWriter()

    def endpoint(route: Route) -> Endpoint:
        seconds = settings.deadline_of(route.method.full_name, streams=route.method.server_streaming)
        needs, is_bytes = required_scope(route.method), route.answer is Answer.BYTES
        return Endpoint(
            method=Method(route, channels, seconds),
            binding=compile_binding(route, reader),
            write=writer.compile(route.method.output_type, route.response_body),
            needs=needs,
            policy=settings.rate_class(route.method.name, reads=needs is TokenScope.READ, is_bytes=is_bytes),
            most_bytes=settings.most_bytes_of(route.method.name, takes_bytes=route.takes_bytes),
        )

    return {route: endpoint(route) for route in table.routes}


def _limits(settings: GatewaySettings) -> dict[str, int]:
    return {
        "read": settings.gateway_rate_read_per_minute,
        "bytes": settings.gateway_rate_bytes_per_minute,
        "write": settings.gateway_rate_write_per_minute,
        "enrich": settings.gateway_rate_enrich_per_minute,
        "token": settings.gateway_rate_token_per_minute,
    }


def _password_hash(settings: GatewaySettings) -> str:
    """With keys published elsewhere, tokens are made elsewhere too."""
    return settings.gateway_password_hash.get_secret_value() if settings.jwt_secret.get_secret_value() else ""


def _redis(settings: GatewaySettings) -> Redis | None:
    """Short time-outs and no retries: by default a command takes up to a minute to find out that Redis is silent."""
    url = settings.redis_url.get_secret_value()
    if not url:
        return None
    return Redis.from_url(url, socket_timeout=0.1, socket_connect_timeout=0.1, retry=Retry(NoBackoff(), 0))


def _lifespan(
    channels: Channels, idempotency: Idempotency, redis: Redis | None
) -> Callable[[object], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def open_for_business(_app: object) -> AsyncIterator[None]:
        channels.open()
        yield
        await idempotency.drain()
        await channels.close()
        if redis is not None:
            await redis.aclose()

    return open_for_business
