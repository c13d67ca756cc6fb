"""services/cover/fetching.py: which addresses are asked, what is followed, and what counts as a picture."""

import itertools
import socket
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest

from kernel.errors import ProviderMalformed, ProviderThrottled, ProviderTimeout, ProviderUnavailable
from services.cover.fetching import MAX_BYTES, Fetched, Hosts, Missing
from tests.fakes.raw_server import Conversation, answer, gzip_bomb, replying
from tests.services.cover.fetching_from import JPEG, Rig, fault_of, redirecting, talking, walking


def test_a_picture_comes_with_its_type_and_where_it_lay(rig):
    got = rig.fetch_from(replying(answer(JPEG, headers=("Content-Type: text/html",))))

    assert isinstance(got, Fetched)
    assert (got.content, got.media_type) == (JPEG, "image/jpeg")


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_redirects_are_followed_whatever_their_kind_and_relative_ones_too(rig, code):
    got = rig.fetch_from(walking([answer(status=f"{code} Elsewhere", headers=("Location: /other?a=b",)), answer(JPEG)]))

    assert isinstance(got, Fetched)
    assert got.url.endswith("/other?a=b")


def test_five_redirects_are_followed_and_a_sixth_is_not(rig):
    hops = [redirecting(f"/{number}") for number in range(6)]

    assert isinstance(rig.fetch_from(walking([*hops[:5], answer(JPEG)])), Fetched)
    assert type(fault_of(lambda: rig.fetch_from(walking([*hops, answer(JPEG)])))) is ProviderMalformed


def test_a_loop_ends_at_once(rig):
    server = rig.serve(walking([redirecting("/b"), redirecting("/a"), redirecting("/b"), answer(JPEG)]))

    fault = fault_of(lambda: rig.fetch(f"{server.url}a", trusted=[server]))

    assert type(fault) is ProviderMalformed
    assert "without end" in str(fault)


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
def test_a_picture_that_is_gone_is_missing_and_a_web_page_that_says_so_is_a_fault(rig, status):
    assert rig.fetch_from(replying(answer(b"gone", status=status))) == Missing(0)
    assert type(fault_of(lambda: rig.fetch_from(replying(answer(b"\n<html>gone", status=status))))) is ProviderMalformed


def test_behind_a_redirect_every_way_to_say_that_it_is_gone_is_believed(rig):
    assert rig.fetch_from(walking([redirecting("/b"), answer(b"<html>no item", status="404 Not Found")])) == Missing(1)


@pytest.mark.parametrize(
    ("status", "headers", "kind", "retry_after"),
    [
        ("429 Slow down", ("Retry-After: 7",), ProviderThrottled, timedelta(seconds=7)),
        ("429 Slow down", (), ProviderThrottled, timedelta(seconds=30)),
        ("503 Busy", ("Retry-After: 9",), ProviderUnavailable, timedelta(seconds=9)),
        ("500 Oops", (), ProviderUnavailable, None),
        ("403 No", (), ProviderMalformed, None),
        ("204 Nothing", (), ProviderMalformed, None),
        ("206 Part", (), ProviderMalformed, None),
    ],
)
def test_every_other_status_is_a_fault(rig, status, headers, kind, retry_after):
    fault = fault_of(lambda: rig.fetch_from(replying(answer(b"" if status[0] == "2" else b"x", status=status, headers=headers))))

    assert (type(fault), fault.retry_after) == (kind, retry_after)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xd8\xff",
        b"<!DOCTYPE html><html>" + bytes(200),
        b'<svg xmlns="http://www.w3.org/2000/svg">' + b" " * 200,
        b"%PDF-1.7" + bytes(200),
        b"II*\0" + bytes(200),
        JPEG[:-40],
        JPEG + b"\xff\xda" + bytes(200),
        b"\x89PNG\r\n\x1a\n" + bytes(200),
        b"RIFF\xff\xff\0\0WEBPVP8 " + bytes(200),
    ],
    ids=[
        "nothing",
        "too small",
        "page",
        "svg",
        "pdf",
        "tiff",
        "half a jpeg",
        "half a jpeg behind its preview",
        "half a png",
        "half a webp",
    ],
)
def test_what_is_no_whole_picture_is_a_fault_whatever_it_is_called(rig, body):
    act = replying(answer(body, headers=("Content-Type: image/jpeg",)))

    assert type(fault_of(lambda: rig.fetch_from(act))) is ProviderMalformed


