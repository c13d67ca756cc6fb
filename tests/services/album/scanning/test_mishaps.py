"""What a scan makes of disks that go, files that cannot be read for a while, and programs that touch them."""

import os
import shutil
from collections.abc import Callable, Collection
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from kernel.database import Database
from kernel.errors import OwnFault, StoreUnavailable
from services.album.domain import AlbumField, AlbumId
from services.album.scanning.domain import Counts, Scan, ScanState
from services.album.scanning.looking import Looker, troubled
from services.album.scanning.readers import TagReader
from services.album.scanning.walking import MusicFolder, Seen, Trouble
from services.album.storing import files
from services.album.storing.dossiers import FromFiles
from services.album.storing.tagged import read_files
from tests.fakes.clock import FakeClock
from tests.fakes.music_folder import Song, make, write
from tests.services.album.scanning.studio import Studio
from tests.services.album.scanning.test_scanning import Interrupting, again, on_sqlite, song
from tests.services.album.scanning.test_walking import without_rights


@pytest.fixture
def interrupting() -> Interrupting:
    return Interrupting()


def untagged(root: Path) -> Path:
    """One that is named by where it lies."""
    write(root / "Band" / "Record" / "02 - Two.mp3", Song(number=2))
    return write(root / "Band" / "Record" / "01 - One.mp3", Song())


def moved(studio: Studio, root: Path) -> str:
    """X/Y/else.mp3, whose track is named by where it was; the track's id."""
    file = untagged(root)
    studio.scan()
    (root / "X" / "Y").mkdir(parents=True)
    file.rename(root / "X" / "Y" / "else.mp3")
    assert again(studio).counts.moved == 1
    return str(studio.track(b"X/Y/else.mp3").id)


def failing(interrupting: Interrupting, at_calls: Collection[int], error: Callable[[], Exception]) -> None:
    def fail() -> None:
        if interrupting.calls in at_calls:
            raise error()

    interrupting.first = fail


@on_sqlite
def test_a_scan_that_goes_on_after_the_disk_went_loses_nothing(
    database: Database, clock: FakeClock, root: Path, interrupting: Interrupting
):
    studio = Studio(database, clock, root, ensurer=interrupting, at_once=5)
    interrupting.whole = studio.pipeline
    for number in range(20):
        write(root / "m" / f"{number:02}.mp3", song(str(number)))
    studio.scan()
    for number in range(20):
        write(root / "m" / f"{number:02}.mp3", song(f"New {number}"))
    failing(interrupting, [6], lambda: OwnFault("The artist service does not answer."))
    clock.sleep(60)
    scan = studio.scan()
    assert scan.counts.seen == 5
    root.rename(root.parent / "away")
    root.mkdir()
    (root / "README.txt").write_text("mount me", "utf-8")

    clock.sleep(3600)
    studio.run_due()

    assert studio.scans.get(scan.id).state is ScanState.FAILED
    assert {row.state for row in studio.files().values()} == {"indexed"}


def test_a_disk_below_the_folder_that_is_not_mounted_loses_nothing(studio: Studio, root: Path):
    for number in range(10):
        write(root / "nas" / "deep" / f"{number}.mp3", song(str(number)))
    write(root / "local" / "1.mp3", song("Local"))
    studio.scan()
    before = studio.library()
    (root / "nas").rename(root.parent / "away")
    (root / "nas").mkdir()

    scan = again(studio)

    assert scan.counts == Counts(seen=1, unchanged=1, failed=1)
    assert [(problem.path, "mounted" in problem.reason) for problem in studio.scans.list_problems(after=None, limit=9)] == [
        (b"nas", True)
    ]
    assert {path: row for path, row in studio.library().items() if path != b"nas"} == before
    (root / "nas").rmdir()
    assert again(studio).counts == Counts(seen=1, unchanged=1, missing=10)
    assert studio.scans.list_problems(after=None, limit=9) == []


