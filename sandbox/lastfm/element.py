"""How does one answer become Last.fm's XML and, by Last.fm's odd rules, its JSON?"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

import orjson

_QUOTES = {'"': "&quot;", "'": "&apos;"}
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAMESPACE = "xmlns:opensearch"


@dataclass(frozen=True, slots=True)
class Element:
    """One XML element, in the recorded order, with what JSON needs to know beyond it.

    `is_number` makes a text a JSON number (null when empty). `items` names the list that a container holds: when it is empty,
    JSON has `{"<items>": []}`, and `""` for a container that names none.
    """

    name: str
    text: str = ""
    attributes: Mapping[str, str | int] = field(default_factory=dict)
    children: tuple["Element", ...] = ()
    items: str = ""
    is_number: bool = False

    @property
    def is_container(self) -> bool:
        """Tells elements that hold elements from those that hold text."""
        return bool(self.children or self.items)


def format_compact_xml(root: Element, status: str = "ok") -> bytes:
    """Writes the layout of artist.* and track.*: no indentation, a line feed after each child."""
    text = f'<?xml version="1.0" encoding="UTF-8" ?>\n<lfm status="{status}">{_compact(root)}\n</lfm>\n'
    return text.encode()


def format_pretty_xml(root: Element, status: str = "ok") -> bytes:
    """Writes the layout of album.getInfo, user.* and errors: two blanks per level."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<lfm status="{status}">', *_pretty(root, "  "), "</lfm>", ""]
    return "\n".join(lines).encode()


def format_json(root: Element) -> bytes:
    """Writes JSON with every slash escaped, as PHP does."""
    return escape_slashes(orjson.dumps({root.name: _to_json(root)}))


def format_value(element: Element) -> bytes:
    """Writes the JSON value of one element, without the name it stands under."""
    return escape_slashes(orjson.dumps(_to_json(element)))


def escape_slashes(written: bytes) -> bytes:
    r"""Writes `\/` for `/`; in JSON a slash can only stand inside a text."""
    return written.replace(b"/", b"\\/")


def _compact(element: Element) -> str:
    inner = "".join(f"{_compact(child)}\n" for child in element.children) or _escaped(element.text, {"\n": "&#10;"})
    # The first child follows its parent at once; every child ends its line.
    return f"{_open(element)}>{inner}</{element.name}>"


def _pretty(element: Element, indent: str) -> Iterator[str]:
    if element.children:
        yield f"{indent}{_open(element)}>"
        for child in element.children:
            yield from _pretty(child, f"{indent}  ")
        yield f"{indent}</{element.name}>"
    elif element.items:
        yield f"{indent}{_open(element)} />"
    else:
        yield f"{indent}{_open(element)}>{_escaped(element.text, {})}</{element.name}>"


def _open(element: Element) -> str:
    attributes = "".join(f' {name}="{_escaped(str(value), {})}"' for name, value in element.attributes.items())
    return f"<{element.name}{attributes}"


def _escaped(text: str, more: Mapping[str, str]) -> str:
    return escape(_ILLEGAL.sub("", text), {**_QUOTES, **more})


def _to_json(element: Element) -> object:
    attributes = element.attributes
    if _NAMESPACE in attributes:
        attributes = {name: value for name, value in attributes.items() if name != _NAMESPACE}
    if element.is_container:
        return _container_to_json(element, attributes)
    text: object = element.text
    if element.is_number:
        text = int(element.text) if element.text else None
    return {**attributes, "#text": text} if attributes else text


def _container_to_json(element: Element, attributes: Mapping[str, str | int]) -> dict[str, object]:
    groups: dict[str, list[object]] = {}
    for child in element.children:
        groups.setdefault(child.name, []).append(_to_json(child))
    if element.items:
        groups.setdefault(element.items, [])
    # A list of one collapses to its only element, except for images: clients must bear both.
    shown: dict[str, object] = {
        name: group[0] if len(group) == 1 and name != "image" else group for name, group in groups.items()
    }
    return {**shown, "@attr": attributes} if attributes else shown
