"""How is one scalar read from JSON or from a query, and what is refused? Every refusal is a sentence about the field.

Two forms come in: a JSON value, whose type must be right, and a query or path text, which is read as the field's type wants.
What protobuf or a database behind it would choke on (numbers out of range, NaN, lone surrogates, NUL) is refused here.
"""

import base64
import binascii
import math
import re
from collections.abc import Callable

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

Read = Callable[[object], object]
"""JSON value in, the field's Python value out. Raises Unreadable."""

_INT = re.compile(r"-?[0-9]{1,20}")
_FLOAT = re.compile(r"[+-]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})([eE][+-]?\d{1,4})?", re.ASCII)
_FLOAT_MAX = 3.4028234663852886e38
_SIGNED_32, _SIGNED_64 = (-(2**31), 2**31 - 1), (-(2**63), 2**63 - 1)
_UNSIGNED_32, _UNSIGNED_64 = (0, 2**32 - 1), (0, 2**64 - 1)
INT_RANGES = {
    FieldDescriptor.TYPE_INT32: _SIGNED_32,
    FieldDescriptor.TYPE_SINT32: _SIGNED_32,
    FieldDescriptor.TYPE_SFIXED32: _SIGNED_32,
    FieldDescriptor.TYPE_UINT32: _UNSIGNED_32,
    FieldDescriptor.TYPE_FIXED32: _UNSIGNED_32,
    FieldDescriptor.TYPE_INT64: _SIGNED_64,
    FieldDescriptor.TYPE_SINT64: _SIGNED_64,
    FieldDescriptor.TYPE_SFIXED64: _SIGNED_64,
    FieldDescriptor.TYPE_UINT64: _UNSIGNED_64,
    FieldDescriptor.TYPE_FIXED64: _UNSIGNED_64,
}


class Unreadable(ValueError):
    """The value is not what the field takes; the message says what is wrong, never the value itself."""


def reader(field: FieldDescriptor) -> Read:
    """What reads one JSON value of this scalar field."""
    if field.type in INT_RANGES:
        return _int_reader(*INT_RANGES[field.type])
    if field.enum_type is not None:
        return _enum_reader(field.enum_type)
    return _READERS[field.type]


def from_text(field: FieldDescriptor, text: str) -> object:
    """The JSON value that a query or path text spells for this field. Raises Unreadable."""
    if field.type in INT_RANGES:
        return _int_text(text)
    if field.enum_type is not None:
        return int(text) if _INT.fullmatch(text) else text
    if field.type in (FieldDescriptor.TYPE_DOUBLE, FieldDescriptor.TYPE_FLOAT):
        return _float_text(text)
    if field.type == FieldDescriptor.TYPE_BOOL:
        return _bool_text(text)
    return text


def read_text(value: object) -> str:
    """A string without what databases and protobuf refuse. Raises Unreadable."""
    if not isinstance(value, str):
        raise Unreadable("must be a string")
    if "\0" in value:
        raise Unreadable("must not contain the NUL character")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Unreadable("must not contain half of a surrogate pair") from error
    return value


def printable(name: str) -> str:
    """A name a caller made up, fit to be shown back: no half characters, no endless length."""
    return name[:100].encode("utf-8", "backslashreplace").decode()


def _int_reader(low: int, high: int) -> Read:
    def read(value: object) -> int:
        if type(value) is float and value.is_integer():
            value = int(value)
        if type(value) is not int:
            raise Unreadable("must be a whole number")
        if not low <= value <= high:
            raise Unreadable(f"must be between {low} and {high}")
        return value

    return read


def _enum_reader(enum: EnumDescriptor) -> Read:
    numbers = {value.name: value.number for value in enum.values}
    known = frozenset(numbers.values())
    choices = ", ".join(numbers)

    def read(value: object) -> int:
        number = numbers.get(value) if isinstance(value, str) else value
        if type(number) is not int or number not in known:
            raise Unreadable(f"must be one of {choices}")
        return number

    return read


def _read_bool(value: object) -> bool:
    if not isinstance(value, bool):
        raise Unreadable("must be true or false")
    return value


def _read_double(value: object) -> float:
    if type(value) not in (int, float):
        raise Unreadable("must be a number")
    try:
        number = float(value)  # type: ignore[arg-type]
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise Unreadable("must be a finite number")
    return number


def _read_float(value: object) -> float:
    number = _read_double(value)
    if abs(number) > _FLOAT_MAX:
        raise Unreadable("must be a number of single precision")
    return number


def _read_bytes(value: object) -> bytes:
    text = read_text(value).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable("must be base64") from error


def _int_text(text: str) -> int:
    if not _INT.fullmatch(text):
        raise Unreadable("must be a whole number")
    return int(text)


def _float_text(text: str) -> float:
    if not _FLOAT.fullmatch(text):
        raise Unreadable("must be a number")
    return float(text)


def _bool_text(text: str) -> bool:
    if text not in ("true", "false"):
        raise Unreadable("must be true or false")
    return text == "true"


_READERS: dict[int, Read] = {
    FieldDescriptor.TYPE_BOOL: _read_bool,
    FieldDescriptor.TYPE_BYTES: _read_bytes,
    FieldDescriptor.TYPE_DOUBLE: _read_double,
    FieldDescriptor.TYPE_FLOAT: _read_float,
    FieldDescriptor.TYPE_STRING: read_text,
}
