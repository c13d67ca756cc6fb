"""How is Last.fm's XML read? Any field may be missing or empty, and nearly every one sometimes is."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.dom.minidom import Element

from services.artist.domain import MAX_NAME, Biography, Image, Profile, SimilarName, Tag
from services.artist.ids import is_mbid

# The white star that stands for "no picture" since 2019.
_PLACEHOLDER = "2a96cbd8b46e442fc41c2b86b821562f"
_SIZES = ("small", "medium", "large", "extralarge", "mega")
# Each of these takes time in proportion to the text: anyone may edit a biography, and the standard library's HTML parser needs
# 40 s for 60 kB of "<a ". A run of blanks is tried from its beginning only, a tag ends where the next one opens.
_TAG = re.compile(r"</?[a-z!][^<>]*>", re.IGNORECASE)
_ENTITY = re.compile(r"&#?\w{1,32};")
_READ_MORE = re.compile(r"(?<!\s)\s*Read more (?:about .{1,500}? )?on Last\.fm\.?\s*", re.IGNORECASE)
_LICENCE = re.compile(r"(?<!\s)\s*User-contributed text is available under the Creative Commons By-SA License.*$", re.DOTALL)
_CC_BY_SA = "CC BY-SA 3.0; additional Last.fm terms may apply"
_MAX_COUNT = 2**63 - 1


def parse_profile(node: Element, language: str) -> Profile:
    """An `<artist>` of artist.getInfo."""
    return Profile(
        name=_text(node, "name"),
        url=_text(node, "url"),
        mbid=_mbid(node),
        listeners=_count(_path(node, "stats", "listeners")),
        playcount=_count(_path(node, "stats", "playcount")),
        biography=_biography(_child(node, "bio"), language),
        images=tuple(_images(node)),
    )


def parse_tags(node: Element) -> tuple[Tag, ...]:
    """A `<toptags>`; tags without a name or a weight are left out."""
    tags = ((_text(tag, "name"), _count(_text(tag, "count")), _text(tag, "url")) for tag in _children(node, "tag"))
    return tuple(Tag(name, min(weight, 100), url) for name, weight, url in tags if name and weight)


def parse_similar(node: Element) -> tuple[SimilarName, ...]:
    """A `<similarartists>`, in its order; rows without a usable name or with a match outside 0–1 are left out."""
    rows = ((artist, _text(artist, "name"), _fraction(_text(artist, "match"))) for artist in _children(node, "artist"))
    kept = [(artist, name, weight) for artist, name, weight in rows if is_name(name) and weight is not None]
    return tuple(
        SimilarName(name, weight, rank, _mbid(artist), _text(artist, "url"))
        for rank, (artist, name, weight) in enumerate(kept, 1)
    )


def is_name(text: str) -> bool:
    """Whether this can be an artist's name: what is longer than any would not fit the databases' indexes."""
    return 0 < len(text) <= MAX_NAME


def plain_text(markup: str) -> str:
    """The words of a biography: tags gone, entities read, the closing "Read more on Last.fm" link and licence line gone."""
    words = _ENTITY.sub(lambda entity: html.unescape(entity[0]), _TAG.sub("", markup))
    return _READ_MORE.sub(" ", _LICENCE.sub("", words)).strip()


def _biography(bio: Element | None, language: str) -> Biography | None:
    if bio is None:
        return None
    markup = _text(bio, "content") or _text(bio, "summary")
    summary, content = plain_text(_text(bio, "summary")), plain_text(markup)
    if not content:  # a lone "Read more on Last.fm" is how Last.fm says that nobody wrote anything
        return None
    link = _path_element(bio, "links", "link")
    return Biography(
        language=language,
        summary=summary or content,
        content=content,
        licence=_CC_BY_SA,
        url=link.getAttribute("href") if link is not None else "",
        published_at=_moment(_text(bio, "published")),
    )


def _images(node: Element) -> Iterator[Image]:
    found = {image.getAttribute("size"): _own_text(image) for image in _children(node, "image")}
    for size in _SIZES:
        url = found.get(size, "")
        if url.startswith("https://") and _PLACEHOLDER not in url:
            yield Image(size, url)


def _mbid(node: Element) -> str | None:
    text = _text(node, "mbid").lower()
    return text if is_mbid(text) else None


def _count(text: str) -> int | None:
    # Length first: int() refuses more than 4,300 digits with an error of its own.
    return min(int(text), _MAX_COUNT) if text.isascii() and text.isdigit() and len(text) <= 30 else None  # noqa: PLR2004


def _fraction(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0.0 <= value <= 1.0 else None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.strptime(text, "%d %b %Y, %H:%M").replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment if moment.timestamp() > 0 else None  # 1 January 1970 means never


def _children(node: Element, tag: str) -> Iterator[Element]:
    # Only direct children: an artist holds similar artists with the same tags inside.
    return (child for child in node.childNodes if isinstance(child, Element) and child.tagName == tag)


def _child(node: Element, tag: str) -> Element | None:
    return next(_children(node, tag), None)


def _path_element(node: Element, *tags: str) -> Element | None:
    found: Element | None = node
    for tag in tags:
        found = _child(found, tag) if found is not None else None
    return found


def _path(node: Element, *tags: str) -> str:
    found = _path_element(node, *tags)
    return "" if found is None else _own_text(found)


def _text(node: Element, tag: str) -> str:
    return _path(node, tag)


def _own_text(node: Element) -> str:
    parts = (child.data for child in node.childNodes if child.nodeType in (child.TEXT_NODE, child.CDATA_SECTION_NODE))
    return "".join(parts).strip()
