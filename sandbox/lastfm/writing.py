"""In which format does an answer of Last.fm leave?"""

from sandbox.lastfm.element import Element, format_compact_xml, format_json, format_pretty_xml
from sandbox.lastfm.errors import HEADERS, JSON, XML
from sandbox.wire import Answer

_PRETTY = frozenset({"album", "user", "recenttracks"})


def write_answer(root: Element, *, as_json: bool) -> Answer:
    """Writes an answer as JSON or in the layout of XML that its method has."""
    if as_json:
        return Answer(format_json(root), JSON, headers=HEADERS)
    write = format_pretty_xml if root.name in _PRETTY else format_compact_xml
    return Answer(write(root), XML, headers=HEADERS)
