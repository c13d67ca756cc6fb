"""How are Spotify's albums read? An app in development mode is not told the label: what is missing is unknown."""

from dataclasses import dataclass

from facts.naming import MAX_NAME
from kernel.errors import ProviderMalformed
from services.album.domain import AlbumListing
from services.album.providers.reading import barcode_of, believable_count, date_of
from upstreams.reading import Json, child, children, count, https_url, text
from upstreams.spotify.faults import NAME
from upstreams.spotify.reading import images_of, items_of, kind_of, label_of

_LONGEST_ID = 22
_MOST_ARTISTS = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """An album in the catalogue, and each of its artists."""

    listing: AlbumListing
    artists: tuple[str, ...]


def is_album_id(written: str) -> bool:
    """Whether this can be an id: anything else could lead elsewhere in an address."""
    return len(written) == _LONGEST_ID and written.isascii() and written.isalnum()


def parse_album(node: Json) -> Entry:
    """An album object, of either shape. Raises ProviderMalformed when it names none."""
    entry = _entry(node)
    if entry is None:
        raise ProviderMalformed(NAME, "the answer has no album")
    return entry


def parse_search(content: Json) -> tuple[Entry, ...]:
    """The albums of a search, in Spotify's order. Raises ProviderMalformed when there is no list of albums."""
    return tuple(entry for item in items_of(child(content, "albums")) if (entry := _entry(item)) is not None)


def _entry(node: Json) -> Entry | None:
    album_id, title = text(node, "id"), text(node, "name")
    if not is_album_id(album_id) or not title:
        return None
    artists = tuple(name for artist in children(node, "artists") if (name := text(artist, "name")))[:_MOST_ARTISTS]
    listing = AlbumListing(
        id=album_id,
        title=title,
        artist=_join(artists),
        url=https_url(child(node, "external_urls"), "spotify"),
        images=images_of(node),
        released=date_of(node, "release_date"),
        barcode=barcode_of(child(node, "external_ids"), "upc"),
        label=label_of(node),
        kind=kind_of(node),
        track_count=believable_count(count(node, "total_tracks") or count(child(node, "tracks"), "total")),
    )
    return Entry(listing, artists)


def _join(artists: tuple[str, ...]) -> str:
    """All of them, or the first where all are too many."""
    together = ", ".join(artists)
    return together if len(together) <= MAX_NAME else artists[0]
