"""What does a made-up picture look like? Two colours and a few shapes by its key, the same in every run and at every size."""

import colorsys
import hashlib
import io
import random
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from PIL import Image, ImageDraw

from sandbox.wire import Answer

MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {"jpg": "image/jpeg", "png": "image/png", "tif": "image/tiff", "svg": "image/svg+xml", "pdf": "application/pdf"}
)
_FORMATS: Mapping[str, str] = MappingProxyType({"jpg": "JPEG", "png": "PNG", "tif": "TIFF"})
# A cover of 1200 pixels takes some 40 KB, so this is a dozen megabytes at most.
_REMEMBERED = 256
_QUALITY = 82
_SHAPES = 4
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]


def answer_picture(key: str, suffix: str, width: int, height: int) -> Answer:
    """Answers the picture of a key in the format that the suffix of its address names."""
    return Answer(draw(key, suffix, width, height), MEDIA_TYPES[suffix])


@lru_cache(maxsize=_REMEMBERED)
def draw(key: str, suffix: str, width: int, height: int) -> bytes:
    """Draws the picture of a key; `suffix` is one of MEDIA_TYPES."""
    if suffix == "pdf":
        return _PDF
    paper, ink, shapes = _compose(key)
    if suffix == "svg":
        return _write_svg(paper, ink, shapes, width, height)
    image = Image.new("RGB", (width, height), paper)
    pen = ImageDraw.Draw(image)
    for is_round, box in shapes:
        scaled = tuple(part * (width, height)[place % 2] for place, part in enumerate(box))
        (pen.ellipse if is_round else pen.rectangle)(scaled, fill=ink, outline=paper, width=max(1, width // 60))
    written = io.BytesIO()
    image.save(written, _FORMATS[suffix], **({"quality": _QUALITY} if suffix == "jpg" else {}))
    return written.getvalue()


def _compose(key: str) -> tuple[Colour, Colour, list[tuple[bool, Box]]]:
    """Settles a picture's colours and its shapes; the boxes are parts of its width and height."""
    chance = random.Random(hashlib.sha256(key.encode()).digest())  # noqa: S311 - reproducible, not secret
    hue = chance.random()
    shapes = []
    for _ in range(_SHAPES):
        left, top = chance.uniform(0, 0.7), chance.uniform(0, 0.7)
        right, bottom = left + chance.uniform(0.15, 0.5), top + chance.uniform(0.15, 0.5)
        shapes.append((chance.random() < 0.5, (left, top, right, bottom)))  # noqa: PLR2004 - as often round as not
    return _mix(hue, 0.55, 0.9), _mix(hue + chance.uniform(0.3, 0.7), 0.75, 0.45), shapes


def _mix(hue: float, saturation: float, value: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def _write_svg(paper: Colour, ink: Colour, shapes: list[tuple[bool, Box]], width: int, height: int) -> bytes:
    drawn = [
        f'<rect x="{left * width:.0f}" y="{top * height:.0f}" width="{(right - left) * width:.0f}" '
        f'height="{(bottom - top) * height:.0f}" rx="{width // 3 if is_round else 0}" fill="rgb{ink}"/>'
        for is_round, (left, top, right, bottom) in shapes
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
    return f'{head}<rect width="100%" height="100%" fill="rgb{paper}"/>{"".join(drawn)}</svg>'.encode()
