"""Both overlays, really run: `make test-images`. What podman cannot do of them is in `playing`."""

import secrets
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.access import hash_password
from sandbox.environment import settings_for
from tests.containers.playing import Play
from tests.containers.smoke import ACCOUNT, PASSWORD, Started, is_serving, walk

STARTS = 30.0

pytestmark = pytest.mark.timeout(600)


def sees_the_system_through(play, sandbox, folder, sockets=None, **more_secrets):
    (folder / "music").mkdir()
    play.start(
        folder,
        settings={**settings_for(sandbox.url), "LASTFM_USERNAME": ACCOUNT, "LASTFM_RATE_PER_SECOND": "1000"},
        secrets={"JWT_SECRET": secrets.token_urlsafe(48), "GATEWAY_PASSWORD_HASH": hash_password(PASSWORD), **more_secrets},
        folders={"music": folder / "music"},
        sockets=sockets or {},
    )
    with Started(f"http://127.0.0.1:{play.gateway_port}", sandbox.url) as system:
        system.await_ready(within=STARTS)
        system.sign_in()
        walk(system)
    assert all(is_serving(port + 10) for port in play.ports.values())


def test_the_overlay_of_a_pi_knows_artists_and_imports_plays(podman, sandbox, tmp_path):
    sees_the_system_through(Play.of("pi", podman), sandbox, tmp_path)


def test_the_overlay_of_a_cluster_does_so_with_its_workers_postgres_and_redis(
    podman, sandbox, tmp_path, postgres_server, redis_server
):
    with postgres_server.fresh_database() as url:
        server, host = urlsplit(url), "/run/postgresql"
        socket = Path(parse_qs(server.query)["host"][0], ".s.PGSQL.5432")
        inside = server._replace(query=f"host={host}").geturl()
        secrets_too = {"DATABASE_URL": inside, "REDIS_URL": redis_server.url}
        sees_the_system_through(
            Play.of("cluster", podman), sandbox, tmp_path, sockets={f"{host}/{socket.name}": socket}, **secrets_too
        )
