import os
import signal
import subprocess
import sys

import httpx
import psutil
import pytest

from tests.fakes.patience import eventually
from tests.journeys.running import ALL, ARTIST_ONLY, ROOT, RunningSystem
from tests.sandbox.running import RunningSandbox

AT_ONCE = 10  # seconds; a service that drains has 28


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """For tests that leave it as running as they found it."""
    with RunningSystem(tmp_path_factory.mktemp("started")) as system:
        yield system


def alive(processes):
    return [each for each in processes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]


def start_badly(folder, settings):
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'gen'}", "DATA_DIR": str(folder)}
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "run.py")],
        cwd=folder,
        env=environment | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


@pytest.mark.parametrize(
    ("signal_number", "services"), [(signal.SIGINT, ALL), (signal.SIGTERM, ARTIST_ONLY), (signal.SIGHUP, ARTIST_ONLY)]
)
def test_stopping_ends_every_process_it_started(tmp_path, signal_number, services):
    with RunningSystem(tmp_path, services=services) as system:
        children = psutil.Process(system.process.pid).children(recursive=True)

        system.process.send_signal(signal_number)
        status = system.process.wait(timeout=40)

        assert status == 0
        assert len(children) == len({"sandbox", "gateway", *services})
        assert alive(children) == []


@pytest.mark.timeout(60)
def test_a_second_ctrl_c_ends_at_once_what_would_not_end(tmp_path):
    with RunningSystem(tmp_path, services=ARTIST_ONLY) as system:
        children = psutil.Process(system.process.pid).children(recursive=True)
        gateway, artist = system.child("gateway"), system.child("services.artist")
        artist.suspend()
        system.process.send_signal(signal.SIGINT)
        assert eventually(lambda: alive([gateway]) == [])
        assert system.process.poll() is None

        system.process.send_signal(signal.SIGINT)
        status = system.process.wait(timeout=AT_ONCE)

        assert status == 128 + signal.SIGINT
        assert alive(children) == []


def test_a_service_that_was_killed_comes_back(started):
    started.enrich(name="Radiohead")
    victim = started.child("services.artist")

    victim.kill()

    assert eventually(lambda: started.enrich(name="Radiohead").status_code == 200)
    assert started.calls() == 3


def test_settings_that_cannot_be_used_are_all_said_before_anything_starts(tmp_path):
    wrong = {"GATEWAY_PORT": "many", "ARTIST_PRT": "1", "ENRICHMENT_TIMEOUT_LASTFM": "soon"}

    ended = start_badly(tmp_path, wrong)

    assert ended.returncode == 2
    assert all(name in ended.stderr for name in wrong)
    assert "many" not in ended.stderr
    assert "did you mean ARTIST_PORT?" in ended.stderr


def test_a_taken_port_is_an_error_that_names_its_setting(tmp_path, started):
    second = RunningSystem(tmp_path, {"ARTIST_PORT": str(started.artist_port)})

    with pytest.raises(AssertionError, match=f"ARTIST_PORT={started.artist_port}"):
        second.start()

    second.stop()


def test_with_a_key_and_an_address_of_ones_own_that_server_is_asked_and_nobody_else(tmp_path):
    with RunningSandbox() as upstream:
        own = {"LASTFM_API_KEY": "my-own-key", "LASTFM_URL": f"{upstream.url}/lastfm/2.0/"}
        with RunningSystem(tmp_path, own, services=ARTIST_ONLY) as system:
            answer = system.enrich(name="Radiohead")

            assert answer.json()["lastfm"]["listeners"] > 0
            assert "SANDBOX" not in system.said
            assert upstream.control("counters")["lastfm"]["total"] == 3
            with pytest.raises(httpx.ConnectError):
                system.sandbox.get("/healthz")
            connections = [
                each.raddr
                for child in psutil.Process(system.process.pid).children()
                for each in child.net_connections("inet")
                if each.raddr
            ]
            assert {address.ip.removeprefix("::ffff:") for address in connections} <= {"127.0.0.1", "::1"}


@pytest.mark.parametrize("stores", ["a folder", "PostgreSQL and Redis"])
def test_sample_data_never_mixes_with_a_persons_own(tmp_path, stores, postgres_server, redis_server):
    with postgres_server.fresh_database() as url, RunningSandbox() as upstream:
        settings = {"ENRICHMENT_PROVIDERS": "lastfm"}
        if stores != "a folder":
            settings |= {"DATABASE_URL": url, "REDIS_URL": redis_server.url}
        with RunningSystem(tmp_path, settings, services=ARTIST_ONLY) as sandboxed:
            sandboxed.enrich(name="Radiohead")

        own = {"LASTFM_API_KEY": "my-own-key", "LASTFM_URL": f"{upstream.url}/lastfm/2.0/"}
        with RunningSystem(tmp_path, settings | own, services=ARTIST_ONLY) as system:
            assert system.client.get("/api/v1/artists").json()["artists"] == []
            system.enrich(name="Radiohead")

        assert upstream.control("counters")["lastfm"]["total"] == 3


def test_without_sandbox_keys_and_those_that_need_none_everything_starts_and_says_that_nobody_can_be_asked(tmp_path):
    with RunningSystem(tmp_path, {"SANDBOX": "0", "ENRICHMENT_PROVIDERS": "lastfm,spotify,apify"}) as system:
        answer = system.enrich(name="Radiohead")
        figures = system.client.get("/api/v1/enrichment/metrics").json()

    assert "SANDBOX" not in system.said
    assert answer.status_code == 400
    assert "LASTFM_API_KEY" in answer.json()["detail"]
    assert figures["lastfm"]["circuit_breaker_state"] == "off"
