import gzip
import itertools
import ssl
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kernel import deadline
from kernel.errors import ProviderFault, ProviderMalformed, ProviderTimeout, ProviderUnavailable
from kernel.http import HttpClient, parse_retry_after
from tests.fakes import certificates
from tests.fakes.raw_server import Act, Conversation, RawServer, answer, gzip_bomb, once, replying
from tests.fakes.servers import find_free_port

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TIMEOUT = timedelta(milliseconds=300)
# In seconds, and generous to a busy machine: the drips would go on for minutes, and what has no other end for a minute.
NO_DRIP_OUTLIVES_ITS_DEADLINE = 10 * TIMEOUT.total_seconds()
NO_WAIT_OUTLIVES_ITS_CALLER = 10.0
GROWTH_UNDER_A_GIGABYTE_OF_GZIP = 32 * 1024  # KiB

FETCH_AND_WEIGH = """
import resource, sys
from datetime import timedelta
from kernel.errors import ProviderMalformed
from kernel.http import HttpClient

client = HttpClient(user_agent="test", trusted_hosts=[sys.argv[1]])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    client.request("GET", f"http://{sys.argv[1]}/", provider="upstream", timeout=timedelta(seconds=30))
except ProviderMalformed:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.fixture(scope="module", autouse=True)
def certificates_read_once():
    with certificates.read_once():
        yield


@pytest.fixture
def serve():
    started = []

    def start(act: Act) -> RawServer:
        started.append(RawServer(act))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def open_client():
    opened = []

    def open_one(*trusted: RawServer, **resolver) -> HttpClient:
        hosts = [server.host_port for server in trusted]
        opened.append(HttpClient(user_agent="SoniqueBay/1 ( someone@example.org )", trusted_hosts=hosts, **resolver))
        return opened[-1]

    yield open_one
    for client in opened:
        client.close()


@pytest.fixture
def fetch(serve, open_client):
    """Asks a server that plays `act`, and gives the answer."""

    def fetch_from(act: Act, method: str = "GET", **said):
        server = serve(act)
        said.setdefault("timeout", timedelta(seconds=10))
        return open_client(server).request(method, server.url, provider="upstream", **said)

    return fetch_from


def echo(peer: Conversation) -> None:
    while request := peer.read_request():
        peer.send(answer(request))


def drip_headers(peer: Conversation) -> None:
    peer.read_request()
    peer.send(b"HTTP/1.1 200 OK\r\n")
    peer.drip((b"X-%d: y\r\n" % n for n in itertools.count()), every=0.05)


def drip_body(peer: Conversation) -> None:
    peer.read_request()
    peer.send(answer(length=10_000))
    peer.drip(itertools.repeat(b"x"), every=0.05)


def drip_chunks(peer: Conversation) -> None:
    peer.read_request()
    peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    peer.drip(itertools.repeat(b"1\r\nx\r\n"), every=0.05)


def say_nothing(peer: Conversation) -> None:
    peer.hang()


def promise_more(peer: Conversation) -> None:
    peer.read_request()
    peer.send(answer(b"short", length=100))
    peer.hang()


def redirecting_to(location: str) -> Act:
    return replying(answer(status="302 Found", headers=(f"Location: {location}",)))


def reset_mid_body(peer: Conversation) -> None:
    peer.read_request()
    peer.send(answer(b"half", length=100))
    peer.reset()


def test_an_answer_comes_with_status_headers_and_body(fetch):
    got = fetch(replying(answer(b'{"a":1}', status="404 Not Found", headers=("X-Left: 3",))))

    assert (got.status, got.body, got.headers["x-LEFT"]) == (404, b'{"a":1}', "3")


def test_a_request_names_us_and_carries_what_was_given(fetch):
    sent = fetch(echo, "POST", content=b"method=get+it&page=1", headers={"Authorization": "Bearer x"}).body.decode()

    assert sent.startswith("POST / HTTP/1.1\r\n")
    assert "User-Agent: SoniqueBay/1 ( someone@example.org )\r\n" in sent
    assert "Accept-Encoding: gzip\r\n" in sent
    assert "Authorization: Bearer x\r\n" in sent
    assert sent.endswith("\r\n\r\nmethod=get+it&page=1")


def test_connections_are_kept_alive(serve, open_client):
    server = serve(echo)
    client = open_client(server)

    for _ in range(5):
        client.request("GET", server.url, provider="upstream", timeout=timedelta(seconds=5))

    assert server.connections == 1


def test_cookies_are_not_kept(serve, open_client):
    server = serve(replying(answer(headers=("Set-Cookie: id=1; Path=/",))))
    client = open_client(server, echo_server := serve(echo))
    client.request("GET", server.url, provider="upstream", timeout=timedelta(seconds=5))

    sent = client.request("GET", echo_server.url, provider="upstream", timeout=timedelta(seconds=5)).body

    assert b"Cookie" not in sent


def test_proxies_of_the_environment_are_ignored(fetch, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{find_free_port()}")

    assert fetch(echo).status == 200


def test_gzip_is_asked_for_and_unpacked(fetch):
    got = fetch(replying(answer(gzip.compress(b"x" * 100_000), headers=("Content-Encoding: gzip",))))

    assert got.body == b"x" * 100_000
    assert "content-encoding" not in got.headers


@pytest.mark.parametrize("act", [say_nothing, drip_headers, drip_body, drip_chunks, promise_more])
def test_no_answer_outlives_its_time(fetch, act):
    started = time.monotonic()

    with pytest.raises(ProviderTimeout):
        fetch(act, timeout=TIMEOUT)

    assert time.monotonic() - started < NO_DRIP_OUTLIVES_ITS_DEADLINE


def test_the_callers_deadline_counts_where_it_is_nearer(fetch):
    started = time.monotonic()

    with deadline.within(TIMEOUT), pytest.raises(ProviderTimeout):
        fetch(drip_body, timeout=timedelta(seconds=60))

    assert time.monotonic() - started < NO_DRIP_OUTLIVES_ITS_DEADLINE


def test_a_caller_who_gives_up_ends_the_wait(fetch):
    given_up = threading.Event()

    def make_the_caller_give_up(peer: Conversation) -> None:
        peer.read_request()
        given_up.set()
        peer.hang()

    started = time.monotonic()

    with deadline.ended_by(given_up), pytest.raises(ProviderTimeout):
        fetch(make_the_caller_give_up, timeout=timedelta(seconds=60))

    assert time.monotonic() - started < NO_WAIT_OUTLIVES_ITS_CALLER


def test_a_slow_resolver_does_not_outlive_the_time_either(open_client):
    release = threading.Event()
    client = open_client(resolve=lambda *_, **__: [release.wait()])

    with pytest.raises(ProviderTimeout):
        client.request("GET", "https://slow.example/", provider="upstream", timeout=TIMEOUT)

    release.set()


def test_a_refused_connection_is_unavailability(open_client):
    port = find_free_port()
    client = HttpClient(user_agent="test", trusted_hosts=[f"127.0.0.1:{port}"])

    with pytest.raises(ProviderUnavailable):
        client.request("GET", f"http://127.0.0.1:{port}/", provider="upstream", timeout=timedelta(seconds=5))

    client.close()


@pytest.mark.parametrize("act", [Conversation.reset, reset_mid_body, Conversation.read_request])
def test_a_connection_that_breaks_is_unavailability(fetch, act):
    with pytest.raises(ProviderUnavailable):
        fetch(act)


def test_a_name_without_address_is_unavailability(open_client):
    client = open_client(resolve=lambda *_, **__: [])

    with pytest.raises(ProviderUnavailable):
        client.request("GET", "https://gone.example/", provider="upstream", timeout=timedelta(seconds=5))


def test_a_certificate_nobody_vouches_for_is_unavailability(serve, open_client, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_self_signed(tmp_path / "certificate.pem"))
    server = serve(lambda peer: context.wrap_socket(peer._peer, server_side=True).close())

    with pytest.raises(ProviderUnavailable):
        open_client(server).request("GET", f"https://{server.host_port}/", provider="upstream", timeout=timedelta(seconds=5))


@pytest.mark.parametrize(
    "act",
    [
        once(answer(b"cut", length=100)),
        once(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"),
        replying(answer(b"x" * 1001)),
        replying(answer(gzip.compress(b"x" * 1001), headers=("Content-Encoding: gzip",))),
        replying(answer(gzip.compress(b"x" * 900)[:-9], headers=("Content-Encoding: gzip",))),
        replying(answer(b"not gzip", headers=("Content-Encoding: gzip",))),
        replying(answer(b"brotli", headers=("Content-Encoding: br",))),
        replying(answer(gzip.compress(gzip.compress(b"x")), headers=("Content-Encoding: gzip, gzip",))),
    ],
)
def test_an_answer_cut_off_too_large_or_wrongly_packed_is_malformed(fetch, act):
    with pytest.raises(ProviderMalformed):
        fetch(act, max_bytes=1000)


def test_an_answer_of_just_the_size_allowed_is_taken(fetch):
    assert len(fetch(replying(answer(b"x" * 1000)), max_bytes=1000).body) == 1000


@pytest.mark.parametrize("headers", [("X-Big: " + "x" * 1_000_000,), tuple(f"X-{n}: y" for n in range(100_000))])
def test_headers_without_measure_are_a_fault(fetch, headers):
    with pytest.raises(ProviderFault):
        fetch(once(answer(headers=headers)))


def test_a_gigabyte_in_a_megabyte_of_gzip_is_not_unpacked(serve):
    server = serve(replying(answer(gzip_bomb(1024), headers=("Content-Encoding: gzip",))))

    weighed = subprocess.run(
        [sys.executable, "-c", FETCH_AND_WEIGH, server.host_port], capture_output=True, text=True, cwd=ROOT, check=True
    )

    assert int(weighed.stdout) < GROWTH_UNDER_A_GIGABYTE_OF_GZIP


def test_a_redirect_is_an_answer_and_reaches_nobody(serve, fetch):
    inside = serve(echo)

    got = fetch(redirecting_to(inside.url))

    assert (got.status, got.headers["location"]) == (302, inside.url)
    assert inside.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://good.example/",
        "ftp://good.example/",
        "https://user:pass@good.example/",
        "https:///nowhere",
        "https://good.example:80\t@127.0.0.1/",
        "https://127.0.0.1\\@good.example/",
        "https://good.example/\r\nX: y",
        "https://good.example/" + "x" * 70_000,
    ],
)
def test_only_plain_https_leaves_the_house(open_client, url):
    resolved = []

    def resolve(host, port, **_):
        resolved.append(host)
        return []

    client = open_client(resolve=resolve)

    with pytest.raises(ProviderMalformed):
        client.request("GET", url, provider="upstream", timeout=timedelta(seconds=5))

    assert resolved == []


def test_the_connection_goes_to_the_address_that_was_judged(serve, open_client):
    server = serve(echo)
    answers = iter(["127.0.0.1"])  # a second question would fail
    client = HttpClient(
        user_agent="test",
        trusted_hosts=[f"name.example:{server.port}"],
        resolve=lambda host, port, **_: [(2, 1, 6, "", (next(answers), port))],
    )

    sent = client.request("GET", f"http://name.example:{server.port}/", provider="upstream", timeout=timedelta(seconds=5)).body

    client.close()
    assert b"Host: name.example:%d\r\n" % server.port in sent


def test_an_address_nobody_answers_at_leaves_time_for_the_next(serve):
    server = serve(echo)
    client = HttpClient(
        user_agent="test",
        trusted_hosts=[f"name.example:{server.port}"],
        resolve=lambda host, port, **_: [(2, 1, 6, "", (address, port)) for address in ("127.0.0.2", "127.0.0.1")],
    )

    got = client.request("GET", f"http://name.example:{server.port}/", provider="upstream", timeout=timedelta(seconds=5))

    client.close()
    assert got.status == 200


def test_a_fault_names_the_provider_and_neither_url_nor_key(fetch):
    with pytest.raises(ProviderUnavailable) as raised:
        fetch(Conversation.reset, headers={"Authorization": "canary"})

    assert str(raised.value) == "upstream: could not be reached"


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("0", timedelta(0)),
        ("5", timedelta(seconds=5)),
        (" 120 ", timedelta(minutes=2)),
        ("79892", timedelta(seconds=79_892)),
        ("-1", timedelta(0)),
        ("1e12", timedelta(days=7)),
        ("inf", timedelta(days=7)),
        ("9" * 400, timedelta(days=7)),
        ("Mon, 01 Jun 2026 12:00:30 GMT", timedelta(seconds=30)),
        ("Mon, 01 Jun 2026 12:00:30 -0000", timedelta(seconds=30)),
        ("Mon, 01 Jun 2020 12:00:00 GMT", timedelta(0)),
        ("Mon, 01 Jun 9999 12:00:00 GMT", timedelta(days=7)),
        ("nan", None),
        ("soon", None),
        ("", None),
        ("Mon, 99 Foo 2026", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_kept_within_reason(text, wait):
    assert parse_retry_after(text, NOW) == wait


def _self_signed(path: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=3650))
        .not_valid_after(NOW + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    return path
