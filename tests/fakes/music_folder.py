"""A music folder of real files: every container, tagged by mutagen, with next to no sound in it; and files as bad as they get.

The audio is a header that says how long it lasts and a few silent frames, since nobody here listens.
"""

import base64
import io
import os
import struct
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from mutagen.aiff import AIFF
from mutagen.apev2 import APEv2
from mutagen.asf import ASF
from mutagen.asf._attrs import ASFByteArrayAttribute
from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, ID3, TALB, TCMP, TCON, TDRC, TIT2, TPE1, TPE2, TPOS, TRCK, TXXX, UFID
from mutagen.mp4 import MP4, MP4Cover, MP4FreeForm
from mutagen.ogg import OggPage
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300" + "01" * 64 + "ffc0000b080001000101011100ffc4001400010000000000000000"
    "0000000000000009ffc40014100100000000000000000000000000000000ffda0008010100003f0054dfffd9"
)
SECONDS = 185.0
CONTAINERS = (".mp3", ".flac", ".m4a", ".opus", ".ogg", ".wav", ".aiff", ".wma", ".ape", ".wv", ".mpc")

_FRONT = 3
_MEBIBYTE = b"A" * 2**20


@dataclass(frozen=True)
class Song:
    """What the tags of one file say; what is empty is not written."""

    title: str = ""
    artist: str = ""
    album: str = ""
    album_artist: str = ""
    number: int = 0
    of: int = 0
    disc: int = 0
    date: str = ""
    genres: tuple[str, ...] = ()
    is_compilation: bool = False
    recording: str = ""
    release: str = ""
    release_group: str = ""
    artist_id: str = ""
    album_artist_id: str = ""
    picture: bytes = b""
    kind: int = _FRONT
    """Of the picture."""

    @property
    def track(self) -> str:
        return f"{self.number}/{self.of}" if self.of else str(self.number or "")


def audio(suffix: str, song: Song) -> bytes:
    """A whole file with these tags."""
    return _WRITERS[suffix](song)


def write(path: Path, song: Song) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(audio(path.suffix.lower(), song))
    return path


def _mp3(song: Song) -> bytes:
    held = io.BytesIO(_mp3_frames())
    _id3(ID3(), song).save(held)
    return held.getvalue()


@cache
def _mp3_frames() -> bytes:
    """Silent frames of 128 kbit/s; a Xing header in the first says how many there would be."""
    frame = b"\xff\xfb\x90\x00".ljust(417, b"\0")
    xing = b"Xing" + struct.pack(">II", 1, round(SECONDS * 44100 / 1152))
    return frame[:36] + xing + frame[36 + len(xing) :] + 4 * frame


def _flac(song: Song) -> bytes:
    spec = (44100 << 44) | (1 << 41) | (15 << 36) | round(SECONDS * 44100)
    info = struct.pack(">HH", 4096, 4096) + bytes(6) + spec.to_bytes(8, "big") + bytes(16)
    held = io.BytesIO(b"fLaC" + b"\x80" + len(info).to_bytes(3, "big") + info + b"\xff\xf8" + bytes(40))
    file: Any = FLAC(held)
    file.add_tags()
    _comment(file, song)
    if song.picture:
        file.add_picture(_picture(song))
    held.seek(0)
    file.save(held)
    return held.getvalue()


def _ogg(song: Song) -> bytes:
    head = b"\x01vorbis" + struct.pack("<IBIiiiBB", 0, 2, 44100, 0, 128000, 0, 0xB8, 1)
    comment = b"\x03vorbis" + struct.pack("<I", 4) + b"test" + struct.pack("<I", 0) + b"\x01"
    held = io.BytesIO(_pages([[head], [comment, b"\x05vorbis" + bytes(40)], [bytes(60)]], round(SECONDS * 44100)))
    return _in_pages(OggVorbis(held), held, song)


def _opus(song: Song) -> bytes:
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 2, 312, 48000, 0, 0)
    comment = b"OpusTags" + struct.pack("<I", 4) + b"test" + struct.pack("<I", 0)
    held = io.BytesIO(_pages([[head], [comment], [bytes(60)]], round(SECONDS * 48000) + 312))
    return _in_pages(OggOpus(held), held, song)


def _in_pages(file: Any, held: io.BytesIO, song: Song) -> bytes:
    _comment(file, song)
    if song.picture:
        file["metadata_block_picture"] = [base64.b64encode(_picture(song).write()).decode()]
    held.seek(0)
    file.save(held)
    return held.getvalue()


