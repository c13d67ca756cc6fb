"""An archive may be from anybody: what is no backup is refused before anything is touched, whatever it is instead."""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts import backup, restore
from scripts.backups.system import NotDone
from tests.scripts.keeping import IMAGE, NOW, fill_system, lay_out, told

CONTENT = b"not much"
SAID: dict[str, Any] = {
    "format": 1,
    "made_at": "2026-11-27T02:15:00Z",
    "kind": "SQLite",
    "realm": "",
    "tables": {"tracker": "0001"},
    "members": {"databases/tracker.sqlite": {"bytes": len(CONTENT), "sha256": hashlib.sha256(CONTENT).hexdigest()}},
}
STRAY_NAMES = (
    "../tracker.sqlite",
    "/etc/passwd",
    "databases/../../tracker.sqlite",
    "databases/tracker.sqlite/../../../x",
    "databases//tracker.sqlite",
    "./databases/tracker.sqlite",
    "databases/nobody.sqlite",
    "databases/tracker.sqlite\n",
    "databases/tracker.sqlite-wal",
    "config.json",
    "page.key",
    f"{IMAGE}/../300.jpg",
    f"{IMAGE}/300.php",
    f"{IMAGE}/٣٠٠.jpg",
    f"{IMAGE.upper()}/300.jpg",
    "covers\\ab\\300.jpg",
)
KINDS = {
    "symbolic link": tarfile.SYMTYPE,
    "hard link": tarfile.LNKTYPE,
    "folder": tarfile.DIRTYPE,
    "character device": tarfile.CHRTYPE,
    "block device": tarfile.BLKTYPE,
    "pipe": tarfile.FIFOTYPE,
    "file with holes": tarfile.GNUTYPE_SPARSE,
    "contiguous file": tarfile.CONTTYPE,
    "unknown": b"Z",
}
MANIFESTS = {
    "no JSON": b"{",
    "a list": b"[]",
    "nothing": b"",
    "deep": b"[" * 100_000,
    "no text": b"\xff\xfe",
    "no format": json.dumps({**SAID, "format": "one"}).encode(),
    "format of nobody": json.dumps({**SAID, "format": 0}).encode(),
    "no time zone": json.dumps({**SAID, "made_at": "2026-11-27T02:15:00"}).encode(),
    "unknown kind": json.dumps({**SAID, "kind": "Oracle"}).encode(),
    "stray member": json.dumps({**SAID, "members": {"../x": SAID["members"]["databases/tracker.sqlite"]}}).encode(),
    "negative size": json.dumps({**SAID, "members": {"databases/tracker.sqlite": {"bytes": -1, "sha256": 64 * "0"}}}).encode(),
    "no checksum": json.dumps({**SAID, "members": {"databases/tracker.sqlite": {"bytes": 8, "sha256": "x"}}}).encode(),
}

Files = list[tuple[str | tarfile.TarInfo, bytes]]


def pack(place: Path, files: Files) -> Path:
    with tarfile.open(place, "w") as tar:
        for name, content in files:
            entry = tarfile.TarInfo(name) if isinstance(name, str) else name
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return place


def whole(said: dict[str, Any] | None = None) -> Files:
    """A backup with nothing wrong in it."""
    return [("databases/tracker.sqlite", CONTENT), ("manifest.json", json.dumps(said or SAID).encode())]


def refusal(place: Path, folder: Path) -> str:
    """Why it is not put back; nothing is there afterwards."""
    folder.mkdir()
    with pytest.raises(NotDone) as refused:
        restore.put_back(lay_out(folder), place, NOW, may_replace=False)
    assert list(folder.iterdir()) == []
    return str(refused.value)


def test_a_backup_with_nothing_wrong_in_it_is_put_back(tmp_path: Path):
    place = pack(tmp_path / "x.tar", whole())

    restore.put_back(lay_out(tmp_path / "data"), place, NOW, may_replace=False)

    assert (tmp_path / "data" / "tracker.sqlite").read_bytes() == CONTENT


@pytest.mark.parametrize("name", STRAY_NAMES)
def test_a_name_that_no_backup_has_is_refused(name: str, tmp_path: Path):
    place = pack(tmp_path / "x.tar", [(name, b"mine"), *whole()])

    assert "no backup holds" in refusal(place, tmp_path / "data")


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_is_no_plain_file_is_refused(kind: bytes, tmp_path: Path):
    entry = tarfile.TarInfo("databases/album.sqlite")
    entry.type, entry.linkname = kind, "/etc/passwd"
    place = pack(tmp_path / "x.tar", [(entry, b""), *whole()])

    assert "no backup holds" in refusal(place, tmp_path / "data")


