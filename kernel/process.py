"""How does a service start, and what can it be told on its command line? The same for all, so each `__main__` is a few lines."""

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Protocol

import structlog
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from kernel.auth import TokenVerifier
from kernel.job_figures import JobFigures
from kernel.job_worker import JobWorker
from kernel.jobs import Jobs
from kernel.logs import configure_logging
from kernel.server import Address, Registrations, serve_until_stopped, show_figures, start
from kernel.settings import AppSettings, SettingsError, SettingsT, load
from kernel.telemetry import start_tracing

_WORKERS_FIGURES = 30
"""Above the service's port, 10 above the service's own figures: on one machine neither may take the other's."""


class Parts(Protocol):
    """A service put together and not yet listening. Building it has brought its tables up to date."""

    @property
    def services(self) -> Registrations: ...
    @property
    def registry(self) -> CollectorRegistry: ...
    @property
    def jobs(self) -> Jobs: ...
    def close(self) -> None:
        """Lets go of connections and threads; after the server and the worker have stopped."""


def run(name: str, settings_class: type[SettingsT], build: Callable[[SettingsT], Parts], arguments: Sequence[str]) -> int:
    """Runs the service until SIGTERM or SIGINT; answers the exit status.

    `serve` (the default) answers calls, with the job worker in the same process unless its threads are set to 0; `worker` does
    jobs only, and shows its figures 30 above the service's port, unless that is taken; `migrate` brings the tables up to date
    and ends.
    """
    command = arguments[0] if arguments else "serve"
    if command not in ("serve", "worker", "migrate") or len(arguments) > 1:
        sys.stderr.write(f"usage: python -m services.{name} [serve | worker | migrate]\n")
        return 2
    try:
        settings = load(settings_class)
        secrets = [value for _, value in settings if isinstance(value, SecretStr)]
        configure_logging(name, level=settings.log_level, secrets=secrets)
        with ExitStack() as ending:
            ending.callback(start_tracing(name, settings.otel_exporter_otlp_endpoint))
            parts = build(settings)
            ending.callback(parts.close)
            parts.registry.register(JobFigures(parts.jobs))
            if command != "migrate":
                _work(name, settings, parts, is_listening=command == "serve")
    except SettingsError as error:
        sys.stderr.write("Cannot start, the settings are not usable:\n")
        sys.stderr.writelines(f"  - {problem}\n" for problem in error.problems)
        return 2
    return 0


def _work(name: str, settings: AppSettings, parts: Parts, *, is_listening: bool) -> None:
    server, stops = None, []
    address = Address(settings.service_host, getattr(settings, f"{name}_port"), f"{name}_port".upper())
    if is_listening:
        verifier = TokenVerifier.from_settings(settings)
        server = start(parts.services, address, verifier=verifier, registry=parts.registry, max_workers=settings.service_workers)
    else:
        try:
            stops.append(show_figures(address, parts.registry, offset=_WORKERS_FIGURES)[1])
        except SettingsError as error:  # beside another worker
            structlog.get_logger("process").warning("figures_not_shown", reason=str(error))
    if settings.job_threads:
        broker = settings.redis_url.get_secret_value()
        worker = JobWorker(parts.jobs, name=f"{settings.realm}{name}", broker_url=broker, threads=settings.job_threads)
        worker.start()
        stops.append(worker.stop)
    serve_until_stopped(server, *stops)
