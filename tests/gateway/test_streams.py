"""Server streams as Server-Sent Events, and clients that leave."""

import json
import socket
import threading
from collections.abc import Iterator

import httpx

from tests.gateway.conftest import MakeGateway
from tests.gateway.trial import TrialServer

WATCH = "/trial/v1/counts:watch"
AT_ONCE = 8.0
"""Seconds, generous to a busy machine: who is not told notices at the next heartbeat, after 15, or when the trial ends, after 20.
"""


def events(answer: httpx.Response) -> Iterator[dict[str, str]]:
    event: dict[str, str] = {}
    for line in answer.iter_lines():
        if not line:
            yield event
            event = {}
        else:
            name, _, value = line.partition(": ")
            event[name or "comment"] = value


def test_messages_become_events_with_ids_and_names(client: httpx.Client) -> None:
    answer = client.get(WATCH, params={"most": 2})

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert list(events(answer)) == [
        {"retry": "2000"},
        {"id": "0", "event": "snapshot", "data": '{"event_id":"0","snapshot":"all"}'},
        {"id": "1", "event": "count", "data": '{"event_id":"1","count":1}'},
        {"id": "2", "event": "count", "data": '{"event_id":"2","count":2}'},
        {"event": "end", "data": "{}"},
    ]


def test_head_of_a_stream_begins_none(client: httpx.Client, trial: TrialServer) -> None:
    answer = client.head(WATCH, params={"hang": "true"})

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert trial.seen == []


def test_a_browser_that_reconnects_goes_on_where_it_was(client: httpx.Client, trial: TrialServer) -> None:
    answer = client.get(WATCH, params={"most": 1}, headers={"last-event-id": "41"})

    assert [event["id"] for event in events(answer) if "id" in event] == ["41", "42"]
    assert trial.metadata["last-event-id"] == "41"


def test_a_failure_before_the_first_event_is_an_ordinary_problem(client: httpx.Client) -> None:
    answer = client.get(WATCH, params={"failure": "not-found"})

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_failure_later_is_an_event_with_the_problem(client: httpx.Client) -> None:
    answer = client.get(WATCH, params={"most": 1, "failure": "store"})

    last = list(events(answer))[-1]
    assert answer.status_code == 200
    assert last["event"] == "error"
    assert json.loads(last["data"])["status"] == 503


def test_a_quiet_stream_shows_that_it_lives(make_gateway: MakeGateway, trial: TrialServer) -> None:
    gateway = make_gateway(gateway_heartbeat="50ms")

    with gateway.client.stream("GET", WATCH, params={"hang": "true"}) as answer:
        lines = answer.iter_lines()
        heartbeats = [line for line in (next(lines) for _ in range(12)) if line.startswith(":")]

    assert len(heartbeats) >= 2
    assert trial.cancelled.wait(AT_ONCE)


def test_a_stream_the_client_leaves_is_cancelled_at_once(client: httpx.Client, trial: TrialServer) -> None:
    with client.stream("GET", WATCH, params={"hang": "true"}) as answer:
        lines = answer.iter_lines()
        next(lines)
        assert trial.waiting.acquire(timeout=AT_ONCE)

    assert trial.cancelled.wait(AT_ONCE)


def test_a_call_whose_client_left_is_cancelled_at_once(client: httpx.Client, trial: TrialServer) -> None:
    with socket.create_connection(("127.0.0.1", client.base_url.port or 0)) as raw:
        raw.sendall(b"GET /trial/v1/patience/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert trial.waiting.acquire(timeout=AT_ONCE)

    assert trial.cancelled.wait(AT_ONCE)


def test_open_streams_do_not_keep_a_gateway_from_leaving(make_gateway: MakeGateway, trial: TrialServer) -> None:
    gateway = make_gateway()
    ended = threading.Event()

    def follow() -> None:
        with httpx.stream("GET", gateway.url + WATCH, params={"hang": "true"}, timeout=20, trust_env=False) as answer:
            for _ in answer.iter_lines():
                pass
        ended.set()

    follower = threading.Thread(target=follow)
    follower.start()
    assert trial.waiting.acquire(timeout=AT_ONCE)

    gateway.gateway.close_streams()

    assert ended.wait(AT_ONCE)
    follower.join()


def test_streams_have_a_limit_of_their_own(make_gateway: MakeGateway, trial: TrialServer) -> None:
    gateway = make_gateway(gateway_max_streams=1)

    with gateway.client.stream("GET", WATCH, params={"hang": "true"}) as answer:
        lines = answer.iter_lines()
        next(lines)
        second = gateway.client.get(WATCH)
        other = gateway.client.get("/trial/v1/counts")

    assert (second.status_code, other.status_code) == (503, 200)
    assert trial.cancelled.wait(AT_ONCE)
