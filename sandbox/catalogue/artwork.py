"""Which releases have artwork at the Cover Art Archive, and what of it? The record and its editions decide, always the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sandbox.catalogue.directory import Directory
from sandbox.catalogue.identity import Edition, Identity
from sandbox.catalogue.reading import make_up_number

SIZES = (250, 500, 1200)
_BARE_SINGLES, _BARE_ALBUMS, _GROUP_ONLY = 40, 17, 42
_SALT = "artwork"

Release = tuple[Identity, Edition]


class Side(StrEnum):
    """What a scan shows, in the archive's words."""

    FRONT = "Front"
    BACK = "Back"
    BOOKLET = "Booklet"


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan of a release; `thumbs` are the widths it has thumbnails of: older ones lack 1200."""

    id: int
    side: Side
    suffix: str
    thumbs: tuple[int, ...]


def list_scans(identity: Identity, edition: Edition) -> tuple[Scan, ...]:
    """Lists a release's scans, the front first; none for a release that has no artwork."""
    sides = list(_list_sides(identity, edition))
    # Scans were uploaded at one time: the thumbnails of all of them are as old.
    thumbs = SIZES if make_up_number(0, 7, edition.mbid, _SALT, "1200") else SIZES[:2]
    return tuple(_make_scan(edition, side, thumbs) for side in sides)


def find_scan(scans: Sequence[Scan], side: Side) -> Scan | None:
    """Finds the scan of one side."""
    return next((scan for scan in scans if scan.side == side), None)


def find_group_release(directory: Directory, group_mbid: str) -> Release | None:
    """Finds the release whose front stands for the whole group: the oldest that has one."""
    releases = directory.find_editions_of_group(group_mbid)
    return next((one for one in reversed(releases) if find_scan(list_scans(*one), Side.FRONT)), None)


def _list_sides(identity: Identity, edition: Edition) -> list[Side]:
    chance = make_up_number(0, 99, edition.group_mbid, _SALT)
    if edition.primary_type == "Single":
        return [Side.FRONT] if chance >= _BARE_SINGLES else []
    if chance < _BARE_ALBUMS:
        return [Side.BACK] if chance % 3 == 0 else []
    others = [one for one in identity.editions if one.group_mbid == edition.group_mbid and one.mbid != edition.mbid]
    is_first = all(edition.released <= one.released for one in others)
    if chance < _GROUP_ONLY and others and is_first:
        return []
    own = make_up_number(0, 99, edition.mbid, _SALT)
    if not is_first and chance >= _GROUP_ONLY and own % 3 == 0:
        return []
    further = [Side.BACK] * (own % 2) + [Side.BOOKLET] * (own % 10 == 0)
    return [Side.FRONT, *further]


def _make_scan(edition: Edition, side: Side, thumbs: tuple[int, ...]) -> Scan:
    number = make_up_number(10_000_000_000, 43_000_000_000, edition.mbid, side)
    is_png = number % 9 == 0
    return Scan(number, side, "pdf" if side == Side.BOOKLET else "png" if is_png else "jpg", thumbs)
