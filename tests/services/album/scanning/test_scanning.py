"""What a scan makes of a folder, on SQLite and on PostgreSQL."""

import os
import shutil
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from kernel.database import Database
from kernel.errors import FailedPrecondition, NotFound, Overloaded, OwnFault
from kernel.jobs import JobState
from services.album.domain import Ensured, TrackName
from services.album.scanning.domain import Counts, Scan, ScanId, ScanState
from services.album.scanning.jobs import SCAN_SOON
from services.album.scanning.scanning import EnsuresTracks
from tests.fakes.clock import FakeClock
from tests.fakes.music_folder import PNG, Song, make, write
from tests.services.album.known import ensured, named
from tests.services.album.scanning.studio import Studio

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def again(studio: Studio) -> Scan:
    studio.clock.sleep(60)
    return studio.scan()


def song(title: str, **changes: object) -> Song:
    return Song(title, "Band", "Record", **changes)  # type: ignore[arg-type]


class Interrupting(EnsuresTracks):
    """Satisfies EnsuresTracks by asking `whole`; does something else before, each time."""

    def __init__(self) -> None:
        self.calls = 0
        self.first: Callable[[], object] = int
        self.whole: EnsuresTracks

    def ensure(self, wanted: Sequence[TrackName]) -> Ensured:
        self.calls += 1
        self.first()
        return self.whole.ensure(wanted)


def test_a_folder_becomes_artists_albums_and_tracks(studio: Studio, root: Path):
    paths = make(root, 60)

    scan = studio.scan()

    assert scan.state is ScanState.COMPLETED
    assert scan.counts == Counts(seen=80, added=60, failed=22, new_albums=6, new_tracks=60)
    files = studio.files()
    assert {path for path, row in files.items() if row.state == "indexed"} == set(paths)
    assert all(row.track_id and row.album_id for row in files.values() if row.state == "indexed")
    assert len(studio.scans.list_problems(after=None, limit=200)) == 22


def test_what_a_file_says_is_kept_with_its_track_and_its_row(studio: Studio, root: Path):
    write(root / "A" / "1.flac", song("One", number=3, of=9, disc=2, date="1999", genres=("Jazz", "Soul"), picture=PNG))
    (root / "A" / "Cover.jpg").write_bytes(PNG)

    studio.scan()

    row, track = studio.files()[b"A/1.flac"], studio.track(b"A/1.flac")
    assert (row.genres, row.released, row.picture, row.folder_picture) == (["Jazz", "Soul"], "1999", "front", b"A/Cover.jpg")
    assert (track.title, track.disc_number, track.track_number, track.file_duration_ms) == ("One", 2, 3, 185000)
    assert track.in_library


def test_names_of_any_bytes_are_kept_and_shown(studio: Studio, root: Path):
    for name in (b"latin \xe9.mp3", b"new\nline.mp3", "NFD e\u0301.mp3".encode(), "NFC \xe9.mp3".encode(), b"\xff.mp3"):
        write(root / os.fsdecode(name), song("", number=1))
    (root / os.fsdecode(b"bad \xe9\n.mp3")).write_bytes(b"no music")

    scan = studio.scan()

    assert (scan.counts.added, scan.counts.failed) == (5, 1)
    assert studio.track(b"latin \xe9.mp3").title == "latin é"
    assert studio.track("NFD e\u0301.mp3".encode()).title == "NFD é"
    assert [problem.path for problem in studio.scans.list_problems(after=None, limit=9)] == [b"bad \xe9\n.mp3"]


def test_a_compilation_is_one_album(studio: Studio, root: Path):
    write(root / "a.mp3", Song("One", "First", "Hits", "Various Artists"))
    write(root / "b.ogg", Song("Two", "Second", "Hits", is_compilation=True))

    scan = studio.scan()

    assert len({row.album_id for row in studio.files().values()}) == 1
    assert (scan.counts.new_albums, scan.counts.new_tracks) == (1, 2)


