import os
import resource
import socket
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kernel import deadline
from kernel.errors import DeadlineSpent, FailedPrecondition, OwnFault
from services.album.scanning.listing import disc_of
from services.album.scanning.walking import Met, MusicFolder, Place, Seen, Trouble, Vacant

NOBODY = 65534


@contextmanager
def without_rights() -> Iterator[None]:
    """Root may read everything; so as nobody, where the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def touch(root: Path, *paths: str | bytes) -> None:
    for path in paths:
        file = root / os.fsdecode(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x")


def walked(root: Path, after: Place | None = None) -> list[Met]:
    with MusicFolder(root) as folder:
        return list(folder.walk(after))


def paths(root: Path) -> list[bytes]:
    return [each.place.path for each in walked(root) if isinstance(each, Seen)]


def troubles(root: Path) -> dict[bytes, str]:
    return {each.place.path: each.reason for each in walked(root) if isinstance(each, Trouble)}


def test_files_come_before_folders_each_in_the_order_of_their_bytes(root: Path):
    touch(root, "b/2.mp3", "b/10.mp3", "b/a/1.flac", "z.mp3", "a/Z.OGG", "ä/1.opus", "B/1.m4a")

    assert paths(root) == [
        b"z.mp3",
        b"B/1.m4a",
        b"a/Z.OGG",
        b"b/10.mp3",
        b"b/2.mp3",
        b"b/a/1.flac",
        "ä/1.opus".encode(),
    ]


def test_a_walk_goes_on_after_any_place_as_if_it_had_never_been_interrupted(root: Path):
    touch(
        root, "1.mp3", "a/1.mp3", "a/b/1.mp3", "a/b/2.mp3", "a/b-c/1.mp3", "a.b/1.mp3", "c/d/e/1.mp3", "c/d/e/f/1.mp3", "z/1.mp3"
    )
    (root / "a" / "b" / "gone.mp3").symlink_to("nowhere")
    (root / "c" / "0").mkdir()
    whole = walked(root)

    for position, each in enumerate(whole):
        assert walked(root, each.place) == whole[position + 1 :]


def test_a_walk_goes_on_though_the_folder_it_was_in_is_gone(root: Path):
    touch(root, "a/1.mp3", "c/1.mp3")

    found = walked(root, Place(b"b/deep", b"7.mp3"))

    assert [each.place.path for each in found] == [b"c/1.mp3"]


def test_only_audio_files_are_seen_whatever_the_case_of_their_suffix(root: Path):
    touch(root, "a.MP3", "b.Flac", "c.txt", "d", "mp3", ".mp3", "._a.mp3", "cover.jpg", "e.mp3.part")

    assert paths(root) == [b"a.MP3", b"b.Flac"]


def test_hidden_and_system_folders_are_passed_over(root: Path):
    touch(root, "@eaDir/1.mp3", ".Trash-1000/1.mp3", "#recycle/1.mp3", "lost+found/1.mp3", "$RECYCLE.BIN/1.mp3", "music/1.mp3")

    assert paths(root) == [b"music/1.mp3"]


def test_names_are_bytes(root: Path):
    names: list[str | bytes] = [
        "NFC \u00e9.mp3",
        "NFD e\u0301.mp3",
        b"latin \xe9.mp3",
        b"new\nline.mp3",
        b"\xff\xfe.mp3",
        "夜.mp3",
    ]
    touch(root, *names)

    assert set(paths(root)) == {os.fsencode(name) for name in names}


def test_a_link_that_leads_inside_is_passed_over_and_loops_are_harmless(root: Path):
    touch(root, "a/1.mp3")
    (root / "a" / "again.mp3").symlink_to("1.mp3")
    (root / "a" / "up").symlink_to("..")
    (root / "all").symlink_to(root)

    assert paths(root) == [b"a/1.mp3"]
    assert troubles(root) == {}


def test_a_link_that_leads_out_or_nowhere_is_a_problem(root: Path):
    outside = root.parent / "music-secret"
    touch(outside, "1.mp3")
    (root / "file.mp3").symlink_to(outside / "1.mp3")
    (root / "folder").symlink_to(outside)
    (root / "climbs.mp3").symlink_to("../music-secret/1.mp3")
    (root / "nowhere.mp3").symlink_to("nothing")
    (root / "round.mp3").symlink_to("round.mp3")

    found = troubles(root)

    assert paths(root) == []
    assert {path for path, reason in found.items() if "leads out" in reason} == {b"file.mp3", b"folder", b"climbs.mp3"}
    assert {path for path, reason in found.items() if "nowhere" in reason} == {b"nowhere.mp3", b"round.mp3"}


def test_pipes_sockets_and_folders_named_like_files_are_passed_over(root: Path):
    os.mkfifo(root / "pipe.mp3")
    (root / "folder.mp3").mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(root / "socket.mp3"))

        assert [each for each in walked(root) if not isinstance(each, Vacant)] == []


def test_what_may_not_be_read_is_a_problem_and_stops_nothing(root: Path):
    touch(root, "a/1.mp3", "shut/1.mp3", "z/1.mp3")
    (root / "shut").chmod(0)

    with MusicFolder(root) as folder, without_rights():
        found = list(folder.walk())

    assert [each.place.path for each in found] == [b"a/1.mp3", b"shut", b"z/1.mp3"]
    assert [each for each in found if isinstance(each, Trouble)] == [
        Trouble(Place(b"shut", b""), "We may not read this folder.", is_folder=True)
    ]


def test_a_folder_that_became_a_link_since_its_parent_was_listed_is_not_followed(root: Path):
    secret = root.parent / "secret"
    touch(secret, "1.mp3")
    touch(root, "a/1.mp3", "b/1.mp3")

    with MusicFolder(root) as folder:
        walk = folder.walk()
        first = next(walk)
        (root / "b").rename(root.parent / "b")
        (root / "b").symlink_to(secret)
        rest = list(walk)

    assert first.place.path == b"a/1.mp3"
    assert rest == [Trouble(Place(b"b", b""), "It was a folder, and became something else meanwhile.", is_folder=True)]


def test_nothing_is_opened_through_a_link_or_outside(root: Path):
    touch(root.parent, "secret/1.mp3", "secret.mp3")
    touch(root, "a/1.mp3")
    (root / "link.mp3").symlink_to("../secret.mp3")
    (root / "folder").symlink_to("../secret")
    os.mkfifo(root / "pipe.mp3")

    with MusicFolder(root) as folder:
        for path in (
            "link.mp3",
            "folder/1.mp3",
            "../secret.mp3",
            "a/../../secret.mp3",
            "/etc/passwd",
            "",
            ".",
            "a",
            "pipe.mp3",
            "a//1.mp3",
        ):
            with pytest.raises(OSError, match=r".*"):
                folder.open(path.encode())
        os.close(folder.open(b"a/1.mp3"))
        assert (folder.has(b"a/1.mp3"), folder.has(b"a/2.mp3"), folder.has(b"folder/1.mp3")) == (True, False, False)


def test_what_lies_too_deep_is_a_problem(root: Path):
    deep = root
    for _ in range(11):
        deep = deep / ("d" * 250)
        deep.mkdir()

    found = walked(root)

    assert len(found) == 1
    assert isinstance(found[0], Trouble)
    assert "too deep" in found[0].reason
    assert len(found[0].path) < 2600


def test_the_picture_of_a_folder_is_found_whatever_its_case_and_shared_by_the_discs_of_a_record(root: Path):
    touch(
        root,
        "A/1.mp3",
        "A/Folder.JPG",
        "A/cover.png",
        "B/CD1/1.mp3",
        "B/Disc 2/1.mp3",
        "B/Disc 2/front.webp",
        "B/front.jpg",
        "B/Live/1.mp3",
    )
    (root / "C").mkdir()
    touch(root, "C/1.mp3")
    (root / "C" / "cover.jpg").symlink_to("/etc/hostname")

    found = {each.place.path: each.picture for each in walked(root) if isinstance(each, Seen)}

    assert found == {
        b"A/1.mp3": b"A/cover.png",
        b"B/CD1/1.mp3": b"B/front.jpg",
        b"B/Disc 2/1.mp3": b"B/Disc 2/front.webp",
        b"B/Live/1.mp3": None,
        b"C/1.mp3": None,
    }


@pytest.mark.parametrize(
    ("name", "disc"),
    [("CD1", 1), ("cd 2", 2), ("Disc 3 - Live", 3), ("A/disk_10", 10), ("CDs", None), ("Discovery", None), ("CD123", None)],
)
def test_a_disc_is_known_by_its_folders_name(name: str, disc: int | None):
    assert disc_of(name.encode()) == disc


def test_a_folder_of_ten_thousand_files_is_walked_without_holding_them_all(root: Path):
    (root / "0.mp3").touch()
    for number in range(1, 10_000):
        os.link(root / "0.mp3", root / f"{number}.mp3")

    with MusicFolder(root) as folder:
        tracemalloc.start()
        seen = sum(1 for _ in folder.walk())
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    assert seen == 10_000
    assert most < 4 * 2**20


def test_a_folder_that_is_not_there_or_is_a_file_is_refused(root: Path):
    touch(root, "file.mp3")

    for path in (root / "nothing", root / "file.mp3"):
        with pytest.raises(FailedPrecondition, match="MUSIC_DIR"):
            MusicFolder(path)


def test_a_root_that_is_a_link_is_the_folder_it_leads_to(root: Path):
    touch(root, "1.mp3")
    link = root.parent / "link"
    link.symlink_to(root)

    assert paths(link) == [b"1.mp3"]


def test_a_folder_that_holds_nothing_is_told_and_one_that_holds_anything_is_not(root: Path):
    touch(root, "a/hidden/.keep", "b/1.mp3")
    (root / "c").mkdir()

    assert [each for each in walked(root) if isinstance(each, Vacant)] == [Vacant(Place(b"c", b""))]


def test_a_folder_without_audio_holds_no_music(root: Path):
    touch(root, "a/README.txt")
    with MusicFolder(root) as folder:
        assert not folder.holds_music()
        touch(root, "z/1.mp3")
        assert folder.holds_music()


def test_a_walk_of_folders_without_music_can_be_ended(root: Path):
    for number in range(3):
        (root / str(number)).mkdir()
    over = threading.Event()
    over.set()

    with MusicFolder(root) as folder, deadline.ended_by(over), pytest.raises(DeadlineSpent):
        list(folder.walk())


def test_a_file_whose_path_is_too_long_is_told_at_the_folder_above(root: Path):
    folder = b"/".join([b"d" * 230] * 11)  # 2,540 bytes
    before = Path.cwd()
    os.chdir(root)
    try:
        for part in folder.split(b"/"):
            Path(os.fsdecode(part)).mkdir()
            os.chdir(part)
        Path("f" * 200 + ".mp3").touch()
        Path("1.mp3").touch()
    finally:
        os.chdir(before)

    found = walked(root)

    assert [each.place.name for each in found if isinstance(each, Seen)] == [b"1.mp3"]
    assert [each.path for each in found if isinstance(each, Trouble)] == [folder]
    assert walked(root, found[0].place) == found[1:]


def test_two_names_of_one_file_are_one(root: Path):
    touch(root, "a.mp3", "b.mp3")
    os.link(root / "a.mp3", root / "A.mp3")

    with MusicFolder(root) as folder:
        assert folder.is_one(b"a.mp3", b"A.mp3")
        assert not folder.is_one(b"a.mp3", b"b.mp3")
        assert not folder.is_one(b"a.mp3", b"none.mp3")


def test_having_no_descriptor_left_says_nothing_about_files(root: Path):
    touch(root, "a/1.mp3")
    few = resource.getrlimit(resource.RLIMIT_NOFILE)

    with MusicFolder(root) as folder:
        resource.setrlimit(resource.RLIMIT_NOFILE, (1, few[1]))
        try:
            for ask in (lambda: list(folder.walk()), lambda: folder.has(b"a/1.mp3")):
                with pytest.raises(OwnFault):
                    ask()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, few)
