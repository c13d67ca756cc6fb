"""How does a message become JSON? Writers are compiled once per message type; MessageToDict takes three times as long.

Every field is shown, under its proto name: unset `optional` fields and messages are null, empty lists `[]`, empty maps `{}`; of
the members of a oneof only the one that is set.
64-bit integers are JSON numbers, enums names (a number when the name is newer than our contract), bytes base64, and a number
JSON cannot spell (NaN, infinity) is null.
"""

import base64
import struct
from collections.abc import Callable
from operator import attrgetter
from typing import Any

import orjson
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message

from gateway import well_known

Write = Callable[[Any], object]
"""A message, or one field's value, to what orjson can write."""


class JsonWriter:
    """The compiled writers of one contract. Made at start; afterwards only read, so any task may use it."""

    def __init__(self) -> None:
        self._writers: dict[str, Write] = {}

    def compile(self, message: Descriptor, field: str = "") -> Callable[[Message], bytes]:
        """What turns a message of this type, or just its field (a `response_body`), into JSON text."""
        write = self._message(message)
        if field:
            write = self._field(message.fields_by_name[field])
        return lambda value: orjson.dumps(write(value))

    def _message(self, message: Descriptor) -> Write:
        known = self._writers.get(message.full_name)
        if known is not None:
            return known
        if message.full_name in well_known.WRAPPERS:
            value = message.fields_by_name["value"]
            return self._remember(message, _over(attrgetter("value"), _scalar(value)))
        if message.full_name in well_known.WRITERS:
            return self._remember(message, well_known.WRITERS[message.full_name])
        fields: list[tuple[str, Write]] = []
        members = alternatives(message)
        # Remembered before its fields are known: a message may hold itself.
        if members:
            self._remember(
                message,
                lambda value: {name: write(value) for name, write in fields if name not in members or value.HasField(name)},
            )
        else:
            self._remember(message, lambda value: {name: write(value) for name, write in fields})
        fields += [(field.name, self._field(field)) for field in message.fields]
        return self._writers[message.full_name]

    def _remember(self, message: Descriptor, write: Write) -> Write:
        self._writers[message.full_name] = write
        return write

    def _field(self, field: FieldDescriptor) -> Write:
        """Reads the field from its message and writes it."""
        get = attrgetter(field.name)
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            return _map(get, field.message_type.fields_by_name["key"], self._value(field.message_type.fields_by_name["value"]))
        write = self._value(field)
        if field.is_repeated:
            return _repeated(get, write)
        return _present(field.name, get, write) if field.has_presence else _over(get, write)

    def _value(self, field: FieldDescriptor) -> Write | None:
        return self._message(field.message_type) if field.message_type is not None else _scalar(field)


def alternatives(message: Descriptor) -> frozenset[str]:
    """The members of its oneofs; what `optional` makes in their guise is none."""
    return frozenset(f.name for oneof in message.oneofs for f in oneof.fields if oneof.name != f"_{f.name}")


def _over(get: Write, write: Write | None) -> Write:
    return get if write is None else lambda message: write(get(message))


def _present(name: str, get: Write, write: Write | None) -> Write:
    over = _over(get, write)
    return lambda message: over(message) if message.HasField(name) else None


def _repeated(get: Callable[[Any], Any], write: Write | None) -> Write:
    return (lambda message: list(get(message))) if write is None else lambda message: [write(value) for value in get(message)]


def _map(get: Callable[[Any], Any], key: FieldDescriptor, write: Write | None) -> Write:
    spell: Callable[[Any], str] = (lambda k: "true" if k else "false") if key.type == key.TYPE_BOOL else str
    each = write or (lambda value: value)
    # Sorted: a map has no order of its own, and an ETag or a person comparing two answers wants one.
    return lambda message: {spell(name): each(value) for name, value in sorted(get(message).items())}


def _scalar(field: FieldDescriptor) -> Write | None:
    """None where Python's value is JSON's already."""
    if field.enum_type is not None:
        return _enum(field.enum_type)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return lambda value: base64.b64encode(value).decode()
    return _single if field.type == FieldDescriptor.TYPE_FLOAT else None


def _enum(enum: EnumDescriptor) -> Write:
    if enum.full_name == "google.protobuf.NullValue":
        return lambda _: None
    names = {value.number: value.name for value in reversed(enum.values)}  # of aliases, the first wins
    return lambda number: names.get(number, number)


def _single(value: float) -> float:
    """The shortest number that is the same in single precision: 0.1, not 0.10000000149011612."""
    for digits in range(6, 9):
        short = float(f"{value:.{digits}g}")
        if abs(short) < 3.4e38 and struct.unpack("f", struct.pack("f", short))[0] == value:  # noqa: PLR2004 - single's range
            return short
    return value
