"""Of whom and of what is there a picture, and where? The truth, for tests of those who have to find it."""

from sandbox.catalogue.artwork import Scan, Side, find_group_release, find_scan, list_scans
from sandbox.catalogue.directory import Directory
from sandbox.catalogue.identity import Edition, Identity
from sandbox.catalogue.pages import find_linked_page, list_pages
from sandbox.catalogue.photos import list_photos


def tell_pictures(directory: Directory, identity: Identity) -> dict[str, object]:
    """Tells everything about the pictures of one artist."""
    pages = list_pages(identity)
    own = next((page for page in pages if page.is_own), None)
    linked = find_linked_page(identity)
    return {
        "name": identity.artist.name,
        "disambiguation": identity.disambiguation,
        "mbid": identity.artist.mbid,
        "wikidata_id": identity.wikidata_id,
        "photos": list_photos(identity),
        "deezer": {
            "id": own.id if own else None,
            "picture": own.picture if own else "",
            "is_linked": linked is not None,
            "others": [page.id for page in pages if not page.is_own],
        },
        "releases": [_tell_release(directory, identity, edition) for edition in identity.editions],
    }


def _tell_release(directory: Directory, identity: Identity, edition: Edition) -> dict[str, object]:
    front = find_scan(list_scans(identity, edition), Side.FRONT)
    of_group = find_group_release(directory, edition.group_mbid)
    return {
        "title": edition.title,
        "mbid": edition.mbid,
        "group_mbid": edition.group_mbid,
        "primary_type": edition.primary_type,
        "sides": [scan.side for scan in list_scans(identity, edition)],
        "front": _tell_scan(front),
        "group_front_of": of_group[1].mbid if of_group else None,
    }


def _tell_scan(scan: Scan | None) -> dict[str, object] | None:
    return {"id": scan.id, "suffix": scan.suffix, "thumbs": scan.thumbs} if scan else None
