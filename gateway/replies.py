"""What may a service say about its answer beyond the message? HTTP headers and a status, as initial metadata.

    http-status: 202                   any other success than 200
    http-etag: "5f2c…"                 the header `etag`; likewise the others in `_HEADERS` and every `x-…`

Everything else a service sends stays inside the house.
"""

import re
from dataclasses import dataclass

from grpc.aio import Metadata

_PREFIX = "http-"
_HEADERS = frozenset(
    {"age", "cache-control", "content-disposition", "content-language", "content-length", "etag", "expires", "last-modified"}
    | {"link", "location", "preference-applied", "retry-after", "vary"}
)
_OURS = frozenset({"x-request-id", "x-content-type-options", "x-frame-options"})
_VALUE = re.compile(r"[\x20-\x7e]{1,2048}")
_SUCCESS = re.compile(r"2\d\d")


@dataclass(frozen=True, slots=True)
class Reply:
    """Status and headers a service wishes for its answer."""

    status: int
    headers: dict[str, str]

    @property
    def length(self) -> int | None:
        """Bytes of the whole content, where the service says so."""
        length = self.headers.get("content-length", "")
        return int(length) if length.isdigit() and len(length) < 19 else None  # noqa: PLR2004 - 64 bits


def from_metadata(metadata: Metadata | None) -> Reply:
    """Reads the wishes; what is no header text is left out, as it would break the answer."""
    status, headers = 200, {}
    for key, value in metadata or ():
        name = str(key).removeprefix(_PREFIX)
        if name == key or not isinstance(value, str) or not _VALUE.fullmatch(value):
            continue
        if name == "status" and _SUCCESS.fullmatch(value):
            status = int(value)
        elif name in _HEADERS or (name.startswith("x-") and name not in _OURS):
            headers[name] = value
    return Reply(status, headers)
