"""How is Last.fm's XML read? Any field may be missing or empty, and nearly every one sometimes is."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.dom.minidom import Element

from facts.naming import is_uuid
from facts.values import Image, Tag, Text
from upstreams.reading import without_markup

# The white star that stands for "no picture" since 2019.
_PLACEHOLDER = "2a96cbd8b46e442fc41c2b86b821562f"
_SIZES = ("small", "medium", "large", "extralarge", "mega")
# Takes time in proportion to the text: anyone may edit a biography. A run of blanks is tried from its beginning only.
_READ_MORE = re.compile(r"(?<!\s)\s*Read more (?:about .{1,500}? )?on Last\.fm\.?\s*", re.IGNORECASE)
_LICENCE = re.compile(r"(?<!\s)\s*User-contributed text is available under the Creative Commons By-SA License.*$", re.DOTALL)
_CC_BY_SA = "CC BY-SA 3.0; additional Last.fm terms may apply"
_MAX_COUNT = 2**63 - 1
_LONGEST_ADDRESS = 2000


def parse_tags(node: Element) -> tuple[Tag, ...]:
    """A `<toptags>`; tags without a name or a weight are left out."""
    tags = ((text(tag, "name"), count(text(tag, "count")), link_to(text(tag, "url"))) for tag in children(node, "tag"))
    return tuple(Tag(name, min(weight, 100), url) for name, weight, url in tags if name and weight)


def link_to(address: str) -> str:
    """A web address that may be shown as a link; empty when it is anything else."""
    is_address = address.startswith(("https://", "http://")) and address.isprintable() and " " not in address
    return address if is_address and len(address) <= _LONGEST_ADDRESS else ""


def plain_text(markup: str) -> str:
    """The words of a text: tags gone, entities read, the closing "Read more on Last.fm" link and licence line gone."""
    return _READ_MORE.sub(" ", _LICENCE.sub("", without_markup(markup))).strip()


def parse_text(node: Element | None, language: str) -> Text | None:
    """A `<bio>` or `<wiki>`; None without words."""
    if node is None:
        return None
    markup = text(node, "content") or text(node, "summary")
    summary, content = plain_text(text(node, "summary")), plain_text(markup)
    if not content:  # a lone "Read more on Last.fm" is how Last.fm says that nobody wrote anything
        return None
    link = _path_element(node, "links", "link")
    return Text(
        language=language,
        summary=summary or content,
        content=content,
        licence=_CC_BY_SA,
        url=link_to(link.getAttribute("href")) if link is not None else "",
        published_at=_moment(text(node, "published")),
    )


def images(node: Element) -> Iterator[Image]:
    """The `<image>`s, largest last; the star that stands for none is left out."""
    found = {image.getAttribute("size"): _own_text(image) for image in children(node, "image")}
    for size in _SIZES:
        url = found.get(size, "")
        if url.startswith("https://") and not is_star(url):
            yield Image(size, url)


def is_star(url: str) -> bool:
    """Whether the picture there is the white star, of whatever size and kind of file."""
    return _PLACEHOLDER in url


def mbid(node: Element) -> str | None:
    """A MusicBrainz id, in small letters; None when it is none."""
    written = text(node, "mbid").lower()
    return written if is_uuid(written) else None


def count(written: str) -> int | None:
    """A whole number, zero or more; None for anything else."""
    # Length first: int() refuses more than 4,300 digits with an error of its own.
    return min(int(written), _MAX_COUNT) if written.isascii() and written.isdigit() and len(written) <= 30 else None  # noqa: PLR2004


def fraction(written: str) -> float | None:
    """A number of 0–1; None for anything else."""
    try:
        value = float(written)
    except ValueError:
        return None
    return value if 0.0 <= value <= 1.0 else None


def _moment(written: str) -> datetime | None:
    try:
        moment = datetime.strptime(written, "%d %b %Y, %H:%M").replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment if moment.timestamp() > 0 else None  # 1 January 1970 means never


def children(node: Element, tag: str) -> Iterator[Element]:
    """The direct children of this tag: an artist holds similar artists with the same tags inside."""
    return (child for child in node.childNodes if isinstance(child, Element) and child.tagName == tag)


def child(node: Element, tag: str) -> Element | None:
    """The first of the children."""
    return next(children(node, tag), None)


def _path_element(node: Element, *tags: str) -> Element | None:
    found: Element | None = node
    for tag in tags:
        found = child(found, tag) if found is not None else None
    return found


def path(node: Element, *tags: str) -> str:
    """The words of the element that is led to; empty when there is none."""
    found = _path_element(node, *tags)
    return "" if found is None else _own_text(found)


def text(node: Element, tag: str) -> str:
    """The words of a child; empty when there is none."""
    return path(node, tag)


def _own_text(node: Element) -> str:
    parts = (child.data for child in node.childNodes if child.nodeType in (child.TEXT_NODE, child.CDATA_SECTION_NODE))
    return "".join(parts).strip()
