"""Covers and images that tests of the store speak of."""

from services.cover.domain import CoverRef, Image, ImageId, Kind

A, B = (CoverRef(Kind.ALBUM, f"00000000-0000-4000-8000-00000000000{each}") for each in "ab")


def artist(number: int) -> CoverRef:
    return CoverRef(Kind.ARTIST, f"00000000-0000-4000-8000-{number:012d}")


def image(name: str) -> Image:
    """`name`: one hexadecimal digit."""
    return Image(ImageId(name * 64), 100, 90, "image/jpeg", "#102030", "3OcRJYB4d3h", (100,), 5000)
