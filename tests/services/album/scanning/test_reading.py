import io
import json
import resource
import struct
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from mutagen.id3 import APIC, ID3, TCON, TIT2, TPE1, TXXX
from mutagen.mp3 import MP3

from facts.naming import match_key
from kernel.errors import OwnFault
from services.album.scanning.readers import TagReader, fingerprint
from services.album.scanning.tags import Tags, Unreadable, clean_text, parse_answer
from services.album.scanning.wire import IDS, TEXTS
from tests.fakes.music_folder import CONTAINERS, JPEG, PNG, SECONDS, Song, audio, broken

ReadsBytes = Callable[[bytes, str], Tags]
MBIDS = [f"{number:08d}-0000-4000-8000-000000000000" for number in range(5)]
WHOLE = Song(
    title="Títle / 夜",
    artist="Ártist",
    album="Albüm",
    album_artist="Somebody Else",
    number=3,
    of=12,
    disc=2,
    date="1997-06-16",
    genres=("Rock", "Trip-Hop"),
    is_compilation=True,
    recording=MBIDS[0],
    release=MBIDS[1],
    release_group=MBIDS[2],
    artist_id=MBIDS[3],
    album_artist_id=MBIDS[4],
    picture=PNG,
)

LIES = """
import socket, struct, sys
line = socket.socket(fileno=0)
{hello}
while socket.recv_fds(line, 64, 1)[1]:
    {answer}
"""


@pytest.mark.parametrize("suffix", CONTAINERS)
def test_every_container_says_the_same(read: ReadsBytes, suffix: str):
    tags = read(audio(suffix, WHOLE), suffix)

    assert abs((tags.duration_ms or 0) - SECONDS * 1000) < 50
    assert replace(tags, duration_ms=None) == Tags(
        title="Títle / 夜",
        artists=("Ártist",),
        album="Albüm",
        album_artists=("Somebody Else",),
        track=3,
        disc=2,
        released="1997-06-16",
        genres=("Rock", "Trip-Hop"),
        is_compilation=True,
        recording_mbid=MBIDS[0],
        release_mbid=MBIDS[1],
        release_group_mbid=MBIDS[2],
        artist_mbids=(MBIDS[3],),
        album_artist_mbids=(MBIDS[4],),
        duration_ms=None,
        picture="front",
    )


@pytest.mark.parametrize("suffix", CONTAINERS)
def test_a_file_without_tags_is_a_file(read: ReadsBytes, suffix: str):
    tags = read(audio(suffix, Song()), suffix)

    assert (tags.title, tags.artists, tags.album, tags.track, tags.picture) == ("", (), "", None, "none")
    assert tags.duration_ms


@pytest.mark.parametrize("suffix", [suffix for suffix in CONTAINERS if suffix != ".m4a"])
def test_a_picture_of_the_back_is_no_front(read: ReadsBytes, suffix: str):
    assert read(audio(suffix, Song("T", picture=JPEG, kind=4)), suffix).picture == "other"


@pytest.mark.parametrize("version", [2, 3, 4])
def test_every_version_of_id3_is_read(read: ReadsBytes, tmp_path: Path, version: int):
    if version == 2:
        frames = b"".join(
            name + struct.pack(">I", len(text) + 1)[1:] + b"\0" + text
            for name, text in [(b"TT2", b"T"), (b"TP1", b"A"), (b"TYE", b"1984")]  # codespell:ignore tye
        )
        content = b"ID3\x02\0\0" + bytes([0, 0, 0, len(frames)]) + frames + audio(".mp3", Song())[-2085:]
    else:
        path = tmp_path / "version.mp3"
        path.write_bytes(audio(".mp3", Song("T", "A", date="1984")))
        MP3(path).save(v2_version=version)
        content = path.read_bytes()

    tags = read(content, ".mp3")

    assert (tags.title, tags.artists, tags.released) == ("T", ("A",), "1984")


def test_id3_at_the_end_of_a_file_is_read(read: ReadsBytes):
    end = (
        b"TAG"
        + b"Old".ljust(30, b"\0")
        + b"Band".ljust(30, b"\0")
        + b"Tape".ljust(30, b"\0")
        + b"1979"
        + bytes(28)
        + b"\0\x05"
        + b"\x11"
    )

    tags = read(audio(".mp3", Song())[-2085:] + end, ".mp3")

    assert (tags.title, tags.artists, tags.album, tags.released, tags.track, tags.genres) == (
        "Old",
        ("Band",),
        "Tape",
        "1979",
        5,
        ("Rock",),
    )


