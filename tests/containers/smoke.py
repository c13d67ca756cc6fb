"""The smoke journey: is this a system that knows artists, shows covers and imports plays, wherever and however it was started?"""

import io
from types import TracebackType
from typing import Any, Self

import grpc
import httpx
from grpc_health.v1 import health_pb2, health_pb2_grpc
from PIL import Image

from scripts.run import is_ready
from tests.fakes.patience import eventually
from tests.journeys.listening import Listener

PLAYS = 500
ACCOUNT = f"listener_{PLAYS}"
PASSWORD = "a password of the smoke journey"


class Started(Listener):
    """A system that somebody has started, which follows the sandbox's listener of 500 plays."""

    def __init__(self, gateway_url: str, sandbox_url: str) -> None:
        self.account = ACCOUNT
        self.client = httpx.Client(base_url=gateway_url, timeout=120, trust_env=False)
        self.sandbox = httpx.Client(base_url=sandbox_url, timeout=30, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.client.close()
        self.sandbox.close()

    def await_ready(self, within: float) -> None:
        assert eventually(lambda: is_ready(str(self.client.base_url.join("/readyz"))), within=within), self.client.get(
            "/readyz"
        ).text

    def sign_in(self) -> None:
        """What was started beyond loopback answers nobody else."""
        assert self.client.get("/api/v1/plays").status_code == 401
        token = self.post("/api/v1/auth/token", password=PASSWORD)["access_token"]
        self.client.headers["authorization"] = f"Bearer {token}"


def is_serving(port: int) -> bool:
    """What gRPC's own health service says there."""
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        health = health_pb2_grpc.HealthStub(channel)  # type: ignore[no-untyped-call, unused-ignore]
        answer = health.Check(health_pb2.HealthCheckRequest(), timeout=30, wait_for_ready=True)  # type: ignore[attr-defined, unused-ignore]
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def walk(system: Started) -> None:
    """The web app, an artist, the artist's picture, and a history of 500 plays, every one of which is there once."""
    page = system.client.get("/")
    artist = system.post("/api/v1/enrichment/artists/enrich", name="Radiohead")
    imported = system.import_history().json()

    assert (page.status_code, page.headers["content-type"].partition(";")[0]) == (200, "text/html")
    assert artist["lastfm"]["listeners"] > 0
    assert (imported["status"], imported["tracks_imported"], imported["tracks_errors"]) == ("success", PLAYS, 0)
    assert system.stored() == system.history
    assert eventually(lambda: bool(_newest(system)["artist_id"]), within=120)
    image = system.client.get(f"/api/v1/covers/artists/{_newest(system)['artist_id']}/image")
    with Image.open(io.BytesIO(image.content)) as picture:
        assert picture.format in ("PNG", "JPEG", "WEBP")


def _newest(system: Started) -> Any:
    return system.get("/api/v1/plays", page_size=1)["plays"][0]
