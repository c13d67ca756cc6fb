"""What do the tags of a file say? Each container has words of its own for the same few things. For the reader's process only."""

import math
from collections.abc import Iterable, Iterator
from io import BufferedReader
from typing import Any, Final

from mutagen.apev2 import APETextValue, APEv2
from mutagen.asf import ASFTags
from mutagen.id3 import ID3, TCON
from mutagen.mp4 import MP4Tags

from services.album.scanning.wire import MOST_VALUES
from untrusted.tagged import FRONT, open_tagged, pictures, tags_of

# mutagen has types for half of what it offers.
_Id3: Any = ID3
_Ape: Any = APEv2
_Mp4: Any = MP4Tags
_Asf: Any = ASFTags
_Genre: Any = TCON

# ID3's names, then MP4's, ASF's, and those that Vorbis comments and APE share; all in small letters and without what is neither
# letter nor digit: `MusicBrainz/Album Id`, `MusicBrainz Album Id` and `MUSICBRAINZ_ALBUMID` are one.
_FIELDS: Final = {
    "title": ("tit2", "nam", "title"),  # codespell:ignore nam
    "artist": ("tpe1", "art", "author", "artist"),
    "album": ("talb", "alb", "wmalbumtitle", "album"),
    "album_artist": ("tpe2", "aart", "wmalbumartist", "albumartist"),
    "track": ("trck", "trkn", "wmtracknumber", "tracknumber", "track"),
    "disc": ("tpos", "disk", "wmpartofset", "discnumber", "disc"),
    "date": ("tdor", "tdrc", "tdrl", "day", "wmoriginalreleasetime", "wmyear", "originaldate", "originalyear", "date", "year"),
    "genre": ("tcon", "gen", "wmgenre", "genre"),
    "compilation": ("tcmp", "cpil", "wmiscompilation", "compilation"),
    "recording": ("musicbrainztrackid",),
    "release": ("musicbrainzalbumid",),
    "release_group": ("musicbrainzreleasegroupid",),
    "artist_id": ("musicbrainzartistid",),
    "album_artist_id": ("musicbrainzalbumartistid",),
}
_WANTED: Final = frozenset(name for names in _FIELDS.values() for name in names)
_MUSICBRAINZ: Final = "http://musicbrainz.org"
_LONGEST: Final = 600

Said = Iterator[tuple[str, Iterable[object]]]


def read_tags(file: BufferedReader, suffix: str) -> dict[str, Any]:
    """Texts by the names of `_FIELDS`, as they stand in the file; `duration_ms` and `picture`. Raises whatever mutagen does."""
    opened = open_tagged(file, suffix)
    tags = tags_of(file, opened)
    held: dict[str, list[str]] = {}
    for key, values in _said(tags):
        name = "".join(letter for letter in key[:_LONGEST].lower() if letter.isascii() and letter.isalnum())
        if name in _WANTED:
            held.setdefault(name, []).extend(str(value)[:_LONGEST] for value in values)
    found: dict[str, Any] = {}
    for field, names in _FIELDS.items():
        found[field] = next((held[name] for name in names if any(held.get(name, ()))), [])[:MOST_VALUES]
    found["genre"] = _Genre(encoding=3, text=found["genre"]).genres[:MOST_VALUES]
    length = float(getattr(opened.info, "length", 0) or 0)
    found["duration_ms"] = round(length * 1000) if math.isfinite(length) else 0
    found["picture"] = _picture(opened, tags)
    return found


def _said(tags: Any) -> Said:
    if isinstance(tags, _Id3):
        yield from _said_by_id3(tags)
    elif isinstance(tags, _Mp4):
        yield from _said_by_mp4(tags)
    elif isinstance(tags, _Asf):
        yield from ((str(key), [value]) for key, value in tags if not isinstance(value.value, bytes))
    elif isinstance(tags, _Ape):
        yield from ((key, list(value)) for key, value in tags.items() if isinstance(value, APETextValue))
    elif tags is not None:
        yield from ((key, [value]) for key, value in tags)


def _said_by_id3(tags: Any) -> Said:
    for frame in tags.getall("UFID"):
        if frame.owner == _MUSICBRAINZ:
            yield "musicbrainztrackid", [frame.data.decode("ascii", "replace")]
    for frame in tags.values():
        if frame.FrameID == "TXXX":
            yield frame.desc, frame.text
        elif frame.FrameID.startswith("T") and hasattr(frame, "text"):
            yield frame.FrameID, frame.text


def _said_by_mp4(tags: Any) -> Said:
    for key, values in tags.items():
        if key == "covr":
            continue
        if isinstance(values, bool):
            yield key, [int(values)]
        elif key in ("trkn", "disk"):
            yield key, [f"{pair[0]}/{pair[1]}" for pair in values]
        else:
            name = key.rpartition(":")[2] if key.startswith("----") else key
            yield name, [value.decode("utf-8", "replace") if isinstance(value, bytes) else value for value in values]


def _picture(opened: Any, tags: Any) -> str:
    """`front`, `other`, or `none`."""
    kinds = {each.kind for each in pictures(opened, tags)}
    return ("front" if FRONT in kinds else "other") if kinds else "none"
