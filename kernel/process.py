"""How does a service start, and what can it be told on its command line? The same for all, so each `__main__` is a few lines."""

import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Protocol, TypeVar

from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from kernel.auth import TokenVerifier
from kernel.job_worker import JobWorker
from kernel.jobs import Jobs
from kernel.logs import configure_logging
from kernel.server import Address, Registrations, RunningServer, serve_until_stopped, start, wait_for_signal
from kernel.settings import AppSettings, SettingsError, load
from kernel.telemetry import start_tracing

SettingsT = TypeVar("SettingsT", bound=AppSettings)

_USAGE = "usage: python -m services.{name} [serve | worker | migrate]\n"
_JOB_GRACE = timedelta(seconds=20)


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
        ...


def run(name: str, settings_class: type[SettingsT], build: Callable[[SettingsT], Parts], arguments: Sequence[str]) -> int:
    """Runs the service until SIGTERM or SIGINT; answers the exit status.

    `serve` (the default) answers calls, with the job worker in the same process unless its threads are set to 0; `worker` does
    jobs only; `migrate` brings the tables up to date and ends.
    """
    command = arguments[0] if arguments else "serve"
    if command not in ("serve", "worker", "migrate") or len(arguments) > 1:
        sys.stderr.write(_USAGE.format(name=name))
        return 2
    try:
        settings = load(settings_class)
        configure_logging(name, level=settings.log_level, secrets=_secrets(settings))
        flush_traces = start_tracing(name, settings.otel_exporter_otlp_endpoint)
        parts = build(settings)
        if command != "migrate":
            _work(name, settings, parts, is_listening=command == "serve")
        parts.close()
        flush_traces()
    except SettingsError as error:
        sys.stderr.write("Cannot start, the settings are not usable:\n")
        sys.stderr.writelines(f"  - {problem}\n" for problem in error.problems)
        return 2
    return 0


def _work(name: str, settings: AppSettings, parts: Parts, *, is_listening: bool) -> None:
    server = _listen(name, settings, parts) if is_listening else None
    stop_worker = _start_worker(name, settings, parts) if settings.job_threads else lambda: None
    if server is not None:
        serve_until_stopped(server, stop_worker)
    else:
        wait_for_signal()
        stop_worker()


def _listen(name: str, settings: AppSettings, parts: Parts) -> RunningServer:
    address = Address(settings.service_host, getattr(settings, f"{name}_port"), f"{name}_port".upper())
    verifier = TokenVerifier.from_settings(settings)
    return start(parts.services, address, verifier=verifier, registry=parts.registry, max_workers=settings.service_workers)


def _start_worker(name: str, settings: AppSettings, parts: Parts) -> Callable[[], None]:
    broker_url = settings.redis_url.get_secret_value()
    worker = JobWorker(parts.jobs, name=name, broker_url=broker_url, threads=settings.job_threads)
    worker.start()
    return partial(worker.stop, _JOB_GRACE)


def _secrets(settings: AppSettings) -> list[SecretStr]:
    return [value for value in (getattr(settings, name) for name in type(settings).model_fields) if isinstance(value, SecretStr)]
