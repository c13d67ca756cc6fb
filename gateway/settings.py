"""What can a person configure about the gateway?"""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from kernel.settings import AppSettings, Names, Port, Span

_ROOT = Path(__file__).resolve().parents[1]
_MEBIBYTE = 2**20
_MOST_MEBIBYTES = 20


def _parse_pairs(value: object) -> object:
    if not isinstance(value, str):
        return value
    pairs = [part.split("=", 1) for part in value.split(",") if part.strip()]
    if any(len(pair) != 2 or not all(pair) for pair in pairs):  # noqa: PLR2004 - a name and a value
        raise ValueError("must be name=value pairs separated by commas")
    return {name.strip(): content.strip() for name, content in pairs}


def _check_hash(value: SecretStr) -> SecretStr:
    if value.get_secret_value() and not value.get_secret_value().startswith("$argon2"):
        raise ValueError("must be an argon2 hash; `python -m gateway hash-password` makes one")
    return value


def _check_origins(value: tuple[str, ...]) -> tuple[str, ...]:
    if not all(re.fullmatch(r"https?://[^/\s*]+", origin) for origin in value):
        raise ValueError("must be origins such as https://music.example.org, without a path or *")
    return value


Pairs = Annotated[Mapping[str, str], NoDecode, BeforeValidator(_parse_pairs)]
"""`name=value` pairs separated by commas."""

Spans = Annotated[Mapping[str, Span], NoDecode, BeforeValidator(_parse_pairs)]
"""`name=duration` pairs separated by commas."""

Sizes = Annotated[Mapping[str, Annotated[int, Field(ge=1, le=20)]], NoDecode, BeforeValidator(_parse_pairs)]
"""`name=mebibytes` pairs separated by commas; 20 is what services take."""

PerMinute = Annotated[int, Field(ge=0, le=1_000_000)]
"""Requests per minute and caller; 0 means no limit."""


class GatewaySettings(AppSettings):
    """Settings of the gateway; the environment names are the field names in capitals."""

    own_prefixes: ClassVar[tuple[str, ...]] = ("GATEWAY_",)

    gateway_host: str = Field("127.0.0.1", description="Address the gateway listens on; beyond loopback only with `JWT_SECRET`.")
    gateway_port: Port = Field(8000, description="Port of the gateway.")
    artist_port: Port = Field(50051, description="gRPC port of the artist service on this machine.")
    album_port: Port = Field(50052, description="gRPC port of the album service on this machine.")
    cover_port: Port = Field(50053, description="gRPC port of the cover service on this machine.")
    tracker_port: Port = Field(50054, description="gRPC port of the tracker service on this machine.")
    gateway_services: Pairs = Field(
        {}, description="Where services run elsewhere: `soniquebay.artist.v1=artist:50051,…` (proto package = host:port)."
    )
    gateway_contracts: Path = Field(_ROOT / "gen" / "soniquebay.binpb", description="The contracts, as `make proto` writes them.")
    gateway_web_dir: Path = Field(_ROOT / "frontend" / "dist", description="The built web app; without it `/` leads to `/docs`.")

    gateway_deadline: Span = Field(timedelta(seconds=10), description="Longest time for one answer.")
    gateway_stream_deadline: Span = Field(timedelta(hours=1), description="Longest time for one event stream or download.")
    gateway_deadlines: Spans = Field(
        {
            "BatchEnrichArtists": timedelta(minutes=5),
            "GetCoverImage": timedelta(seconds=30),
            "ImportHistory": timedelta(minutes=10),
            "UploadCoverImage": timedelta(minutes=1),
            "UploadImport": timedelta(minutes=1),
        },
        description="Exceptions by method: `ImportHistory=10m,ExportPlays=2h`.",
    )
    gateway_upload_mebibytes: Sizes = Field(
        {"UploadCoverImage": 10}, description="Largest upload by method, in MiB: `UploadCoverImage=5`; 20 where none is named."
    )
    gateway_body_timeout: Span = Field(timedelta(seconds=30), description="Longest time for a request's body to arrive.")
    gateway_heartbeat: Span = Field(timedelta(seconds=15), description="Pause after which a quiet event stream shows it lives.")
    gateway_max_requests: int = Field(128, ge=1, description="Requests served at once; more are turned away with 503.")
    gateway_max_streams: int = Field(64, ge=1, description="Event streams open at once.")

    gateway_rate_read_per_minute: PerMinute = Field(600, description="Reads per caller and minute.")
    gateway_rate_bytes_per_minute: PerMinute = Field(
        6000, description="Images and downloads per caller and minute: a page shows many."
    )
    gateway_rate_write_per_minute: PerMinute = Field(120, description="Other requests per caller and minute.")
    gateway_rate_enrich_per_minute: PerMinute = Field(10, description="Requests that ask providers, per caller and minute.")
    gateway_rate_token_per_minute: PerMinute = Field(5, description="Password attempts per address and minute.")
    gateway_enrich_verbs: Names = Field(
        ("Enrich", "Refresh"), description="Methods whose names begin so ask providers, and count as `enrich`."
    )

    gateway_cors_origins: Annotated[Names, AfterValidator(_check_origins)] = Field(
        (), description="Web origins elsewhere that may use this API, such as `https://music.example.org`."
    )
    gateway_allowed_hosts: Names = Field((), description="Host names, besides loopback ones, under which the gateway is reached.")
    gateway_password_hash: Annotated[SecretStr, AfterValidator(_check_hash)] = Field(
        SecretStr(""), description="argon2 hash of the owner's password; unset: no tokens are given out."
    )
    gateway_token_ttl: Span = Field(timedelta(hours=12), description="How long a token given out is valid.")

    def address_of(self, package: str) -> str | None:
        """Where the service of a proto package listens; None for one that nobody configured."""
        name = package.removeprefix("soniquebay.").split(".")[0]
        port = getattr(self, f"{name}_port", None) if package.startswith("soniquebay.") else None
        return self.gateway_services.get(package) or (f"127.0.0.1:{port}" if port else None)

    def deadline_of(self, method: str, *, streams: bool) -> float:
        """Seconds for one call of a method, by its short or full name."""
        usual = self.gateway_stream_deadline if streams else self.gateway_deadline
        span = self.gateway_deadlines.get(method) or self.gateway_deadlines.get(method.rsplit(".", 1)[-1]) or usual
        return span.total_seconds()

    def most_bytes_of(self, method: str, *, takes_bytes: bool) -> int:
        """Of the body of one request for a method, by its short name; `takes_bytes`: it is an upload."""
        return self.gateway_upload_mebibytes.get(method, _MOST_MEBIBYTES) * _MEBIBYTE if takes_bytes else _MEBIBYTE

    def rate_class(self, method: str, *, reads: bool, is_bytes: bool) -> Literal["enrich", "bytes", "read", "write"]:
        """Which limit a method counts against; `is_bytes`: its answer is an image or a download."""
        if method.startswith(self.gateway_enrich_verbs):
            return "enrich"
        if reads and is_bytes:
            return "bytes"
        return "read" if reads else "write"
