"""Starts the whole system on this machine, prints one URL when it is healthy, and ends it on Ctrl-C: `make run`.

Without any key or upstream address set (or with SANDBOX=1) the sandbox stands in for every upstream, with a data folder and a
realm of its own, so that sample data never mixes with a person's own, not even in their PostgreSQL and Redis.
"""

import importlib
import json
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

from pydantic import Field

from gateway.settings import GatewaySettings
from kernel.settings import AppSettings, Port, SettingsError, is_any_set, load
from sandbox.environment import settings_for
from scripts.forking import Program, limit_arenas
from scripts.stopping import Stopping
from scripts.supervision import Child, StartFailed, end

ROOT = Path(__file__).resolve().parents[1]
HEALTHY_WITHIN = 60.0
_USERNAMES = ("LASTFM_USERNAME", "LISTENBRAINZ_USERNAME")


class RunSettings(AppSettings):
    """Settings of `make run` itself."""

    sandbox: bool | None = Field(
        None, description="`1`: use the sandbox, `0`: do not; unset: where no key or upstream URL is set."
    )
    sandbox_port: Port = Field(8090, description="Port of the sandbox, when it is used.")


def main() -> int:
    """The exit status: 0 after Ctrl-C, 130 after two, 1 when something did not start, 2 for settings that cannot be used."""
    services = sorted(path.parent.name for path in (ROOT / "services").glob("*/__main__.py"))
    try:
        run_settings, gateway_settings, is_sandbox = _read_settings(services)
    except SettingsError as error:
        sys.stderr.write("Cannot start, the settings are not usable:\n")
        sys.stderr.writelines(f"  - {problem}\n" for problem in error.problems)
        return 2
    stopping = Stopping()
    stopping.listen()
    try:
        _run(services, run_settings, gateway_settings, stopping, is_sandbox=is_sandbox)
    except StartFailed as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return stopping.exit_status


def _run(
    names: list[str], run_settings: RunSettings, gateway_settings: GatewaySettings, stopping: Stopping, *, is_sandbox: bool
) -> None:
    upstreams: list[Child] = []
    services: list[Child] = []
    gateways: list[Child] = []
    limit_arenas(2)
    try:
        data_dir, realm = kept_in(run_settings, is_sandbox=is_sandbox)
        changes = {"DATA_DIR": str(data_dir.absolute())}
        logs = data_dir / "logs"
        ports = {f"{name.upper()}_PORT": getattr(gateway_settings, f"{name}_port") for name in names}
        _check_ports({"GATEWAY_PORT": gateway_settings.gateway_port, **ports})
        if is_sandbox:
            _check_ports({"SANDBOX_PORT": run_settings.sandbox_port})
            sandbox_arguments = ("--port", str(run_settings.sandbox_port))
            upstreams.append(_start("sandbox", "sandbox", {}, logs, *sandbox_arguments))
            simulated = settings_for(f"http://127.0.0.1:{run_settings.sandbox_port}")
            # Any of its listeners may be followed: whom a person named is whom they mean.
            changes |= {"REALM": realm, **{name: value for name, value in simulated.items() if not _is_named(name)}}
        services.extend(_start(name, f"services.{name}", changes, logs) for name in names)
        gateways.append(_start("gateway", "gateway", changes, logs))
        children = [*upstreams, *services, *gateways]
        url = f"http://localhost:{gateway_settings.gateway_port}"
        _wait(children, lambda: is_ready(f"http://127.0.0.1:{gateway_settings.gateway_port}/readyz"), stopping)
        _announce(url, run_settings, is_sandbox=is_sandbox, logs=logs)
        _watch(children, stopping)
    finally:
        end((gateways, services, upstreams), stopping.is_urgent)


