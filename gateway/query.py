"""How do the words after `?`, and those in the path, become fields of a request?

    ?page_size=20&label.id=7&kinds=a&kinds=b     dots enter messages, repeated fields repeat the name

Messages that are spelt as text (times, durations, field masks) and wrappers are read too; maps and lists of messages are not.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from gateway import routes, scalars, well_known
from gateway.json_in import Report
from gateway.scalars import Unreadable
from kernel.errors import InvalidArgument

_MOST_PARAMETERS = 1000


def parse(query: bytes) -> dict[str, list[str]]:
    """Every value of every name, in order. Raises InvalidArgument for what is no form of UTF-8."""
    if not query:
        return {}
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        raise InvalidArgument.of("query", "must be UTF-8, escaped, with at most 1000 parameters") from None
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def fill(message: Any, given: Mapping[str, list[str]], closed: frozenset[str], report: Report) -> None:
    """Puts query parameters into the request. Fields in `closed` (and what is inside them) come from the path or the body."""
    for name, texts in given.items():
        steps = leaf(message.DESCRIPTOR, name)
        if steps is None:
            report(name, "is not a known parameter")
        elif name in closed or steps[0].name in closed:
            report(name, "is not a query parameter here: it comes from the path or the body")
        elif len(texts) > 1 and not steps[-1].is_repeated:
            report(name, "is given more than once")
        else:
            put(message, steps, texts, report)


def put(message: Message, steps: tuple[FieldDescriptor, ...], texts: list[str], report: Report) -> None:
    """Reads the texts into the field that the steps lead to."""
    path, target = ".".join(step.name for step in steps), message
    for step in steps[:-1]:
        target = getattr(target, step.name)
    try:
        for text in texts:
            _put_one(target, steps[-1], text)
    except Unreadable as error:
        report(path, str(error))


def leaf(message: Descriptor, path: str) -> tuple[FieldDescriptor, ...] | None:
    """The fields along the path, when the last is one that text can spell; else None."""
    steps = routes.field_at(message, path)
    if steps is None or any(is_opaque(step) for step in steps[:-1]):
        return None
    return steps if is_spelt(steps[-1]) else None


def is_spelt(field: FieldDescriptor) -> bool:
    """Whether a text can hold this field's value."""
    return field.message_type is None or field.message_type.full_name in well_known.SPELT_AS_TEXT | well_known.WRAPPERS


def is_opaque(field: FieldDescriptor) -> bool:
    """Whether this message is one value, whose own fields nobody names."""
    return field.message_type is not None and (
        field.message_type.full_name in well_known.READERS or field.message_type.full_name in well_known.WRAPPERS
    )


def _put_one(target: Any, field: FieldDescriptor, text: str) -> None:
    if field.message_type is None:
        value = scalars.reader(field)(scalars.from_text(field, text))
        if field.is_repeated:
            getattr(target, field.name).append(value)
        else:
            setattr(target, field.name, value)
        return
    part = getattr(target, field.name)
    if field.is_repeated:
        part = part.add()
    else:
        part.SetInParent()
    if field.message_type.full_name in well_known.WRAPPERS:
        _put_one(part, field.message_type.fields_by_name["value"], text)
    else:
        well_known.READERS[field.message_type.full_name](text, part)
