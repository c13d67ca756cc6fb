"""What is packed: opened as far as agreed, and no further."""

import gzip
import io
import json
import struct
import tracemalloc
import zipfile
import zlib

import pytest

from kernel.errors import InvalidArgument
from services.tracker.domain import Reject
from services.tracker.files import archives, read_rows, recognise
from tests.services.tracker.files.uploads import (
    gzipped,
    kind_of,
    last_reject,
    lastfm_file,
    lastfm_row,
    plays,
    read,
    upload,
    zipped,
)

HISTORY = lastfm_file(lastfm_row(), lastfm_row())
LINE = json.dumps(lastfm_row()).encode() + b"\n"


def refusal(content: bytes) -> str:
    """Why a file is refused, be it at once or after some rows."""
    with pytest.raises(InvalidArgument) as refused:
        read(content)
    return str(refused.value)


def bomb(size: int) -> bytes:
    """A gzip of one good row and a great many spaces, made without ever holding them."""
    packer = zlib.compressobj(9, wbits=31)
    parts = [packer.compress(LINE)]
    parts += [packer.compress(b" " * (1 << 20)) for _ in range(size >> 20)]
    return b"".join([*parts, packer.flush()])


def test_a_history_in_a_gzip_or_a_zip_is_read_as_if_it_were_plain():
    assert plays(gzipped(HISTORY)) == plays(zipped({"any/name.json": HISTORY})) == plays(HISTORY)


def test_a_gzip_of_several_parts_is_one_text():
    half = len(HISTORY) // 2

    assert plays(gzipped(HISTORY[:half]) + gzipped(HISTORY[half:]) + b"\0" * 20 + b"behind the archive") == plays(HISTORY)


def test_only_what_is_named_like_a_history_is_read_of_a_zip():
    packed = zipped(
        {
            "readme.txt": "hello",
            "cover.jpg": b"\xff\xd8\xff",
            "__MACOSX/._a.json": b"\0\5\x16\7",
            "._b.json": b"\0",
            "A.JSON": HISTORY,
        }
    )

    assert plays(packed) == plays(HISTORY)


def test_names_in_a_zip_lead_nowhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert plays(zipped({"../../escaped.json": HISTORY, "/etc/passwd.json": HISTORY})) == plays(HISTORY) * 2
    assert list(tmp_path.iterdir()) == []


def test_several_histories_of_one_kind_are_read_in_their_order_and_others_are_told():
    packed = zipped({"1.json": HISTORY, "2.csv": "uts,artist,track\n1,A,B\n", "3.json": HISTORY})

    rows = read(packed)

    assert [type(row).__name__ for row in rows] == ["Play"] * 4 + ["Reject"]
    assert rows[-1] == Reject("is another kind of history; send it by itself", '["2.csv"]')


@pytest.mark.parametrize("packed", [zipped({}), zipped({"a.txt": HISTORY}), zipped({"a.json": "{}"})])
def test_a_zip_without_a_history_says_so(packed):
    assert "is a zip archive without" in refusal(packed)


def test_a_gzip_that_unpacks_to_far_more_than_its_size_is_refused_while_it_is_read():
    packed = bomb(300 << 20)
    tracemalloc.start()

    why = refusal(packed)

    assert "200 times its size" in why
    assert tracemalloc.get_traced_memory()[1] < 16 << 20
    tracemalloc.stop()


def test_a_zip_that_unpacks_to_far_more_than_its_size_is_refused_whatever_its_directory_says():
    honest = zipped({"a.jsonl": LINE + b" " * (50 << 20)})
    modest, boastful = bytearray(honest), bytearray(honest)
    directory = honest.rindex(b"PK\x01\x02")
    modest[directory + 24 : directory + 28] = struct.pack("<I", 100)  # the size it says to unpack to
    boastful[directory + 20 : directory + 24] = struct.pack("<I", 40 << 20)  # the size it says to be packed in

    assert "200 times its size" in refusal(honest)
    assert "cut off or damaged" in last_reject(read(bytes(boastful))).reason
    assert "cut off or damaged" in refusal(bytes(modest))


def test_many_small_bombs_are_counted_together():
    member = LINE + b" " * (900 << 10)

    assert "200 times its size" in refusal(zipped({f"{n}.jsonl": member for n in range(20)}))


