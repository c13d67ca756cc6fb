"""Starts the gateway: `python -m gateway [serve | hash-password]`."""

import getpass
import sys

import structlog
from pydantic import SecretStr

from gateway import http_server
from gateway.access import hash_password
from gateway.contracts import ContractError
from gateway.settings import GatewaySettings
from gateway.wiring import build
from kernel.logs import configure_logging
from kernel.settings import SettingsError, load
from kernel.telemetry import start_tracing

_USAGE = "usage: python -m gateway [serve | hash-password]\n"


def main(arguments: list[str]) -> int:
    """The exit status: 2 for settings, contracts or arguments that cannot be used."""
    command = arguments[0] if arguments else "serve"
    if len(arguments) > 1 or command not in ("serve", "hash-password"):
        sys.stderr.write(_USAGE)
        return 2
    if command == "hash-password":
        password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        sys.stdout.write(f"GATEWAY_PASSWORD_HASH={hash_password(password)}\n")
        return 0
    try:
        _serve(load(GatewaySettings))
    except (SettingsError, ContractError) as error:
        problems = error.problems if isinstance(error, SettingsError) else [str(error)]
        sys.stderr.write("Cannot start, the settings are not usable:\n")
        sys.stderr.writelines(f"  - {problem}\n" for problem in problems)
        return 2
    return 0


def _serve(settings: GatewaySettings) -> None:
    secrets = [value for _, value in settings if isinstance(value, SecretStr)]
    configure_logging("gateway", level=settings.log_level, secrets=secrets)
    flush_traces = start_tracing("gateway", settings.otel_exporter_otlp_endpoint)
    gateway = build(settings)
    listener = http_server.listen(gateway)
    log = structlog.get_logger("gateway")
    if not settings.jwt_secret.get_secret_value() and not settings.jwt_jwks_url:
        log.warning("no JWT_SECRET: only this machine is answered, and whoever asks here is the owner", setting="JWT_SECRET")
    log.info("listening", port=listener.getsockname()[1])
    http_server.server(gateway).run(sockets=[listener])
    gateway.close()
    flush_traces()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