@on_sqlite
def test_a_small_folder_that_was_emptied_is_an_empty_folder(studio: Studio, root: Path):
    write(root / "1.mp3", song("One"))
    studio.scan()
    (root / "1.mp3").unlink()

    scan = again(studio)

    assert (scan.state, scan.counts) == (ScanState.COMPLETED, Counts(missing=1))


@pytest.mark.parametrize("what", ["X/Y", "X/Y/else.mp3"])
@on_sqlite
def test_a_file_that_cannot_be_read_for_a_while_keeps_its_track(studio: Studio, root: Path, what: str):
    track = moved(studio, root)
    os.utime(root / "X" / "Y" / "else.mp3", (1e9, 1e9))
    (root / what).chmod(0o444 if what == "X/Y" else 0)
    with studio.database.read() as connection:
        known = files.load_files(connection, [b"X/Y/else.mp3", b"Band/Record/02 - Two.mp3"])

    with MusicFolder(root) as folder, TagReader() as reader, without_rights():
        met = list(folder.walk())
        found = Looker(folder, reader, lambda _: []).look([each for each in met if isinstance(each, Seen)], known)
    found += [troubled(each, known.get(each.path)) for each in met if isinstance(each, Trouble)]

    failed = next(each.file for each in found if each.kind == "failed")
    assert failed
    assert (failed.path, failed.state, failed.track_id) == (b"X/Y/else.mp3", "failed", track)
    assert failed.fingerprint == known[b"X/Y/else.mp3"].fingerprint
    (root / what).chmod(0o755)
    with studio.database.write() as connection:
        files.save_files(connection, [failed], studio.scans.list(before=None, limit=1)[0].id, studio.clock.now())
    assert again(studio).counts == Counts(seen=2, unchanged=2)
    assert (studio.track(b"X/Y/else.mp3").id, studio.track(b"X/Y/else.mp3").in_library) == (track, True)
    assert studio.scans.list_problems(after=None, limit=9) == []


@on_sqlite
def test_a_file_that_goes_while_it_cannot_be_read_is_missing(studio: Studio, root: Path):
    track = moved(studio, root)
    with studio.database.write() as connection:
        failed = sa.update(files.index_files).where(files.index_files.c.path == b"X/Y/else.mp3")
        connection.execute(failed.values(state="failed", size=-1, reason="It cannot be read."))
    (root / "X" / "Y" / "else.mp3").rename(root.parent / "kept.mp3")

    assert again(studio).counts == Counts(seen=1, unchanged=1, missing=1)
    assert studio.scans.list_problems(after=None, limit=9) == []
    (root.parent / "kept.mp3").rename(root / "X" / "back.mp3")
    assert again(studio).counts == Counts(seen=2, unchanged=1, moved=1)
    assert studio.track(b"X/back.mp3").id == track


@on_sqlite
def test_only_a_new_time_changes_nothing_even_where_the_name_would_say_another_track(studio: Studio, root: Path):
    track = moved(studio, root)
    os.utime(root / "X" / "Y" / "else.mp3", (1e9, 1e9))

    assert again(studio).counts == Counts(seen=2, unchanged=2)
    assert studio.track(b"X/Y/else.mp3").id == track


@on_sqlite
def test_new_tags_between_ends_that_are_as_they_were_are_seen(studio: Studio, root: Path):
    file = write(root / "1.flac", song("Aaaa"))
    content = file.read_bytes()
    where = content.index(b"Aaaa")
    middle = bytes(70_000)
    lead = b"ID3\x04\0\0" + bytes([0, len(middle) >> 14, (len(middle) >> 7) & 127, len(middle) & 127]) + middle
    file.write_bytes(lead + content + middle)
    studio.scan()
    assert studio.track(b"1.flac").title == "Aaaa"
    file.write_bytes(lead + content[:where] + b"Bbbb" + content[where + 4 :] + middle)
    os.utime(file, (1e9, 1e9))

    assert again(studio).counts == Counts(seen=1, changed=1, new_tracks=1)
    assert studio.track(b"1.flac").title == "Bbbb"


