"""What kind of picture is it, how large, and is it one that we decode? Told by its first bytes: nothing is unpacked for it."""

import struct
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

JPEG, PNG, WEBP, GIF = "image/jpeg", "image/png", "image/webp", "image/gif"
MOST_BYTES: Final = 20 * 2**20
"""Of a picture as it was found."""
FEWEST_PIXELS: Final = 16
"""Of an edge: what is smaller is an icon, or counts who opens it."""

# A decoder takes so many bytes for each pixel: 5 for a plain PNG, 9 with transparency, 17 for WebP. Of a JPEG only what is needed
# is decoded, but a progressive one lies in memory as a whole before. So many pixels are about 100 MB, whoever packed them.
_MOST_PIXELS: Final = {
    (JPEG, False): 64_000_000,
    (JPEG, True): 24_000_000,
    (PNG, False): 20_000_000,
    (PNG, True): 11_000_000,
    (GIF, False): 20_000_000,
    (GIF, True): 11_000_000,
    (WEBP, False): 5_800_000,
    (WEBP, True): 5_800_000,
}
_SEQUENTIAL: Final = (0xC0, 0xC1, 0xC9)
_PROGRESSIVE: Final = (0xC2, 0xCA)
_OTHER_FRAMES: Final = (0xC3, 0xC5, 0xC6, 0xC7, 0xCB, 0xCD, 0xCE, 0xCF)
_START_OF_SCAN: Final = 0xDA
_ALONE: Final = (0x01, *range(0xD0, 0xD9))
_MOST_SEGMENTS: Final = 10_000
_TRANSPARENT_PNG: Final = (4, 6)


class Refused(Exception):
    """The picture is not looked into; `problem` is one of looks.PROBLEMS."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Header:
    """What a picture says of itself. `is_costly`: a progressive JPEG, or one with transparency."""

    media_type: str
    width: int
    height: int
    is_costly: bool = False

    def admit(self) -> None:
        """Raises Refused for what is too small to be shown or too large to be decoded."""
        if min(self.width, self.height) < FEWEST_PIXELS:
            raise Refused("small")
        if self.width * self.height > _MOST_PIXELS[self.media_type, self.is_costly]:
            raise Refused("pixels")


def media_type_of(beginning: bytes) -> str | None:
    """Of a picture that we decode; None for all else. Twelve bytes are enough."""
    if beginning.startswith(b"\xff\xd8\xff"):
        return JPEG
    if beginning.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if beginning.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    return WEBP if beginning[:4] == b"RIFF" and beginning[8:12] == b"WEBP" else None


def read_header(file: BinaryIO) -> Header:
    """From the beginning of the file, wherever that ends. Raises Refused."""
    beginning = file.read(30)
    match media_type_of(beginning):
        case "image/jpeg":
            file.seek(2)
            return _jpeg(file)
        case "image/png":
            return _png(beginning)
        case "image/gif":
            return Header(GIF, *_unpacked("<HH", beginning, 6))
        case "image/webp":
            return _webp(beginning)
        case _:
            raise Refused("kind" if beginning else "empty")


def _png(beginning: bytes) -> Header:
    name, width, height, _, colours = _unpacked(">4sIIBB", beginning, 12)
    if name != b"IHDR":
        raise Refused("damaged")
    return Header(PNG, width, height, colours in _TRANSPARENT_PNG)


def _webp(beginning: bytes) -> Header:
    match beginning[12:16]:
        case b"VP8 ":
            width, height = _unpacked("<HH", beginning, 26)
            return Header(WEBP, width & 0x3FFF, height & 0x3FFF)
        case b"VP8L":
            (bits,) = _unpacked("<I", beginning, 21)
            return Header(WEBP, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        case b"VP8X":
            low_width, high_width, low_height, high_height = _unpacked("<HBHB", beginning, 24)
            return Header(WEBP, (high_width << 16 | low_width) + 1, (high_height << 16 | low_height) + 1)
        case _:
            raise Refused("damaged")


def _jpeg(file: BinaryIO) -> Header:
    """Its frame stands somewhere behind what programs have put before it; whether its scans are whole, behind that."""
    header, components = None, 0
    for _ in range(_MOST_SEGMENTS):
        marker = _marker(file)
        if marker in _ALONE:
            continue
        length = _unpacked(">H", file.read(2))[0]
        if marker in (*_SEQUENTIAL, *_PROGRESSIVE):
            _, height, width, components = _unpacked(">BHHB", file.read(6))
            header = Header(JPEG, width, height, marker in _PROGRESSIVE)
            length -= 6
        elif marker in _OTHER_FRAMES:
            raise Refused("kind")
        elif marker == _START_OF_SCAN:
            if header is None:
                break
            # What comes colour by colour is held as a whole, as a progressive one is.
            in_parts = _unpacked(">B", file.read(1))[0] < components
            return Header(JPEG, header.width, header.height, header.is_costly or in_parts)
        file.seek(length - 2, 1)
    raise Refused("damaged")


def _marker(file: BinaryIO) -> int:
    """The next one; padding before it is passed over."""
    while True:
        byte = file.read(1)
        if byte != b"\xff":
            raise Refused("damaged")
        while byte == b"\xff":
            byte = file.read(1)
        if byte != b"\0":
            return int(_unpacked(">B", byte)[0])


def _unpacked(form: str, content: bytes, at: int = 0) -> tuple[Any, ...]:
    try:
        return struct.unpack_from(form, content, at)
    except struct.error:
        raise Refused("damaged") from None
