"""What is shown of what has no picture? Its initials on a colour of its own, the same ones every time."""

import hashlib
import io
import re
import threading
import unicodedata
from typing import Final

from cachetools import LRUCache
from PIL import Image, ImageDraw, ImageFont
from unidecode import unidecode

MEDIA_TYPE: Final = "image/png"
SMALLEST, LARGEST = 16, 1200
GROUNDS: Final = (
    (122, 31, 43),
    (140, 59, 20),
    (107, 79, 16),
    (74, 93, 20),
    (31, 99, 54),
    (16, 99, 92),
    (20, 92, 122),
    (31, 78, 140),
    (52, 62, 150),
    (84, 52, 150),
    (117, 43, 130),
    (140, 36, 94),
    (77, 66, 60),
    (58, 74, 84),
)
INK: Final = (255, 255, 255)
"""It stands out from every ground by 4.5 to 1 or more."""
_ARTICLES: Final = frozenset({"the", "a", "an"})
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LONGEST_NAME: Final = 500
_TEXT_HEIGHT: Final = 0.42
"""Of the edge."""
_NOTE: Final = ""


class Placeholders:
    """Draws them, and keeps what was drawn lately, up to so many bytes; for any thread. The lock guards what is kept."""

    def __init__(self, *, max_bytes: int = 4 * 2**20) -> None:
        self._drawn: LRUCache[tuple[str, int, int], bytes] = LRUCache(max_bytes, getsizeof=len)
        self._lock = threading.Lock()

    def draw(self, name: str, key: str, size: int) -> bytes:
        """A square PNG with edges of so many pixels, within bounds. `key`: what always has the same colour, such as an id."""
        edge = max(SMALLEST, min(size, LARGEST))
        what = initials(name), ground_of(key), edge
        with self._lock:
            held = self._drawn.get(what)
        if held is None:
            held = _png(*what)
            with self._lock:
                if len(held) <= self._drawn.maxsize:
                    self._drawn[what] = held
        return held


def initials(name: str) -> str:
    """One letter or two, of its first word and its last; empty where it has none that can be drawn."""
    words = _WORD.findall(unicodedata.normalize("NFC", name[:_LONGEST_NAME]))
    telling = [word for word in words if word.lower() not in _ARTICLES] or words
    ends = telling[:1] + telling[1:][-1:]
    letters = [_letter(word) for word in ends]
    return "".join(letters) if all(letters) else _NOTE


def ground_of(key: str) -> int:
    """Its place in GROUNDS."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()[0] % len(GROUNDS)


def _letter(word: str) -> str:
    """Its first one as our font has it: without marks, and of Latin letters and digits only."""
    first = word[0]
    plain = first if first.isascii() else unidecode(first)[:1] if "LATIN" in unicodedata.name(first, "") else ""
    return plain.upper()


def _png(text: str, ground: int, edge: int) -> bytes:
    """The ink's strength at each pixel is its place in a palette that goes from ground to ink."""
    strength = Image.new("L", (edge, edge), 0)
    if text == _NOTE:
        _draw_note(strength)
    else:
        font = ImageFont.load_default(edge * _TEXT_HEIGHT)
        ImageDraw.Draw(strength).text((edge / 2, edge / 2), text, fill=255, font=font, anchor="mm")
    picture = Image.frombytes("P", strength.size, strength.tobytes())
    picture.putpalette(
        [round(a + (b - a) * step / 255) for step in range(256) for a, b in zip(GROUNDS[ground], INK, strict=True)]
    )
    held = io.BytesIO()
    picture.save(held, "PNG")
    return held.getvalue()


def _draw_note(strength: Image.Image) -> None:
    """A quaver, drawn in twice the size so that its edges are smooth."""
    edge = strength.width * 2
    large = Image.new("L", (edge, edge), 0)
    pen = ImageDraw.Draw(large)
    x, y, unit = edge * 0.44, edge * 0.66, edge * 0.1
    pen.ellipse((x - unit, y - unit * 0.75, x + unit, y + unit * 0.75), fill=255)
    pen.rectangle((x + unit * 0.7, y - unit * 3.6, x + unit, y), fill=255)
    pen.polygon(
        [
            (x + unit, y - unit * 3.6),
            (x + unit * 2.4, y - unit * 2.1),
            (x + unit * 2.2, y - unit * 1.4),
            (x + unit, y - unit * 2.4),
        ],
        fill=255,
    )
    strength.paste(large.resize(strength.size, Image.Resampling.BOX))