def test_an_unchanged_folder_is_not_read_again(studio: Studio, root: Path):
    paths = make(root, 30, with_broken=False)
    first = studio.scan()
    before = studio.library()
    for path in paths:  # what was read again would be broken now
        file = root / os.fsdecode(path)
        found = file.stat()
        file.write_bytes(bytes(found.st_size))
        os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns))

    second = again(studio)

    assert first.counts.added == 30
    assert second.counts == Counts(seen=30, unchanged=30)
    assert studio.library() == before


def test_a_changed_file_is_read_again(studio: Studio, root: Path):
    write(root / "1.mp3", song("One"))
    studio.scan()
    write(root / "1.mp3", song("Another title"))

    scan = again(studio)

    assert scan.counts == Counts(seen=1, changed=1, new_tracks=1)
    assert studio.track(b"1.mp3").title == "Another title"
    with studio.database.read() as connection:
        kept = {row.title: bool(row.in_library) for row in connection.exec_driver_sql("SELECT title, in_library FROM tracks")}
    assert kept == {"One": False, "Another title": True}


def test_a_moved_file_keeps_its_track_whatever_its_folders_say(studio: Studio, root: Path):
    write(root / "Band" / "Record" / "03 - Song.mp3", Song())
    write(root / "Other" / "Record" / "1.mp3", song("Stays"))
    studio.scan()
    track = studio.track(b"Band/Record/03 - Song.mp3")
    (root / "A").mkdir()
    (root / "Band" / "Record" / "03 - Song.mp3").rename(root / "A" / "7 - Else.mp3")

    scan = again(studio)

    assert scan.counts == Counts(seen=2, unchanged=1, moved=1)
    assert studio.track(b"A/7 - Else.mp3").id == track.id
    assert studio.track(b"A/7 - Else.mp3").in_library
    assert set(studio.files()) == {b"A/7 - Else.mp3", b"Other/Record/1.mp3"}


def test_a_file_that_comes_back_elsewhere_is_a_move_even_scans_later(studio: Studio, root: Path):
    write(root / "a.mp3", song("One"))
    write(root / "b.mp3", song("Two"))
    studio.scan()
    track = studio.track(b"a.mp3")
    (root / "a.mp3").rename(root.parent / "a.mp3")
    assert again(studio).counts == Counts(seen=1, unchanged=1, missing=1)
    assert not studio.track(b"a.mp3").in_library
    (root.parent / "a.mp3").rename(root / "z.mp3")

    scan = again(studio)

    assert scan.counts == Counts(seen=2, unchanged=1, moved=1)
    assert (studio.track(b"z.mp3").id, studio.track(b"z.mp3").in_library) == (track.id, True)


def test_a_copy_is_no_move(studio: Studio, root: Path):
    write(root / "a.mp3", song("One"))
    studio.scan()
    shutil.copy(root / "a.mp3", root / "b.mp3")

    assert again(studio).counts == Counts(seen=2, added=1, unchanged=1)
    assert studio.track(b"a.mp3").id == studio.track(b"b.mp3").id


def test_deleted_files_are_missing_and_their_tracks_stay(studio: Studio, root: Path):
    write(root / "a" / "1.mp3", song("One"))
    write(root / "a" / "2.mp3", song("Two"))
    write(root / "b.mp3", Song("Three", "Band", "Second"))
    studio.scan()
    shutil.rmtree(root / "a")

    scan = again(studio)

    assert scan.counts == Counts(seen=1, unchanged=1, missing=2)
    assert {path: row.state for path, row in studio.files().items()} == {
        b"a/1.mp3": "missing",
        b"a/2.mp3": "missing",
        b"b.mp3": "indexed",
    }
    library = studio.library()
    assert [library[path][-3:] for path in (b"a/1.mp3", b"b.mp3")] == [(False, "Record", False), (True, "Second", True)]
    assert again(studio).counts.missing == 0


