"""What does a model make of its prompt? Two sentences of the facts it holds, and not one word of its own."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

_FACT = re.compile(r"^\s*[-*•]\s*(?P<key>[^:\n]+?)\s*:\s*(?P<value>\S.*?)\s*$", re.MULTILINE)
_SHOWN_WORDS = 24
_DEPTH = 8


def compose(prompt: str) -> str:
    """Makes two sentences out of the lines `- key: value`; the prompt's first words where it has no such line."""
    facts = [f"{found['key']} {found['value']}" for found in _FACT.finditer(prompt)]
    if not facts:
        return _end(" ".join(prompt.split()[:_SHOWN_WORDS]))
    middle = (len(facts) + 1) // 2
    return " ".join(_end(", ".join(half)) for half in (facts[:middle], facts[middle:]) if half)


def fit_schema(text: str, schema: Mapping[str, Any]) -> str:
    """Writes JSON that satisfies the schema: the text is in every property that may be one."""
    return orjson.dumps(_fill(text, schema, _DEPTH)).decode()


def _end(words: str) -> str:
    return f"{words.rstrip('.')}." if words else ""


def _fill(text: str, schema: Mapping[str, Any], depth: int) -> object:
    """Fills one value; what is neither text nor object nor a list of one choice is zero, false, empty or null."""
    if "const" in schema:
        return schema["const"]
    choices = schema.get("enum")
    if isinstance(choices, list) and choices:
        return choices[0]
    kind = _tell_kind(schema)
    if kind == "string":
        most = schema.get("maxLength")
        return text[:most] if isinstance(most, int) else text
    if kind == "object" and depth:
        properties = schema.get("properties")
        parts = properties.items() if isinstance(properties, dict) else ()
        return {name: _fill(text, part if isinstance(part, dict) else {}, depth - 1) for name, part in parts}
    if kind == "array" and depth and isinstance(schema.get("items"), dict):
        return [_fill(text, schema["items"], depth - 1)]
    empty: dict[str, object] = {"object": {}, "array": [], "integer": 0, "number": 0, "boolean": False}
    return empty.get(kind)


def _tell_kind(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "object" if "properties" in schema else "string")
    kinds: Sequence[object] = kind if isinstance(kind, list) else [kind]
    return str(next((one for one in kinds if one != "null"), "null"))