def _pages(packets: Sequence[list[bytes]], position: int) -> bytes:
    pages = []
    for number, each in enumerate(packets):
        page: Any = OggPage()
        page.serial, page.sequence, page.packets = 1, number, each
        page.first, page.last = number == 0, number == len(packets) - 1
        page.position = position if page.last else 0
        pages.append(page.write())
    return b"".join(pages)


def _m4a(song: Song) -> bytes:
    handler = _atom(b"hdlr", bytes(8) + b"soun" + bytes(13))
    length = _atom(b"mdhd", struct.pack(">IIIIIHH", 0, 0, 0, 44100, round(SECONDS * 44100), 0, 0))
    track = _atom(b"trak", _atom(b"mdia", length + handler))
    held = io.BytesIO(_atom(b"ftyp", b"M4A " + bytes(4) + b"M4A mp42") + _atom(b"moov", track) + _atom(b"mdat", bytes(60)))
    file: Any = MP4(held)
    file.add_tags()
    plain = {
        "\xa9nam": song.title,
        "\xa9ART": song.artist,
        "\xa9alb": song.album,
        "aART": song.album_artist,
        "\xa9day": song.date,
    }
    file.tags.update({key: [value] for key, value in plain.items() if value})
    if song.genres:
        file["\xa9gen"] = list(song.genres)
    if song.number:
        file["trkn"] = [(song.number, song.of)]
    if song.disc:
        file["disk"] = [(song.disc, 0)]
    if song.is_compilation:
        file["cpil"] = True
    for name, mbid in _mbids(song, recording="Track"):
        file[f"----:com.apple.iTunes:MusicBrainz {name} Id"] = [MP4FreeForm(mbid.encode())]
    if song.picture:
        file["covr"] = [MP4Cover(song.picture, MP4Cover.FORMAT_PNG)]
    held.seek(0)
    file.save(held)
    return held.getvalue()


def _atom(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + name + content


def _wav(song: Song) -> bytes:
    rate = 1
    form = struct.pack("<HHIIHH", 1, 1, rate, rate, 1, 8)
    sound = bytes(round(SECONDS))
    chunks = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(sound)) + sound + b"\0"
    held = io.BytesIO(b"RIFF" + struct.pack("<I", len(chunks)) + chunks)
    return _with_id3(WAVE(held), held, song)


def _aiff(song: Song) -> bytes:
    rate = struct.pack(">HQ", 16383 + 15, 44100 << 48)  # an 80-bit float
    common = b"COMM" + struct.pack(">IHIH", 18, 1, round(SECONDS * 44100), 8) + rate
    chunks = b"AIFF" + common + b"SSND" + struct.pack(">III", 16, 0, 0) + bytes(8)
    held = io.BytesIO(b"FORM" + struct.pack(">I", len(chunks)) + chunks)
    return _with_id3(AIFF(held), held, song)


def _with_id3(file: Any, held: io.BytesIO, song: Song) -> bytes:
    file.add_tags()
    _id3(file.tags, song)
    held.seek(0)
    file.save(held)
    return held.getvalue()


