"""What the music folder says of pictures where it cannot be read as it was, and what it does not say."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from kernel.errors import OwnFault
from services.cover.domain import CoverRef, Kind, NoPicture, Outcome, Picture, Subject, SubjectFile
from services.cover.folder.embedded import EmbeddedPictures
from services.cover.folder.local import LocalPictures
from services.cover.imaging.workshop import Workshop
from tests.fakes.music_folder import Song, audio
from tests.services.cover.imaging.pictures import encoded, quarters

JPEG = encoded(quarters(), "JPEG")


@pytest.fixture(scope="module")
def workshop() -> Iterator[Workshop]:
    with Workshop() as running:
        yield running


def of(kind: Kind, *paths: bytes) -> Subject:
    return Subject(CoverRef(kind, "x"), "Name", files=[SubjectFile(path, has_picture=True) for path in paths])


def find_embedded(workshop: Workshop, folder: Path, *paths: bytes) -> Picture | NoPicture:
    return EmbeddedPictures(folder, workshop).find(of(Kind.ALBUM, *paths))


@pytest.fixture
def files(tmp_path: Path) -> Sequence[bytes]:
    """One with a picture, one without."""
    (tmp_path / "1.flac").write_bytes(audio(".flac", Song("T", picture=JPEG)))
    (tmp_path / "2.flac").write_bytes(audio(".flac", Song("T")))
    return b"1.flac", b"2.flac"


def test_a_disk_that_fails_while_a_file_is_read_says_nothing_about_its_picture(workshop: Workshop):
    own = Path(f"/proc/{os.getpid()}")  # whose memory is a file that cannot be read from its beginning

    with pytest.raises(OwnFault, match="is the disk there"):
        find_embedded(workshop, own, b"mem")


def test_files_that_are_gone_say_nothing_although_others_are_there_without_a_picture(
    workshop: Workshop, tmp_path: Path, files: Sequence[bytes]
):
    with pytest.raises(OwnFault, match="is the disk there"):
        find_embedded(workshop, tmp_path, b"gone.flac", files[1])


def test_files_that_are_gone_do_not_count_where_another_has_a_picture(workshop: Workshop, tmp_path: Path, files: Sequence[bytes]):
    found = find_embedded(workshop, tmp_path, b"gone.flac", files[0])

    assert isinstance(found, Picture)
    assert (found.origin, found.held, found.taken) == ("1.flac", 2, 1)
    found.close()


@pytest.mark.parametrize("what", ["a link", "a folder", "a pipe"])
def test_what_is_called_as_an_artists_picture_and_is_no_file_is_none(tmp_path: Path, what: str):
    path = tmp_path / "Artist" / "artist.jpg"
    path.parent.mkdir()
    {"a link": lambda: path.symlink_to("/etc/hostname"), "a folder": path.mkdir, "a pipe": lambda: os.mkfifo(path)}[what]()
    (path.parent / "ARTIST.png").write_bytes(JPEG)

    found = LocalPictures(tmp_path).find(of(Kind.ARTIST, b"Artist/1.flac"))
    (path.parent / "ARTIST.png").unlink()
    nothing = LocalPictures(tmp_path).find(of(Kind.ARTIST, b"Artist/1.flac"))

    assert isinstance(found, Picture)
    assert found.origin == "Artist/ARTIST.png"
    found.close()
    assert isinstance(nothing, NoPicture)
    assert nothing.outcome is Outcome.MISS