def test_what_comes_back_as_it_was_is_not_read_again(studio: Studio, root: Path):
    make(root, 20, with_broken=False)
    studio.scan()
    before = studio.library()
    root.rename(root.parent / "away")
    root.mkdir()
    write(root / "only.mp3", song("One"))
    assert again(studio).counts == Counts(seen=1, added=1, missing=20, new_albums=1, new_tracks=1)
    shutil.rmtree(root)
    (root.parent / "away").rename(root)

    assert again(studio).counts == Counts(seen=20, unchanged=20, missing=1)
    assert {path: row for path, row in studio.library().items() if path != b"only.mp3"} == before


@pytest.mark.parametrize("what_is_left", ["nothing", "an empty folder", "other files"])
def test_a_disk_that_is_not_mounted_loses_nothing(studio: Studio, root: Path, what_is_left: str):
    make(root, 12, with_broken=False)
    studio.scan()
    before = studio.library()
    root.rename(root.parent / "away")
    if what_is_left != "nothing":
        root.mkdir()
    if what_is_left == "other files":
        (root / "README.txt").write_text("mount me", "utf-8")

    if what_is_left == "nothing":
        with pytest.raises(FailedPrecondition, match="MUSIC_DIR"):
            studio.scan()
    else:
        scan = again(studio)
        assert scan.state is ScanState.FAILED
        assert scan.error == "MUSIC_DIR holds no music at all, and 12 files were indexed in it: is its disk mounted?"

    assert studio.library() == before


def test_a_folder_that_goes_between_the_call_and_the_scan_fails_it(studio: Studio, root: Path):
    write(root / "1.mp3", song("One"))
    scan = studio.scans.create()
    root.rename(root.parent / "away")

    studio.run_due()

    ended = studio.scans.get(scan.id)
    assert (ended.state, ended.error) == (ScanState.FAILED, "MUSIC_DIR is no folder that can be read.")
    assert ended.ended_at


def test_what_lies_in_a_folder_that_cannot_be_read_is_not_missing(database: Database, clock: FakeClock, root: Path):
    interrupting = Interrupting()
    studio = Studio(database, clock, root, ensurer=interrupting, at_once=1)
    interrupting.whole = studio.pipeline
    write(root / "a" / "deep" / "1.mp3", song("One"))
    write(root / "b" / "1.mp3", song("Two"))
    studio.scan()
    write(root / "0.mp3", song("Zero"))

    def swap() -> None:
        (root / "a").rename(root.parent / "a")
        (root / "a").symlink_to(root.parent / "a")

    interrupting.first = swap
    scan = again(studio)

    assert scan.counts == Counts(seen=2, added=1, unchanged=1, failed=1, new_tracks=1)
    states = {path: row.state for path, row in studio.files().items()}
    assert states == {b"0.mp3": "indexed", b"a": "failed", b"a/deep/1.mp3": "indexed", b"b/1.mp3": "indexed"}
    (root / "a").unlink()
    (root.parent / "a").rename(root / "a")
    assert again(studio).counts == Counts(seen=3, unchanged=3)
    assert b"a" not in studio.files()


def test_problems_are_listed_until_they_are_mended(studio: Studio, root: Path):
    for number in range(5):
        (root / f"{number}.mp3").write_bytes(b"no music")
    (root / "nameless.mp3").write_bytes(b"")
    assert studio.scan().counts == Counts(seen=6, failed=6)
    assert again(studio).counts == Counts(seen=6, failed=6)

    listed = studio.scans.list_problems(after=None, limit=2)
    rest = studio.scans.list_problems(after=listed[-1].path, limit=9)

    assert [problem.path for problem in listed] == [b"0.mp3", b"1.mp3"]
    assert [problem.path for problem in rest] == [b"2.mp3", b"3.mp3", b"4.mp3", b"nameless.mp3"]
    assert rest[-1].reason == "It is empty."
    write(root / "0.mp3", song("Mended"))
    (root / "1.mp3").unlink()
    assert again(studio).counts == Counts(seen=5, changed=1, failed=4, new_albums=1, new_tracks=1)
    assert len(studio.scans.list_problems(after=None, limit=9)) == 4


