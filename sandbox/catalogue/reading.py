"""How does a catalogue file become artists? Numbers that nobody recorded are made up from the name, always the same."""

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

from sandbox.catalogue.model import Album, Artist, Similar, Track

_MADE_UP = uuid.UUID("5a4db0e0-0000-5000-8000-736f6e697175")


def make_up_mbid(*names: str) -> str:
    """Makes an identifier that no MusicBrainz entry has."""
    return str(uuid.uuid5(_MADE_UP, "\x1f".join(names)))


def make_up_number(low: int, high: int, *names: str) -> int:
    """Picks a whole number from `low` to `high` by the names alone."""
    digest = hashlib.sha256("\x1f".join(names).encode()).digest()
    return low + int.from_bytes(digest[:8], "big") % (high - low + 1)


def parse_artist(written: Mapping[str, Any]) -> Artist:
    """Reads one artist as the files in `artists/` hold it (see the sandbox README); missing keys are absent facts."""
    name: str = written["name"]
    mbid = written.get("mbid")
    listeners: int = written["listeners"]
    tags: dict[str, int] = written.get("tags", {})
    return Artist(
        name=name,
        mbid=make_up_mbid(name) if mbid is None else mbid,
        is_mbid_real=bool(mbid),
        is_fictional=written.get("is_fictional", False),
        aliases=tuple(written.get("aliases", ())),
        country=written.get("country", ""),
        founded=written.get("founded", ""),
        listeners=listeners,
        playcount=written["playcount"],
        tags=tags,
        similar=tuple(Similar(other, match) for other, match in written.get("similar", {}).items()),
        biographies=written.get("biographies", {}),
        bio_published=written.get("bio_published", "01 Jan 1970, 00:00"),
        albums=tuple(_parse_album(name, listeners, tags, album) for album in written.get("albums", ())),
    )


def _parse_album(artist: str, artist_listeners: int, tags: Mapping[str, int], written: Mapping[str, Any]) -> Album:
    title: str = written["title"]
    listeners = artist_listeners * make_up_number(15, 60, artist, title) // 100
    return Album(
        title=title,
        mbid=written.get("mbid") or make_up_mbid(artist, title),
        is_mbid_real="mbid" in written,
        released=written.get("released", ""),
        label=written.get("label", ""),
        listeners=written.get("listeners", listeners),
        playcount=written.get("playcount", listeners * make_up_number(8, 40, artist, title, "plays")),
        tags=written.get("tags", tags),
        tracks=tuple(Track(name, seconds, make_up_mbid(artist, title, name)) for name, seconds in written.get("tracks", ())),
    )
