"""How is a value read that a person gives for a field? As JSON has it, refused by the name of the request's field."""

import re

from google.protobuf import struct_pb2

from facts.naming import MAX_NAME, clean_name
from facts.values import MAX_TAGS
from kernel.errors import InvalidArgument

_WEB_ADDRESS = re.compile(r"https?://[^\s/?#@]+(?:[/?#]\S*)?")
_MAX_TEXT = 20_000
_MAX_WORD = 100
_LARGEST_EXACT = 2**53  # a JSON number beyond it has lost digits on the way


def web_address(text: str) -> str:
    if not _WEB_ADDRESS.fullmatch(text):
        raise InvalidArgument.of("value", "must be a web address")
    return text


def plain(field: str, text: str) -> str:
    """Text that a database can hold: PostgreSQL refuses NUL, and nothing here is longer than a name."""
    if "\0" in text or len(text) > MAX_NAME:
        raise InvalidArgument.of(field, f"must be a text of at most {MAX_NAME} characters")
    return text


def reason(text: str) -> str:
    """Why a person sets a value."""
    words = " ".join(plain("reason", text).split())
    if not words:
        raise InvalidArgument.of("reason", f"must have 1 to {MAX_NAME} characters")
    return words


def words(value: struct_pb2.Value) -> tuple[str, ...]:
    """A list of words."""
    given = tuple(clean_name(item.string_value) for item in value.list_value.values)
    if not given or len(given) > MAX_TAGS or not all(0 < len(plain("value", word)) <= _MAX_WORD for word in given):
        raise InvalidArgument.of("value", f"must be a list of 1 to {MAX_TAGS} words of 1 to {_MAX_WORD} characters")
    return given


def whole_number(value: struct_pb2.Value) -> int:
    number = value.number_value if value.WhichOneof("kind") == "number_value" else -1.0
    if not 0 <= number <= _LARGEST_EXACT or number != int(number):
        raise InvalidArgument.of("value", "must be a whole number, zero or more")
    return int(number)


def text(value: struct_pb2.Value) -> str:
    """A text of any length that may be shown."""
    given = value.string_value.strip() if value.WhichOneof("kind") == "string_value" else ""
    if not given or len(given) > _MAX_TEXT or "\0" in given:
        raise InvalidArgument.of("value", f"must be a text of 1 to {_MAX_TEXT} characters")
    return given
