"""Which releases has an album? The first is the catalogue's own; singles, deluxe, remastered and reissued ones are made up."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sandbox.catalogue.identity import Edition
from sandbox.catalogue.made_up import make_up_barcode, make_up_spotify_id
from sandbox.catalogue.model import Album, Artist
from sandbox.catalogue.reading import make_up_mbid, make_up_number

_REISSUERS = ("Rhino", "Music on Vinyl", "Legacy", "Demon")
_LAST_YEAR = 2025
_CD_AGE = 1985
_LABEL_INFO = ("full", "full", "full", "full", "null", "full", "absent", "full")


def list_editions(artist: Artist, written: Mapping[str, Sequence[Mapping[str, Any]]]) -> tuple[Edition, ...]:
    """Lists an artist's releases, the newest first; `written` has the further editions of some albums, by title."""
    editions: list[Edition] = []
    for album in artist.albums:
        original = _make_original(artist, album)
        further = written.get(album.title)
        made = _make_further(artist, album) if further is None else further
        editions += [original, *(_make_edition(original, artist, one) for one in made)]
        if album.tracks:
            editions.append(_make_single(artist, album, original))
    return tuple(sorted(editions, key=lambda edition: (edition.released, edition.mbid), reverse=True))


def _make_original(artist: Artist, album: Album) -> Edition:
    return Edition(
        title=album.title,
        mbid=album.mbid,
        group_mbid=make_up_mbid(artist.mbid, album.title, "group"),
        group_title=album.title,
        group_released=album.released,
        primary_type="Album",
        disambiguation="",
        released=album.released,
        label=album.label,
        label_info="full",
        barcode=make_up_barcode(album.mbid),
        country=artist.country or "XW",
        medium="CD" if int(album.released[:4] or _CD_AGE) >= _CD_AGE else '12" Vinyl',
        spotify_id=make_up_spotify_id("album", album.mbid),
        tracks=album.tracks,
        tags=album.tags,
    )


def _make_edition(original: Edition, artist: Artist, written: Mapping[str, Any]) -> Edition:
    title = written.get("title", original.title)
    mbid = make_up_mbid(artist.mbid, title, written["released"], "edition")
    return replace(
        original,
        title=title,
        mbid=mbid,
        disambiguation=written.get("disambiguation", ""),
        released=written["released"],
        label=written.get("label", original.label),
        label_info=written.get("label_info", "full"),
        barcode=make_up_barcode(mbid),
        country=written.get("country", original.country),
        medium=written.get("medium", "CD"),
        spotify_id=make_up_spotify_id("album", mbid),
    )


def _make_further(artist: Artist, album: Album) -> list[Mapping[str, Any]]:
    """Makes up none or one later edition; the artist and the title decide which."""
    year = int(album.released[:4])
    seed = (artist.mbid, album.title)
    label_info = _LABEL_INFO[make_up_number(0, len(_LABEL_INFO) - 1, *seed, "info")]
    kinds: list[Mapping[str, Any] | None] = [
        {"title": f"{album.title} (Deluxe Edition)", "released": f"{year + 1}-11-15", "disambiguation": "deluxe edition"},
        {"title": f"{album.title} (Remastered)", "released": f"{year + 20}-03-02", "label": _reissuer(*seed)},
        {"released": f"{year + 15}", "label": _reissuer(*seed), "medium": '12" Vinyl', "disambiguation": "reissue"},
        None,
    ]
    made = kinds[make_up_number(0, len(kinds) - 1, *seed, "kind")]
    if made is None or int(made["released"][:4]) > _LAST_YEAR:
        return []
    return [{**made, "label_info": label_info}]


def _make_single(artist: Artist, album: Album, original: Edition) -> Edition:
    title = album.tracks[0].title
    mbid = make_up_mbid(artist.mbid, album.title, title, "single")
    released = _month_before(album.released)
    return replace(
        original,
        title=title,
        mbid=mbid,
        group_mbid=make_up_mbid(mbid, "group"),
        group_title=title,
        group_released=released,
        primary_type="Single",
        released=released,
        barcode=make_up_barcode(mbid),
        spotify_id=make_up_spotify_id("album", mbid),
        tracks=album.tracks[:1],
    )


def _month_before(released: str) -> str:
    year, month = int(released[:4]), int(released[5:7] or 1)
    return f"{year}-{month - 1:02}" if month > 1 else f"{year - 1}-12"


def _reissuer(*names: str) -> str:
    return _REISSUERS[make_up_number(0, len(_REISSUERS) - 1, *names, "reissuer")]
