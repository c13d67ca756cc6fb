"""What does an older owner of covers want of us? Nothing of it is taken on trust."""

from dataclasses import dataclass
from typing import Any, Final

from facts.naming import MAX_NAME, clean_name, is_uuid
from services.cover.domain import Kind
from services.cover.legacy.source import OldOwner
from upstreams.older import SCHEME

_LONGEST: Final = 2000
_UNREADABLE: Final = "the reference is no readable text"


class Unusable(Exception):
    """The row says not whose cover it is; the message says why."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A cover to look for. `reference` is kept to tell where it comes from, and for nothing else; `spare` others say the same."""

    kind: Kind
    name: str
    artist_name: str
    """Of an album."""
    mbid: str
    """Of an artist."""
    reference: str
    spare: int = 0


def read(owner: OldOwner) -> tuple[Wanted | None, list[str]]:
    """With the reason for each reference that cannot be taken over."""
    usable = [each for each in owner.references if _is_readable(each)]
    failed = [_UNREADABLE] * (len(owner.references) - len(usable))
    if not usable:
        return None, failed
    try:
        return _wanted(owner, min(usable), spare=len(usable) - 1), failed
    except Unusable as error:
        return None, failed + [str(error)] * len(usable)


def _wanted(owner: OldOwner, reference: str, *, spare: int) -> Wanted:
    mbid = (owner.mbid or "").strip().lower()
    if owner.kind is Kind.ARTIST:
        return Wanted(owner.kind, _name(owner.name, "name"), "", mbid if is_uuid(mbid) else "", reference, spare)
    return Wanted(owner.kind, _name(owner.name, "title"), _name(owner.artist_name, "artist"), "", reference, spare)


def _name(written: str | None, what: str) -> str:
    name = clean_name(written or "")
    if not name:
        raise Unusable(f"it has no {what}")
    if len(name) > MAX_NAME or "\ufffd" in name or any(character < " " for character in name):
        raise Unusable(f"its {what} is no readable text")
    return name


def _is_readable(reference: Any) -> bool:
    is_text = isinstance(reference, str) and len(SCHEME) < len(reference) <= _LONGEST
    return is_text and reference.isprintable() and "\ufffd" not in reference
