"""What is inside an upload? The file itself, or what its gzip or zip holds: never more than agreed, nothing by name on a disk."""

import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from kernel.errors import InvalidArgument
from services.tracker.files.streams import CHUNK, DAMAGED, Damaged, Member

MAX_UNPACKED = 2 << 30
MAX_RATIO = 200
MAX_MEMBERS = 10_000

_FREE = 1 << 20
"""Bytes for which no ratio is asked: small texts may repeat themselves."""

_MAX_DIRECTORY = 2 << 20
"""Bytes read at once from a zip. Its directory is read so: that bounds how many entries are ever held, whatever it says."""

_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_ENCRYPTED = 0x1
_READ = (".json", ".jsonl", ".csv")
_PACKED = (".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zst", ".7z", ".rar")
_NESTED = "an archive inside an archive is not opened; unpack the outer one first"
_FOREIGN = {
    _GZIP: _NESTED,
    **dict.fromkeys(_ZIP, _NESTED),
    b"\xff\xd8\xff": "is a picture (JPEG), not a history of plays",
    b"\x89PNG": "is a picture (PNG), not a history of plays",
    b"%PDF-": "is a PDF, not a history of plays",
    b"SQLite format 3": "is a database (SQLite); export the plays from the program it belongs to",
    b"\xff\xfe": "is text in UTF-16; save it as UTF-8 and send it again",
    b"\xfe\xff": "is text in UTF-16; save it as UTF-8 and send it again",
    b"7z\xbc\xaf\x27\x1c": "is a 7z archive; plain files, gzip and zip are read",
    b"Rar!\x1a\x07": "is a RAR archive; plain files, gzip and zip are read",
    b"\xfd7zXZ": "is an xz archive; plain files, gzip and zip are read",
    b"\x28\xb5\x2f\xfd": "is a Zstandard archive; plain files, gzip and zip are read",
}
_PAGES = (b"<!doctype", b"<html", b"<?xml", b"<lfm")


def open_members(file: BinaryIO) -> Iterator[Member]:
    """The files of an upload in their order, each to be read before the next is asked for.

    Raises InvalidArgument, here or while a member is read, for what is no text, is locked, or unpacks to more than MAX_UNPACKED
    bytes or MAX_RATIO times its size. Both are counted as they are read: what a header says is not believed.
    """
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    if start.startswith(_GZIP):
        yield Member(_checked(_gunzip(file, _Budget())))
    elif start.startswith(_ZIP):
        yield from _zip_members(file)
    else:
        yield Member(_checked(iter(lambda: file.read(CHUNK), b"")))


class _Budget:
    """What may be unpacked from one upload, all of its files together."""

    def __init__(self) -> None:
        self._packed = 0
        self._unpacked = 0

    def read(self, packed: bytes) -> bytes:
        self._packed += len(packed)
        return packed

    def write(self, unpacked: bytes) -> bytes:
        self._unpacked += len(unpacked)
        if self._unpacked > MAX_UNPACKED:
            raise InvalidArgument.of("file", "unpacks to more than 2 GiB, which no history of plays does")
        if self._unpacked > max(_FREE, self._packed * MAX_RATIO):
            raise InvalidArgument.of("file", f"unpacks to more than {MAX_RATIO} times its size, which no history of plays does")
        return unpacked


class _Metered:
    """A file that counts what is read of it, and refuses to be read at one gulp."""

    def __init__(self, file: BinaryIO, budget: _Budget) -> None:
        self._file = file
        self._budget = budget

    def read(self, size: int = -1, /) -> bytes:
        data = self._file.read(_MAX_DIRECTORY + 1 if size < 0 else min(size, _MAX_DIRECTORY + 1))
        if len(data) > _MAX_DIRECTORY:
            raise _too_many()
        return self._budget.read(data)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True


def _checked(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces, unless they begin like something that is no text."""
    start = True
    for chunk in chunks:
        if start and chunk:
            start = False
            found = next((what for magic, what in _FOREIGN.items() if chunk.startswith(magic)), "")
            if not found and chunk[:256].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGES):
                found = "is a web page or XML, not a history of plays"
            if found:
                raise InvalidArgument.of("file", found)
        yield chunk


def _gunzip(file: BinaryIO, budget: _Budget) -> Iterator[bytes]:
    stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    started, parts = False, 1
    for packed in iter(lambda: budget.read(file.read(CHUNK)), b""):
        rest = packed
        while rest:
            started = True
            yield budget.write(_inflated(stream, rest))
            rest = stream.unconsumed_tail
            if not stream.eof:
                continue
            rest = stream.unused_data.lstrip(b"\0")
            if rest and not rest.startswith(_GZIP[: len(rest)]):
                return  # something behind the archive, which gzip itself passes over too
            if (parts := parts + 1) > MAX_MEMBERS:
                raise _too_many()
            stream, started = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16), False
    while left := budget.write(_inflated(stream, b"")):
        yield left
    if started and not stream.eof:
        raise Damaged(DAMAGED)


def _inflated(stream: "zlib._Decompress", packed: bytes) -> bytes:
    try:
        return stream.decompress(packed, CHUNK)
    except zlib.error as error:
        raise Damaged(DAMAGED) from error


def _zip_members(file: BinaryIO) -> Iterator[Member]:
    budget = _Budget()
    try:
        archive = zipfile.ZipFile(_Metered(file, budget))
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise InvalidArgument.of("file", "is a zip archive that is cut off or damaged") from error
    with archive:
        for info in _wanted(archive):
            yield Member(_checked(_unzip(archive, info, budget)), name=info.filename, size=info.file_size)


def _wanted(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        raise _too_many()
    if any(info.filename.lower().endswith(_PACKED) for info in infos):
        raise InvalidArgument.of("file", _NESTED)
    wanted = [info for info in infos if info.filename.lower().endswith(_READ) and not _is_shadow(info.filename)]
    if any(info.flag_bits & _ENCRYPTED for info in wanted):
        raise InvalidArgument.of("file", "is a zip archive with a password; send it without")
    if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in wanted):
        # bzip2 and LZMA unpack a piece without a bound to it: a few kilobytes may become a gigabyte at once
        raise InvalidArgument.of("file", "is a zip archive packed in a way that is not read; pack it as usual (deflate)")
    return wanted


def _is_shadow(name: str) -> bool:
    """Whether macOS put it beside a file to keep the file's attributes: named alike, and no text."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith("._")


def _unzip(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget) -> Iterator[bytes]:
    try:
        with archive.open(info) as stream:
            while chunk := stream.read(CHUNK):
                yield budget.write(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError) as error:
        raise Damaged(DAMAGED) from error


def _too_many() -> InvalidArgument:
    return InvalidArgument.of("file", f"is an archive of more than {MAX_MEMBERS} files, which no history of plays needs")
