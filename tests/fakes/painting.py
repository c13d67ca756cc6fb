"""Pictures that can be told apart by their colour, for whatever shows or compares them."""

import io

from PIL import Image, ImageDraw


def painted(colour: str, edge: int = 500, kind: str = "JPEG") -> bytes:
    """A square of one colour with a darker one in its corner."""
    image = Image.new("RGB", (edge, edge), colour)
    ImageDraw.Draw(image).rectangle((0, 0, edge // 4, edge // 4), fill="#202020")
    written = io.BytesIO()
    image.save(written, kind)
    return written.getvalue()
