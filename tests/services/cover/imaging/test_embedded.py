import base64
import hashlib
import io
import os
from collections.abc import Callable, Iterator

import pytest
from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, ID3
from mutagen.oggopus import OggOpus

from services.cover.imaging.looks import Embedded, Rejected
from services.cover.imaging.workshop import Workshop
from tests.fakes.music_folder import CONTAINERS, JPEG, PNG, Song, audio, bomb, broken
from tests.services.album.scanning.mutations import mutated
from tests.services.cover.imaging.conftest import in_memory
from tests.services.cover.imaging.pictures import encoded, quarters

Finds = Callable[[bytes, str], Embedded | None]
FRONT, BACK, NO_KIND, ARTIST = 3, 4, 0, 8
GIF = encoded(quarters(32, 32).quantize(4), "GIF")


@pytest.fixture
def find(workshop: Workshop) -> Iterator[Finds]:
    found: list[Embedded] = []

    def find_in(content: bytes, suffix: str) -> Embedded | None:
        with in_memory(content) as file:
            embedded = workshop.find_embedded(file, suffix)
        found.extend([embedded] if embedded else [])
        return embedded

    yield find_in
    for each in found:
        each.close()


def content_of(embedded: Embedded | None) -> bytes:
    assert embedded
    content = os.pread(embedded.descriptor, 2**25, 0)
    assert (embedded.length, embedded.digest) == (len(content), hashlib.sha256(content).hexdigest())
    return content


def mp3(*pictures: tuple[int, bytes], mime: str = "image/png") -> bytes:
    held = io.BytesIO(audio(".mp3", Song())[-2085:])
    tags = ID3()
    for number, (kind, content) in enumerate(pictures):
        tags.add(APIC(encoding=0, mime=mime, type=kind, desc=str(number), data=content))
    tags.save(held)
    return held.getvalue()


def flac(*pictures: tuple[int, bytes]) -> bytes:
    held = io.BytesIO(audio(".flac", Song("T")))
    file = FLAC(held)
    for kind, content in pictures:
        picture = Picture()
        picture.type, picture.mime, picture.data = kind, "image/png", content
        file.add_picture(picture)
    held.seek(0)
    file.save(held)
    return held.getvalue()


@pytest.mark.parametrize("suffix", CONTAINERS)
@pytest.mark.parametrize(("picture", "media_type"), [(JPEG, "image/jpeg"), (PNG, "image/png")])
def test_the_front_is_found_in_every_container(find: Finds, suffix: str, picture: bytes, media_type: str):
    embedded = find(audio(suffix, Song("T", picture=picture)), suffix)

    assert content_of(embedded) == picture
    assert embedded
    assert embedded.media_type == media_type


@pytest.mark.parametrize("suffix", CONTAINERS)
def test_a_file_without_a_picture_has_none(find: Finds, suffix: str):
    assert find(audio(suffix, Song("T")), suffix) is None
    assert find(audio(suffix, Song()), suffix) is None


@pytest.mark.parametrize("suffix", [suffix for suffix in CONTAINERS if suffix != ".m4a"])
def test_a_back_is_never_shown_as_a_front(find: Finds, suffix: str):
    assert find(audio(suffix, Song("T", picture=JPEG, kind=BACK)), suffix) is None


@pytest.mark.parametrize("write", [mp3, flac])
def test_the_front_is_taken_then_what_is_of_no_kind_whatever_comes_first(find: Finds, write: Callable[..., bytes]):
    suffix = ".mp3" if write is mp3 else ".flac"

    assert content_of(find(write((BACK, GIF), (NO_KIND, PNG), (FRONT, JPEG)), suffix)) == JPEG
    assert content_of(find(write((BACK, GIF), (ARTIST, JPEG), (NO_KIND, PNG)), suffix)) == PNG
    assert find(write((BACK, GIF), (ARTIST, JPEG)), suffix) is None
    assert content_of(find(write((77, GIF)), suffix)) == GIF


def test_of_several_fronts_the_first_that_can_be_shown_is_taken(find: Finds):
    assert content_of(find(mp3((FRONT, b"BM" + bytes(50)), (FRONT, GIF), (FRONT, PNG)), ".mp3")) == GIF
    assert content_of(find(mp3((FRONT, b"<svg/>"), (NO_KIND, PNG)), ".mp3")) == PNG


def test_pictures_that_cannot_be_shown_are_told(find: Finds):
    with pytest.raises(Rejected, match="none of JPEG"):
        find(mp3((FRONT, b"<svg/>")), ".mp3")
    with pytest.raises(Rejected, match="20 MB"):
        find(mp3((FRONT, JPEG + bytes(21 * 2**20))), ".mp3")


def test_a_link_to_a_picture_is_none(find: Finds):
    assert find(mp3((FRONT, b"http://169.254.169.254/a.jpg"), mime="-->"), ".mp3") is None


def opus(name: str, text: str) -> bytes:
    held = io.BytesIO(audio(".opus", Song("T")))
    file = OggOpus(held)
    file[name] = [text]
    held.seek(0)
    file.save(held)
    return held.getvalue()


def test_a_picture_as_ogg_once_had_it_is_found(find: Finds):
    assert content_of(find(opus("COVERART", base64.b64encode(PNG).decode()), ".opus")) == PNG


@pytest.mark.parametrize("text", ["", "!!!", "AAAAAw==", base64.b64encode(b"\0\0\0\x03" + b"\xff" * 40).decode(), "é" * 9])
def test_a_damaged_picture_in_a_good_file_is_told(find: Finds, text: str):
    for name in ("METADATA_BLOCK_PICTURE", "COVERART"):
        try:
            assert find(opus(name, text), ".opus") is None
        except Rejected as error:
            assert str(error)  # noqa: PT017 - either will do


def test_what_a_file_is_counts_and_not_what_it_is_called(find: Finds):
    content = audio(".flac", Song("T", picture=JPEG))

    for suffix in (".mp3", ".FLAC", "", ".exe", "/../../x", "." + "x" * 100):
        assert content_of(find(content, suffix)) == JPEG


@pytest.mark.parametrize("name", [name for name in broken() if "bomb" not in name])
def test_a_broken_file_is_told_and_the_next_one_is_looked_into(find: Finds, name: str):
    with pytest.raises(Rejected, match=r"damaged|memory"):
        find(broken()[name], name[name.rindex(".") :])

    assert content_of(find(audio(".mp3", Song("T", picture=PNG)), ".mp3")) == PNG


def test_tags_that_unpack_without_end_are_told(find: Finds):
    with pytest.raises(Rejected, match="memory"):
        find(bomb(), ".mp3")


def test_whatever_is_in_a_file_something_is_answered(find: Finds):
    outcomes = {"picture": 0, "none": 0, "rejected": 0}

    for suffix, content in mutated(250, seed=20260102, bomb_one_in=1000):
        try:
            outcomes["picture" if find(content, suffix) else "none"] += 1
        except Rejected:
            outcomes["rejected"] += 1

    assert sum(outcomes.values()) == 250
    assert outcomes["rejected"] > 20
