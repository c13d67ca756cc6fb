"""The images for a Raspberry Pi, by an emulated arm64: `make test-arm64`."""

import secrets

import pytest

from sandbox.environment import settings_for
from tests.containers.smoke import ACCOUNT, Started, is_serving, walk
from tests.deploy.rendering import PROGRAMS, SERVICES
from tests.fakes.servers import find_free_port, free_service_port

STARTS = 300.0
"""Seconds: an emulated program reads its code some sixteen times as slowly."""


@pytest.mark.timeout(1200)
def test_all_five_start_answer_health_enrich_import_and_end_when_asked_to(podman, sandbox):
    ports = {name: free_service_port() for name in SERVICES}
    gateway_port = find_free_port()
    settings = {
        **settings_for(sandbox.url),
        **{f"{name.upper()}_PORT": str(port) for name, port in ports.items()},
        "GATEWAY_PORT": str(gateway_port),
        "LASTFM_USERNAME": ACCOUNT,
        "LASTFM_RATE_PER_SECOND": "1000",
    }
    volume = podman.add_volume(f"tried-{secrets.token_hex(4)}")
    containers = {program: f"{volume}-{program}" for program in PROGRAMS}

    for program, container in containers.items():
        podman.start(container, podman.load(program, "arm64"), settings, volume=volume)
    with Started(f"http://127.0.0.1:{gateway_port}", sandbox.url) as system:
        system.await_ready(within=STARTS)
        healths = {name: is_serving(port + 10) for name, port in ports.items()}
        machines = {podman("exec", container, "uname", "-m") for container in containers.values()}
        walk(system)
    statuses = {program: podman.stop(container) for program, container in containers.items()}

    assert machines == {"aarch64"}
    assert healths == dict.fromkeys(SERVICES, True)
    assert statuses == dict.fromkeys(PROGRAMS, 0)
