"""Which network addresses may our requests reach? Everything public, and what the person who runs this trusts by name."""

import socket
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

Resolve = Callable[..., Iterable[tuple[Any, ...]]]
"""`socket.getaddrinfo`, or something that answers like it."""

# What Python's `is_global` calls global all the same: protocol assignments (192.0.0.192 is a cloud's metadata) and 6to4 relays.
_DENIED_V4 = (ip_network("192.0.0.0/24"), ip_network("192.88.99.0/24"))
# Only this block is given to the public internet; naming it denies site-local, v4-compatible and local NAT64 prefixes at once.
_PUBLIC_V6 = ip_network("2000::/3")
_SIX_TO_FOUR = ip_network("2002::/16")
_NAT64 = IPv6Network("64:ff9b::/96")

_LOOKUPS_AT_ONCE = 8


class ForbiddenAddress(Exception):
    """The name leads to an address that no request of ours may reach."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether the address belongs to the public internet, and so does the IPv4 address inside it, if it wraps one."""
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and not any(address in network for network in _DENIED_V4)
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    return address in _PUBLIC_V6 and address.is_global and address not in _SIX_TO_FOUR


class AddressBook:
    """Turns a host into addresses that were judged, so that the connection goes to what was checked and to nothing else.

    Judges what the resolver says, not how the host is written: `127.1`, `0x7f000001` and `①②⑦.0.0.1` all resolve to loopback.
    """

    def __init__(self, *, trusted_hosts: Collection[str], resolve: Resolve = socket.getaddrinfo) -> None:
        self._trusted = frozenset(host.strip().lower() for host in trusted_hosts)
        self._resolve = resolve
        self._lookups = ThreadPoolExecutor(_LOOKUPS_AT_ONCE, thread_name_prefix="dns")

    def is_trusted(self, host: str, port: int) -> bool:
        """Whether `host:port` is exempt from the https-only and the public-address rule."""
        name = host.strip("[]").lower()
        return f"{name}:{port}" in self._trusted or f"[{name}]:{port}" in self._trusted

    def find(self, host: str, port: int, *, within: float | None) -> tuple[str, ...]:
        """The host's addresses. Raises ForbiddenAddress if any is not public, OSError if there are none, TimeoutError.

        One forbidden address among good ones refuses the host: which of them is used would be the attacker's choice.
        The lookup runs in a thread of its own because the system's resolver knows no deadline.
        """
        lookup = self._lookups.submit(self._resolve, host, port, type=socket.SOCK_STREAM)
        try:
            found = lookup.result(within)
        except (UnicodeError, ValueError) as error:
            raise OSError("not a host name") from error
        finally:
            lookup.cancel()  # if it still waits for a thread when the time is over
        addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not addresses:
            raise OSError("no address")
        if not self.is_trusted(host, port) and not all(is_public(ip_address(address)) for address in addresses):
            raise ForbiddenAddress
        return addresses

    def close(self) -> None:
        """Lets running lookups end by themselves."""
        self._lookups.shutdown(wait=False, cancel_futures=True)
