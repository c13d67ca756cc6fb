"""What did the person who runs this configure? The only place that reads the environment.

A setting's value comes from, in this order: the environment, a file of its name in /run/secrets, `config.json` in the working
directory, the default. `config.json` may be nested: `secrets.mail.api_key` and `mail.api_key` both mean `MAIL_API_KEY`.
Wrong values, and unknown ones under an app's own prefixes, stop the process at start, all of them listed at once; an empty
value means "not set", as compose files and shells leave it.
"""

import difflib
import json
import os
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_CONFIG = Path("config.json")
_SECRETS = Path("/run/secrets")
_UNITS = {"ms": 0.001, "": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_SPAN = re.compile(r"(\d{1,8}(?:\.\d+)?)\s*(ms|s|m|h|d|)")


def _parse_span(value: object) -> object:
    match = _SPAN.fullmatch(str(value).strip()) if isinstance(value, int | float | str) else None
    return timedelta(seconds=float(match[1]) * _UNITS[match[2]]) if match else value


def _parse_list(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


Span = Annotated[timedelta, BeforeValidator(_parse_span), Field(ge=timedelta(0))]
"""A duration: bare numbers are seconds; `250ms`, `5m`, `12h`, `30d` and ISO 8601 are read too."""

Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_parse_list)]
"""A comma-separated list."""

Port = Annotated[int, Field(ge=0, le=65535)]
"""A TCP port; 0 lets the system choose, which only tests want."""

SettingsT = TypeVar("SettingsT", bound="AppSettings")


class AppSettings(BaseSettings):
    """What every app reads, whichever it is."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True, enable_decoding=False)
    own_prefixes: ClassVar[tuple[str, ...]] = ()
    """A name under one of these that the class does not know is a typing error, and said to be one."""

    data_dir: Path = Field(Path("data"), description="Folder for everything that lasts: databases, rate limits, keys.")
    database_url: str = Field("", description="`postgresql+psycopg2://…`; empty: one SQLite file per app in `DATA_DIR`.")
    redis_url: SecretStr = Field(SecretStr(""), description="`redis://…` shared cache, limits and job broker; empty: memory.")
    realm: str = Field(
        "",
        pattern=r"^[a-z0-9_]{0,20}$",
        description="Begins the names of databases and keys, to keep one system's apart from another's.",
    )
    service_host: str = Field("127.0.0.1", description="Address the gRPC services listen on.")
    service_workers: int = Field(16, ge=1, le=256, description="Calls a service answers at once; as many again may wait.")
    job_threads: int = Field(2, ge=0, le=64, description="Jobs a service does at once in its own process; 0: left to workers.")
    job_lease: Span = Field(
        timedelta(minutes=1), description="After how long without a sign of life a job is given to somebody else."
    )
    upstream_trusted_hosts: Names = Field(
        (), description="`host:port` list exempt from the https-only and public-address rules; upstream URLs you set are."
    )
    contact: str = Field(
        "https://github.com/soniquebay/soniquebay", description="Address or URL that upstreams find in our User-Agent."
    )
    jwt_secret: SecretStr = Field(SecretStr(""), description="HS256 key, 32 bytes or more. Unset: loopback only, no tokens.")
    jwt_jwks_url: str = Field("", description="Where RS256/EdDSA keys are published, instead of `JWT_SECRET`.")
    jwt_audience: str = Field("soniquebay", description="Required `aud` of a token.")
    jwt_issuer: str = Field("soniquebay", description="Required `iss` of a token.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least severe log line written.")
    otel_exporter_otlp_endpoint: str = Field("", description="Where traces go, if anywhere (needs the `otlp` extra).")

    @field_validator("*")
    @classmethod
    def _check_address(cls, value: object) -> object:
        if isinstance(value, str) and value.startswith(("http://", "https://")):
            with suppress(ValueError):
                if urlsplit(value).hostname and urlsplit(value).port != 0:
                    return value
            raise ValueError("Input should be a URL with a host")
        return value

    @property
    def trusted_hosts(self) -> frozenset[str]:
        """`host:port` of all that may be plain http or private: the list, and every upstream address a person typed."""
        typed = (urlsplit(str(getattr(self, name))) for name in self.model_fields_set if name.endswith("_url"))
        ports = {"http": 80, "https": 443}
        named = {f"{url.hostname}:{url.port or ports[url.scheme]}" for url in typed if url.scheme in ports and url.hostname}
        return frozenset(named).union(self.upstream_trusted_hosts)

    @property
    def user_agent(self) -> str:
        """How we name ourselves upstream; several providers block clients that do not."""
        return f"SoniqueBay/1.0 ( {self.contact} )"


def _read_config() -> dict[str, Any]:
    """What `config.json` sets, its nesting flattened to setting names."""
    try:
        content = json.loads(_CONFIG.read_text("utf-8-sig"))  # Windows editors put a mark before it
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise SettingsError([f"{_CONFIG}: cannot be read as JSON ({error})"]) from error
    if not isinstance(content, dict):
        raise SettingsError([f"{_CONFIG}: must hold one JSON object"])
    return {name: value for name, value in _flatten(content) if value not in (None, "")}


def _flatten(tree: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for key, value in tree.items():
        name = prefix if key == "secrets" and not prefix else f"{prefix}{key}".lower()
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{name}_" if name else "")
        else:
            yield name, value


class SettingsError(Exception):
    """The configuration cannot be used; `problems` says all that is wrong with it, one sentence each, without values."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def load(settings: type[SettingsT], *, secrets: Path = _SECRETS) -> SettingsT:
    """Reads the settings of one app from the environment, `secrets` and config.json. Raises SettingsError."""
    in_files, in_environment, known = _read_files(secrets), _set_in_environment(), settings.model_fields.keys()
    unknown = sorted((in_environment | in_files.keys()) - known)
    problems = [_unknown(name, known) for name in unknown if name.upper().startswith(settings.own_prefixes)]
    try:
        loaded = settings(**{name: in_files[name] for name in in_files.keys() & known - in_environment})
    except ValidationError as error:
        # Never the value: it may be a key that was put into the wrong place.
        problems += [f"{str(e['loc'][0]).upper() if e['loc'] else 'settings'}: {e['msg']}" for e in error.errors()]
    if problems:
        raise SettingsError(problems)
    return loaded


def _unknown(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"{name.upper()}: there is no such setting" + (f"; did you mean {near[0].upper()}?" if near else "")


def change_environment(changes: Mapping[str, str]) -> None:
    """Of this process, and of those it starts from here on: for one that was made to run a program."""
    os.environ.update(changes)


def is_any_set(names: list[str], *, secrets: Path = _SECRETS) -> bool:
    """Whether a person gave any of these settings a value, in the environment, as a secret file, or in config.json."""
    return not (_set_in_environment() | _read_files(secrets).keys()).isdisjoint(name.lower() for name in names)


def _set_in_environment() -> set[str]:
    return {name.lower() for name, value in os.environ.items() if value}


def _read_files(secrets: Path) -> dict[str, Any]:
    """What `config.json` sets, and each file in `secrets`, which counts more."""
    paths = [path for path in secrets.glob("*") if path.is_file() and path.resolve().is_relative_to(secrets.resolve())]
    return _read_config() | {path.name.lower(): value for path in paths if (value := _value_of(path))}


def _value_of(secret: Path) -> str | bytes:
    content = secret.read_bytes().strip()
    with suppress(UnicodeDecodeError):
        return content.decode()
    return content  # no setting takes such bytes: it is refused under its name
