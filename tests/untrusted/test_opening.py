import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from untrusted.opening import Folder
from untrusted.troubles import is_absent


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root" / "a" / "b").mkdir(parents=True)
    (tmp_path / "root" / "a" / "b" / "1").write_bytes(b"one")
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "1").write_bytes(b"secret")
    return tmp_path / "root"


@pytest.fixture
def folder(root: Path) -> Iterator[Folder]:
    with Folder(root) as opened:
        yield opened


def content(descriptor: int) -> bytes:
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


def test_a_file_below_is_opened_by_its_path(folder: Folder):
    assert content(folder.open(b"a/b/1")) == b"one"


def test_a_folder_below_is_listed(folder: Folder):
    for path, names in ((b"", ["a"]), (b"a", ["b"]), (b"a/b", ["1"])):
        descriptor = folder.open_folder(path)
        assert os.listdir(descriptor) == names  # noqa: PTH208 - a descriptor
        os.close(descriptor)


@pytest.mark.parametrize("path", [b"../secret/1", b"a/../../secret/1", b"/etc/passwd", b"", b".", b"a//b/1", b"a/b/1/", b"a\0/1"])
def test_no_path_leads_outside(folder: Folder, path: bytes):
    with pytest.raises(OSError, match="no path") as told:
        folder.open(path)

    assert is_absent(told.value)


@pytest.mark.parametrize("path", [b"..", b"a/..", b"/", b"a/"])
def test_no_path_of_a_folder_leads_outside(folder: Folder, path: bytes):
    with pytest.raises(OSError, match="no path"):
        folder.open_folder(path)


def test_links_are_followed_nowhere(folder: Folder, root: Path):
    (root / "link").symlink_to("../secret/1")
    (root / "inside").symlink_to("a/b/1")
    (root / "folder").symlink_to("../secret")

    for path in (b"link", b"inside", b"folder/1"):
        with pytest.raises(OSError, match=r".") as told:
            folder.open(path)
        assert told.value.errno in (errno.ELOOP, errno.ENOTDIR)


def test_what_is_no_file_is_not_waited_for(folder: Folder, root: Path):
    os.mkfifo(root / "pipe")

    for path in (b"pipe", b"a"):
        with pytest.raises(OSError, match="no file"):
            folder.open(path)


def test_a_folder_that_is_swapped_while_it_is_open_stays_what_it_was(folder: Folder, root: Path):
    root.rename(root.parent / "moved")
    root.symlink_to(root.parent / "secret")

    assert content(folder.open(b"a/b/1")) == b"one"


def test_the_folder_itself_may_be_a_link(root: Path):
    (root.parent / "link").symlink_to(root)

    with Folder(root.parent / "link") as folder:
        assert content(folder.open(b"a/b/1")) == b"one"


def test_no_descriptor_is_left_behind(folder: Folder, root: Path):
    os.mkfifo(root / "pipe")
    before = os.listdir("/proc/self/fd")  # noqa: PTH208 - the numbers are wanted

    for path in (b"pipe", b"a/none", b"none/1", b"a", b"..", b"a/b/1/2"):
        with pytest.raises(OSError, match=r"."):
            folder.open(path)

    assert os.listdir("/proc/self/fd") == before  # noqa: PTH208 - as above


def test_a_folder_that_is_not_there_is_refused(root: Path):
    for path in (root / "none", root / "a" / "b" / "1"):
        with pytest.raises(OSError, match=r"."):
            Folder(path)
