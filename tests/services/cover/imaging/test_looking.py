"""What is made of pictures that can be shown, and that nothing but the picture is in it."""

import base64
import io
import re
import struct
import zlib
from collections.abc import Callable

import pytest
import thumbhash
from PIL import Image, ImageCms, ImageOps

from tests.services.cover.imaging.conftest import LooksInto, Made
from tests.services.cover.imaging.pictures import (
    BLUE,
    GREEN,
    RED,
    WHITE,
    chunk,
    encoded,
    gif_of_frames,
    png,
    quarters,
    with_segment,
)

CORNERS = {(0.25, 0.25): RED, (0.75, 0.25): GREEN, (0.25, 0.75): BLUE, (0.75, 0.75): WHITE}
SECRET = b"Secret 51.5N 0.1W"


def is_upright(picture: Image.Image, far: int = 40) -> bool:
    """As `quarters` draws it."""
    shown = picture.convert("RGB")
    seen = {corner: shown.getpixel((int(corner[0] * shown.width), int(corner[1] * shown.height))) for corner in CORNERS}
    return all(
        abs(band - wanted) <= far
        for corner, colour in CORNERS.items()
        for band, wanted in zip(seen[corner], colour, strict=True)  # type: ignore[arg-type]
    )


def parts(content: bytes) -> set[bytes]:
    """Chunks of a PNG, or markers of a JPEG before its picture."""
    if content.startswith(b"\x89PNG"):
        return set(re.findall(rb"(?=.{4}([A-Za-z]{4}))", content)) & {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"iCCP", b"tIME"}
    found, at = set(), 2
    while content[at + 1] != 0xDA:
        found.add(content[at + 1 : at + 2])
        at += 2 + struct.unpack(">H", content[at + 2 : at + 4])[0]
    return found


def holds_nothing_else(made: Made) -> bool:
    plain = {bytes([marker]) for marker in (0xE0, 0xDB, 0xC2, 0xC4)}  # JFIF, and what it takes to decode it
    files = [content for content in made.files if content]
    return all(parts(content) <= plain and SECRET not in content for content in files)


@pytest.mark.parametrize(
    ("size", "sizes"),
    [
        ((3000, 1500), [1200, 600, 300, 150]),
        ((1200, 1200), [1200, 600, 300, 150]),
        ((400, 700), [700, 600, 300, 150]),
        ((300, 300), [300, 150]),
        ((150, 100), [150]),
        ((16, 16), [16]),
    ],
)
def test_every_size_is_made_that_is_smaller_and_none_is_enlarged(look: LooksInto, size: tuple[int, int], sizes: list[int]):
    made = look(encoded(quarters(*size), "JPEG", quality=95))

    assert [each.size for each in made.look.renditions] == sizes
    for rendition, content in zip(made.look.renditions, made.files, strict=False):
        picture = Image.open(io.BytesIO(content))
        assert (max(picture.size), len(content)) == (rendition.size, rendition.bytes)
        assert abs(picture.width / picture.height - size[0] / size[1]) < 0.02
        assert picture.info.get("progressive")
    assert made.files[len(sizes) :] == [b""] * (4 - len(sizes))
    assert max(made.look.width, made.look.height) == sizes[0]


KINDS: dict[str, Callable[[], bytes]] = {
    "jpeg": lambda: encoded(quarters(), "JPEG"),
    "progressive jpeg": lambda: encoded(quarters(), "JPEG", progressive=True),
    "jpeg of four inks": lambda: encoded(quarters(mode="CMYK"), "JPEG"),
    "png": lambda: encoded(quarters(), "PNG"),
    "png with a palette": lambda: encoded(quarters().quantize(16), "PNG"),
    "interlaced png": lambda: encoded(quarters(), "PNG", interlace=1),
    "webp": lambda: encoded(quarters(), "WEBP"),
    "webp without loss": lambda: encoded(quarters(), "WEBP", lossless=True),
    "gif": lambda: encoded(quarters().quantize(16), "GIF"),
    "opaque png with transparency": lambda: encoded(quarters(mode="RGBA"), "PNG"),
    "animated png": lambda: encoded(quarters(), "PNG", save_all=True, append_images=[Image.new("RGB", (320, 160))]),
    "animated webp": lambda: encoded(quarters(), "WEBP", save_all=True, append_images=[Image.new("RGB", (320, 160))]),
    "jpeg of two pictures": lambda: encoded(quarters(), "MPO", save_all=True, append_images=[Image.new("RGB", (320, 160))]),
    "jpeg with a page behind it": lambda: encoded(quarters(), "JPEG") + b"<script>" + SECRET + b"</script>",
    "jpeg with an archive behind it": lambda: encoded(quarters(), "JPEG") + b"PK\x03\x04" + SECRET,
    "jpeg that is a page": lambda: with_segment(encoded(quarters(), "JPEG"), 0xFE, b"<html>" + SECRET),
    "png with texts": lambda: png(
        320,
        160,
        zlib.compress(b"".join(b"\0" + row for row in rows(quarters()))),
        more=chunk(b"tEXt", b"a\0" + SECRET) + chunk(b"zTXt", b"b\0\0" + zlib.compress(SECRET)),
    ),
}


def rows(picture: Image.Image) -> list[bytes]:
    content = picture.tobytes()
    return [content[at : at + 3 * picture.width] for at in range(0, len(content), 3 * picture.width)]


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_becomes_a_jpeg_of_the_same_picture_and_nothing_else(look: LooksInto, name: str):
    made = look(KINDS[name]())

    assert made.look.media_type == "image/jpeg"
    assert (made.look.width, made.look.height) == (320, 160)
    assert is_upright(made.largest)
    assert holds_nothing_else(made)