def test_more_than_was_agreed_is_refused_at_any_ratio(monkeypatch):
    monkeypatch.setattr(archives, "MAX_UNPACKED", 100_000)

    assert "2 GiB" in refusal(gzipped(LINE * 1000))


def test_a_zip_of_too_many_files_is_refused():
    assert "more than 10000 files" in refusal(zipped({f"{n}.txt": "" for n in range(10_001)}))


def test_a_zip_whose_directory_is_endless_is_refused_before_it_is_held():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.json", HISTORY)
    whole = packed.getvalue()
    directory = whole.rindex(b"PK\x01\x02")
    end = whole.rindex(b"PK\x05\x06")
    entries = whole[directory:end] * 60_000
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(entries), directory, 0)
    hostile = whole[:directory] + entries + tail
    tracemalloc.start()

    assert "more than 10000 files" in refusal(hostile)
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def test_a_gzip_of_too_many_parts_is_refused():
    assert "more than 10000 files" in refusal(gzip.compress(LINE) + gzip.compress(b"") * 10_001)


@pytest.mark.parametrize(
    "packed",
    [
        gzipped(gzipped(HISTORY)),
        gzipped(zipped({"a.json": HISTORY})),
        zipped({"a.zip": zipped({"a.json": HISTORY}), "b.json": HISTORY}),
        zipped({"a.tar.gz": b"", "b.json": HISTORY}),
        zipped({"a.json": zipped({"a.json": HISTORY})}),
    ],
)
def test_an_archive_inside_an_archive_is_not_opened(packed):
    assert "archive inside an archive" in refusal(packed)


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_packed_in_a_way_that_knows_no_bound_is_refused(compression):
    assert "packed in a way that is not read" in refusal(zipped({"a.json": HISTORY}, compression))


def test_a_zip_with_a_password_is_refused():
    packed = bytearray(zipped({"a.json": HISTORY}))
    packed[packed.rindex(b"PK\x01\x02") + 8] |= 1

    assert "password" in refusal(bytes(packed))


@pytest.mark.parametrize("keep", [5, 100, -5])
def test_a_zip_that_is_cut_off_has_lost_its_directory_and_is_refused(keep):
    assert "zip archive that is cut off or damaged" in refusal(zipped({"a.json": HISTORY})[:keep])


def test_a_damaged_file_in_a_zip_is_told_and_the_others_are_read():
    packed = bytearray(zipped({"1.json": HISTORY, "2.json": HISTORY}, zipfile.ZIP_STORED))
    packed[packed.index(b"Isles")] ^= 1

    rows = read(bytes(packed))

    assert [type(row).__name__ for row in rows] == ["Play", "Play", "Reject"]
    assert "damaged" in last_reject(rows).reason
    assert last_reject(rows).raw == '["1.json"]'


def test_a_gzip_that_is_cut_off_gives_the_rows_before_the_cut_and_says_so():
    many = b"".join(json.dumps(lastfm_row(name=f"{n * 7919 % 10007}")).encode() + b"\n" for n in range(5000))
    packed = gzip.compress(many)

    rows = read(packed[: len(packed) // 2])

    assert 1000 < len(rows) < 5000
    assert rows[:-1] == plays(many)[: len(rows) - 1]
    assert "cut off or damaged" in last_reject(rows).reason


def test_a_gzip_that_is_damaged_at_once_is_refused():
    assert "cut off or damaged" in refusal(gzipped(HISTORY)[:12])


def test_a_file_may_be_recognised_and_read_as_often_as_one_likes():
    file = upload(gzipped(HISTORY))

    assert recognise(file) == recognise(file)
    assert list(read_rows(file, "lastfm_json")) == list(read_rows(file, "lastfm_json")) == plays(HISTORY)


def test_a_file_that_is_not_of_the_kind_it_is_said_to_be_is_refused():
    with pytest.raises(InvalidArgument, match="no longer what it was"):
        list(read_rows(upload(HISTORY), "koito_json"))


def test_an_archive_speaks_of_whom_its_history_does():
    assert kind_of(zipped({"a.json": '{"username": "erik", "scrobbles": []}'})).account == "erik"
