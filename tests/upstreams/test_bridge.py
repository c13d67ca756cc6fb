"""A library with an HTTP client of its own goes through our door."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import httpx2
import pytest

from kernel.errors import ProviderTimeout
from kernel.http import HttpClient
from tests.fakes.raw_server import Act, Conversation, RawServer, answer
from upstreams.bridge import BridgeTransport

Serve = Callable[[Act], tuple[RawServer, HttpClient]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    started: list[tuple[RawServer, HttpClient]] = []

    def start(act: Act) -> tuple[RawServer, HttpClient]:
        server = RawServer(act)
        client = HttpClient(user_agent="SoniqueBay/1 ( someone@example.org )", trusted_hosts=[server.host_port])
        started.append((server, client))
        return server, client

    yield start
    for server, client in started:
        client.close()
        server.stop()


def echo(peer: Conversation) -> None:
    while request := peer.read_request():
        peer.send(answer(request))


def test_it_asks_at_our_address_as_us_over_one_connection(serve: Serve):
    server, client = serve(echo)
    bridge = BridgeTransport(client, f"{server.url}v2/", provider="upstream", timeout=timedelta(seconds=5), prefix="/2.0/")

    sent = []
    for _ in range(3):
        with httpx2.Client(mounts={"https://": bridge}, trust_env=False) as library:
            sent.append(library.post("https://api.example/2.0/?user=x", data={"method": "get"}).text)

    assert sent[0].startswith("POST /v2/?user=x HTTP/1.1\r\n")
    assert "User-Agent: SoniqueBay/1" in sent[0]
    assert sent[0].endswith("\r\n\r\nmethod=get")
    assert server.connections == 1


def test_faults_pass_through_the_library(serve: Serve):
    server, client = serve(lambda peer: peer.hang())
    bridge = BridgeTransport(client, server.url, provider="upstream", timeout=timedelta(milliseconds=300))

    with httpx2.Client(mounts={"https://": bridge}, trust_env=False) as library, pytest.raises(ProviderTimeout):
        library.get("https://api.example/")