def test_the_kind_of_a_file_is_known_by_its_content_where_its_name_lies(read: ReadsBytes):
    assert read(audio(".flac", Song("T")), ".mp3").title == "T"
    assert read(audio(".opus", Song("T")), ".ogg").title == "T"
    assert read(audio(".m4a", Song("T")), ".flac").title == "T"


def tagged(*frames: object) -> bytes:
    held = io.BytesIO(audio(".mp3", Song())[-2085:])
    tags = ID3()
    for frame in frames:
        tags.add(frame)
    tags.save(held)
    return held.getvalue()


def test_genres_are_names_however_they_are_written(read: ReadsBytes):
    found = read(tagged(TCON(encoding=3, text=["(17)", "Jazz; Soul", "(51)(39)", "200", "Jazz"])), ".mp3")

    assert found.genres == ("Rock", "Jazz", "Soul", "Techno-Industrial", "Noise")


def test_several_artists_and_ids_are_kept_apart(read: ReadsBytes):
    frames = TPE1(encoding=3, text=["One", "Two"]), TXXX(encoding=3, desc="MUSICBRAINZ_ARTISTID", text=[f"{MBIDS[0]}/{MBIDS[1]}"])

    found = read(tagged(*frames), ".mp3")

    assert (found.artists, found.artist_mbids) == (("One", "Two"), (MBIDS[0], MBIDS[1]))


def test_texts_are_cut_and_cleaned(read: ReadsBytes):
    found = read(
        tagged(TIT2(encoding=3, text=["a\u202eb\x07\tc\n" + "x" * 1_000_000]), TPE1(encoding=3, text=["../../etc/passwd"])),
        ".mp3",
    )

    assert found.title.startswith("ab c xxx")
    assert len(found.title) == 500
    assert found.artists == ("../../etc/passwd",)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("1997", "1997"),
        ("1997-13-01", "1997"),
        ("1997-06-99", "1997-06"),
        ("2024-02-31", "2024-02"),
        ("1997-06-16T10:00", "1997-06-16"),
        ("0000", None),
        ("soon", None),
    ],
)
def test_dates_may_be_partial_and_wrong(read: ReadsBytes, written: str, read_as: str | None):
    assert read(audio(".flac", Song("T", date=written)), ".flac").released == read_as


@pytest.mark.parametrize("name", broken())
def test_a_broken_file_is_told_and_the_next_one_is_read(read: ReadsBytes, name: str):
    with pytest.raises(Unreadable, match=r"damaged|memory"):
        read(broken()[name], name[name.rindex(".") :])

    assert read(audio(".mp3", Song("T")), ".mp3").title == "T"


def test_endless_work_is_ended_by_the_limit_of_computing(tmp_path: Path):
    path = tmp_path / "endless.wv"
    path.write_bytes((b"wvpk" + bytes(4)) * 4_000_000)  # each block says that the next is eight bytes on

    with TagReader(computing=1) as reader, path.open("rb") as file:
        with pytest.raises(Unreadable, match="too long"):
            reader.read(file.fileno(), ".wv")

        path.write_bytes(audio(".wv", Song("T")))
        assert reader.read(file.fileno(), ".wv").title == "T"


def lying(answer: str, hello: str = "line.sendall(b'\\x01')") -> TagReader:
    return TagReader(wall=1.0, command=[sys.executable, "-c", LIES.format(hello=hello, answer=answer)])


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("line.sendall(struct.pack('>I', 2**31) + b'x')", "too long"),
        ("line.sendall(struct.pack('>I', 3) + b'[[]')", "no sense"),
        ("line.sendall(struct.pack('>I', 60000) + b'[' * 60000)", "no sense"),
        ("line.sendall(struct.pack('>I', 2) + b'{}')", "no sense"),
        ("line.sendall(struct.pack('>I', 19) + b'{\"problem\": \"<a>\\\\n\"}'[:19])", "no sense"),
        ("sys.exit(1)", "ended the program"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "ended the program"),
        ("line.recv(1)", "took too long"),
        ("line.sendall(b'\\0')\n    line.recv(1)", "took too long"),
    ],
)
def test_whatever_a_reader_that_was_taken_over_answers_is_a_problem_of_its_file(tmp_path: Path, answer: str, reason: str):
    path = tmp_path / "file.mp3"
    path.write_bytes(b"x")

    with lying(answer) as reader, path.open("rb") as file, pytest.raises(Unreadable, match=reason):
        reader.read(file.fileno(), ".mp3")


