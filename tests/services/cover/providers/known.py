"""Which albums and artists of the sandbox are what a test needs? Found by what the sandbox made up of them, not by luck."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from sandbox.catalogue import artwork, pages, photos
from sandbox.catalogue.artwork import Side
from sandbox.catalogue.directory import Directory, load_directory
from sandbox.catalogue.identity import Edition, Identity
from sandbox.catalogue.library import load_library
from services.cover.domain import PictureLink, Subject
from tests.services.cover.providers.asking import ALBUM, ARTIST

NOBODY = "00000000-0000-4000-8000-00000000dead"
ALBUM_HASH = "0123456789abcdef0123456789abcdef"


@cache
def directory() -> Directory:
    return load_directory(load_library())


def album(is_meant: Callable[[Identity, Edition], bool], **said: Any) -> Subject:
    """The first that is, by both its ids unless it is said otherwise."""
    identity, edition = next(pair for pair in _editions() if is_meant(*pair))
    ids: dict[str, Any] = {"release_mbid": edition.mbid, "release_group_mbid": edition.group_mbid, **said}
    return Subject(ALBUM, edition.title, artist_name=identity.artist.name, **ids)


def artist(is_meant: Callable[[Identity], bool], **said: Any) -> Subject:
    """The first that is, by its MusicBrainz id and its titles unless it is said otherwise."""
    identity = next(each for each in directory().identities if is_meant(each))
    known: dict[str, Any] = {"artist_mbid": identity.artist.mbid, "titles": tuple(each.group_title for each in identity.editions)}
    return Subject(ARTIST, identity.artist.name, **{**known, **said})


def has_front(identity: Identity, edition: Edition) -> bool:
    return artwork.find_scan(artwork.list_scans(identity, edition), Side.FRONT) is not None


def has_large_front(identity: Identity, edition: Edition) -> bool:
    return has_front(identity, edition) and 1200 in artwork.list_scans(identity, edition)[0].thumbs


def has_small_front_only(identity: Identity, edition: Edition) -> bool:
    return has_front(identity, edition) and not has_large_front(identity, edition)


def is_covered_by_another(identity: Identity, edition: Edition) -> bool:
    return not has_front(identity, edition) and artwork.find_group_release(directory(), edition.group_mbid) is not None


def is_bare(identity: Identity, edition: Edition) -> bool:
    return artwork.find_group_release(directory(), edition.group_mbid) is None


def has_back_only(identity: Identity, edition: Edition) -> bool:
    scans = artwork.list_scans(identity, edition)
    return is_bare(identity, edition) and bool(scans)


def is_pictured_as(*suffixes: str) -> Callable[[Identity], bool]:
    def is_meant(identity: Identity) -> bool:
        return tuple(photo.suffix for photo in photos.list_photos(identity)) == suffixes

    return is_meant


def photos_of(subject: Subject) -> tuple[photos.Photo, ...]:
    return photos.list_photos(identity_of(subject))


def pages_of(subject: Subject) -> list[pages.Page]:
    """All that bear the artist's name on Deezer."""
    return pages.list_pages(identity_of(subject))


def page_of(subject: Subject) -> str:
    """Where the artist's own page is on Deezer."""
    page = pages.find_own_page(identity_of(subject))
    return f"https://www.deezer.com/artist/{page.id}" if page else ""


def identity_of(subject: Subject) -> Identity:
    identity = directory().find_by_mbid(subject.artist_mbid)
    assert identity is not None
    return identity


def is_drawn_as(suffix: str, *, works: bool = True) -> Callable[[Identity], bool]:
    """Whether the only file is of this kind, and Commons draws it or cannot."""

    def is_meant(identity: Identity) -> bool:
        return is_pictured_as(suffix)(identity) and photos.list_photos(identity)[0].has_thumbs is works

    return is_meant


def is_faceless(identity: Identity) -> bool:
    return bool(identity.wikidata_id) and not photos.list_photos(identity)


def is_linked(identity: Identity) -> bool:
    page = pages.find_linked_page(identity)
    return page is not None and bool(page.picture)


def is_linked_without_picture(identity: Identity) -> bool:
    page = pages.find_linked_page(identity)
    return page is not None and not page.picture


def has_unlinked_double(identity: Identity) -> bool:
    """On Deezer twice, once with a picture of its own; neither is linked to."""
    own, all_pages = pages.find_own_page(identity), pages.list_pages(identity)
    is_alone = sum(each.artist.name == identity.artist.name for each in directory().identities) == 1
    return is_alone and not pages.find_linked_page(identity) and len(all_pages) > 1 and own is not None and bool(own.picture)


def is_only_a_namesake(identity: Identity) -> bool:
    return pages.find_own_page(identity) is None and bool(identity.editions)


def lastfm_link(host: str, size: str = "300x300", name: str = ALBUM_HASH, edge: int = 0) -> PictureLink:
    return PictureLink(f"{host}/i/u/{size}/{name}.jpg", edge, edge)


def _editions() -> Iterator[tuple[Identity, Edition]]:
    return directory().list_editions()