def test_a_file_that_broke_is_a_problem_and_its_track_has_none_left(studio: Studio, root: Path):
    write(root / "1.mp3", song("One"))
    write(root / "2.mp3", song("Two"))
    studio.scan()
    (root / "1.mp3").write_bytes(b"broken")

    assert again(studio).counts == Counts(seen=2, unchanged=1, failed=1)
    assert studio.files()[b"1.mp3"].track_id is None
    with studio.database.read() as connection:
        left = connection.exec_driver_sql("SELECT title FROM tracks WHERE in_library").scalars().all()
    assert left == ["Two"]


def test_a_new_picture_beside_unchanged_files_is_noticed(studio: Studio, root: Path):
    write(root / "A" / "1.mp3", song("One"))
    studio.scan()
    (root / "A" / "cover.jpg").write_bytes(PNG)

    assert again(studio).counts == Counts(seen=1, unchanged=1)
    assert studio.files()[b"A/1.mp3"].folder_picture == b"A/cover.jpg"


def test_a_track_that_was_known_from_plays_is_the_files_track(studio: Studio, root: Path):
    played = ensured(studio.albums, named("band", "one", "record"))[0]
    studio.clock.sleep(60)
    write(root / "1.mp3", song("One"))

    scan = studio.scan()

    assert studio.track(b"1.mp3").id == played.track_id
    assert scan.counts == Counts(seen=1, added=1)


def test_one_scan_at_a_time(studio: Studio, root: Path):
    first = studio.scans.create()

    assert studio.scans.create().id == first.id
    studio.run_due()
    second = studio.scans.create()
    assert second.id > first.id
    assert [scan.id for scan in studio.scans.list(before=None, limit=9)] == [second.id, first.id]
    assert [scan.id for scan in studio.scans.list(before=second.id, limit=9)] == [first.id]


