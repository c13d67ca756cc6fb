"""How do protobuf's well-known types look in JSON? As ProtoJSON says, but that field masks keep the contract's snake_case."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.scalars import Unreadable, read_text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - counted from in UTC only; isoformat then says no +00:00
_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DURATION = re.compile(r"(-?)(\d{1,12})(?:\.(\d{1,9}))?s", re.ASCII)
_DURATION_MAX = 315_576_000_000
_MASK_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
_EXACT = 2.0**53  # beyond it a double is no longer a count, and orjson refuses integers beyond 64 bits

WRAPPERS = frozenset(
    f"google.protobuf.{kind}Value"
    for kind in ("Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes")
)
"""Messages that stand for their one field `value`."""


def _write_timestamp(message: Any) -> str | None:
    try:
        moment = _NAIVE_EPOCH + timedelta(seconds=message.seconds)
    except OverflowError:  # a service's mistake, which must not cost the whole answer
        return None
    return f"{moment.isoformat()}{_fraction(message.nanos)}Z"


def _read_timestamp(value: object, message: Any) -> None:
    found = _TIMESTAMP.fullmatch(read_text(value))
    if found is None:
        raise Unreadable("must be a time as in 2026-01-31T12:00:00Z")
    try:
        moment = datetime.fromisoformat(f"{found[1]}T{found[2]}{found[4].upper().replace('Z', '+00:00')}").astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unreadable("must be a time that exists, between the years 1 and 9999") from error
    message.seconds = (moment - _EPOCH) // timedelta(seconds=1)
    message.nanos = _nanos(found[3])


def _write_duration(message: Any) -> str:
    sign = "-" if message.seconds < 0 or message.nanos < 0 else ""
    return f"{sign}{abs(message.seconds)}{_fraction(abs(message.nanos))}s"


def _read_duration(value: object, message: Any) -> None:
    found = _DURATION.fullmatch(read_text(value))
    if found is None or int(found[2]) > _DURATION_MAX:
        raise Unreadable("must be a duration in seconds as in 3.5s")
    sign = -1 if found[1] else 1
    message.seconds, message.nanos = sign * int(found[2]), sign * _nanos(found[3])


def _write_mask(message: Any) -> str:
    return ",".join(message.paths)


def _read_mask(value: object, message: Any) -> None:
    text = read_text(value)
    paths = text.split(",") if text else []
    if not all(_MASK_PATH.fullmatch(path) for path in paths):
        raise Unreadable("must be field paths separated by commas")
    message.paths.extend(paths)


def _write_value(message: Any) -> object:
    kind = message.WhichOneof("kind")
    if kind is None or kind == "null_value":
        return None
    if kind == "struct_value":
        return _write_struct(message.struct_value)
    if kind == "list_value":
        return _write_list(message.list_value)
    value = getattr(message, kind)
    return int(value) if kind == "number_value" and value.is_integer() and abs(value) < _EXACT else value


def _write_struct(message: Any) -> dict[str, object]:
    return {name: _write_value(value) for name, value in message.fields.items()}


def _write_list(message: Any) -> list[object]:
    return [_write_value(value) for value in message.values]


def _read_value(value: object, message: Any) -> None:
    if value is None:
        message.null_value = 0
    elif isinstance(value, bool):
        message.bool_value = value
    elif isinstance(value, int | float):
        message.number_value = _finite(value)
    elif isinstance(value, str):
        message.string_value = read_text(value)
    elif isinstance(value, list):
        message.list_value.SetInParent()
        _read_list(value, message.list_value)
    else:
        message.struct_value.SetInParent()
        _read_struct(value, message.struct_value)


def _read_struct(value: object, message: Any) -> None:
    if not isinstance(value, Mapping):
        raise Unreadable("must be an object")
    for name, content in value.items():
        _read_value(content, message.fields[read_text(name)])


def _read_list(value: object, message: Any) -> None:
    if not isinstance(value, list):
        raise Unreadable("must be a list")
    for content in value:
        _read_value(content, message.values.add())


def _read_any(_value: object, _message: Any) -> None:
    raise Unreadable("cannot be given: it has no JSON form here")


def _finite(value: float) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise Unreadable("must be a finite number")
    return number


def _fraction(nanos: int) -> str:
    """Nothing, or 3, 6 or 9 digits."""
    if not nanos:
        return ""
    digits = f"{nanos:09d}"
    return "." + (digits[:3] if digits.endswith("000000") else digits[:6] if digits.endswith("000") else digits)


def _nanos(digits: str | None) -> int:
    return int(digits.ljust(9, "0")) if digits else 0


WRITERS: Mapping[str, Callable[[Any], object]] = {
    "google.protobuf.Timestamp": _write_timestamp,
    "google.protobuf.Duration": _write_duration,
    "google.protobuf.FieldMask": _write_mask,
    "google.protobuf.Value": _write_value,
    "google.protobuf.Struct": _write_struct,
    "google.protobuf.ListValue": _write_list,
    "google.protobuf.Any": lambda message: {"@type": message.type_url},
}

READERS: Mapping[str, Callable[[object, Any], None]] = {
    "google.protobuf.Timestamp": _read_timestamp,
    "google.protobuf.Duration": _read_duration,
    "google.protobuf.FieldMask": _read_mask,
    "google.protobuf.Value": _read_value,
    "google.protobuf.Struct": _read_struct,
    "google.protobuf.ListValue": _read_list,
    "google.protobuf.Any": _read_any,
}
"""Fill the (empty) message from a JSON value. Raise Unreadable."""

SPELT_AS_TEXT = frozenset(f"google.protobuf.{name}" for name in ("Timestamp", "Duration", "FieldMask"))
"""Those that a query can carry."""
