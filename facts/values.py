"""What do things of several sorts have in common: tags, images, texts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from facts.naming import match_key

MAX_TAGS = 10


@dataclass(frozen=True, slots=True)
class Tag:
    """A word people put on something; `weight` 1–100, relative to the heaviest."""

    name: str
    weight: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A text in one language (ISO 639-1), without markup."""

    language: str
    summary: str
    content: str
    licence: str = ""
    url: str = ""
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """An image somewhere else; `size` is the provider's own word."""

    size: str
    url: str


def heaviest_tags(tags: Iterable[Tag], own_name: str) -> tuple[Tag, ...]:
    """The tags worth showing: weight above zero, not the thing's own name, each once, heaviest first, at most ten."""
    own = match_key(own_name)
    kept: dict[str, Tag] = {}
    for tag in sorted(tags, key=lambda tag: -tag.weight):
        key = match_key(tag.name)
        if key and key != own and tag.weight > 0:
            kept.setdefault(key, tag)
    return tuple(kept.values())[:MAX_TAGS]
