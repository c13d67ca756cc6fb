import threading
from ipaddress import ip_address

import pytest

from kernel.addresses import AddressBook, ForbiddenAddress, is_public

FORBIDDEN = [
    "127.0.0.1",
    "127.1.2.3",
    "0.0.0.0",  # noqa: S104 - refused, not bound
    "10.42.0.1",
    "10.43.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",
    "64:ff9b:1::808:808",
    "2002:7f00:1::",
    "2002:808:808::",
    "2001::1",
    "2001:db8::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]

PUBLIC = ["8.8.8.8", "1.1.1.1", "93.184.215.14", "2606:4700::1111", "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]

LOOPBACK_SPELLINGS = ["127.1", "0", "2130706433", "0x7f000001", "0177.0.0.1", "①②⑦.0.0.1", "127。0。0。1", "localhost"]


def resolving(*addresses: str):
    return lambda host, port, **_: [(2, 1, 6, "", (address, port)) for address in addresses]


@pytest.fixture
def book():
    opened = []

    def open_book(*, trusted=(), **resolver) -> AddressBook:
        opened.append(AddressBook(trusted_hosts=trusted, **resolver))
        return opened[-1]

    yield open_book
    for each in opened:
        each.close()


@pytest.mark.parametrize("address", FORBIDDEN)
def test_no_request_goes_to(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_requests_may_go_to(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize("host", LOOPBACK_SPELLINGS)
def test_loopback_is_recognised_however_it_is_spelt(book, host):
    with pytest.raises(ForbiddenAddress):
        book().find(host, 80, within=5)


def test_one_private_address_among_public_ones_refuses_the_host(book):
    with pytest.raises(ForbiddenAddress):
        book(resolve=resolving("8.8.8.8", "10.0.0.1")).find("mixed.example", 443, within=5)


def test_a_public_host_is_found_with_all_its_addresses_once(book):
    found = book(resolve=resolving("2606:4700::1111", "8.8.8.8", "8.8.8.8")).find("good.example", 443, within=5)

    assert found == ("2606:4700::1111", "8.8.8.8")


@pytest.mark.parametrize(
    ("trusted", "host"), [("localhost:8080", "LocalHost"), ("127.0.0.1:8080", "127.0.0.1"), ("[::1]:8080", "::1")]
)
def test_a_trusted_host_may_be_private_on_its_own_port_only(book, trusted, host):
    trusting = book(trusted=[trusted], resolve=resolving("127.0.0.1"))

    assert trusting.find(host, 8080, within=5) == ("127.0.0.1",)
    with pytest.raises(ForbiddenAddress):
        trusting.find(host, 8081, within=5)


@pytest.mark.parametrize("host", ["no\0name", "a" * 64 + ".example", ".example", "\ud800"])
def test_what_is_no_name_has_no_address(book, host):
    with pytest.raises(OSError, match=r"."):
        book().find(host, 443, within=5)


def test_a_slow_resolver_is_not_waited_for_beyond_the_time_left(book):
    release = threading.Event()

    def resolve_slowly(host, port, **_):
        release.wait()
        return []

    slow = book(resolve=resolve_slowly)
    with pytest.raises(TimeoutError):
        slow.find("slow.example", 443, within=0.05)

    release.set()
