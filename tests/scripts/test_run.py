import pytest

from scripts.run import is_ready
from tests.fakes.raw_server import RawServer, answer, once


def is_ready_when_answered(body):
    server = RawServer(once(answer(body)))
    try:
        return is_ready(f"{server.url}readyz")
    finally:
        server.stop()


def test_a_system_that_says_it_is_ready_is_ready():
    assert is_ready_when_answered(b'{"status": "ready", "services": {}}')


@pytest.mark.parametrize("body", [b'{"status": "degraded"}', b"{}", b"[]", b"null", b"7", b"<html>", b"\xff"])
def test_whatever_else_is_answered_with_200_is_not_ready(body):
    assert not is_ready_when_answered(body)


def test_a_closed_port_is_not_ready(free_port):
    assert not is_ready(f"http://127.0.0.1:{free_port}/readyz")
