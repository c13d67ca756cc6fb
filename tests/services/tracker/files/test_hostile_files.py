"""Files that are no history, or one made to hurt."""

import json
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.errors import InvalidArgument
from services.tracker.domain import Play, Reject
from services.tracker.files import read_rows, recognise
from tests.services.tracker.files import test_koito, test_listenbrainz, test_maloja, test_own_export, test_tables
from tests.services.tracker.files.uploads import gzipped, last_reject, lastfm_file, lastfm_row, plays, read, upload, zipped

ROW = json.dumps(lastfm_row())
SPOTIFY = json.dumps([{"ts": "2020-01-01T00:00:00Z", "ms_played": 5, "master_metadata_track_name": "x"}])


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "is empty"),
        (b" \n\t", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "picture (JPEG)"),
        (b"\x89PNG\r\n\x1a\n", "picture (PNG)"),
        (b"%PDF-1.7", "PDF"),
        (b"SQLite format 3\0", "database (SQLite)"),
        (b"\xff\xfeu\0t\0s\0", "UTF-16"),
        (b"Rar!\x1a\x07\x01\0", "RAR"),
        (b"\n<!DOCTYPE html><html></html>", "web page or XML"),
        (b"<HTML><body>Service unavailable</body></html>", "web page or XML"),
        (b'<?xml version="1.0"?><lfm status="ok"></lfm>', "web page or XML"),
        (b"[]", "is JSON, but"),
        (b"{}", "is JSON, but"),
        (b'{"recenttracks"', "is JSON, but"),
        (b"[" * 2_000_000, "is JSON, but"),
        (b'{"a":' * 500_000, "is JSON, but"),
        (b"[" + b"9" * 2_000_000, "is JSON, but"),
        (b'["' + b"x" * 3_000_000, "is JSON, but"),
        (json.dumps([{"name": "a", "playcount": "5"}]).encode(), "is JSON, but"),
        (json.dumps({str(n): {str(n): n} for n in range(50_000)}).encode(), "is JSON, but"),
        (SPOTIFY.encode(), "history of Spotify"),
        (b"hello", "is neither JSON nor a table"),
        (b"artist,album\nA,B\n", "is neither JSON nor a table"),
        (b"uts,artist,album\n1,A,B\n", "is neither JSON nor a table"),
        (b'"' + b"x" * 3_000_000, "is neither JSON nor a table"),
        (b"\0" * 3_000_000, "is neither JSON nor a table"),
        (b"," * 3_000_000, "is neither JSON nor a table"),
        (b"\n" * 3_000_000 + b"x", "is empty"),
        ("Björk;Jóga\n".encode("latin-1"), "not UTF-8"),
        (bytes(range(128, 256)) * 10, "not UTF-8"),
    ],
)
def test_what_is_no_history_is_refused_with_what_it_is(content, found):
    began = time.process_time()

    with pytest.raises(InvalidArgument) as refused:
        recognise(upload(content))

    assert found in str(refused.value)
    assert time.process_time() - began < 5


def test_a_refusal_says_what_is_read():
    with pytest.raises(InvalidArgument, match=r"Last\.fm \(JSON, CSV\), ListenBrainz \(zip, JSON, JSONL\), Maloja, Koito"):
        recognise(upload("hello"))


def test_a_table_in_latin_1_is_refused_because_its_names_would_be_spoilt():
    table = "uts,artist,track\n" + "1464727569,Björk,Jóga\n" * 50

    with pytest.raises(InvalidArgument, match="not UTF-8"):
        read(table.encode("latin-1"))


def test_latin_1_far_into_a_file_is_refused_too():
    table = ("uts,artist,track\n" + "1464727569,Bjork,Joga\n" * 100_000).encode() + "1464727569,Björk,Jóga\n".encode(
        "latin-1"
    ) * 5000
    rows = read_rows(upload(table), "lastfm_csv")

    with pytest.raises(InvalidArgument, match="not UTF-8"):
        list(rows)


def test_one_bad_byte_among_many_good_ones_costs_one_character():
    table = ("uts,artist,track\n" + "1464727569,Björk,Jóga\n" * 2000).encode().replace(b"J\xc3\xb3ga", b"J\xf3ga", 1)

    assert [play.title.track for play in plays(table)[:2]] == ["J\ufffdga", "Jóga"]


def test_a_replacement_character_that_was_written_is_as_good_as_any():
    table = "uts,artist,track\n" + "1464727569,Bj\ufffdrk,J\ufffdga\n" * 100

    assert plays(table)[0].title.artist == "Bj\ufffdrk"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("content", [lastfm_file(lastfm_row()), ROW + "\n", test_koito.export(test_koito.LISTEN)])
def test_a_byte_order_mark_is_no_part_of_the_text(mark, content):
    assert len(plays(mark + content)) == 1


