"""When are two spellings one name, and where does it stand in a list?"""

import re
import unicodedata

from unidecode import unidecode

MAX_NAME = 500
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def clean_name(name: str) -> str:
    """The name as it is stored: NFC, surrounding and doubled white space gone, nothing else touched."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def match_key(name: str) -> str:
    """What two spellings of one name have in common for certain: case and Unicode form. Accents and punctuation stay:
    "Björk" and "Bjork" may be two.
    """
    return unicodedata.normalize("NFC", clean_name(name).casefold())


def sort_key(name: str) -> str:
    """What lists are ordered and searched by: case and accents aside. Names of no letters at all stay as they are.

    Cut short, since one character may become ten letters, and PostgreSQL's indexes take 2,700 bytes.
    """
    return (unidecode(match_key(name)).casefold().strip() or match_key(name))[:MAX_NAME]


def is_uuid(text: str) -> bool:
    """In small letters, as all that are stored."""
    return _UUID.fullmatch(text) is not None
