"""Several of everything, as `deploy/k8s/overlays/cluster` lays it out, as processes of this machine.

Two replicas of each service behind one name, on addresses of their own; two gateways; PostgreSQL, Redis; workers apart.
"""

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import httpx
import psutil
from grpc_health.v1 import health_pb2, health_pb2_grpc
from prometheus_client.parser import text_string_to_metric_families

from sandbox.environment import settings_for
from scripts.run import is_ready
from tests.fakes.names import Names
from tests.fakes.patience import eventually
from tests.fakes.programs import Programs
from tests.fakes.servers import RedisServer, free_service_port
from tests.journeys.listening import PATIENT, UNLIMITED, ListeningSystem
from tests.journeys.running import ALL

DRAINS = 25.0
"""Seconds in which whoever is asked to end has ended."""
_WORKING = ("artist", "tracker")
_NEIGHBOURS = (("album", "artist"), ("album", "cover"), ("cover", "artist"), ("cover", "album"), ("tracker", "album"))
"""Who asks whom."""
_PLAYS = 10_000


@dataclass(frozen=True, slots=True)
class Member:
    """One process; `host` and `port` are where it answers, if it does."""

    name: str
    pid: int
    host: str = ""
    port: int = 0

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def has_ended(self) -> bool:
        return psutil.Process(self.pid).status() == psutil.STATUS_ZOMBIE

    def health(self) -> str:
        """Of a service, in gRPC's words; its last ones where it does not answer."""
        with grpc.insecure_channel(f"{self.host}:{self.port + 10}") as channel:
            stub: Any = health_pb2_grpc.HealthStub(channel)
            try:
                answer = stub.Check(health_pb2.HealthCheckRequest(), timeout=2)
            except grpc.RpcError as error:
                return str(error.code().name)
        return str(health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status))

    def served(self) -> int:
        """How many calls a service has answered."""
        figures = httpx.get(f"http://{self.host}:{self.port + 20}/metrics", trust_env=False).text
        samples = [each for family in text_string_to_metric_families(figures) for each in family.samples]
        return int(sum(each.value for each in samples if each.name == "grpc_server_handled_total"))


@dataclass(slots=True)
class Cluster:
    """`system` asks its first gateway, and its sandbox."""

    system: ListeningSystem
    folder: Path
    programs: Programs
    names: Names
    ports: dict[str, int]
    replicas: dict[str, list[Member]] = field(default_factory=lambda: {name: [] for name in ALL})
    gateways: list[Member] = field(default_factory=list)
    workers: dict[str, list[Member]] = field(default_factory=lambda: {name: [] for name in _WORKING})
    _started: int = 0

    def start_replica(self, name: str, host: str = "") -> Member:
        """At an address that none had, as pods do, unless one is named; not healthy yet."""
        self._started += 1
        host = host or f"127.0.1.{self._started}"
        pid = self._start(f"services.{name}", f"{name}-{self._started}", {"SERVICE_HOST": host, "JOB_THREADS": "0"}, "serve")
        member = Member(name, pid, host, self.ports[name])
        self.replicas[name].append(member)
        return member

    def start_worker(self, name: str) -> Member:
        self._started += 1
        member = Member(name, self._start(f"services.{name}", f"{name}-worker-{self._started}", {}, "worker"))
        self.workers[name].append(member)
        return member

    def start_gateway(self, port: int) -> Member:
        self._started += 1
        member = Member(
            "gateway", self._start("gateway", f"gateway-{self._started}", {"GATEWAY_PORT": str(port)}), "127.0.0.1", port
        )
        self.gateways.append(member)
        return member

    def publish(self, name: str, members: Sequence[Member] | None = None) -> None:
        """The name stands for these from now on, or for all."""
        self.names.say(name, [member.host for member in (self.replicas[name] if members is None else members)])

    def await_health(self, *members: Member) -> None:
        for member in members:
            assert eventually(lambda member=member: self._is_healthy(member), within=PATIENT), member  # type: ignore[misc]

    def asked_about(self) -> int:
        """How many times Last.fm was asked who an artist is."""
        return int(self.system.sandbox.get("/_sandbox/counters").json().get("lastfm", {}).get("artist.getinfo", 0))

    def end(self, member: Member, number: signal.Signals = signal.SIGTERM) -> int:
        """The status it ends with; it has to within the time of a drain."""
        self._strike_off(member)
        member.signal(number)
        return self.await_end(member)

    def await_end(self, member: Member) -> int:
        self._strike_off(member)
        assert eventually(member.has_ended, within=DRAINS), f"{member} goes on"
        return self.programs.wait(member.pid)

    def _is_healthy(self, member: Member) -> bool:
        if member.name == "gateway":
            return is_ready(f"http://{member.host}:{member.port}/readyz")
        return member.health() == "SERVING"

    def _strike_off(self, member: Member) -> None:
        for members in (*self.replicas.values(), *self.workers.values(), self.gateways):
            if member in members:
                members.remove(member)

    def _start(self, module: str, name: str, changes: dict[str, str], *arguments: str) -> int:
        data = self.folder / ("cover" if "cover" in module else name)
        data.mkdir(exist_ok=True)
        return self.programs.start(module, self.folder / f"{name}.log", {"DATA_DIR": str(data), **changes}, *arguments)


@contextmanager
def started(folder: Path, database_url: str, redis: RedisServer) -> Iterator[Cluster]:
    """The whole of it, healthy."""
    system = ListeningSystem(folder, _PLAYS, UNLIMITED, services=ALL)
    ports = {name: getattr(system, f"{name}_port") for name in ALL}
    with Names() as names:
        services = ",".join(f"soniquebay.{name}.v1={names.target(name, port)}" for name, port in ports.items())
        environment = {
            **system.environment,
            **settings_for(f"http://127.0.0.1:{system.sandbox_port}"),
            **{f"{asking}_{asked}_ADDRESS".upper(): names.target(asked, ports[asked]) for asking, asked in _NEIGHBOURS},
            "LASTFM_USERNAME": system.account,
            "DATABASE_URL": database_url,
            "REDIS_URL": redis.url,
            "GATEWAY_SERVICES": services,
            "JOB_LEASE": "2s",
        }
        cluster = Cluster(system, folder, Programs(environment, folder), names, ports)
        try:
            _start_all(cluster)
            yield cluster
        finally:
            cluster.programs.close()
            system.client.close()
            system.sandbox.close()


def _start_all(cluster: Cluster) -> None:
    system = cluster.system
    cluster.programs.start("sandbox", cluster.folder / "sandbox.log", {}, "--port", str(system.sandbox_port))
    for name in ALL:
        for _ in range(2):
            cluster.start_replica(name)
        cluster.publish(name)
    for name in _WORKING:
        for _ in range(2):
            cluster.start_worker(name)
    for port in (system.gateway_port, free_service_port()):
        cluster.start_gateway(port)
    cluster.await_health(*(member for members in cluster.replicas.values() for member in members), *cluster.gateways)
    system.lift_limits()
