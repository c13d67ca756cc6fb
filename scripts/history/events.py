"""What do Server-Sent Events say? Only what the gateway sends: names and data."""

from collections.abc import Iterable, Iterator


def read_events(pieces: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    """Name and data of each whole event; one that the end of the stream cut off is none.

    Lines end at line feeds only: inside JSON stand other characters that Python's `splitlines` would break at.
    """
    name, data = "", list[bytes]()
    for line in _lines(pieces):
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if not line and data:
            yield name or "message", b"\n".join(data)
        if not line:
            name, data = "", []
        elif field == b"event":
            name = value.decode("utf-8", "replace")
        elif field == b"data":
            data.append(value)


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from (line.removesuffix(b"\r") for line in lines)
