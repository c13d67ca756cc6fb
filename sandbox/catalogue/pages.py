"""Who has a page at Deezer under an artist's name? The artist, often somebody else as well, and at times only somebody else."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from sandbox.catalogue.directory import Directory
from sandbox.catalogue.fictional import BANDS, fictional_name
from sandbox.catalogue.identity import Edition, Identity
from sandbox.catalogue.reading import make_up_mbid, make_up_number

_WORDS = ("Velvet", "Neon", "Midnight", "Paper", "Golden", "Hollow", "Electric", "Slow", "Tender", "Broken")
_ABSENT_ONE_IN, _FACELESS_ONE_IN, _DOUBLE_ONE_IN, _UNLINKED_ONE_IN = 12, 8, 3, 3
_HIGHEST_ID = 400_000_000
_DOUBLES = 500_000_000


@dataclass(frozen=True, slots=True)
class Disc:
    """One album as Deezer lists it."""

    id: int
    title: str
    released: str
    kind: str
    picture: str
    fans: int


@dataclass(frozen=True, slots=True)
class Page:
    """One artist of Deezer's. `picture` is the hash of the photo, empty without one; `is_own` tells it from a namesake's."""

    id: int
    name: str
    picture: str
    fans: int
    discs: tuple[Disc, ...]
    is_own: bool


class Pages:
    """All pages. A namesake's page has the very name, records that nobody else has, and quite possibly more fans."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def search(self, words: str) -> list[Page]:
        """Finds pages by name. What fits equally well comes in an order that tells nothing."""
        scored = [(score, page) for score, one in self._directory.search(words) for page in list_pages(one)]
        scored.sort(key=lambda row: (-row[0], make_up_number(0, _HIGHEST_ID, "rank", str(row[1].id))))
        return [page for _, page in scored]

    def find(self, page_id: int) -> Page | None:
        """Finds a page by its number."""
        own_id = page_id - _DOUBLES if page_id >= _DOUBLES else page_id
        identity = self._directory.find_by_mbid(self._mbids.get(own_id, ""))
        return next((page for page in list_pages(identity) if page.id == page_id), None) if identity else None

    @cached_property
    def _mbids(self) -> dict[int, str]:
        bands = (make_up_mbid(fictional_name(number)) for number in range(1, BANDS + 1))
        listed = (identity.artist.mbid for identity in self._directory.identities)
        return {_make_up_id(mbid): mbid for mbid in (*bands, *listed)}


def list_pages(identity: Identity) -> list[Page]:
    """Lists the pages under an artist's name; a search that knows no better has to choose among them."""
    own = find_own_page(identity)
    pages = [own] if own else []
    if own is None or _draws(identity, "double", _DOUBLE_ONE_IN):
        pages.append(_make_double(identity))
    return pages


def find_own_page(identity: Identity) -> Page | None:
    """Finds an artist's own page; None where Deezer does not have the artist."""
    if _draws(identity, "absent", _ABSENT_ONE_IN):
        return None
    number = _make_up_id(identity.artist.mbid)
    picture = "" if _draws(identity, "faceless", _FACELESS_ONE_IN) else _hash("artist", str(number))
    discs = tuple(_make_disc(edition) for edition in identity.editions)
    return Page(number, identity.artist.name, picture, identity.followers // 2, discs, is_own=True)


def find_linked_page(identity: Identity) -> Page | None:
    """Finds the page that MusicBrainz links to: always the right one, where it links to any."""
    if not identity.is_linked or _draws(identity, "unlinked", _UNLINKED_ONE_IN):
        return None
    return find_own_page(identity)


def _make_double(identity: Identity) -> Page:
    number = _DOUBLES + _make_up_id(identity.artist.mbid)
    fans = identity.followers * make_up_number(0, 150, "double", identity.artist.mbid) // 100
    return Page(number, identity.artist.name, _hash("artist", str(number)), fans, tuple(_make_up_discs(number)), is_own=False)


def _make_up_discs(number: int) -> Iterator[Disc]:
    for place in range(make_up_number(1, 3, "discs", str(number))):
        first, last = (_WORDS[make_up_number(0, len(_WORDS) - 1, part, str(number), str(place))] for part in ("first", "last"))
        disc_id = make_up_number(1, _HIGHEST_ID, "disc", str(number), str(place))
        released = f"{make_up_number(1995, 2024, 'released', str(disc_id))}-05-01"
        yield Disc(disc_id, f"{first} {last} Sessions", released, "album", _hash("cover", str(disc_id)), 12)


def _make_disc(edition: Edition) -> Disc:
    number = make_up_number(1, _HIGHEST_ID, "disc", edition.mbid)
    released = f"{edition.released}-01-01"[:10] if edition.released else "0000-00-00"
    kind = edition.primary_type.lower()
    return Disc(
        number, edition.title, released, kind, _hash("cover", str(number)), make_up_number(1, 90_000, edition.mbid, "fans")
    )


def _draws(identity: Identity, lot: str, one_in: int) -> bool:
    return make_up_number(0, one_in - 1, "deezer", lot, identity.artist.mbid) == 0


def _make_up_id(mbid: str) -> int:
    return make_up_number(1, _HIGHEST_ID, "deezer", mbid)


def _hash(kind: str, name: str) -> str:
    return make_up_mbid("deezer", kind, name).replace("-", "")
