"""Pictures of every kind that we decode, and of many that we do not; as bad as they get, and cheap to make."""

import io
import random
import struct
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from PIL import Image

_ZEROS: Final = bytes(2**20)
RED, GREEN, BLUE, WHITE = (200, 20, 30), (20, 180, 40), (30, 40, 200), (255, 255, 255)


def encoded(picture: Image.Image, form: str, **options: Any) -> bytes:
    held = io.BytesIO()
    picture.save(held, form, **options)
    return held.getvalue()


def quarters(width: int = 320, height: int = 160, mode: str = "RGB") -> Image.Image:
    """Red, green, blue, white: by them one sees which way up it is."""
    picture = Image.new("RGB", (width, height))
    for number, colour in enumerate((RED, GREEN, BLUE, WHITE)):
        picture.paste(colour, (number % 2 * width // 2, number // 2 * height // 2, (number % 2 + 1) * width // 2, height))
    return picture.convert(mode)


def noise(seed: int, edge: int = 256) -> Image.Image:
    """Of which no two are alike, and none can be packed well."""
    return Image.frombytes("RGB", (edge, edge), random.Random(seed).randbytes(3 * edge * edge))  # noqa: S311 - not a secret


def png(width: int, height: int, data: bytes, *, depth: int = 8, colours: int = 2, more: bytes = b"") -> bytes:
    """With this header, whatever is in it."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + more + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


@cache
def packed_zeros(mebibytes: int) -> bytes:
    """So many zeros in a thousandth of the room."""
    packer = zlib.compressobj(9, wbits=-15)
    first = packer.compress(b"\0") + packer.flush(zlib.Z_FULL_FLUSH)
    same = packer.compress(_ZEROS) + packer.flush(zlib.Z_FULL_FLUSH)
    check = zlib.adler32(b"\0")
    for _ in range(mebibytes):
        check = zlib.adler32(_ZEROS, check)
    return b"\x78\xda" + first + same * mebibytes + packer.flush() + struct.pack(">I", check)


def resized_jpeg(content: bytes, width: int, height: int) -> bytes:
    """The same, but that its header says another size."""
    at = max(content.find(bytes([0xFF, marker])) for marker in (0xC0, 0xC2))
    return content[: at + 5] + struct.pack(">HH", height, width) + content[at + 9 :]


def resized_webp(content: bytes, width: int, height: int) -> bytes:
    assert content[12:16] == b"VP8 "
    return content[:26] + struct.pack("<HH", width, height) + content[30:]


def gif_of_frames(count: int) -> bytes:
    content = encoded(quarters(32, 32).quantize(16), "GIF")
    at = content.index(b"\x2c")
    return content[:at] + content[at:-1] * count + b";"


def gif_with_a_larger_frame(edge: int) -> bytes:
    """Its screen is small, and its frame is not."""
    content = encoded(quarters(32, 32).quantize(16), "GIF")
    at = content.index(b"\x2c")
    return content[: at + 5] + struct.pack("<HH", edge, edge) + content[at + 9 :]


def jpeg_colour_by_colour(width: int, height: int) -> bytes:
    """A baseline JPEG whose first scan holds one colour of three; the rest of it is left out."""
    start = b"\xff\xd8\xff\xc0" + struct.pack(">HBHHB", 17, 8, height, width, 3) + bytes.fromhex("012200021101031101")
    return start + b"\xff\xda" + struct.pack(">HB", 8, 1) + b"\x01\x00\x00\x3f\x00" + bytes(50) + b"\xff\xd9"


def with_segment(content: bytes, marker: int, body: bytes) -> bytes:
    """A JPEG with this before everything else."""
    return content[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body + content[2:]


def refused() -> dict[str, tuple[Callable[[], bytes], str]]:
    """What is never decoded, and a word of the reason."""
    jpeg, progressive = encoded(quarters(), "JPEG"), encoded(quarters(), "JPEG", progressive=True)
    whole_png, webp, gif = encoded(quarters(), "PNG"), encoded(quarters(), "WEBP"), gif_of_frames(1)
    xxe = b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg><text>&x;</text></svg>'
    return {
        "nothing": (lambda: b"", "empty"),
        "zeros": (lambda: bytes(5000), "none of JPEG"),
        "html": (lambda: b"<!doctype html><script>alert(1)</script>", "none of JPEG"),
        "svg with an entity": (lambda: xxe, "none of JPEG"),
        "fits": (lambda: b"SIMPLE  =                    T".ljust(2880), "none of JPEG"),
        "tiff": (lambda: encoded(quarters(), "TIFF"), "none of JPEG"),
        "bmp": (lambda: encoded(quarters(), "BMP"), "none of JPEG"),
        "avif": (lambda: b"\0\0\0\x20ftypavif" + bytes(100), "none of JPEG"),
        "pdf": (lambda: encoded(quarters(), "PDF"), "none of JPEG"),
        "lossless jpeg": (lambda: jpeg.replace(b"\xff\xc0", b"\xff\xc3", 1), "none of JPEG"),
        "21 MB": (lambda: jpeg + bytes(21 * 2**20), "20 MB"),
        "one pixel": (lambda: encoded(quarters(2, 2), "PNG"), "too small"),
        "a line": (lambda: encoded(quarters(2000, 15), "JPEG"), "too small"),
        "no height": (lambda: resized_jpeg(jpeg, 320, 0), "too small"),
        "png of 50,000 x 50,000": (lambda: png(50_000, 50_000, b""), "too many pixels"),
        "png of 690 MB": (lambda: png(15_200, 15_200, packed_zeros(662)), "too many pixels"),
        "png of 21 megapixels": (lambda: png(4600, 4600, packed_zeros(62)), "too many pixels"),
        "transparent png of 12 megapixels": (lambda: png(3500, 3500, packed_zeros(48), colours=6), "too many pixels"),
        "png that becomes transparent": (
            lambda: png(4000, 4000, packed_zeros(48), more=chunk(b"tRNS", bytes(6))),
            "too many pixels",
        ),
        "progressive jpeg of 25 megapixels": (lambda: resized_jpeg(progressive, 5000, 5000), "too many pixels"),
        "jpeg of 65 megapixels": (lambda: resized_jpeg(jpeg, 65_000, 1001), "too many pixels"),
        "jpeg colour by colour": (lambda: jpeg_colour_by_colour(5000, 5000), "too many pixels"),
        "webp of 4096 x 4096": (lambda: resized_webp(webp, 4096, 4096), "too many pixels"),
        "webp of 16383 x 16383": (lambda: resized_webp(webp, 16383, 16383), "too many pixels"),
        "gif with a larger frame": (lambda: gif_with_a_larger_frame(5000), "too many pixels"),
        "gif with a huge frame": (lambda: gif_with_a_larger_frame(60_000), "too many pixels"),
        "jpeg cut off": (lambda: jpeg[: len(jpeg) // 2], "damaged"),
        "jpeg of nothing but a beginning": (lambda: jpeg[:4], "damaged"),
        "jpeg of endless segments": (lambda: b"\xff\xd8" + b"\xff\xe0\0\2" * 20_000, "damaged"),
        "png cut off": (lambda: whole_png[:-60], "damaged"),
        "png without a header": (lambda: whole_png[:8] + chunk(b"tEXt", bytes(30)), "damaged"),
        "webp cut off": (lambda: webp[: len(webp) // 2], "damaged"),
        "webp of another size than it says": (lambda: resized_webp(webp, 2000, 2000), "damaged"),
        "webp of no kind": (lambda: webp[:12] + b"VP9 " + webp[16:], "damaged"),
        "gif cut off": (lambda: gif[: len(gif) // 2], "damaged"),
        "texts of 500 MB": (lambda: png(100, 100, packed_zeros(1), more=chunk(b"zTXt", b"k\0\0" + packed_zeros(500))), "damaged"),
    }