def _wma(song: Song) -> bytes:
    properties = bytes(40) + struct.pack("<QQQ", round(SECONDS * 10**7), 0, 0) + bytes(16)
    guid = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
    objects = guid + struct.pack("<Q", len(properties) + 24) + properties
    header = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + struct.pack("<QIBB", len(objects) + 30, 1, 1, 2)
    held = io.BytesIO(header + objects + bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c") + struct.pack("<Q", 50) + bytes(26))
    file: Any = ASF(held)
    names = {"Title": song.title, "Author": song.artist, "WM/AlbumTitle": song.album, "WM/AlbumArtist": song.album_artist}
    names |= {"WM/TrackNumber": song.track, "WM/PartOfSet": str(song.disc or ""), "WM/Year": song.date}
    names |= {"WM/IsCompilation": "1" if song.is_compilation else ""}
    names |= {f"MusicBrainz/{name} Id": mbid for name, mbid in _mbids(song, recording="Track")}
    for key, value in names.items():
        if value:
            file[key] = [value]
    if song.genres:
        file["WM/Genre"] = list(song.genres)
    if song.picture:
        block = struct.pack("<BI", song.kind, len(song.picture)) + "image/png\0\0".encode("utf-16-le") + song.picture
        file["WM/Picture"] = [ASFByteArrayAttribute(block)]
    held.seek(0)
    file.save(held)
    return held.getvalue()


def _ape(song: Song) -> bytes:
    head = b"MAC " + struct.pack("<H", 3990) + bytes(50)
    return _with_ape(head + struct.pack("<IIIHHI", 44100, 44100, round(SECONDS), 16, 2, 44100) + bytes(40), song)


def _wv(song: Song) -> bytes:
    flags = 9 << 23
    return _with_ape(
        b"wvpk" + struct.pack("<IHBBIIIII", 24, 0x410, 0, 0, round(SECONDS * 44100), 0, 0, flags, 0) + bytes(40), song
    )


def _mpc(song: Song) -> bytes:
    frames = round((SECONDS * 44100 + 576) / 1152)
    return _with_ape(b"MP+\x07" + struct.pack("<II", frames, 0) + bytes(60), song)


def _with_ape(sound: bytes, song: Song) -> bytes:
    held = io.BytesIO(sound)
    tags: Any = APEv2()
    names = {
        "Title": song.title,
        "Artist": song.artist,
        "Album": song.album,
        "Album Artist": song.album_artist,
        "Track": song.track,
    }
    names |= {"Disc": str(song.disc or ""), "Year": song.date, "Compilation": "1" if song.is_compilation else ""}
    names |= {f"MUSICBRAINZ_{name.upper().replace(' ', '')}ID": mbid for name, mbid in _mbids(song, recording="Track")}
    for key, value in names.items():
        if value:
            tags[key] = value
    if song.genres:
        tags["Genre"] = list(song.genres)
    if song.picture:
        tags["Cover Art (Front)" if song.kind == _FRONT else "Cover Art (Back)"] = b"cover.png\0" + song.picture
    tags.save(held)
    return held.getvalue()


def _id3(tags: Any, song: Song) -> Any:
    plain = [(TIT2, song.title), (TPE1, song.artist), (TALB, song.album), (TPE2, song.album_artist), (TRCK, song.track)]
    plain += [(TPOS, str(song.disc or "")), (TDRC, song.date), (TCMP, "1" if song.is_compilation else "")]
    for frame, text in plain:
        if text:
            tags.add(frame(encoding=3, text=[text]))
    if song.genres:
        tags.add(TCON(encoding=3, text=list(song.genres)))
    if song.recording:
        tags.add(UFID(owner="http://musicbrainz.org", data=song.recording.encode()))
    for name, mbid in _mbids(replace(song, recording=""), recording="Track"):
        tags.add(TXXX(encoding=3, desc=f"MusicBrainz {name} Id", text=[mbid]))
    if song.picture:
        tags.add(APIC(encoding=0, mime="image/png", type=song.kind, desc="", data=song.picture))
    return tags


def _comment(file: Any, song: Song) -> None:
    names = {"title": song.title, "artist": song.artist, "album": song.album, "albumartist": song.album_artist, "date": song.date}
    names |= {"tracknumber": song.track, "discnumber": str(song.disc or ""), "compilation": "1" if song.is_compilation else ""}
    names |= {f"musicbrainz_{name.lower().replace(' ', '')}id": mbid for name, mbid in _mbids(song, recording="Track")}
    for key, value in names.items():
        if value:
            file[key] = [value]
    if song.genres:
        file["genre"] = list(song.genres)


def _mbids(song: Song, *, recording: str) -> Iterator[tuple[str, str]]:
    named = {recording: song.recording, "Album": song.release, "Release Group": song.release_group, "Artist": song.artist_id}
    yield from ((name, mbid) for name, mbid in (named | {"Album Artist": song.album_artist_id}).items() if mbid)


def _picture(song: Song) -> Any:
    picture: Any = Picture()
    picture.type, picture.mime, picture.data = song.kind, "image/png", song.picture
    return picture


_WRITERS: dict[str, Callable[[Song], bytes]] = {
    ".mp3": _mp3,
    ".flac": _flac,
    ".m4a": _m4a,
    ".mp4": _m4a,
    ".opus": _opus,
    ".ogg": _ogg,
    ".oga": _ogg,
    ".wav": _wav,
    ".aif": _aiff,
    ".aiff": _aiff,
    ".wma": _wma,
    ".ape": _ape,
    ".wv": _wv,
    ".mpc": _mpc,
}


@cache
def bomb(mebibytes: int = 400, version: int = 4) -> bytes:
    """An MP3 whose one text is so long once it is unpacked."""
    text = b"\x03bomb\0"
    packer = zlib.compressobj(9, wbits=-15)
    first = packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH)
    same = packer.compress(_MEBIBYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    check = zlib.adler32(text)
    for _ in range(mebibytes):
        check = zlib.adler32(_MEBIBYTE, check)
    packed = b"\x78\xda" + first + same * mebibytes + packer.flush() + struct.pack(">I", check)
    unpacked = len(text) + mebibytes * 2**20
    length = struct.pack(">I", unpacked) if version == 3 else _syncsafe(unpacked)
    content = length + packed
    size = struct.pack(">I", len(content)) if version == 3 else _syncsafe(len(content))
    frame = b"TXXX" + size + (b"\0\x80" if version == 3 else b"\0\x09") + content
    return b"ID3" + bytes([version, 0, 0]) + _syncsafe(len(frame)) + frame + _mp3_frames()


def _syncsafe(number: int) -> bytes:
    return bytes((number >> shift) & 0x7F for shift in (21, 14, 7, 0))


def broken() -> dict[str, bytes]:
    """Twenty files that cannot be read, by name."""
    song = Song("Broken", "Nobody", "Damage", number=1, picture=PNG)
    mp3, flac, ogg, m4a, wma = (audio(suffix, song) for suffix in (".mp3", ".flac", ".ogg", ".m4a", ".wma"))
    return {
        "empty.mp3": b"",
        "empty.flac": b"",
        "zeros.mp3": bytes(5000),
        "zeros.ogg": bytes(5000),
        "text.mp3": b"I am no music.\n" * 100,
        "page.flac": b"<html><body>404</body></html>",
        "zip.m4a": b"PK\x03\x04" + bytes(500),
        "png.mp3": PNG,
        "cut.mp3": mp3[:30],
        "cut.flac": flac[:20],
        "cut.ogg": ogg[:40],
        "cut.m4a": m4a[:60],
        "cut.wma": wma[:80],
        "cut.wav": audio(".wav", song)[:14],
        "bomb.mp3": bomb(),
        "bomb3.mp3": bomb(version=3),
        "lying picture.flac": flac[:42] + b"\x86\xff\xff\xff" + struct.pack(">I", 3) + b"\xff" * 40,
        "lying atom.m4a": m4a[:24] + struct.pack(">I", 2**31) + m4a[28:],
        "lying atom 64.m4a": struct.pack(">I", 1) + b"ftyp" + struct.pack(">Q", 2**63 - 1) + m4a[16:],
        "cut.aiff": audio(".aiff", song)[:20],
    }


# The catalogue: who made which records of how many discs. Invented.
_ARTISTS = ("Ása Lund", "The Quiet Engines", "Mörk & Søn", "Ñandú", "Пыль", "夜の駅", "Blue Hour Trio", "Ozarka", "Vela", "Kites")
_WORDS = ("Harbour", "Étude", "Signal", "Ærø", "Lantern", "Größe", "Meridian", "Voltage", "Saudade", "Tide", "Ø", "Paper")
_GENRES = ("Jazz", "Ambient", "(17)", "Folk; World", "Électronique", "Post-Rock")
_TRACKS = 10


def make(root: Path, files: int = 2000, *, containers: Sequence[str] = CONTAINERS[:8], with_broken: bool = True) -> list[bytes]:
    """Writes so many good files, and twenty broken ones and links beside; answers the paths of the good ones, below `root`."""
    paths = []
    for number in range(files):
        path, song = _entry(number, containers)
        written = write(root / os.fsdecode(path), song)
        paths.append(path)
        if number % (3 * _TRACKS) == 0:
            (written.parent / "Folder.JPG").write_bytes(JPEG)
    if with_broken:
        damaged = root / "Broken"
        damaged.mkdir()
        for name, content in broken().items():
            (damaged / name).write_bytes(content)
        (damaged / "loop").symlink_to("..")
        (damaged / "round").symlink_to("round")
        (damaged / "out.mp3").symlink_to("/etc/hostname")
    return sorted(paths)


def _entry(number: int, containers: Sequence[str]) -> tuple[bytes, Song]:
    record, place = divmod(number, _TRACKS)
    artist = _ARTISTS[record % len(_ARTISTS)]
    word = _WORDS[(record // len(_ARTISTS)) % len(_WORDS)]
    album = f"{word} {record // len(_ARTISTS) + 1}"
    is_various, is_double = record % 9 == 8, record % 7 == 6
    song = Song(
        title=f"{_WORDS[(record + place) % len(_WORDS)]} No. {place + 1}",
        artist=_ARTISTS[place % len(_ARTISTS)] if is_various else artist,
        album=album,
        album_artist="Various Artists" if is_various else "",
        number=place + 1,
        of=_TRACKS,
        disc=place % 2 + 1 if is_double else 0,
        date=f"{1960 + record % 60}-0{record % 9 + 1}",
        genres=(_GENRES[record % len(_GENRES)],),
        is_compilation=is_various,
        picture=(PNG, JPEG, b"")[record % 3],
    )
    name = f"{place + 1:02d} - {song.title}{containers[record % len(containers)]}"
    folders = ["Various Artists" if is_various else artist, album]
    if is_double:
        folders.append(f"CD{song.disc}")
    path = "/".join([*folders, name])
    return unicodedata.normalize("NFD" if record % 2 else "NFC", path).encode(), song
