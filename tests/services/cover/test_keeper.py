"""services/cover/keeper.py: what is kept where there is hardly any room, with a real store, workshop and database."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from shutil import disk_usage

import pytest

from kernel.database import Database
from kernel.errors import OwnFault
from kernel.jobs import JobStore, Lane
from services.cover.choosing import Settled
from services.cover.domain import CoverRef, Grade, Kind, Outcome, Picture, SourceName, State, Tried
from services.cover.housekeeping import Housekeeping
from services.cover.imaging.workshop import Workshop
from services.cover.keeper import Keeper
from services.cover.keeping import Disk, ImageStore
from services.cover.store import CoverStore
from tests.fakes.clock import FakeClock
from tests.services.cover.imaging.pictures import encoded, noise

HOUR = 3600


class House:
    """Covers with images of their own, each found by a job."""

    def __init__(
        self, database: Database, clock: FakeClock, folder: Path, *, max_bytes: int, disk_of: Callable[[Path], Disk]
    ) -> None:
        self._database, self._clock, self._workshop = database, clock, Workshop()
        self.store = CoverStore(database, JobStore(database, clock), clock=clock)
        self.images = ImageStore(folder, clock=clock, max_bytes=max_bytes, disk_of=disk_of)
        self._housekeeping = Housekeeping(self.images, self.store, clock)
        self._keeper = Keeper(self._workshop, self.images, self.store, self._housekeeping, clock)

    def close(self) -> None:
        self._workshop.close()

    def find(self, number: int) -> None:
        picture = Picture.of_bytes(SourceName.LOCAL, Grade.OWN, encoded(noise(number), "JPEG"), "cover.jpg")
        try:
            shown, _ = self._keeper.keep(picture)
        finally:
            picture.close()
        self.store.request([_ref(number)], Lane.LOW)
        settled = Settled(State.FOUND, shown, False, False, self._clock.now() + timedelta(days=1))
        self.store.settle(self._database.write(), _ref(number), settled, [Tried(SourceName.LOCAL, Outcome.HIT, "Found.")])
        self._clock.advance(HOUR)

    def shows(self, number: int) -> bool:
        """Its image, whole."""
        cover = self.store.load(_ref(number))
        held = self.images.open(cover.shown.image_id, 1200) if cover and cover.shown else None
        if held is None:
            return False
        with held.file as file:
            return file.read().endswith(b"\xff\xd9")


def _ref(number: int) -> CoverRef:
    return CoverRef(Kind.ALBUM, f"00000000-0000-4000-8000-{number:012d}")


@pytest.fixture
def build(database: Database, clock: FakeClock, tmp_path: Path) -> Iterator[Callable[..., House]]:
    houses: list[House] = []

    def build(
        folder: Path = tmp_path / "covers", *, max_bytes: int = 2**31, disk_of: Callable[[Path], Disk] = disk_usage
    ) -> House:
        houses.append(House(database, clock, folder, max_bytes=max_bytes, disk_of=disk_of))
        return houses[-1]

    yield build
    for each in houses:
        each.close()


def test_where_there_is_room_for_few_the_newest_are_shown(build: Callable[..., House]):
    house = build(max_bytes=400_000)

    for number in range(12):
        house.find(number)
        assert house.shows(number)
        assert house.images.used_bytes() <= 400_000

    assert not house.shows(0)


def test_one_that_takes_more_than_all_may_is_shown_until_the_next(build: Callable[..., House]):
    house = build(max_bytes=1000)

    for number in range(3):
        house.find(number)
        assert [house.shows(each) for each in range(number + 1)] == [False] * number + [True]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real one of four megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.system(f"mount -t tmpfs -o size=4m tmpfs '{folder}' 2>/dev/null"):  # noqa: S605 - a path of the test's own
        pytest.skip("disks cannot be mounted here")
    yield folder
    os.system(f"umount '{folder}'")  # noqa: S605 - as above


def test_on_a_disk_far_smaller_than_the_limit_new_ones_take_the_place_of_old_ones(build: Callable[..., House], small_disk: Path):
    house = build(small_disk / "covers")

    for number in range(40):
        house.find(number)
        assert house.shows(number)

    assert disk_usage(small_disk).free >= 400_000
    assert sum(house.shows(number) for number in range(40)) > 15


def test_a_disk_that_others_fill_loses_no_more_than_so_many_images_and_has_room_again_when_they_go(
    build: Callable[..., House], small_disk: Path
):
    house = build(small_disk / "covers")
    for number in range(15):
        house.find(number)
    (small_disk / "others").write_bytes(bytes(disk_usage(small_disk).free))

    for number in range(15, 40):
        with suppress(OwnFault):
            house.find(number)
        with (small_disk / "more").open("ab") as file, suppress(OSError):
            file.write(bytes(disk_usage(small_disk).free))
    kept = sum(house.shows(number) for number in range(40))
    for each in ("others", "more"):
        (small_disk / each).unlink()
    house.find(50)

    assert kept >= 5
    assert house.shows(50)