def endless(peer: Conversation) -> None:
    peer.read_request()
    peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    peer.drip((b"10000\r\n" + bytes(0x10000) + b"\r\n" for _ in itertools.count()), every=0)


@pytest.mark.parametrize(
    "act",
    [
        replying(answer(JPEG + bytes(21_000_000))),
        replying(answer(gzip_bomb(60), headers=("Content-Encoding: gzip",))),
        endless,
    ],
    ids=["21 MB", "gzip bomb", "no end"],
)
def test_no_more_than_twenty_megabytes_are_taken(rig, act):
    assert MAX_BYTES < 21_000_000
    assert type(fault_of(lambda: rig.fetch_from(act))) is ProviderMalformed


def drip_headers(peer: Conversation) -> None:
    peer.read_request()
    peer.send(b"HTTP/1.1 200 OK\r\n")
    peer.drip((b"X-%d: y\r\n" % number for number in itertools.count()), every=0.05)


def drip_body(peer: Conversation) -> None:
    peer.read_request()
    peer.send(answer(JPEG[:10], length=10_000))
    peer.drip(itertools.repeat(b"x"), every=0.05)


@pytest.mark.parametrize("act", [talking(Conversation.hang), drip_headers, drip_body], ids=["hang", "headers", "body"])
def test_who_takes_too_long_is_given_up(rig, act):
    assert type(fault_of(lambda: rig.fetch_from(act, timeout=timedelta(milliseconds=300)))) is ProviderTimeout


def test_each_server_on_the_way_has_its_own_guard(rig):
    server = rig.serve(walking([redirecting("/b"), answer(status="503 Busy")]))

    fault = fault_of(lambda: rig.fetch(server.url, trusted=[server]))

    assert fault.provider == "onward"
    assert rig.called == [("first", "found"), ("onward", "unavailable")]


NAMES = Hosts(frozenset({"coverartarchive.org", "archive.org", "*.archive.org"}), frozenset({"127.0.0.1:8080", "mirror.lan:80"}))


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://archive.org/a?b=c", "https://archive.org/a?b=c"),
        ("http://archive.org/download/x", "https://archive.org/download/x"),
        ("http://ia800100.us.archive.org:80/1/x.jpg", "https://ia800100.us.archive.org/1/x.jpg"),
        ("https://ARCHIVE.org:443", "https://archive.org"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
        ("https://127.0.0.1:8080/x", "https://127.0.0.1:8080/x"),
        ("http://mirror.lan/x", "http://mirror.lan:80/x"),
    ],
)
def test_a_host_of_the_source_is_asked_over_https_and_a_trusted_one_as_it_is_written(url, asked):
    assert NAMES.admit(url) == asked


FOREIGN = """https://evil.example/ https://archive.org.evil.example/ https://evilarchive.org/ https://x.coverartarchive.org/
https://archive.org:8443/ http://archive.org:8080/ http://archive.org:443/ https://archive.org:0443/ https://mirror.lan/
https://user@archive.org/ https://archive.org@evil.example/ https://evil.example\\@archive.org/ https://archive.org\\.evil/
https://evil.example#@archive.org/ //archive.org/ /x ftp://archive.org/ file:///etc/passwd data:image/png,x gopher://archive.org/
https:archive.org/ https:///archive.org/ https://archive.org./ https://ärchive.org/ https://xn--rchive-bua.org/
https://xn--.archive.org/ https://xn--0.x.archive.org/
https://archive.org%2eevil.example/ https://127.0.0.1:8081/ http://127.0.0.1/ https://[::1]/""".split()
CROOKED = [
    "",
    "https://archive.org/a b",
    "https://archive.org/a\tb",
    "https://archive.org/\r\nHost: x",
    f"https://archive.org/{2000 * 'x'}",
]