def test_a_file_with_holes_told_in_the_newer_way_is_refused(tmp_path: Path):
    entry = tarfile.TarInfo("databases/album.sqlite")
    entry.pax_headers = {"GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.map": "0,0", "GNU.sparse.size": str(2**50)}
    place = pack(tmp_path / "x.tar", [(entry, b""), *whole()])

    assert "no backup holds" in refusal(place, tmp_path / "data")


def test_a_name_that_comes_twice_is_refused(tmp_path: Path):
    place = pack(tmp_path / "x.tar", [("databases/tracker.sqlite", b"another"), *whole()])

    assert "no backup holds" in refusal(place, tmp_path / "data")


@pytest.mark.timeout(20)
def test_a_negative_size_does_not_keep_the_reader_for_ever(tmp_path: Path):
    place = pack(tmp_path / "x.tar", whole())
    content = bytearray(place.read_bytes())
    header = content[:512]
    header[124:136] = b"\xff" * 10 + b"\xfe\x00"  # -512, and -512 + 512 is where the reader is
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    content[:512] = header
    place.write_bytes(content)

    assert "no backup" in refusal(place, tmp_path / "data")


@pytest.mark.parametrize("content", MANIFESTS.values(), ids=MANIFESTS)
def test_a_manifest_that_cannot_be_believed_is_refused(content: bytes, tmp_path: Path):
    place = pack(tmp_path / "x.tar", [("databases/tracker.sqlite", CONTENT), ("manifest.json", content)])

    assert "no backup of SoniqueBay" in refusal(place, tmp_path / "data")


def test_one_of_a_newer_version_is_told_so(tmp_path: Path):
    place = pack(tmp_path / "x.tar", [("manifest.json", b'{"format": 2, "whatever": "comes"}')])

    assert "made by a newer version" in refusal(place, tmp_path / "data")


def spoil(files: Files) -> Files:
    return [(name, content[:-1] + b"?" if name == "databases/tracker.sqlite" else content) for name, content in files]


DAMAGES: dict[str, tuple[Callable[[Files], Files], str]] = {
    "another byte": (spoil, "tracker.sqlite is not what was kept"),
    "a file more": (lambda files: [("databases/album.sqlite", b""), *files], "does not hold the files"),
    "a file less": (lambda files: files[1:], "does not hold the files"),
    "no manifest": (lambda files: files[:1], "it has no manifest"),
    "nothing": (lambda _: [], "it has no manifest"),
}


@pytest.mark.parametrize(("damage", "words"), DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_one_is_refused(damage: Callable[[Files], Files], words: str, tmp_path: Path):
    place = pack(tmp_path / "x.tar", damage(whole()))

    assert words in refusal(place, tmp_path / "data")


@pytest.mark.parametrize("content", [b"", b"a letter", b"\x1f\x8b\x08\x00", b"\0" * 10_240, b"x" * 20_000])
def test_what_is_no_archive_is_refused(content: bytes, tmp_path: Path):
    place = tmp_path / "x.tar"
    place.write_bytes(content)

    assert "no backup of SoniqueBay" in refusal(place, tmp_path / "data")


def test_one_that_is_not_there_is_told_so(tmp_path: Path):
    assert refusal(tmp_path / "gone.tar", tmp_path / "data") == f"There is no {tmp_path / 'gone.tar'}."


def test_wherever_a_real_one_is_cut_off_or_a_byte_of_it_is_turned_it_is_refused_or_all_there(tmp_path: Path):
    system = lay_out(tmp_path / "data")
    fill_system(system)
    backup.keep(system, tmp_path / "kept.tar", NOW)
    content, before = (tmp_path / "kept.tar").read_bytes(), told(system)

    outcomes = set()
    for number, at in enumerate(range(0, len(content), len(content) // 40)):
        for what, spoilt in (("cut", content[:at]), ("turned", content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])):
            place, other = tmp_path / "spoilt.tar", lay_out(tmp_path / f"{what}{number}")
            place.write_bytes(spoilt)
            try:
                restore.put_back(other, place, NOW, may_replace=False)
            except NotDone:
                outcomes.add(f"{what}: refused")
                assert not list(other.data_dir.glob("*"))
            else:
                outcomes.add(f"{what}: all there")
                assert told(other) == before

    assert {"cut: refused", "turned: refused"} <= outcomes <= {"cut: refused", "turned: refused", "turned: all there"}


def test_it_is_read_by_the_oldest_python_that_we_promise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Debian 12 has 3.11.2, and the library's own filters came with 3.11.4."""
    for name in ("data_filter", "tar_filter", "fully_trusted_filter"):
        monkeypatch.delattr(tarfile, name, raising=False)
    system = lay_out(tmp_path / "here")
    fill_system(system)
    kept = tmp_path / "kept.tar"
    backup.keep(system, kept, NOW)

    said, _ = restore.put_back(system, kept, NOW, may_replace=True)

    assert said.made_at == NOW
