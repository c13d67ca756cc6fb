"""Identifiers that nobody gave out, always the same for the same names."""

from sandbox.catalogue.reading import make_up_number

_BASE62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SPOTIFY_LENGTH = 22
_MADE_UP_ITEMS = 900_000_000


def make_up_spotify_id(kind: str, *names: str) -> str:
    """Makes 22 base62 letters; the leading zero keeps the value within the 128 bits of a real one."""
    letters = [_BASE62[make_up_number(0, 61, kind, *names, str(place))] for place in range(1, _SPOTIFY_LENGTH)]
    return "0" + "".join(letters)


def make_up_wikidata_id(*names: str) -> str:
    """Makes an item number beyond any that Wikidata has reached."""
    return f"Q{_MADE_UP_ITEMS + make_up_number(0, 99_999_999, 'wikidata', *names)}"


def make_up_barcode(*names: str) -> str:
    """Makes a UPC of 12 digits with a right check digit; the prefix 2 is for use inside shops, so no record has it."""
    digits = f"2{make_up_number(0, 9_999_999_999, 'upc', *names):010}"
    weighed = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-weighed % 10}"