@pytest.mark.parametrize("url", [*FOREIGN, *CROOKED])
def test_what_is_not_plainly_an_address_of_the_source_is_never_asked(url):
    assert NAMES.admit(url) is None


INSIDE = """127.0.0.1 127.1 0 0.0.0.0 2130706433 0x7f000001 0177.0.0.1 ①②⑦.0.0.1 127。0。0。1 localhost localhost. [::1] [::]
[::ffff:127.0.0.1] [::ffff:7f00:1] [64:ff9b::7f00:1] [64:ff9b:1::7f00:1] [2002:7f00:1::] [fe80::1] [fc00::1] 169.254.169.254
[::ffff:169.254.169.254] 10.42.0.1 192.168.0.1 172.16.0.1 100.64.0.1 192.0.0.192 224.0.0.1 metadata.google.internal
user@127.0.0.1 archive.example@127.0.0.1""".split()


@pytest.mark.parametrize("host", INSIDE)
@pytest.mark.parametrize("code", [302, 307])
def test_no_redirect_reaches_the_inside(rig, inside, host, code):
    for scheme in ("http", "https"):
        location = f"{scheme}://{host}:{inside.port}/latest/meta-data/".encode().decode("latin-1")
        first = rig.serve(replying(answer(status=f"{code} Go", headers=(f"Location: {location}",))))

        # httpx reads the address as well, and stumbles over some: the door takes that for a server that cannot be reached.
        fault = fault_of(partial(rig.fetch, first.url, trusted=[first]))
        assert type(fault) in (ProviderMalformed, ProviderUnavailable)
    assert inside.connections() == 0


@pytest.mark.parametrize("host", INSIDE)
def test_no_address_that_a_source_names_reaches_the_inside(rig, inside, host):
    for scheme in ("http", "https"):
        assert type(fault_of(partial(rig.fetch, f"{scheme}://{host}:{inside.port}/"))) is ProviderMalformed
    assert inside.connections() == 0


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "10.0.0.1", "169.254.169.254", "0.0.0.0", "fc00::1"],  # noqa: S104
)
def test_a_host_of_the_source_whose_name_leads_inside_is_not_connected_to(rig, inside, address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    rig.resolves_to((family, (address, inside.port)))

    assert type(fault_of(lambda: rig.fetch("https://pictures.example/x"))) is ProviderMalformed
    assert inside.connections() == 0


def test_a_name_that_leads_inside_the_second_time_is_judged_by_what_is_connected_to(rig, inside):
    rig.resolves_to((socket.AF_INET, ("192.0.2.1", 443)), (socket.AF_INET, ("127.0.0.1", inside.port)))

    for _ in range(3):
        fault_of(lambda: rig.fetch("https://pictures.example/x"))
    assert inside.connections() == 0


def test_another_upstream_that_a_person_typed_is_no_place_for_pictures(rig):
    other = rig.serve(replying(answer(JPEG)))
    first = rig.serve(replying(redirecting(f"{other.url}x")))

    # The door would let it through: this system asks that address for other things.
    fault = fault_of(lambda: rig.fetch(first.url, trusted=[first], door_trusts=[first, other]))

    assert type(fault) is ProviderMalformed
    assert other.connections == 0


class Inside:
    """A port of this machine that nobody may connect to, on both families."""

    def __init__(self) -> None:
        self._listeners = [socket.create_server(("127.0.0.1", 0))]
        self.port: int = self._listeners[0].getsockname()[1]
        self._listeners.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        for listener in self._listeners:
            listener.setblocking(False)

    def connections(self) -> int:
        return sum(self._accepts(listener) for listener in self._listeners)

    def close(self) -> None:
        for listener in self._listeners:
            listener.close()

    @staticmethod
    def _accepts(listener: socket.socket) -> bool:
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return False
        return True


@pytest.fixture
def inside() -> Iterator[Inside]:
    listening = Inside()
    yield listening
    listening.close()


@pytest.fixture
def rig() -> Iterator[Rig]:
    with Rig() as made:
        yield made
