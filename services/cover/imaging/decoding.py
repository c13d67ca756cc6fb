"""How does a picture become ours, in every size, with nothing else in it? For the reader's process only: it loads decoders."""

import base64
import hashlib
import io
import os
from collections.abc import Sequence
from typing import Any, Final

import thumbhash
from PIL import GifImagePlugin, Image, ImageCms, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from services.cover.domain import SIZES
from services.cover.imaging.headers import JPEG, MOST_BYTES, PNG, Header, Refused, read_header
from untrusted.serving import Source

_FORMATS: Final = tuple(
    plugin.format
    for plugin in (
        JpegImagePlugin.JpegImageFile,
        PngImagePlugin.PngImageFile,
        WebPImagePlugin.WebPImageFile,
        GifImagePlugin.GifImageFile,
    )
)
_ORIENTATION: Final = 0x0112
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_TRANSPARENT: Final = ("RGBA", "LA", "PA", "La", "RGBa")
_LONGEST_PROFILE: Final = 1024 * 1024
_SPACES: Final = {"RGB": "RGB", "CMYK": "CMYK", "L": "GRAY"}
_SHOWS_THROUGH: Final = [255] * 250 + [0] * 6
"""Of 255 levels: what is hardly transparent anywhere is not."""
_UPPER_BYTES: Final = [number >> 8 for number in range(2**16)]
"""Of 16 bits eight are seen."""
_SMALL: Final = 16
"""Edge of what previews are made of: their finest waves have seven halves."""
_QUALITY: Final = 82


def make_renditions(source: Source, outputs: Sequence[int]) -> dict[str, Any]:
    """Writes the largest to the first, and so on; what it looks like. Raises Refused, and whatever decoders do."""
    length = os.fstat(source.fileno()).st_size
    if length > MOST_BYTES:
        raise Refused("bytes")
    file: io.BufferedReader = io.BufferedReader(source)
    read_header(file).admit()
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    picture = _reduced(file)
    longest = max(picture.size)
    sizes = [longest, *(size for size in SIZES if size < longest)][: len(outputs)]
    media_type = PNG if picture.mode == "RGBA" else JPEG
    shown = picture
    for size, output in zip(sizes, outputs, strict=False):
        if size != longest:
            shown = shown.resize(_fitting(picture.size, size), Image.Resampling.BICUBIC, reducing_gap=2.0)
        write_all(output, _encoded(shown, media_type))
    small = _flattened(shown.resize(_fitting(shown.size, min(_SMALL, max(shown.size))), Image.Resampling.BOX))
    return {
        "width": picture.width,
        "height": picture.height,
        "media_type": media_type,
        "colour": _mean(small),
        "thumb_hash": _thumb_hash(small),
        "digest": digest,
        "sizes": sizes,
    }


def write_all(output: int, content: bytes) -> None:
    """Instead of what a process that was lost at it has left there. Raises Refused when that has no room."""
    rest = memoryview(content)
    try:
        os.ftruncate(output, 0)
        os.lseek(output, 0, os.SEEK_SET)
        while rest:
            rest = rest[os.write(output, rest) :]
    except OSError:
        raise Refused("room") from None


def _reduced(file: io.BufferedReader) -> Image.Image:
    """No longer than our largest, upright, and nothing but colours: RGBA where something shows through, else RGB or L."""
    opened = Image.open(file, formats=_FORMATS)
    media_type = Image.MIME.get("JPEG" if opened.format == "MPO" else opened.format or "", "")
    is_costly = opened.mode in _TRANSPARENT or "transparency" in opened.info or bool(opened.info.get("progressive"))
    # Once more: what stands later in a file may have changed what its beginning said.
    Header(media_type, *opened.size, is_costly).admit()
    picture: Image.Image = opened
    if "transparency" in opened.info or opened.mode == "PA":
        picture = opened.convert("RGBA")
    elif opened.mode == "P":
        picture = opened.convert("RGB")
    elif opened.mode.startswith("I"):
        picture = opened.convert("I").point(_UPPER_BYTES, "L")
    elif opened.mode == "1":
        picture = opened.convert("L")
    profile = opened.info.get("icc_profile")
    if (
        max(opened.size) > SIZES[0]
    ):  # of a JPEG only an eighth, a quarter or half is decoded, by both edges and not by the shorter
        width, height = _fitting(opened.size, SIZES[0])
        opened.draft(None, (2 * width, 2 * height))
    picture.thumbnail((SIZES[0], SIZES[0]))
    turn = _TURNS.get(_orientation(opened))
    picture = _plain(picture, profile)
    if turn is not None:
        picture = picture.transpose(turn)
    picture.info = {}
    return picture


def _orientation(opened: Image.Image) -> int:
    """Which way up it is, by EXIF; 1 where that says nothing, or nonsense. Once it is decoded: it may stand at the end."""
    try:
        said = opened.getexif().get(_ORIENTATION)
    except Exception:  # noqa: BLE001 - whatever it is, the picture does not depend on it
        return 1
    return said if isinstance(said, int) else 1


def _plain(picture: Image.Image, profile: bytes | None) -> Image.Image:
    alpha = picture.convert("RGBA").getchannel("A") if picture.mode in _TRANSPARENT else None
    if alpha is not None and not alpha.point(_SHOWS_THROUGH).getbbox():
        alpha = None
    bare = picture.convert("RGB") if picture.mode not in _SPACES else picture
    coloured = _as_srgb(bare, profile) if profile and len(profile) <= _LONGEST_PROFILE else None
    plain = coloured or (bare if bare.mode == "L" else bare.convert("RGB"))
    if alpha is None:
        return plain
    plain = plain.convert("RGB")
    plain.putalpha(alpha)
    return plain


def _as_srgb(picture: Image.Image, profile: bytes) -> Image.Image | None:
    """None where it is already, or where the profile is of no use for this picture."""
    try:
        of_picture = ImageCms.getOpenProfile(io.BytesIO(profile))
        space = of_picture.profile.xcolor_space.strip()
        if space != _SPACES[picture.mode] or "sRGB" in (of_picture.profile.profile_description or ""):
            return None
        return ImageCms.profileToProfile(picture, of_picture, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _encoded(picture: Image.Image, media_type: str) -> bytes:
    held = io.BytesIO()
    if media_type == PNG:
        picture.save(held, "PNG")
    else:
        picture.save(held, "JPEG", quality=_QUALITY, progressive=True)
    return held.getvalue()


def _fitting(size: tuple[int, int], longest: int) -> tuple[int, int]:
    scale = longest / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _flattened(picture: Image.Image) -> Image.Image:
    """On white, as pages mostly are."""
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")


def _mean(small: Image.Image) -> str:
    return "#" + small.resize((1, 1), Image.Resampling.BOX).tobytes().hex()


def _thumb_hash(small: Image.Image) -> str:
    """Of what has no transparency: the library fails at that."""
    rgba = small.convert("RGBA").tobytes()
    return base64.b64encode(bytes(thumbhash.rgba_to_thumb_hash(*small.size, rgba))).decode()
