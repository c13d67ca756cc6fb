from collections.abc import Collection
from pathlib import Path

import pytest

from services.cover.domain import ImageId
from services.cover.keeping import ImageStore
from tests.fakes.clock import FakeClock
from tests.services.cover.keeping.images import content_of, put

HOUR = 3600
Nothing: Collection[ImageId] = ()


def used(*ids: ImageId) -> set[ImageId]:
    return set(ids)


def test_what_nothing_refers_to_is_removed_after_an_hour(store: ImageStore, clock: FakeClock):
    kept, lost = put(store, b"a"), put(store, b"b")
    clock.advance(HOUR + 1)

    swept = store.sweep(used(kept.id).intersection)

    assert swept == (1, lost.bytes)
    assert content_of(store, kept.id, 1)
    assert content_of(store, lost.id, 1) is None
    assert store.used_bytes() == kept.bytes


def test_what_was_put_a_moment_ago_is_spared(store: ImageStore, clock: FakeClock):
    image = put(store, b"a")
    clock.advance(HOUR - 1)

    assert store.sweep(lambda _: ()) == (0, 0)
    assert content_of(store, image.id, 1)


def test_what_was_put_again_a_moment_ago_is_spared(store: ImageStore, clock: FakeClock):
    image = put(store, b"a")
    clock.advance(10 * HOUR)
    put(store, b"a")

    assert store.sweep(lambda _: ()) == (0, 0)
    assert content_of(store, image.id, 1)


def test_what_is_put_again_while_it_is_swept_is_spared(store: ImageStore, clock: FakeClock):
    image = put(store, b"a")
    clock.advance(10 * HOUR)

    def put_meanwhile(ids: Collection[ImageId]) -> Collection[ImageId]:
        assert ids == [image.id]
        put(store, b"a")
        return ()

    assert store.sweep(put_meanwhile) == (0, 0)
    assert content_of(store, image.id, 600) == b"a" * 1000


def test_only_old_images_are_asked_about_and_so_many_at_once(store: ImageStore, clock: FakeClock, root: Path):
    asked: list[ImageId] = []
    for number in range(1200):
        name = f"{number:064x}"
        (root / name[:2] / name[2:4] / name).mkdir(parents=True)
    clock.set_wall(clock.now().replace(year=2100))
    young = put(store, b"a")

    def all_are_used(ids: Collection[ImageId]) -> Collection[ImageId]:
        asked.extend(ids)
        return ids

    assert store.sweep(all_are_used) == (0, 0)
    assert len(asked) == len(set(asked)) == 1200
    assert young.id not in asked


def test_what_a_crash_left_behind_is_cleared_and_what_is_being_made_is_not(store: ImageStore, clock: FakeClock, root: Path):
    with store.stage():
        old = next((root / "tmp").iterdir())
        (root / "tmp" / "of no time").mkdir()
        store.sweep(lambda _: ())
        assert list((root / "tmp").iterdir()) == [old]

        clock.advance(HOUR + 2)
        store.sweep(lambda _: ())
        assert list((root / "tmp").iterdir()) == []


def test_files_of_others_are_left_alone(store: ImageStore, clock: FakeClock, root: Path):
    others = [root / "README", root / "ab" / "cd" / "notes", root / "ab" / "x", root / "zz" / "zz" / ("Z" * 64) / "1"]
    for each in others:
        each.parent.mkdir(parents=True, exist_ok=True)
        each.touch()
    clock.set_wall(clock.now().replace(year=2100))

    assert store.sweep(lambda _: ()) == (0, 0)
    assert all(each.exists() for each in others)


def test_a_question_that_fails_removes_nothing(store: ImageStore, clock: FakeClock):
    image = put(store, b"a")
    clock.advance(10 * HOUR)

    def fail(_: Collection[ImageId]) -> Collection[ImageId]:
        raise KeyError

    with pytest.raises(KeyError):
        store.sweep(fail)

    assert content_of(store, image.id, 1)


def test_images_of_other_processes_are_counted_once_it_sweeps(store: ImageStore, clock: FakeClock, root: Path):
    assert store.used_bytes() == 0
    image = put(ImageStore(root, clock=clock, max_bytes=1), b"a")

    store.sweep(lambda _: ())

    assert store.used_bytes() == image.bytes