def test_callers_at_once_begin_one_scan(studio: Studio, root: Path):
    found: list[ScanId] = []
    callers = [threading.Thread(target=lambda: found.append(studio.scans.create().id)) for _ in range(6)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()

    assert len(found) == 6
    assert len(set(found)) == 1


def test_a_cancelled_scan_stays_cancelled_and_what_it_has_indexed_stays(database: Database, clock: FakeClock, root: Path):
    interrupting = Interrupting()
    studio = Studio(database, clock, root, ensurer=interrupting, at_once=5)
    interrupting.whole = studio.pipeline
    make(root, 20, with_broken=False)
    scan = studio.scans.create()
    interrupting.first = lambda: studio.scans.cancel(scan.id) if interrupting.calls == 3 else None

    studio.run_due()

    ended = studio.scans.get(scan.id)
    assert ended.state is ScanState.CANCELLED
    assert ended.counts.added == 10
    assert len(studio.files()) == 10
    with pytest.raises(FailedPrecondition):
        studio.scans.cancel(scan.id)
    with pytest.raises(NotFound):
        studio.scans.cancel(ScanId(99))
    assert again(studio).counts == Counts(seen=20, added=10, unchanged=10, new_tracks=5)


def test_while_artists_cannot_be_made_the_scan_waits_and_then_goes_on(database: Database, clock: FakeClock, root: Path):
    interrupting = Interrupting()
    studio = Studio(database, clock, root, ensurer=interrupting, at_once=5)
    interrupting.whole = studio.pipeline
    make(root, 20, with_broken=False)

    def fail() -> None:
        if interrupting.calls in (2, 3):
            raise OwnFault("The artist service does not answer.", retry_after=timedelta(seconds=10))

    interrupting.first = fail
    scan = studio.scan()
    assert (scan.state, scan.counts.added) == (ScanState.RUNNING, 5)

    for _ in range(2):
        clock.sleep(60)
        studio.run_due()

    assert studio.scans.get(scan.id).state is ScanState.COMPLETED
    assert studio.scans.get(scan.id).counts == Counts(seen=20, added=20, new_albums=2, new_tracks=20)


def test_an_interrupted_scan_counts_what_it_made_once(database: Database, clock: FakeClock, root: Path):
    interrupting = Interrupting()
    studio = Studio(database, clock, root, ensurer=interrupting, at_once=5)
    whole = studio.pipeline

    class Dying:
        def ensure(self, wanted: Sequence[TrackName]) -> Ensured:
            made = whole.ensure(wanted)
            if interrupting.calls % 2:
                raise OwnFault("killed after the tracks were made and before they were written down")
            return made

    interrupting.whole = Dying()
    make(root, 20, with_broken=False)
    scan = studio.scan()
    while not studio.scans.get(scan.id).state.is_over:
        clock.sleep(3600)
        studio.run_due()

    assert studio.scans.get(scan.id).counts == Counts(seen=20, added=20, new_albums=2, new_tracks=20)


@on_sqlite
def test_a_watcher_sees_every_change_and_the_end(studio: Studio, root: Path):
    make(root, 5, with_broken=False)
    scan = studio.scans.create()
    watching = studio.scans.watch(scan.id)

    assert next(watching).state is ScanState.QUEUED
    studio.run_due()

    assert [each.state for each in watching] == [ScanState.COMPLETED]
    with pytest.raises(NotFound):
        next(studio.scans.watch(ScanId(99)))


@on_sqlite
def test_no_more_watch_than_there_are_places(studio: Studio, root: Path):
    scan = studio.scans.create()
    with studio.waiting.place(), studio.waiting.place():
        watching = studio.scans.watch(scan.id)
        next(watching)

        with pytest.raises(Overloaded):
            next(watching)


@on_sqlite
def test_without_a_folder_nothing_is_scanned(database: Database, clock: FakeClock, root: Path):
    with pytest.raises(FailedPrecondition, match="set MUSIC_DIR"):
        Studio(database, clock, None).scans.create()
    with pytest.raises(FailedPrecondition, match="no folder"):
        Studio(database, clock, root / "nothing").scans.create()


@on_sqlite
def test_scans_recur(database: Database, clock: FakeClock, root: Path):
    studio = Studio(database, clock, root, interval=timedelta(hours=6))
    write(root / "1.mp3", song("One"))
    studio.run_due()
    clock.sleep(3600)
    Studio(database, clock, root, interval=timedelta(hours=6)).run_due()  # started anew: not for that reason
    assert len(studio.scans.list(before=None, limit=9)) == 1
    clock.sleep(5 * 3600)

    studio.run_due()

    assert [scan.state for scan in studio.scans.list(before=None, limit=9)] == [ScanState.COMPLETED] * 2


@on_sqlite
def test_scans_recur_no_more_once_that_is_switched_off(database: Database, clock: FakeClock, root: Path):
    Studio(database, clock, root, interval=timedelta(hours=6))
    studio = Studio(database, clock, root)

    studio.run_due()

    assert studio.scans.list(before=None, limit=9) == []
    assert studio.jobs.store.find_unfinished(SCAN_SOON) is None
    assert studio.jobs.store.count_by_state()[JobState.SUCCEEDED] == 1


@on_sqlite
def test_nothing_outside_is_read_while_folders_are_swapped_for_links(studio: Studio, root: Path):
    secret = root.parent / "secret"
    write(secret / "1.mp3", Song("Secret", "Secret", "Secret"))
    write(root / "a" / "1.mp3", song("One"))
    over = threading.Event()

    def swap() -> None:
        (root.parent / "link").symlink_to(secret)
        while not over.is_set():
            (root / "a").rename(root.parent / "kept")
            (root.parent / "link").rename(root / "a")
            (root / "a").rename(root.parent / "link")
            (root.parent / "kept").rename(root / "a")

    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        for _ in range(20):
            again(studio)
    finally:
        over.set()
        swapping.join()

    with studio.database.read() as connection:
        titles = set(connection.exec_driver_sql("SELECT title FROM tracks").scalars())
    assert titles <= {"One"}