@on_sqlite
def test_a_file_that_was_half_there_when_it_was_looked_at_is_a_move(studio: Studio, root: Path):
    file = untagged(root)
    studio.scan()
    track = studio.track(b"Band/Record/01 - One.mp3").id
    (root / "X").mkdir()
    (root / "X" / "zz.mp3").write_bytes(file.read_bytes()[:20])
    assert again(studio).counts.failed == 1
    shutil.copy2(file, root / "X" / "zz.mp3")
    file.unlink()

    assert again(studio).counts == Counts(seen=2, unchanged=1, moved=1)
    assert studio.track(b"X/zz.mp3").id == track


@on_sqlite
def test_failures_of_an_older_reader_are_tried_again(studio: Studio, root: Path):
    (root / "1.mp3").write_bytes(b"no music")
    studio.scan()
    first = studio.scans.list_problems(after=None, limit=9)[0].checked_at
    assert again(studio).counts.failed == 1
    assert studio.scans.list_problems(after=None, limit=9)[0].checked_at > first
    found = (root / "1.mp3").stat()
    whole = write(root / "1.mp3", song("One"))
    os.utime(whole, ns=(found.st_atime_ns, found.st_mtime_ns))
    with studio.database.write() as connection:
        connection.execute(sa.update(files.index_files).values(size=whole.stat().st_size, reader=0))

    assert again(studio).counts.changed == 1


def test_many_files_that_are_alike_are_not_compared_each_with_each(
    database: Database, clock: FakeClock, root: Path, monkeypatch: pytest.MonkeyPatch
):
    studio = Studio(database, clock, root, at_once=20)
    content = write(root / "000.mp3", song("One")).read_bytes()
    for number in range(1, 160):
        (root / f"{number:03}.mp3").write_bytes(content)
    asked: list[bytes] = []
    has = MusicFolder.has

    def counted(folder: MusicFolder, path: bytes) -> bool:
        asked.append(path)
        return has(folder, path)

    monkeypatch.setattr(MusicFolder, "has", counted)

    assert studio.scan().counts.added == 160
    assert len(asked) <= 160 * 2


@on_sqlite
def test_where_a_folder_takes_two_spellings_for_one_a_new_one_is_a_move(studio: Studio, root: Path):
    write(root / "Band" / "one.mp3", song("One"))
    studio.scan()
    os.link(root / "Band" / "one.mp3", root / "Band" / "ONE.mp3")  # as if both were one name
    with studio.database.read() as connection:
        known = files.load_files(connection, [b"Band/one.mp3"])

    with MusicFolder(root) as folder, TagReader() as reader:
        seen = [each for each in folder.walk() if isinstance(each, Seen) and each.place.name == b"ONE.mp3"]
        found = Looker(folder, reader, lambda _: list(known.values())).look(seen, {})

    assert [(each.kind, each.moved_from) for each in found] == [("moved", b"Band/one.mp3")]


@on_sqlite
def test_outages_are_no_bugs_and_bugs_in_a_row_end_a_scan(
    database: Database, clock: FakeClock, root: Path, interrupting: Interrupting
):
    studio = Studio(database, clock, root, ensurer=interrupting, at_once=1)
    interrupting.whole = studio.pipeline
    make(root, 4, with_broken=False)

    def ended(error: Callable[[int], Exception | None]) -> Scan:
        interrupting.calls = 0

        def fail() -> None:
            if told := error(interrupting.calls):
                raise told

        interrupting.first = fail
        scan = studio.scan()
        while not studio.scans.get(scan.id).state.is_over:
            clock.sleep(3600)
            studio.run_due()
        return studio.scans.get(scan.id)

    assert ended(lambda call: RuntimeError("bug")).error.startswith("A bug of ours")
    mixed = ended(lambda call: OwnFault("down") if call <= 6 else RuntimeError("bug") if call in (7, 8, 10, 11, 13, 14) else None)
    assert (mixed.state, mixed.counts.added) == (ScanState.COMPLETED, 4)