@pytest.mark.parametrize(
    ("middle", "reason"),
    [
        ('{"name": "' + "x" * 200_000_000 + '"}', "longer than a row can be"),
        ("[" * 3_000_000, "nested more deeply"),
        ('{"a":' * 500_000, "nested more deeply"),
        ('{"a": [' + "1," * 700_000 + "1]}", "longer than a row can be"),
        ("9" * 3_000_000, "longer than a row can be"),
        ("{broken}", "cut off or damaged"),
        ('{"a": yes}', "cut off or damaged"),
    ],
    ids=["string", "lists", "objects", "values", "number", "syntax", "word"],
)
def test_a_row_made_to_hurt_ends_the_reading_after_what_came_before_it(middle, reason):
    content = upload(f"[{ROW},{ROW},{middle},{ROW}]")
    began = time.process_time()
    tracemalloc.start()

    rows = list(read_rows(content, "lastfm_json"))

    assert [type(row) for row in rows] == [Play, Play, Reject]
    assert reason in last_reject(rows).reason
    assert len(last_reject(rows).raw) <= 2000
    assert tracemalloc.get_traced_memory()[1] < 64 << 20
    assert time.process_time() - began < 20
    tracemalloc.stop()


def test_lists_in_lists_are_no_rows():
    rows = read(f"[{ROW}, [[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]], {ROW}]")

    assert [type(row) for row in rows] == [Play, Reject, Play]


def test_quotes_that_never_close_do_not_cost_more_than_their_lines():
    table = "uts,artist,track\n1,A,B\n" + 'x",",z\n' * 30_000
    began = time.process_time()

    rows = read(table)

    assert len(rows) == 30_001
    assert time.process_time() - began < 20


def test_a_million_columns_are_one_bad_row():
    rows = read("uts,artist,track\n" + "," * 1_000_000 + "x\n1464727569,Burial,Archangel\n")

    assert [type(row) for row in rows] == [Reject, Play]


def jsonl_export() -> str:
    return test_own_export.as_jsonl(plays(test_koito.export(test_koito.LISTEN, test_koito.LISTEN)), ascii_only=False)


HISTORIES = {
    "lastfm": lastfm_file(lastfm_row(), lastfm_row(), lastfm_row()),
    "lastfm lines": f"{ROW}\n{ROW}\n{ROW}\n",
    "ghan": test_tables.GHAN + '"1779022496","17 May 2026, 12:54","Nelly Furtado","","Loose","","Say It Right",""\n' * 3,
    "listenbrainz": test_listenbrainz.jsonl(test_listenbrainz.LISTEN, test_listenbrainz.LISTEN),
    "maloja": json.dumps(test_maloja.VARIANTS["the export"]),
    "koito": test_koito.export(test_koito.LISTEN, test_koito.LISTEN, indent=2),
    "own table": test_own_export.as_csv(plays(test_koito.export(test_koito.LISTEN, test_koito.LISTEN))),
    "own lines": jsonl_export(),
}


@pytest.mark.parametrize("content", HISTORIES.values(), ids=HISTORIES)
def test_a_file_cut_off_anywhere_gives_the_rows_before_the_cut_and_then_one_that_says_so(content):
    whole = plays(content)
    kind = recognise(upload(content)).kind
    written = content.encode()
    for length in range(len(written) // 2, len(written)):
        rows = [*read_of_kind(written[:length], kind)]
        good = [row for row in rows if isinstance(row, Play)]

        assert good == whole[: len(good)] or is_cut_in_its_last_name(good, whole)
        assert len(rows) - len(good) <= 1
        assert len(rows) == len(good) or isinstance(rows[-1], Reject)


def read_of_kind(content: bytes, kind: str) -> list[Play | Reject]:
    try:
        return list(read_rows(upload(content), kind))
    except InvalidArgument:
        return []


def is_cut_in_its_last_name(good: list[Play], whole: list[Play]) -> bool:
    """A table's last column may end anywhere, and nothing in the file tells."""
    return good[:-1] == whole[: len(good) - 1]


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from([*HISTORIES.values()]),
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 30), st.binary(max_size=12)), min_size=1, max_size=4),
    st.sampled_from([bytes, gzipped, lambda content: zipped({"a.jsonl": content})]),
)
def test_whatever_is_done_to_a_file_it_gives_plays_rejects_or_a_refusal(content, changes, pack):
    hurt = bytearray(content.encode())
    for place, length, instead in changes:
        hurt[place : place + length] = instead

    for content_read in (pack(bytes(hurt)), bytes(hurt)):
        try:
            rows = read(content_read)
        except InvalidArgument:
            continue
        assert all(isinstance(row, Play | Reject) for row in rows)
        assert all(row.reason and len(row.raw) <= 2000 and "\0" not in row.raw for row in rows if isinstance(row, Reject))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([*HISTORIES.values()]), st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 255)), min_size=1, max_size=6)
)
def test_whatever_is_done_to_an_archive_it_gives_plays_rejects_or_a_refusal(content, changes):
    for pack in (gzipped, lambda text: zipped({"a.json": text, "b.csv": text})):
        hurt = bytearray(pack(content))
        for place, value in changes:
            hurt[place % len(hurt)] = value
        try:
            rows = read(bytes(hurt))
        except InvalidArgument:
            continue
        assert all(isinstance(row, Play | Reject) for row in rows)
