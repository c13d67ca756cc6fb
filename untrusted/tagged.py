"""What kind of sound file is it, where are its tags, which pictures are in them? For a reader's process: it needs mutagen."""

import base64
from collections.abc import Callable, Iterator
from functools import partial
from io import BufferedReader
from typing import Any, Final, NamedTuple

from mutagen import MutagenError
from mutagen.aac import AAC
from mutagen.aiff import AIFF
from mutagen.apev2 import APEBinaryValue, APEv2
from mutagen.asf import ASF, ASFTags
from mutagen.flac import FLAC, Picture
from mutagen.id3 import ID3
from mutagen.monkeysaudio import MonkeysAudio
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4, MP4Tags
from mutagen.musepack import Musepack
from mutagen.oggflac import OggFLAC
from mutagen.oggopus import OggOpus
from mutagen.oggspeex import OggSpeex
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE
from mutagen.wavpack import WavPack

_OGG: Final[tuple[Any, ...]] = (OggVorbis, OggOpus, OggFLAC, OggSpeex)
_KINDS: Final[dict[str, tuple[Any, ...]]] = {
    ".mp3": (MP3,),
    ".flac": (FLAC,),
    ".m4a": (MP4,),
    ".mp4": (MP4,),
    ".aac": (AAC,),
    ".opus": _OGG,
    ".ogg": _OGG,
    ".oga": _OGG,
    ".wav": (WAVE,),
    ".aif": (AIFF,),
    ".aiff": (AIFF,),
    ".wma": (ASF,),
    ".ape": (MonkeysAudio,),
    ".wv": (WavPack,),
    ".mpc": (Musepack,),
}
_BY_CONTENT: Final[tuple[Any, ...]] = (MP3, FLAC, MP4, *_OGG, WAVE, AIFF, ASF, MonkeysAudio, WavPack, Musepack)

NO_KIND: Final = 0
FRONT: Final = 3
BACK: Final = 4
"""Kinds of pictures that ID3, FLAC and ASF all count the same way."""
_MOST_KINDS: Final = 20
_LINK: Final = "-->"
"""Instead of a picture's media type: what follows is only its address."""

# mutagen has types for half of what it offers.
_Id3: Any = ID3
_Ape: Any = APEv2
_Mp4: Any = MP4Tags
_Asf: Any = ASFTags
_Picture: Any = Picture


class Embedded(NamedTuple):
    """A picture in a file's tags; its bytes are taken out only when they are asked for, which raises what mutagen raises."""

    kind: int
    load: Callable[[], bytes]


def open_tagged(file: BufferedReader, suffix: str) -> Any:
    """By its name, and where it is not that, by what it begins with. Raises whatever mutagen does."""
    file.seek(0)
    header = file.read(128)
    named = _KINDS.get(suffix, ())
    if len(named) > 1:
        named = tuple(kind for kind in named if kind.score("", file, header) > 0)
    others = tuple(kind for kind in _BY_CONTENT if kind not in named and kind.score("", file, header) > 0)
    fault = "nothing we know begins so"
    for kind in (*named, *others):
        file.seek(0)
        try:
            return kind(file)
        except MutagenError as error:
            fault = str(error)  # the error itself would hold all that was read, and we would hold it
    raise MutagenError(fault)


def tags_of(file: BufferedReader, opened: Any) -> Any:
    """Its tags. Some MP3 and AAC files have none of the usual kind, but APE's, or ID3's before a stream that knows of none."""
    if opened.tags is None and isinstance(opened, MP3 | AAC):
        for kind in (_Id3, _Ape):
            file.seek(0)
            try:
                return kind(file)
            except MutagenError:
                continue
    return opened.tags


def pictures(opened: Any, tags: Any) -> Iterator[Embedded]:
    """All that are in it, in order; links to pictures are none."""
    if isinstance(tags, _Id3):
        yield from (_embedded(each.type, each.data) for each in tags.getall("APIC") if each.data and each.mime != _LINK)
    elif isinstance(tags, _Mp4):
        yield from (_embedded(FRONT, bytes(each)) for each in tags.get("covr", ()))
    elif isinstance(tags, _Asf):
        found = (value.value for key, value in tags if key == "WM/Picture" and isinstance(value.value, bytes) and value.value)
        yield from (Embedded(_kind(value[0]), partial(_in_asf, value)) for value in found)
    elif isinstance(tags, _Ape):
        # The only bytes that are there in practice: `Front`, `Back` and others, with a name before each.
        values = ((key.lower(), bytes(value.value or b"")) for key, value in tags.items() if isinstance(value, APEBinaryValue))
        yield from (_embedded(_named(key), value.partition(b"\0")[2]) for key, value in values)
    elif tags is not None:
        yield from (_embedded(each.type, each.data) for each in getattr(opened, "pictures", ()) if each.mime != _LINK)
        yield from _in_comments(tags)


def _embedded(kind: int, content: bytes) -> Embedded:
    return Embedded(_kind(kind), partial(bytes, content))


def _kind(number: int) -> int:
    """Whatever was never agreed upon is no kind."""
    return int(number) if 0 <= number <= _MOST_KINDS else NO_KIND


def _named(key: str) -> int:
    return FRONT if "front" in key else BACK if "back" in key else NO_KIND


def _in_comments(tags: Any) -> Iterator[Embedded]:
    """In the comments of Ogg's formats pictures are texts: a block as FLAC's, or formerly the bare picture."""
    for key, value in tags:
        name = key.lower()
        if name == "metadata_block_picture":
            yield Embedded(_kind_in(value), partial(_in_block, value))
        elif name == "coverart":
            yield Embedded(NO_KIND, partial(base64.b64decode, value))


def _in_block(block: str) -> bytes:
    return bytes(_Picture(base64.b64decode(block)).data)


def _kind_in(block: str) -> int:
    """The first four bytes, in base64."""
    try:
        return _kind(int.from_bytes(base64.b64decode(block[:8])[:4], "big"))
    except ValueError:
        return NO_KIND


def _in_asf(value: bytes) -> bytes:
    """Behind its kind, its length, and two texts of two bytes a letter: media type and description."""
    at = 5
    for _ in range(2):
        while value[at : at + 2] != b"\0\0":
            if at >= len(value):
                raise ValueError("cut off")
            at += 2
        at += 2
    return value[at:]
