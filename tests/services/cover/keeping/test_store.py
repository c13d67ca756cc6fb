import errno
import hashlib
import os
from contextlib import suppress
from pathlib import Path

import pytest

from kernel.errors import InvalidArgument, OwnFault
from services.cover.domain import ImageId
from services.cover.imaging.workshop import Workshop
from services.cover.keeping import ImageStore
from services.cover.keeping.shelves import faults_of_the_store
from tests.fakes.clock import FakeClock
from tests.services.cover.imaging.conftest import in_memory
from tests.services.cover.imaging.pictures import encoded, quarters
from tests.services.cover.keeping.images import content_of, look_of, put


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_a_real_picture_is_kept_in_every_size_and_named_by_its_largest(store: ImageStore, root: Path):
    with Workshop() as workshop, in_memory(encoded(quarters(800, 400), "JPEG")) as picture, store.stage() as stage:
        look = workshop.look_into(picture, stage.descriptors)
        image = stage.keep(look)

    largest = content_of(store, image.id, 1200)
    assert largest
    assert image.id == hashlib.sha256(largest).hexdigest()
    assert (image.width, image.height, image.media_type) == (800, 400, "image/jpeg")
    assert image.sizes == (800, 600, 300, 150)
    assert image.bytes == sum(path.stat().st_size for path in root.rglob("*.jpg")) == store.used_bytes()
    shelf = f"{image.id[:2]}/{image.id[2:4]}/{image.id}"
    assert files(root) == sorted(f"{shelf}/{size}.jpg" for size in image.sizes)


@pytest.mark.parametrize(("asked", "size"), [(1, 150), (150, 150), (151, 300), (300, 300), (600, 600), (1200, 600)])
def test_the_smallest_that_is_large_enough_is_served(store: ImageStore, asked: int, size: int):
    image = put(store, b"a")

    held = store.open(image.id, asked)

    assert held
    held.file.close()
    assert (held.size, held.media_type) == (size, "image/jpeg")


def test_what_was_not_kept_leaves_nothing_behind(store: ImageStore, root: Path):
    with suppress(KeyError), store.stage() as stage:
        os.write(stage.descriptors[0], b"half")
        raise KeyError

    assert files(root) == []
    assert list((root / "tmp").iterdir()) == []


def test_no_descriptor_is_left_open(store: ImageStore):
    before = os.listdir("/proc/self/fd")  # noqa: PTH208 - the numbers are wanted

    put(store, b"a")
    with suppress(KeyError), store.stage():
        raise KeyError

    assert os.listdir("/proc/self/fd") == before  # noqa: PTH208 - as above


def test_equal_images_are_one(store: ImageStore, root: Path):
    first, again = put(store, b"a"), put(store, b"a")

    assert first == again
    assert len(files(root)) == 3
    assert store.used_bytes() == first.bytes
    assert list((root / "tmp").iterdir()) == []


@pytest.mark.parametrize(
    "name", ["", "..", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 65, "a" * 63 + "/", "a" * 64 + "\n", "\0" * 64]
)
def test_no_id_leads_anywhere_else(store: ImageStore, name: str):
    for use in (lambda: store.open(ImageId(name), 1), lambda: store.remove([ImageId(name)])):
        with pytest.raises(InvalidArgument, match="image_id"):
            use()


def test_what_is_not_held_is_none(store: ImageStore):
    unknown = ImageId("a" * 64)

    assert store.open(unknown, 300) is None
    assert store.remove([unknown]) == 0


def test_a_removed_image_is_gone_and_its_room_is_free(store: ImageStore, root: Path):
    image, other = put(store, b"a"), put(store, b"b")

    assert store.remove([image.id, image.id]) == image.bytes

    assert content_of(store, image.id, 300) is None
    assert content_of(store, other.id, 300)
    assert store.used_bytes() == other.bytes
    assert list((root / "tmp").iterdir()) == []


def test_whoever_reads_an_image_reads_it_to_its_end_though_it_is_removed(store: ImageStore):
    image = put(store, b"a")
    held = store.open(image.id, 600)
    assert held

    store.remove([image.id])

    with held.file as file:
        assert file.read() == b"a" * 1000


def test_a_link_in_the_place_of_a_rendition_is_not_followed(store: ImageStore, root: Path):
    image = put(store, b"a")
    path = next(root.rglob("600.jpg"))
    path.unlink()
    path.symlink_to("/etc/hostname")

    with pytest.raises(OwnFault):
        store.open(image.id, 600)


def test_a_full_disk_is_our_fault_and_leaves_nothing_behind(store: ImageStore, root: Path):
    with Workshop() as workshop, in_memory(encoded(quarters(), "PNG")) as picture, Path("/dev/full").open("r+b", 0) as full:
        with pytest.raises(OwnFault, match="no room"), store.stage() as stage:
            workshop.look_into(picture, [stage.descriptors[0], full.fileno(), *stage.descriptors[2:]])

        assert list((root / "tmp").iterdir()) == []

    assert files(root) == []
    assert list((root / "tmp").iterdir()) == []


@pytest.mark.parametrize(
    ("number", "reason"),
    [(errno.ENOSPC, "no room"), (errno.EDQUOT, "no room"), (errno.EFBIG, "no room"), (errno.EIO, "cannot be used")],
)
def test_errors_of_the_disk_are_told_apart(number: int, reason: str):
    with pytest.raises(OwnFault, match=reason) as told, faults_of_the_store():
        raise OSError(number, "x")

    assert told.value.retry_after


def test_a_folder_that_goes_away_is_our_fault(store: ImageStore, root: Path):
    image = put(store, b"a")
    root.rename(root.parent / "away")

    with pytest.raises(OwnFault):  # "not held" would have every cover forget its image
        store.open(image.id, 300)
    with pytest.raises(OwnFault), store.stage():
        pass


def test_a_folder_that_cannot_be_made_is_our_fault(tmp_path: Path, clock: FakeClock):
    (tmp_path / "file").touch()

    with pytest.raises(OwnFault):
        ImageStore(tmp_path / "file", clock=clock, max_bytes=1)


def test_what_was_there_before_is_counted_by_the_next_process(store: ImageStore, root: Path, clock: FakeClock):
    image = put(store, b"a")

    assert ImageStore(root, clock=clock, max_bytes=10).used_bytes() == image.bytes


def test_an_image_that_is_put_while_it_is_being_taken_away_is_there_in_the_end(store: ImageStore):
    image = put(store, b"a")

    again = put(store, b"a", during=lambda: store.remove([image.id]))

    assert again == image
    assert content_of(store, image.id, 600) == b"a" * 1000


def test_a_stage_has_room_for_every_size(store: ImageStore):
    with store.stage() as stage:
        assert len(stage.descriptors) == 4
        os.write(stage.descriptors[0], b"x")
        assert stage.keep(look_of([b"x"])).sizes == (600,)
