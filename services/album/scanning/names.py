"""Which track is a file, by its tags, and by its name and its folders where they are silent?"""

import re
from typing import Final, NamedTuple

from facts.naming import match_key
from services.album.domain import ArtistName, Title, TrackName
from services.album.scanning.listing import disc_of
from services.album.scanning.tags import Tags, Unreadable, clean_text

VARIOUS: Final = "Various Artists"
_NO_ARTIST: Final = "It names no artist, and does not lie in folders named for an artist and an album."
# `1-03 Song`; `03 - Song`, `3. Song`, `103_Song`; `03 Song`: but `99 Luftballons`, `7-11` and `3.14` are titles.
_NUMBERED: Final = (
    re.compile(r"(?P<disc>\d)-(?P<track>\d{2})\b[ ._-]*(?P<title>[^\d ._-].*)"),
    re.compile(r"(?P<track>\d{1,3})(?:\s+-+\s+|\s*[-._)]+\s*(?=[^\d\s]))(?P<title>.+)"),
    re.compile(r"(?P<track>0\d)\s+(?P<title>.+)"),
)


class FileName(NamedTuple):
    """The track a file is, and where it stands on the record."""

    track: TrackName
    number: int | None
    disc: int | None


def name_file(path: bytes, tags: Tags) -> FileName:
    """Raises Unreadable for a file that is nobody's."""
    *folders, file = path.split(b"/")
    disc = disc_of(folders[-1]) if folders else None
    places = [_text(folder) for folder in folders[: -1 if disc else None]]
    title, number, disc_in_name = _numbered(_text(file.rpartition(b".")[0]))
    own, others = _first(tags.artists, tags.artist_mbids), _first(tags.album_artists, tags.album_artist_mbids)
    album, artist = tags.album, own or others
    if artist is None:
        artist, album = _folders_say(places, album)
    whose = others or (_artist(VARIOUS) if tags.is_compilation else None)
    name = TrackName(
        artist,
        _title(tags.title or title),
        _title(album) if album else None,
        tags.recording_mbid,
        tags.release_mbid if album else "",
        whose if album and whose and whose.key != artist.key else None,
    )
    return FileName(name, tags.track or number, tags.disc or disc_in_name or disc)


def _first(names: tuple[str, ...], mbids: tuple[str, ...]) -> ArtistName | None:
    """Whose it is first of all. Ids go with the names only where there are as many: `A feat. B` is one name of two artists."""
    return _artist(names[0], mbids[0] if len(mbids) == len(names) else "") if names else None


def _folders_say(places: list[str], album: str) -> tuple[ArtistName, str]:
    """Artist/Album/file, as most programs lay it out."""
    if len(places) < 2 or not places[-2]:  # noqa: PLR2004 - an artist's and an album's
        raise Unreadable(_NO_ARTIST)
    return _artist(places[-2]), album or places[-1]


def _numbered(stem: str) -> tuple[str, int | None, int | None]:
    """Title, number and disc in a file's name."""
    for pattern in _NUMBERED:
        found = pattern.fullmatch(stem)
        if found:
            disc = found["disc"] if "disc" in pattern.groupindex else "0"
            return _spaced(found["title"]), int(found["track"]) or None, int(disc) or None
    return _spaced(stem), None, None


def _spaced(title: str) -> str:
    return title if " " in title else clean_text(title.replace("_", " "))


def _text(name: bytes) -> str:
    """Most names are UTF-8; of the others, most were Latin-1 once."""
    try:
        return clean_text(name.decode())
    except UnicodeDecodeError:
        return clean_text(name.decode("latin-1"))


def _artist(text: str, mbid: str = "") -> ArtistName:
    return ArtistName(text, match_key(text), mbid)


def _title(text: str) -> Title:
    return Title(text or "?", match_key(text or "?"))
