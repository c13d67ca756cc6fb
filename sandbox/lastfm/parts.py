"""The pieces that several Last.fm answers share: links, images, tags, texts."""

import hashlib
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from sandbox.catalogue.model import Artist, Track
from sandbox.catalogue.reading import make_up_number
from sandbox.lastfm.element import Element

STAR = "2a96cbd8b46e442fc41c2b86b821562f.png"
_SITE = "https://www.last.fm"
_SMALL_SIZES = (("small", "34s"), ("medium", "64s"), ("large", "174s"), ("extralarge", "300x300"))
_ALL_SIZES = (*_SMALL_SIZES, ("mega", "300x300"), ("", "300x300"))
_LICENCE = "User-contributed text is available under the Creative Commons By-SA License; additional terms may apply."
_SUMMARY_LENGTH = 600


def format_url(*path: str) -> str:
    """Writes a page's address: blanks are plus signs, brackets stay."""
    return "/".join((_SITE, *(quote(part, safe="!()*,'.~_").replace("%20", "+") for part in path)))


def music_url(*names: str) -> str:
    """Writes the page of an artist, of an album or, with "_" between, of a track."""
    return format_url("music", *names)


def build_leaf(name: str, value: object) -> Element:
    """Builds an element that holds nothing but a text."""
    return Element(name, str(value))


def build_images(host: str, file: str, *, has_mega: bool = True) -> tuple[Element, ...]:
    """Builds the six sizes of one image at an image host, or four; an empty `file` gives empty addresses."""
    sizes = _ALL_SIZES if has_mega else _SMALL_SIZES
    return tuple(Element("image", f"{host}/{folder}/{file}" if file else "", {"size": size}) for size, folder in sizes)


def album_image(artist: str, album: str) -> str:
    """Names the image file of an album; a made-up one, always the same."""
    return hashlib.md5(f"{artist}\x1f{album}".encode(), usedforsecurity=False).hexdigest() + ".png"


def tell_seconds(artist: Artist, track: Track) -> int | None:
    """Tells how long a track is; of every twelfth Last.fm does not know."""
    return track.seconds if make_up_number(0, 11, artist.name, track.title, "length") else None


def build_tag(name: str, count: int | None = None) -> Element:
    """Builds a tag, with its weight in front where the answer has weights."""
    counted = (Element("count", str(count), is_number=True),) if count is not None else ()
    return Element("tag", children=(*counted, build_leaf("name", name), build_leaf("url", format_url("tag", name))))


def build_top_tags(tags: Mapping[str, int], attributes: Mapping[str, str | int]) -> Element:
    """Builds the answer of every getTopTags, the heaviest tag first."""
    ordered = sorted(tags.items(), key=lambda tag: -tag[1])
    return Element(
        "toptags",
        attributes=attributes,
        children=tuple(build_tag(name, count) for name, count in ordered),
        items="tag",
    )


def build_wiki(text: str, published: str, url: str) -> Element:
    """Builds the text on a record: as that on an artist, but for the full stop that ends its summary."""
    return build_text("wiki", text, published, url, ending=".")


def build_text(name: str, text: str, published: str, url: str, *, before: Iterable[Element] = (), ending: str = "") -> Element:
    """Builds a text: a summary that ends in the "Read more" link, and the whole text with link and licence."""
    link = f'<a href="{url}">Read more on Last.fm</a>'
    content = f"{text} {link}. {_LICENCE}" if text else ""
    return Element(
        name,
        children=(
            *before,
            build_leaf("published", published),
            build_leaf("summary", f"{_shorten(text)} {link}{ending}"),
            build_leaf("content", content),
        ),
    )


def _shorten(text: str) -> str:
    if len(text) <= _SUMMARY_LENGTH:
        return text
    return text[:_SUMMARY_LENGTH].rsplit(" ", 1)[0]
