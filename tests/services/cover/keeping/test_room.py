"""How many images there are where there is not room for all of them."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kernel.errors import OwnFault
from services.cover.domain import Image, ImageId
from services.cover.keeping import ImageStore
from tests.fakes.clock import FakeClock
from tests.services.cover.keeping.images import content_of, put

HOUR, MEBIBYTE = 3600, 2**20


@dataclass
class FakeDisk:
    """Of a size, with so much on it that is no image."""

    total: int
    others: int = 0
    images: Callable[[], int] = lambda: 0

    @property
    def free(self) -> int:
        return max(0, self.total - self.others - self.images())


@pytest.fixture
def disk() -> FakeDisk:
    return FakeDisk(80_000)


@pytest.fixture
def store(root: Path, clock: FakeClock, disk: FakeDisk) -> ImageStore:
    """On a disk far smaller than the limit, which leaves an eighth of it, 10,000 bytes, to others."""
    found = ImageStore(root, clock=clock, max_bytes=MEBIBYTE, disk_of=lambda _: disk)
    disk.images = found.used_bytes
    return found


def put_many(store: ImageStore, count: int, first: int = 0) -> list[Image]:
    """1750 bytes each."""
    return [put(store, b"%04d" % (first + number), size=1000) for number in range(count)]


def held(store: ImageStore, images: list[Image]) -> list[bool]:
    return [content_of(store, each.id, 1) is not None for each in images]


def test_above_its_limit_those_used_the_longest_ago_go_until_a_tenth_is_to_spare(root: Path, clock: FakeClock):
    store = ImageStore(root, clock=clock, max_bytes=10_000)
    images = put_many(store, 7)
    assert store.used_bytes() > 10_000

    gone = store.make_room(lambda: [each.id for each in images])

    assert gone == [each.id for each in images[:2]]
    assert store.used_bytes() <= 9000
    assert held(store, images) == [False, False, *[True] * 5]


def test_below_its_limit_nothing_goes_and_nobody_is_asked_what_might(store: ImageStore):
    image = put(store, b"a")

    def fail() -> list[ImageId]:
        raise AssertionError

    assert store.make_room(fail) == []
    assert content_of(store, image.id, 1)


def test_a_disk_that_is_smaller_than_the_limit_is_the_limit(store: ImageStore, disk: FakeDisk):
    images = put_many(store, 41)  # 71,750 bytes: 8250 are left

    gone = store.make_room(lambda: [each.id for each in images])

    assert gone == [each.id for each in images[: len(gone)]]
    assert 20_000 <= disk.free < 22_000
    assert store.make_room(lambda: [each.id for each in images]) == []


def test_a_disk_that_others_have_filled_takes_no_more_than_so_many_images(store: ImageStore, disk: FakeDisk):
    images = put_many(store, 20)  # 35,000 bytes
    disk.others = 80_000

    for _ in range(3):
        store.make_room(lambda: [each.id for each in images])

    assert 18_000 < store.used_bytes() <= 20_000
    assert held(store, images)[-10:] == [True] * 10


def test_where_nothing_may_go_that_is_told_before_anything_is_written(store: ImageStore):
    images = put_many(store, 41)

    with pytest.raises(OwnFault, match="no room"):
        store.check_room()

    store.make_room(lambda: [each.id for each in images])
    store.check_room()


def test_the_last_of_a_disk_is_left_to_others(store: ImageStore, disk: FakeDisk):
    put_many(store, 5)
    disk.others = 80_000 - store.used_bytes() - 5000
    store.check_room()

    disk.others += 1

    with pytest.raises(OwnFault, match="no room"):
        store.check_room()


def test_what_was_put_a_moment_ago_goes_last(store: ImageStore, disk: FakeDisk, clock: FakeClock):
    old = put_many(store, 16)
    clock.advance(HOUR)
    new = put_many(store, 2, first=16)
    disk.others = 62_500

    store.make_room(lambda: [each.id for each in (*new, *old)])

    assert held(store, new) == [True, True]
    assert held(store, old)[:1] == [False]


def test_what_is_spared_stays_whatever_there_is_room_for(root: Path, clock: FakeClock):
    store = ImageStore(root, clock=clock, max_bytes=100)
    one, other = put_many(store, 2)

    gone = store.make_room(lambda: [one.id, other.id], spared=[one.id])

    assert gone == [other.id]
    assert held(store, [one, other]) == [True, False]


def test_what_is_put_again_while_room_is_made_stays(root: Path, clock: FakeClock):
    store = ImageStore(root, clock=clock, max_bytes=100)
    first, second = put_many(store, 2)
    clock.advance(HOUR)
    real, put_again = store._shelves.take, threading.Event()

    def take(image_id: ImageId, **how: object) -> int:
        if not put_again.is_set():
            put_again.set()
            put(store, b"0001", size=1000)
        return real(image_id, **how)  # type: ignore[arg-type]

    store._shelves.take = take  # type: ignore[method-assign]
    gone = store.make_room(lambda: [first.id, second.id])

    assert gone == [first.id]
    assert held(store, [first, second]) == [False, True]