def test_who_wants_to_know_is_told_of_albums_that_gain_change_and_lose_files(database: Database, clock: FakeClock, root: Path):
    told: list[set[AlbumId]] = []
    studio = Studio(database, clock, root, on_albums=lambda ids: told.append(set(ids)))
    write(root / "1.mp3", Song("One", "Band", "First", date="1999", genres=("Jazz",)))
    write(root / "2.mp3", Song("Two", "Band", "Second"))
    studio.scan()
    first, second = studio.files()[b"1.mp3"].album_id, studio.files()[b"2.mp3"].album_id
    assert told == [{first, second}]
    again(studio)
    assert len(told) == 1

    write(root / "2.mp3", Song("Two", "Band", "Third"))
    again(studio)
    third = studio.files()[b"2.mp3"].album_id
    assert told[1:] == [{second, third}, {second}]
    (root / "1.mp3").unlink()
    again(studio)
    assert told[3:] == [{first}]
    with database.read() as connection:
        assert read_files(connection, first) == FromFiles()


def test_dates_are_what_most_files_say(studio: Studio, root: Path):
    one, other = "10000000-0000-4000-8000-000000000000", "20000000-0000-4000-8000-000000000000"
    for number, (date, group) in enumerate([("1999", one), ("2001", other), ("2001", other), ("", "")]):
        write(root / f"{number}.flac", song(str(number), date=date, release_group=group, genres=("Jazz",)))
    studio.scan()

    album_id = studio.files()[b"0.flac"].album_id

    with studio.database.read() as connection:
        said = read_files(connection, album_id)
    assert {fact.field: fact.value for fact in said.facts} == {
        AlbumField.RELEASED: "2001",
        AlbumField.RELEASE_GROUP_MBID: other,
    }
    assert said.genres == (("Jazz", 4),)
    assert said.facts[0].evidence.matched_on == ("tags of 2 of 4 files",)


@on_sqlite
def test_albums_nobody_could_be_told_of_are_told_later(database: Database, clock: FakeClock, root: Path):
    calls: list[Collection[AlbumId]] = []

    def tell(ids: Collection[AlbumId]) -> None:
        calls.append(ids)
        if len(calls) == 1:
            raise StoreUnavailable("Our database does not answer.")

    studio = Studio(database, clock, root, on_albums=tell)
    write(root / "1.mp3", song("One"))
    scan = studio.scan()
    clock.sleep(3600)
    studio.run_due()

    assert studio.scans.get(scan.id).state is ScanState.COMPLETED
    assert len(calls) == 2
    assert set(calls[0]) == set(calls[1])


@on_sqlite
def test_an_outage_does_not_end_what_recurs(database: Database, clock: FakeClock, root: Path, monkeypatch: pytest.MonkeyPatch):
    studio = Studio(database, clock, root, interval=timedelta(hours=1))
    create = type(studio.scans).create

    def down(*_: object, **__: object) -> Scan:
        raise StoreUnavailable("Our database does not answer.")

    monkeypatch.setattr(type(studio.scans), "create", down)
    for _ in range(8):
        studio.run_due()
        clock.sleep(1200)
    monkeypatch.setattr(type(studio.scans), "create", create)

    studio.run_due()

    assert len(studio.scans.list(before=None, limit=9)) == 1


@on_sqlite
def test_the_oldest_scans_are_forgotten(studio: Studio, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(files, "_KEPT_SCANS", 3)
    ids = [studio.scan().id for _ in range(5)]

    assert [scan.id for scan in studio.scans.list(before=None, limit=9)] == ids[:1:-1]
