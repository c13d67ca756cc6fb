"""A small service whose answers the test chooses; every method takes and gives a StringValue."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import grpc
from google.api import annotations_pb2
from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.wrappers_pb2 import StringValue
from prometheus_client import CollectorRegistry

from kernel.auth import TokenVerifier
from kernel.server import Address, RunningServer, start

SERVICE = "soniquebay.probe.v1.ProbeService"
_RULES = {"Get": "get", "Change": "post", "Ensure": "", "Watch": "get"}

Answer = Callable[[StringValue, grpc.ServicerContext], Any]


def open_verifier() -> TokenVerifier:
    return TokenVerifier(audience="soniquebay", issuer="soniquebay")


@contextmanager
def serving(
    answers: Mapping[str, Answer],
    *,
    verifier: TokenVerifier | None = None,
    registry: CollectorRegistry | None = None,
    max_workers: int = 4,
    host: str = "127.0.0.1",
    port: int = 0,
) -> Iterator[RunningServer]:
    """The service on loopback, with the answers given per method; the other methods echo."""
    server = start(
        {SERVICE: lambda server: add_to_server(answers, server)},
        Address(host, port, "PROBE_PORT"),
        verifier=verifier or open_verifier(),
        registry=registry or CollectorRegistry(),
        max_workers=max_workers,
    )
    try:
        yield server
    finally:
        server.stop(grace=5)


def add_to_server(answers: Mapping[str, Answer], server: grpc.Server) -> None:
    _describe()
    handlers = {name: _handler(name, answers.get(name, _echo)) for name in _RULES}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))


def stub(channel: grpc.Channel | grpc.aio.Channel, method: str = "Get") -> Any:
    """A callable for the method; sync or awaitable, as the channel is."""
    return channel.unary_unary(f"/{SERVICE}/{method}", StringValue.SerializeToString, StringValue.FromString)


def call_raw(server: RunningServer, content: bytes, method: str = "Get") -> bytes:
    """Sends bytes that need not be a message, and answers the reply's."""
    with grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        send: Any = channel.unary_unary(f"/{SERVICE}/{method}", None, None)
        return bytes(send(content, timeout=5))


def watch(channel: grpc.Channel) -> Any:
    return channel.unary_stream(f"/{SERVICE}/Watch", StringValue.SerializeToString, StringValue.FromString)


@contextmanager
def calling(server: RunningServer, method: str = "Get") -> Iterator[Any]:
    """A function that calls one method of the server over a fresh channel: `ask(StringValue(...), timeout=…)`."""
    with grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        yield watch(channel) if method == "Watch" else stub(channel, method)


def _echo(request: StringValue, context: grpc.ServicerContext) -> StringValue:
    return request


def _handler(name: str, answer: Answer) -> Any:
    factory = grpc.unary_stream_rpc_method_handler if name == "Watch" else grpc.unary_unary_rpc_method_handler
    return factory(answer, StringValue.FromString, StringValue.SerializeToString)


def _describe() -> None:
    with suppress(KeyError):
        descriptor_pool.Default().FindFileByName("soniquebay/probe/v1/probe.proto")
        return
    file = descriptor_pb2.FileDescriptorProto(
        name="soniquebay/probe/v1/probe.proto", package="soniquebay.probe.v1", syntax="proto3"
    )
    file.dependency.extend(["google/protobuf/wrappers.proto", "google/api/annotations.proto"])
    service = file.service.add(name="ProbeService")
    for name, verb in _RULES.items():
        value = ".google.protobuf.StringValue"
        method = service.method.add(name=name, input_type=value, output_type=value, server_streaming=name == "Watch")
        if verb:
            setattr(method.options.Extensions[annotations_pb2.http], verb, f"/probe/{name.lower()}")
    descriptor_pool.Default().Add(file)