def _read_settings(services: list[str]) -> tuple[RunSettings, GatewaySettings, bool]:
    """All apps' settings are read here once, so that all that is wrong is said before anything starts."""
    problems: list[str] = []
    for name in services:
        module = importlib.import_module(f"services.{name}.settings")
        settings_class = getattr(module, f"{name.title()}Settings")
        problems += _problems(settings_class)
    problems += [*_problems(RunSettings), *_problems(GatewaySettings)]
    if problems:
        raise SettingsError(list(dict.fromkeys(problems)))
    run_settings = load(RunSettings)
    return run_settings, load(GatewaySettings), uses_sandbox(run_settings)


def kept_in(run_settings: RunSettings, *, is_sandbox: bool) -> tuple[Path, str]:
    """The data folder, and the realm in it."""
    return (run_settings.data_dir / "sandbox", "sandbox_") if is_sandbox else (run_settings.data_dir, run_settings.realm)


def uses_sandbox(run_settings: RunSettings) -> bool:
    """Whether `make run` has the sandbox stand in for every upstream."""
    if run_settings.sandbox is not None:
        return run_settings.sandbox
    # Who one is elsewhere leads nowhere by itself: a key or an address does.
    aside = ("UPSTREAM_TRUSTED_HOSTS", *_USERNAMES)
    return not is_any_set([name for name in settings_for("http://sandbox") if name not in aside])


def _is_named(setting: str) -> bool:
    return setting in _USERNAMES and is_any_set([setting])


def _problems(settings_class: type[AppSettings]) -> list[str]:
    try:
        load(settings_class)
    except SettingsError as error:
        return error.problems
    return []


def _start(name: str, module: str, changes: dict[str, str], logs: Path, *arguments: str) -> Child:
    child = Child(name, Program(module, changes, arguments), logs / f"{name}.log")
    child.start()
    return child


def _check_ports(wanted: dict[str, int]) -> None:
    """Before anything starts: a gateway would take another system's service on a taken port for its own."""
    for setting, port in wanted.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise StartFailed(f"{setting}={port}: the port is taken; set another.") from None


def _wait(children: list[Child], is_healthy: Callable[[], bool], stopping: Stopping) -> None:
    for _ in _every(0.1, HEALTHY_WITHIN):
        if stopping.is_asked():
            raise StartFailed("Stopped before everything was healthy.")
        for child in children:
            if not child.is_running:
                raise StartFailed(f"{child.name} did not start. Its last words:\n{child.last_words()}")
        if is_healthy():
            return
    _give_up(children)


def _give_up(children: list[Child]) -> NoReturn:
    logs = ", ".join(str(child.log_path) for child in children)
    raise StartFailed(f"Not everything was healthy within {HEALTHY_WITHIN:.0f} s; see {logs}")


def _watch(children: list[Child], stopping: Stopping) -> None:
    while not stopping.is_asked():
        for child in children:
            if not child.is_running:
                child.revive()
        time.sleep(0.2)


def _every(pause: float, longest: float) -> Iterator[None]:
    ends_at = time.monotonic() + longest
    while time.monotonic() < ends_at:
        yield
        time.sleep(pause)


def is_ready(url: str) -> bool:
    """Whether the gateway there says that every service answers; a 200 alone may mean "degraded"."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own gateway
            state = json.load(answer)
    except (urllib.error.URLError, OSError, ValueError):
        return False
    return isinstance(state, dict) and state.get("status") == "ready"


def _announce(url: str, settings: RunSettings, *, is_sandbox: bool, logs: Path) -> None:
    if is_sandbox:
        print("*" * 78)
        print("*  SANDBOX: every upstream is simulated on this machine.")
        print(
            f"*  Artists, plays and numbers are made up; what was asked: http://127.0.0.1:{settings.sandbox_port}/_sandbox/counters"
        )
        print("*  Set LASTFM_API_KEY (see README) for real answers.")
        print("*" * 78)
    print(f"SoniqueBay is running at {url}  (logs in {logs}; Ctrl-C ends it)", flush=True)


if __name__ == "__main__":
    sys.exit(main())
