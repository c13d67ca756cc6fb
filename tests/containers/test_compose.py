"""compose.yaml, really run on a network of its own: `make test-images`."""

import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from gateway.access import hash_password
from sandbox.environment import settings_for
from tests.containers.podman import NATIVE, REGISTRY, ROOT
from tests.containers.smoke import ACCOUNT, PASSWORD, Started, walk
from tests.deploy.rendering import DEPLOY, PROGRAMS, SERVICES
from tests.fakes.servers import find_free_port

STARTS = 60.0
SANDBOX = "http://sandbox:8090"


@contextmanager
def composed(podman, *files: Path, env: Path) -> Iterator[None]:
    """Up, as a person brings it up; down after the block, with all it kept."""
    program, project = Path(sys.executable).with_name("podman-compose"), f"tried{secrets.token_hex(4)}"
    given = (part for file in files for part in ("--file", file))
    command = [str(part) for part in (program, "--project-name", project, "--env-file", env, *given)]
    subprocess.run([*command, "up", "--detach"], env=podman.environment, check=True, capture_output=True, text=True)
    try:
        yield
    finally:
        podman.tell_last_words()
        down = [*command, "down", "--volumes", "--timeout", "40"]
        subprocess.run(down, env=podman.environment, check=True, capture_output=True)


@pytest.mark.timeout(600)
def test_a_machine_without_kubernetes_knows_artists_and_imports_plays(podman, tmp_path):
    for program in PROGRAMS:
        podman.load(program, NATIVE)
    port, sandbox_port = find_free_port(), find_free_port()
    env, beside = tmp_path / "env", tmp_path / "beside.yaml"
    told = {
        "REGISTRY": REGISTRY,
        "TAG": NATIVE,
        "PORT": str(port),
        "JWT_SECRET": secrets.token_urlsafe(48),
        "GATEWAY_PASSWORD_HASH": f"'{hash_password(PASSWORD)}'",
    }
    env.write_text("".join(f"{name}={value}\n" for name, value in told.items()), "utf-8")
    # The internet is one more container, of an image that has its libraries.
    simulated = {
        "image": f"{REGISTRY}/soniquebay/gateway:{NATIVE}",
        "entrypoint": ["python3", "-m", "sandbox", "--host", "0.0.0.0", "--no-limits"],  # noqa: S104 - inside
        "volumes": [f"{ROOT / 'sandbox'}:/app/sandbox:ro"],
        "ports": [f"127.0.0.1:{sandbox_port}:8090"],
    }
    settings = {**settings_for(SANDBOX), "LASTFM_USERNAME": ACCOUNT, "LASTFM_RATE_PER_SECOND": "1000"}
    services = {name: {"environment": settings} for name in SERVICES}
    beside.write_text(yaml.safe_dump({"services": {**services, "sandbox": simulated}}), "utf-8")

    with (
        composed(podman, DEPLOY / "compose.yaml", beside, env=env),
        Started(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{sandbox_port}") as system,
    ):
        system.await_ready(within=STARTS)
        system.sign_in()
        walk(system)
