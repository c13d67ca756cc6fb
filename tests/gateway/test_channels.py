"""How services are called: straight, with what must go along."""

import asyncio
import os
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import structlog
from google.protobuf.wrappers_pb2 import StringValue
from opentelemetry import trace

from gateway.channels import open_aio_channel
from kernel.neighbours import call_metadata
from kernel.server import RunningServer
from tests.fakes.names import Names
from tests.fakes.probe_service import serving, stub
from tests.fakes.servers import free_service_port

ROOT = Path(__file__).parents[2]
REPLICAS = ["127.0.0.1", "127.0.0.2"]
CONNECT = """
import asyncio, sys
from gateway.channels import open_aio_channel

async def connect():
    async with open_aio_channel(sys.argv[1]) as channel:
        await asyncio.wait_for(channel.channel_ready(), 10)

asyncio.run(connect())
"""
CLOSES = """
import asyncio, gc, os
from pathlib import Path
from gateway.calls import Channels
from gateway.channels import open_aio_channel

channels = Channels({"one.v1": "127.0.0.1:9", "two.v1": "127.0.0.1:9"}, open_aio_channel)

async def live():
    channels.open()
    await channels.close()

asyncio.run(live())
gc.collect()
held = [os.readlink(each) for each in Path("/proc/self/fd").iterdir() if each.is_symlink() and each.exists()]
print(sum(each.startswith("socket:") for each in held))
"""


def test_a_service_is_asked_from_the_event_loop():
    async def call(port: int) -> StringValue:
        async with open_aio_channel(f"127.0.0.1:{port}") as channel:
            answer: StringValue = await stub(channel)(StringValue(value="x"), timeout=5)
            return answer

    with serving({}) as server:
        assert asyncio.run(call(server.port)).value == "x"


def test_request_id_trace_and_token_go_along():
    parent = trace.set_span_in_context(trace.NonRecordingSpan(trace.SpanContext(trace_id=7, span_id=9, is_remote=True)))
    with structlog.contextvars.bound_contextvars(request_id="r1"), trace.get_tracer("t").start_as_current_span("x", parent):
        seen = dict(call_metadata("abc"))

    assert seen["x-request-id"] == "r1"
    assert f"{7:032x}" in seen["traceparent"]
    assert seen["authorization"] == "Bearer abc"


def test_nothing_goes_along_where_there_is_nothing():
    assert call_metadata() == []


def test_proxies_of_the_environment_are_not_asked(free_port):
    proxy = dict.fromkeys(("http_proxy", "grpc_proxy", "https_proxy"), f"http://127.0.0.1:{free_port}")
    environment = os.environ | proxy | {"no_proxy": "", "PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}"}

    with serving({}) as server:
        target = f"127.0.0.1:{server.port}"
        connected = subprocess.run([sys.executable, "-c", CONNECT, target], env=environment, timeout=30, check=False)

    assert connected.returncode == 0


def test_closed_channels_leave_no_socket_behind() -> None:
    ended = subprocess.run([sys.executable, "-W", "error", "-c", CLOSES], cwd=ROOT, capture_output=True, text=True, check=True)

    assert (ended.stdout.strip(), ended.stderr) == ("0", "")


def test_a_name_is_resolved_to_all_its_replicas_which_take_turns():
    async def call(target: str) -> set[str]:
        async with open_aio_channel(target) as channel:
            ask, seen = stub(channel), set[str]()
            while len(seen) < len(REPLICAS):
                seen.add((await ask(StringValue(), timeout=5, wait_for_ready=True)).value)
            return seen

    def serve(host: str) -> AbstractContextManager[RunningServer]:
        return serving({"Get": lambda _, __: StringValue(value=host)}, host=host, port=port)

    port = free_service_port()
    with Names() as names, serve(REPLICAS[0]), serve(REPLICAS[1]):
        names.say("probe.music", REPLICAS)

        seen = asyncio.run(asyncio.wait_for(call(names.target("probe.music", port)), 20))

    assert seen == set(REPLICAS)
