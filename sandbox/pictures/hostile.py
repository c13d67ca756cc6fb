"""What may a picture host show in place of a picture? A tester chooses; what it does show is meant to hurt."""

import zlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

from sandbox.pictures.drawing import draw
from sandbox.settings import Knob, Settings
from sandbox.wire import Answer, Request

_BOMB_EDGE = 20_000
_OVERSIZED_BYTES = 25_000_000
_SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="500" height="500">'
    b'<script>alert(1)</script><image xlink:href="http://169.254.169.254/latest/meta-data/" width="9" height="9"/></svg>'
)
_HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><script>alert(1)</script></body></html>"

Deceit = Callable[[Request], Answer]


def show(picture: Answer, request: Request, settings: Settings) -> Answer:
    """Answers the picture, or what stands in for all pictures of this host just now."""
    deceit = _DECEITS.get(settings.text("pictures"))
    return deceit(request) if deceit else picture


def host_settings() -> Settings:
    """The settings of one picture host."""
    return Settings({"pictures": Knob("real", ("real", *_DECEITS))})


def _redirect(location: str) -> Deceit:
    return lambda request: Answer(b"", "text/html", 302, {"Location": location})  # noqa: ARG005 - the shape of a Deceit


def _always(body: Callable[[], bytes], content_type: str) -> Deceit:
    return lambda request: Answer(body(), content_type)  # noqa: ARG005 - the shape of a Deceit


@lru_cache(maxsize=1)
def _make_bomb() -> bytes:
    """A PNG of 20,000 pixels a side in about a megabyte: 1.2 GB for whoever unpacks it."""
    row = bytes(1 + 3 * _BOMB_EDGE)
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    packer.compress(row)
    packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush a block does not look back, so one packed row may be repeated as often as there are rows.
    packed = packer.compress(row) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = ((len(row) * _BOMB_EDGE % 65_521) << 16 | 1).to_bytes(4, "big")
    pixels = b"\x78\xda" + packed * _BOMB_EDGE + packer.flush(zlib.Z_FINISH) + checksum
    edge = _BOMB_EDGE.to_bytes(4, "big")
    head = _write_chunk(b"IHDR", edge + edge + b"\x08\x02\x00\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + head + _write_chunk(b"IDAT", pixels) + _write_chunk(b"IEND", b"")


def _write_chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")


def _make_oversized() -> bytes:
    """A picture with so much behind its end that nobody should have read on."""
    drawn = draw("oversized", "jpg", 500, 500)
    return drawn + bytes(_OVERSIZED_BYTES - len(drawn))


_DECEITS: Mapping[str, Deceit] = MappingProxyType(
    {
        "same": _always(lambda: draw("the same for everybody", "jpg", 500, 500), "image/jpeg"),
        "bomb": _always(_make_bomb, "image/png"),
        "svg": _always(lambda: _SVG, "image/svg+xml"),
        "html": _always(lambda: _HTML, "image/jpeg"),
        "oversized": _always(_make_oversized, "image/jpeg"),
        "metadata_address": _redirect("http://169.254.169.254/latest/meta-data/"),
        "private_address": _redirect("http://10.0.0.1/cover.jpg"),
        "strange_host": _redirect("http://pictures.example.org/cover.jpg"),
        "redirect_loop": lambda request: Answer(b"", "text/html", 302, {"Location": request.target}),
    }
)