@pytest.mark.parametrize("mode", ["L", "1", "I;16", "LA"])
def test_greys_of_any_depth_stay_what_they_are(look: LooksInto, mode: str):
    grey = Image.new("I;16", (100, 60), 40_000) if mode == "I;16" else Image.new("L", (100, 60), 156).convert(mode)

    made = look(encoded(grey, "PNG"))

    assert made.look.colour == ("#9c9c9c" if mode != "1" else made.look.colour)
    assert made.look.media_type == "image/jpeg"


@pytest.mark.parametrize("form", ["PNG", "WEBP", "GIF"])
def test_what_shows_through_stays_transparent(look: LooksInto, form: str):
    picture = quarters(mode="RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 160, 80))

    made = look(encoded(picture, form))

    assert made.look.media_type == "image/png"
    assert [each.size for each in made.look.renditions] == [320, 300, 150]
    shown = made.largest.convert("RGBA")
    assert shown.getchannel("A").getpixel((40, 40)) == 0
    assert shown.getchannel("A").getpixel((240, 40)) == 255
    assert holds_nothing_else(made)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_shown_the_way_it_was_taken(look: LooksInto, form: str, orientation: int):
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = SECRET.decode()
    lying = quarters()
    lying.getexif()[0x0112] = INVERSE.get(orientation, orientation)

    made = look(encoded(ImageOps.exif_transpose(lying), form, exif=exif))

    assert (made.look.width, made.look.height) == (320, 160)
    assert is_upright(made.largest)
    assert holds_nothing_else(made)


INVERSE = {6: 8, 8: 6}
"""Turning back what is a quarter to the left is a quarter to the right; the others undo themselves."""

TIFF = b"MM\0\x2a\0\0\0\x08"
ABSURD = {
    "nonsense": b"\xff" * 5000,
    "nothing": b"",
    "an unknown turn": TIFF + b"\0\x01\x01\x12\0\x03\0\0\0\x01\0\x63\0\0\0\0\0\0",
    "a turn in letters": TIFF + b"\0\x01\x01\x12\0\x02\0\0\0\x04six\0\0\0\0\0",
    "a loop": TIFF + b"\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x08\0\0\0\x08",
    "more entries than it has": TIFF + b"\xff\xff" + b"\x01\x12\0\x03\xff\xff\xff\xff\0\0\0\0" * 50,
    "texts far away": TIFF + b"\0\x01\x01\x0e\0\x02\x7f\xff\xff\xff\x7f\xff\xff\xff\0\0\0\0",
}


@pytest.mark.parametrize("name", ABSURD)
def test_absurd_notes_of_a_camera_change_nothing(look: LooksInto, name: str):
    made = look(with_segment(encoded(quarters(), "JPEG"), 0xE1, b"Exif\0\0" + ABSURD[name]))

    assert is_upright(made.largest)
    assert holds_nothing_else(made)


def profile(*, swapped: bool = False) -> bytes:
    """One that is not called sRGB; `swapped`: its red is green."""
    content = (
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes().replace("sRGB".encode("utf-16-be"), b"\0X\0X\0X\0X")
    )
    return content.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ") if swapped else content


def test_colours_are_seen_as_their_profile_says(look: LooksInto):
    as_they_are = look(encoded(quarters(), "JPEG", icc_profile=profile()))
    swapped = look(encoded(quarters(), "JPEG", icc_profile=profile(swapped=True)))

    assert is_upright(as_they_are.largest)
    red, green, blue = swapped.largest.convert("RGB").getpixel((80, 40))  # type: ignore[misc]
    assert green > 150 > max(red, blue)
    assert holds_nothing_else(as_they_are)
    assert holds_nothing_else(swapped)


@pytest.mark.parametrize("absurd", [b"x", bytes(100_000), b"\xff" * 3000, profile()[:200], profile().replace(b"RGB ", b"CMYK")])
def test_an_absurd_profile_changes_nothing(look: LooksInto, absurd: bytes):
    made = look(encoded(quarters(), "JPEG", icc_profile=absurd))

    assert is_upright(made.largest)
    assert holds_nothing_else(made)


def test_of_ten_thousand_frames_the_first_is_shown(look: LooksInto):
    made = look(gif_of_frames(10_000))

    assert is_upright(made.largest, far=70)


def test_a_picture_that_holds_less_than_it_says_is_shown_as_far_as_it_goes(look: LooksInto):
    made = look(png(3000, 3000, zlib.compress(bytes(9001))))

    assert made.look.width == 1200


def test_a_long_strip_is_decoded_in_little_memory(look: LooksInto):
    made = look(encoded(Image.new("RGB", (60_000, 1000), RED), "JPEG"))

    assert (made.look.width, made.look.height) == (1200, 20)


def test_what_it_looks_like_is_known_before_it_is_loaded(look: LooksInto):
    made = look(encoded(quarters(), "PNG"))

    ratio = thumbhash.thumb_hash_to_approximate_aspect_ratio(base64.b64decode(made.look.thumb_hash))
    red, green, blue = (int(made.look.colour[at : at + 2], 16) for at in (1, 3, 5))
    assert 1.5 < ratio < 2.5
    assert all(abs(band - mean) < 6 for band, mean in zip((red, green, blue), (126, 124, 134), strict=True))


def test_equal_pictures_are_made_equal(look: LooksInto):
    content = encoded(quarters(900, 700), "PNG")

    assert look(content).files == look(content).files
    assert look(content).look == look(content).look
