"""How is read what several providers write alike: partial dates, barcodes, numbers of tracks?"""

import re

from upstreams.reading import Json, partial_date, text

_BARCODE = re.compile(r"\d{8,14}", re.ASCII)
_MOST_TRACKS = 10_000


def date_of(node: Json, key: str) -> str:
    """YYYY, YYYY-MM or YYYY-MM-DD; empty when it is no date."""
    written = text(node, key)
    day, _ = partial_date(written)
    return day.isoformat()[: len(written)] if day else ""


def barcode_of(node: Json, key: str) -> str:
    """The digits of an EAN or UPC; empty when it is none."""
    written = text(node, key)
    return written if _BARCODE.fullmatch(written) else ""


def believable_count(tracks: int | None) -> int | None:
    """None for no tracks, and for more than any album has."""
    return tracks if tracks and tracks <= _MOST_TRACKS else None
