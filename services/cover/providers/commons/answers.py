"""How are read the names of files in Wikidata's rows, and what Wikimedia Commons tells about a file?"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from kernel.errors import ProviderMalformed
from services.cover.domain import SourceName
from upstreams.reading import Json, child, children, https_url, text, without_markup
from upstreams.wikidata import item_id, value

_FILES = ("http://commons.wikimedia.org/wiki/Special:FilePath/", "https://commons.wikimedia.org/wiki/Special:FilePath/")
_LONGEST_NAME = 240
# What MediaWiki takes in no title; a "|" would ask for several files.
_UNFIT = frozenset("#<>[]|{}")
_DRAWN = (".svg", ".tif", ".tiff", ".pdf", ".djvu", ".xcf")
_LONGEST_MARKUP = 8000
# Not words for anybody to read, to their end or that of all: looked for from each of a thousand beginnings, an end that is not
# there takes a tenth of a second. And where one line ends for a reader.
_HIDDEN = re.compile(r"<(script|style)\b.*?(?:(</)\1|\Z)", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<(?=/?(?:br|div|p|li|td)\b)", re.IGNORECASE)
_LONGEST_CREDIT = 300
_MAX_URL = 2000


@dataclass(frozen=True, slots=True)
class Portrait:
    """A file as Commons shows it at one width; `page` is where a person finds it."""

    url: str
    page: str
    licence: str
    attribution: str


def parse_file_names(rows: Iterable[Json]) -> tuple[str, ...]:
    """The files named for one item, photos first: what has to be drawn first now and then is not. None where items differ."""
    files: dict[str, str] = {}
    for row in rows:
        item, name = item_id(row, "artist"), _file_name(value(row, "image"))
        if item and name:
            files[name] = item
    # Several items claim the id: which of them is the artist is not for us to guess.
    return tuple(sorted(files, key=lambda name: (name.lower().endswith(_DRAWN), name))) if len(set(files.values())) == 1 else ()


def parse_portrait(node: Json) -> Portrait | None:
    """An answer about one file; None where there is no such file, or nothing to be shown of it. Raises ProviderMalformed."""
    pages = child(node, "query").get("pages")
    if not isinstance(pages, list):
        raise ProviderMalformed(SourceName.COMMONS, "the answer has no pages")
    page = next(children({"": pages}, ""), {})
    about = next(children(page, "imageinfo"), {})
    url = text(about, "thumburl", _MAX_URL)
    if not url or not text(about, "mime").startswith("image/"):
        return None
    told = child(about, "extmetadata")
    return Portrait(url, https_url(about, "descriptionurl"), _words(told, "LicenseShortName"), _words(told, "Artist"))


def _file_name(address: str) -> str:
    """The file that an address leads to, whose blanks may be underscores; empty for anything that no file is called."""
    start = next((start for start in _FILES if address.startswith(start)), "")
    name = unquote(address.removeprefix(start)).replace("_", " ") if start else ""
    is_fit = name.isprintable() and _UNFIT.isdisjoint(name) and len(name.encode("utf-8", "replace")) <= _LONGEST_NAME
    return name if is_fit else ""


def _words(told: Json, key: str) -> str:
    """People write these in HTML; shown are the words, on one line."""
    written = text(child(told, key), "value", _LONGEST_MARKUP)
    markup = _BREAK.sub(" <", _HIDDEN.sub(lambda hidden: "<b" if hidden[2] else "", written))
    words = " ".join(without_markup(markup).split())
    shown = "".join(character for character in words if character.isprintable())
    return shown if len(shown) <= _LONGEST_CREDIT else f"{shown[: _LONGEST_CREDIT - 1]}…"
