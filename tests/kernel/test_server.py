"""kernel/server.py"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.wrappers_pb2 import StringValue
from grpc_health.v1 import health_pb2, health_pb2_grpc
from prometheus_client import CollectorRegistry

from kernel import server as server_module
from kernel.auth import TokenVerifier
from kernel.neighbours import CHANNEL_OPTIONS
from kernel.server import Address, start
from kernel.settings import SettingsError
from tests.fakes.probe_service import SERVICE, calling, open_verifier, serving, stub

ROOT = Path(__file__).parents[2]
BUF = Path(sys.executable).with_name("buf")
SECRET = "correct horse battery staple, thrice over"


def stub_of(channel: grpc.Channel) -> Any:
    return health_pb2_grpc.HealthStub(channel)  # type: ignore[no-untyped-call, unused-ignore]


def health_of(port: int, service: str = "") -> str:
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        answer = stub_of(channel).Check(health_pb2.HealthCheckRequest(service=service), timeout=20)
    return health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)


def test_health_answers_on_both_ports_for_the_process_and_each_service():
    with serving({}) as server:
        answers = {health_of(port, name) for port in (server.port, server.health_port) for name in ("", SERVICE)}

    assert answers == {"SERVING"}


def test_health_needs_no_token():
    with serving({}, verifier=TokenVerifier(secret=SECRET, audience="a", issuer="i")) as server:
        assert health_of(server.port) == "SERVING"


def test_a_full_pool_refuses_at_once_and_does_not_starve_health():
    release, running = threading.Event(), threading.Semaphore(0)

    def wait(request, context):
        running.release()
        release.wait(30)
        return request

    with serving({"Get": wait}, max_workers=2) as server, calling(server) as ask:
        held = [ask.future(StringValue(), timeout=30) for _ in range(2)]
        assert all(running.acquire(timeout=10) for _ in held)
        queued = [ask.future(StringValue(), timeout=30) for _ in range(8)]
        refused = wait_for_refusals(queued, 6)
        during = health_of(server.health_port)
        release.set()
        served = [call for call in [*held, *queued] if call.exception() is None]

    assert during == "SERVING"
    assert (len(served), len(refused)) == (4, 6)


def wait_for_refusals(calls: list[Any], count: int) -> list[Any]:
    """The calls refused for want of room, once there are so many; those that wait in the queue stay undone."""
    done = threading.Semaphore(0)
    for call in calls:
        call.add_done_callback(lambda _: done.release())
    assert all(done.acquire(timeout=10) for _ in range(count))
    return [call for call in calls if call.done() and call.code() is grpc.StatusCode.RESOURCE_EXHAUSTED]


def test_metrics_are_served_on_their_own_port():
    with serving({}, registry=CollectorRegistry()) as server, calling(server) as ask:
        ask(StringValue(), timeout=20)
        with urllib.request.urlopen(f"http://127.0.0.1:{server.metrics_port}/metrics", timeout=20) as answer:
            text = answer.read().decode()

    assert f'grpc_server_handled_total{{code="OK",method="/{SERVICE}/Get"}} 1.0' in text


def test_health_and_metrics_stand_ten_and_twenty_above_the_port(free_port):
    with serving({}, port=free_port) as server:
        assert (server.port, server.health_port, server.metrics_port) == (free_port, free_port + 10, free_port + 20)


@pytest.mark.parametrize(("offset", "use"), [(0, ""), (10, "health"), (20, "metrics")])
def test_a_taken_port_stops_the_start_and_names_the_setting(free_port, offset, use):
    with (
        socket.create_server(("127.0.0.1", free_port + offset)),
        pytest.raises(SettingsError) as caught,
        serving({}, port=free_port),
    ):
        pass

    assert f"PROBE_PORT={free_port}" in str(caught.value)
    assert use in str(caught.value)


def test_two_servers_cannot_share_a_port():
    with serving({}) as server, pytest.raises(SettingsError, match="PROBE_PORT"), serving({}, port=server.port):
        pass


def test_a_server_without_a_secret_does_not_listen_beyond_this_machine():
    address = Address("0.0.0.0", 0, "PROBE_PORT")  # noqa: S104

    with pytest.raises(SettingsError, match="JWT_SECRET"):
        start({}, address, verifier=open_verifier(), registry=CollectorRegistry())


@pytest.mark.parametrize("size", [15_000, 17_000])
def test_metadata_is_taken_up_to_the_limit_and_refused_beyond_it_every_time(size):
    with serving({}) as server, calling(server) as ask:
        codes = [
            ask.with_call(StringValue(), timeout=20, metadata=(("x-pad", "p" * size),))[1].code().name
            if size < 16_384
            else _code(ask, size)
            for _ in range(6)
        ]

    assert set(codes) == {"OK" if size < 16_384 else "RESOURCE_EXHAUSTED"}


def _code(ask, size: int) -> str:
    with pytest.raises(grpc.RpcError) as caught:
        ask(StringValue(), timeout=20, metadata=(("x-pad", "p" * size),))
    return caught.value.code().name


def buf_curl(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(BUF), "curl", "--protocol", "grpc", "--http2-prior-knowledge", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_an_independent_client_finds_the_services_by_reflection_and_calls_them():
    with serving({}) as server:
        listed = buf_curl("--list-services", f"http://127.0.0.1:{server.port}")
        called = buf_curl("-d", '"hello"', f"http://127.0.0.1:{server.port}/{SERVICE}/Get")

    assert SERVICE in listed.stdout.split()
    assert json.loads(called.stdout) == "hello"


def test_an_independent_client_reads_our_errors():
    from kernel.errors import InvalidArgument  # noqa: PLC0415

    def refuse(request, context):
        raise InvalidArgument.of("name", "is empty")

    with serving({"Get": refuse}) as server:
        called = buf_curl("-d", '"x"', f"http://127.0.0.1:{server.port}/{SERVICE}/Get")

    error = json.loads(called.stderr)
    assert called.returncode == 3 * 8
    assert error["code"] == "invalid_argument"
    assert {detail["type"] for detail in error["details"]} == {"google.rpc.ErrorInfo", "google.rpc.BadRequest"}


@contextmanager
def process() -> Iterator[tuple[Any, dict[str, int]]]:
    """A server in a process of its own that obeys signals, and the line of log that names its ports."""
    child: Any = subprocess.Popen(
        [sys.executable, str(ROOT / "tests/fakes/drain_process.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}"},
    )
    with child:
        try:
            listening, running = (json.loads(child.stdout.readline()) for _ in range(2))
            assert (listening["event"], running["event"]) == ("listening", "running")
            yield child, listening
        finally:
            child.kill()


def get(port: int) -> tuple[grpc.Channel, Any]:
    channel = grpc.insecure_channel(f"127.0.0.1:{port}")
    return channel, stub(channel).future(StringValue(), timeout=30)


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_turns_health_off_refuses_new_calls_and_lets_the_running_one_finish(sent):
    with process() as (child, listening):
        channel, call = get(listening["port"])
        assert json.loads(child.stdout.readline())["event"] == "begun"

        with grpc.insecure_channel(f"127.0.0.1:{listening['health_port']}") as probe:
            statuses = stub_of(probe).Watch(health_pb2.HealthCheckRequest(), timeout=30)
            serving_first = next(statuses).status
            child.send_signal(sent)
            then = next(statuses).status
        wait_until_refused(listening["port"])
        child.stdin.write("\n")
        child.stdin.flush()

        assert call.result(timeout=10).value == "finished"
        assert (serving_first, then) == (health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING)
        assert [json.loads(line)["event"] for line in child.stdout] == ["stopping", "closed"]
        assert child.wait(10) == 0
        channel.close()


def wait_until_refused(port: int) -> None:
    """Calls until the server takes no more; one that it took in while stopping comes back as CANCELLED.

    A connection that was in the listener's queue when it closed is answered by nobody: its caller's deadline ends the call.
    """
    for _ in range(1000):
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            error: Any = stub(channel, "Change").future(StringValue(), timeout=2).exception(timeout=15)
        if error is not None and error.code() is not grpc.StatusCode.DEADLINE_EXCEEDED:
            assert error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)
            return
    pytest.fail("new calls were still taken")


def test_the_rest_is_closed_while_calls_are_drained():
    with process() as (child, listening):
        channel, call = get(listening["port"])
        events = [json.loads(child.stdout.readline())["event"]]

        child.terminate()
        events += [json.loads(child.stdout.readline())["event"] for _ in range(2)]
        is_running = not call.done()
        child.stdin.write("\n")
        child.stdin.flush()

        assert call.result(timeout=10).value == "finished"
        assert (events, is_running) == (["begun", "stopping", "closed"], True)
        channel.close()


def test_an_idle_server_ends_at_once():
    with process() as (child, _):
        child.terminate()

        assert child.wait(15) == 0  # draining would take 25 s


def test_a_second_signal_ends_the_process_at_once_although_a_call_runs():
    with process() as (child, listening):
        channel, _call = get(listening["port"])
        assert json.loads(child.stdout.readline())["event"] == "begun"
        with grpc.insecure_channel(f"127.0.0.1:{listening['health_port']}") as probe:
            statuses = stub_of(probe).Watch(health_pb2.HealthCheckRequest(), timeout=30)
            next(statuses)
            child.terminate()
            next(statuses)
            child.terminate()

            assert child.wait(10) == 128 + signal.SIGTERM  # draining, it would wait for the call for 25 s
        channel.close()


def test_who_stops_waits_for_no_metrics_that_nobody_asks_for():
    def stop() -> float:
        with serving({}) as server:
            began = time.monotonic()
            server.stop(grace=0)
            return time.monotonic() - began

    assert min(stop() for _ in range(5)) < 0.4  # the library's thread looks up every half second


def test_every_option_of_ours_is_one_that_the_library_knows():
    (built,) = Path(grpc.__file__).parent.glob("_cython/cygrpc*.so")
    library = built.read_bytes()

    unknown = [name for name, _ in (*server_module._OPTIONS, *CHANNEL_OPTIONS) if name.encode() not in library]

    assert unknown == []