def test_what_one_file_leaves_behind_is_not_in_the_next_ones_way(tmp_path: Path):
    def big(megabytes: int, sound: bytes) -> Path:
        path = tmp_path / f"{megabytes}.mp3"
        path.write_bytes(tagged(APIC(encoding=0, mime="image/png", type=3, desc="", data=bytes(megabytes << 20)))[:-2085] + sound)
        return path

    damaged, good = big(40, bytes(2000)), big(50, audio(".mp3", Song())[-2085:])

    with TagReader() as reader:
        for _ in range(2):
            with damaged.open("rb") as file, pytest.raises(Unreadable, match="damaged"):
                reader.read(file.fileno(), ".mp3")
            with good.open("rb") as file:
                assert reader.read(file.fileno(), ".mp3").picture == "front"


def test_a_disk_that_fails_says_nothing_for_good_about_the_file(reader: TagReader, tmp_path: Path):
    (tmp_path / "file.mp3").write_bytes(audio(".mp3", Song("T")))

    with (tmp_path / "file.mp3").open("ab") as unreadable, pytest.raises(Unreadable, match="disk") as told:
        reader.read(unreadable.fileno(), ".mp3")

    assert told.value.may_pass


def test_a_reader_that_does_not_start_says_nothing_about_the_file(tmp_path: Path):
    path = tmp_path / "file.mp3"
    path.write_bytes(b"x")

    with lying("pass", hello="sys.exit(1)") as reader, path.open("rb") as file, pytest.raises(OwnFault, match="reads tags"):
        reader.read(file.fileno(), ".mp3")


def test_the_reader_writes_no_byte_to_any_file(tmp_path: Path):
    path = tmp_path / "file.mp3"
    path.write_bytes(audio(".mp3", Song("T")))

    with TagReader() as reader, path.open("rb") as file:
        reader.read(file.fileno(), ".mp3")
        assert reader._child.pid
        assert resource.prlimit(reader._child.pid, resource.RLIMIT_FSIZE) == (0, 0)


def answer(**changes: object) -> bytes:
    texts: dict[str, object] = {name: [] for name in (*TEXTS, *IDS)}
    return json.dumps(texts | {"duration_ms": 1, "picture": "none"} | changes).encode()


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "T"},
        {"title": [1]},
        {"title": ["T"] * 17},
        {"duration_ms": 1.5},
        {"duration_ms": True},
        {"picture": ["front"]},
        {"more": 1},
    ],
)
def test_an_answer_of_the_wrong_shape_is_not_believed(changes: dict[str, object]):
    with pytest.raises(Unreadable, match="no sense"):
        parse_answer(answer(**changes))


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"duration_ms": 2**62}, "duration_ms", None),
        ({"duration_ms": -5}, "duration_ms", None),
        ({"track": ["99999999999"]}, "track", None),
        ({"track": ["03"]}, "track", 3),
        ({"track": ["0/0"]}, "track", None),
        ({"track": ["A1"]}, "track", None),
        ({"recording": ["not an id"]}, "recording_mbid", ""),
        ({"recording": [MBIDS[0].upper()]}, "recording_mbid", MBIDS[0]),
        ({"title": ["", "\u0000", "Second"]}, "title", "Second"),
        ({"genre": ["\u0007"]}, "genres", ()),
    ],
)
def test_numbers_and_ids_are_bounded(changes: dict[str, object], field: str, value: object):
    assert getattr(parse_answer(answer(**changes)), field) == value


def test_a_name_never_grows_too_long_to_be_found_by():
    for text in ("\u0390" * 600, "\ufb03" * 600, "\U0001f600" * 600, "\ud800" * 600, " " * 600):
        cleaned = clean_text(text)
        assert len(cleaned) <= 500
        assert len(match_key(cleaned).encode()) <= 2000


def test_a_fingerprint_tells_files_apart_by_their_ends_and_their_size(tmp_path: Path):
    def print_of(content: bytes) -> str:
        path = tmp_path / "file"
        path.write_bytes(content)
        with path.open("rb") as file:
            return fingerprint(file.fileno(), len(content))

    whole = bytes(200_000)
    prints = {print_of(each) for each in (whole, whole[:-1], whole[:-1] + b"x", b"x" + whole[1:], b"")}

    assert len(prints) == 5
    assert print_of(whole) in prints
