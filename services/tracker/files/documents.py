"""What is in a JSON document of any size? Its rows one by one, by the paths they are at; and what its beginning looks like.

A window moves over the text and the standard library decodes one row at a time in it. ijson does that with yajl, which is not for
untrusted files: one number of some thousand digits ends the process, half a surrogate pair ends the reading.
"""

import codecs
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from services.tracker.files.streams import CHUNK, DAMAGED, MAX_RAW, MAX_VALUE, TOO_LONG, Row, Stopped

TOO_DEEP = "is nested more deeply than a row can be"

_DECODER = json.JSONDecoder(parse_constant=lambda _: None)
"""NaN, which Python's own tools write for a name that is missing, is missing."""

_BLANK = " \t\n\r"
_SPACE = re.compile(f"[{_BLANK}]*")
_CLOSED = tuple('}]"')
_SAMPLE = 20
_MAX_ITEMS = 5000
_MAX_DEPTH = 8
_MAX_KEYS = 100
_MAX_TEXT = 200


class Reads(Protocol):
    """Something bytes are read from."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(slots=True)
class Outline:
    """A document's beginning: the keys of the objects at each path, and the first short text there. Items of lists are `item`."""

    keys: dict[str, set[str]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


def read_document(stream: Reads, at: frozenset[str]) -> Iterator[Row]:
    """The values at the paths, in order. Several documents one after another are read as one.

    Raises Stopped where the text is cut off, is no JSON, or one value is longer than MAX_VALUE or nested beyond reason.
    """
    window = _Window(stream)
    leading = frozenset(".".join(path.split(".")[:depth]) for path in at for depth in range(path.count(".") + 1)) | {""}
    while window.peek():
        yield from _walk(window, "", at, leading)


def outline(head: bytes) -> Outline:
    """What stands where in a document that begins like this. Of long lists only the first items are looked into."""
    found = Outline()
    window = _Window(io.BytesIO(head))
    try:
        for _ in range(_SAMPLE):
            if window.peek():
                _survey(window, "", found, 0)
    except Stopped:
        pass  # the head ends somewhere in the middle, as heads do; or it is not worth more looking
    return found


class _Window:
    """Part of a text, moving on."""

    def __init__(self, stream: Reads) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._text = ""
        self._at = 0
        self._ended = False

    def peek(self) -> str:
        """The next character that is not white space; empty at the end."""
        while True:
            if self._text[self._at : self._at + 1] in _BLANK:
                space = _SPACE.match(self._text, self._at)
                self._at = space.end() if space else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            self._grow(CHUNK)

    def take(self, wanted: str) -> str:
        """The next character, which must be one of those."""
        found = self.peek()
        if not found or found not in wanted:
            raise self._stop(DAMAGED)
        self._at += 1
        return found

    def value(self) -> Row:
        """The next value, with its text. A failed attempt doubles what is looked at, so a row costs at most twice its length."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except RecursionError:
                raise self._stop(TOO_DEEP) from None
            except ValueError:
                end = 0
            is_whole = end and (self._ended or end < len(self._text) or self._text.endswith(_CLOSED))
            held = (end if is_whole else len(self._text)) - self._at
            if held > MAX_VALUE:
                raise self._stop(TOO_LONG)
            if is_whole:
                raw, self._at = self._text[self._at : end], end
                return Row(value, raw)
            if self._ended:
                raise self._stop(DAMAGED)
            self._grow(max(CHUNK, held))

    def key(self) -> str:
        """The next key of an object, its colon taken too."""
        key = self.value().value
        if not isinstance(key, str):
            raise self._stop(DAMAGED)
        self.take(":")
        return key

    def _grow(self, size: int) -> None:
        chunk = self._stream.read(size)
        self._ended = not chunk
        self._text = self._text[self._at :] + self._decoder.decode(chunk, final=self._ended)
        self._at = 0

    def _stop(self, reason: str) -> Stopped:
        return Stopped(reason, self._text[self._at : self._at + MAX_RAW])


def _walk(window: _Window, path: str, at: frozenset[str], leading: frozenset[str]) -> Iterator[Row]:
    """The rows in the next value. Only containers on the way to a row are entered, so this goes no deeper than the paths do."""
    opening = window.peek() if path in leading else ""
    if opening == "[" and ((items := _join(path, "item")) in at or items in leading):
        for _ in _entries(window, "[]"):
            yield from _walk(window, items, at, leading)
    elif opening == "{" and path not in at:
        for _ in _entries(window, "{}"):
            yield from _walk(window, _join(path, window.key()), at, leading)
    else:
        row = window.value()
        if path in at:
            yield row


def _survey(window: _Window, path: str, found: Outline, depth: int) -> None:
    opening = window.peek()
    if opening == "[" and depth < _MAX_DEPTH:
        for count, _ in enumerate(_entries(window, "[]")):
            if count < _SAMPLE:
                _survey(window, _join(path, "item"), found, depth + 1)
            elif count < _MAX_ITEMS:
                window.value()
            else:
                raise Stopped(TOO_LONG)
    elif opening == "{" and depth < _MAX_DEPTH:
        keys = found.keys.setdefault(path, set())
        if len(found.keys) > _MAX_KEYS:
            raise Stopped(TOO_LONG)
        for _ in _entries(window, "{}"):
            key = window.key()
            keys.add(key)
            if len(keys) > _MAX_KEYS:
                raise Stopped(TOO_LONG)
            _survey(window, _join(path, key), found, depth + 1)
    else:
        value = window.value().value
        if isinstance(value, str) and 0 < len(value) <= _MAX_TEXT and len(found.texts) < _MAX_KEYS:
            found.texts.setdefault(path, value)


def _entries(window: _Window, brackets: str) -> Iterator[None]:
    """Once for each entry of the container that opens here; the caller reads the entry."""
    window.take(brackets[0])
    if window.peek() == brackets[1]:
        window.take(brackets[1])
        return
    while True:
        yield
        if window.take("," + brackets[1]) == brackets[1]:
            return


def _join(path: str, key: str) -> str:
    return f"{path}.{key[:_MAX_TEXT]}" if path else key[:_MAX_TEXT]
