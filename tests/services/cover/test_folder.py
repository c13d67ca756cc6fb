"""Which picture of the music folder an album shows, and an artist."""

import shutil

import pytest

from soniquebay.cover.v1 import cover_pb2 as pb
from tests.fakes.painting import painted
from tests.services.cover.library import BLUE, GREEN, RED, WHITE, is_like
from tests.services.cover.running import ALBUM, ARTIST


def test_the_first_look_is_a_placeholder_and_the_next_the_picture_in_the_files(service, library):
    library.add("Crimson", painted(RED), painted(RED))
    album = library.scan()["Crimson"]

    first = service.image(ALBUM, album)
    done = service.work()
    second = service.image(ALBUM, album, size=300)

    assert (first.source, first.media_type, first.headers["http-cache-control"]) == ("placeholder", "image/png", "no-store")
    assert "find_cover" in done
    assert (second.source, second.media_type) == ("embedded", "image/jpeg")
    assert is_like(second.content, RED)


@pytest.mark.parametrize("suffix", [".mp3", ".flac", ".m4a", ".opus", ".ogg", ".wav", ".aiff", ".wma"])
def test_pictures_come_out_of_every_container(service, library, suffix):
    library.add(f"Held in {suffix}", painted(GREEN), suffix=suffix)

    found = service.find(ALBUM, library.scan()[f"Held in {suffix}"])

    assert (found.image.source, found.image.match, found.image.origin) == (
        "embedded",
        pb.Cover.MATCH_OWN,
        f"Held in {suffix}/01{suffix}",
    )
    assert is_like(service.image(ALBUM, found.id).content, GREEN)


def test_an_albums_picture_is_that_of_most_of_its_files(service, library):
    library.add("Voted", painted(BLUE), painted(RED), painted(RED), b"")

    found = service.find(ALBUM, library.scan()["Voted"])

    assert is_like(service.image(ALBUM, found.id).content, RED)
    assert found.image.origin == "Voted/02.flac and 1 more"
    assert service.stats()["embedded_success_ratio"] == 1.0


def test_a_back_picture_is_no_cover(service, library):
    library.add("Backs", painted(BLUE), kind=4)
    (library.music / "Backs" / "FOLDER.JPG").write_bytes(painted(GREEN))
    album = library.scan()["Backs"]

    found = service.find(ALBUM, album)

    assert service.attempts(ALBUM, album)["embedded"] == "rejected"
    assert (found.image.source, found.image.origin) == ("local", "Backs/FOLDER.JPG")


def test_a_picture_beside_the_discs_of_a_record_is_that_of_the_record(service, library):
    for disc in ("CD1", "CD2"):
        library.add(f"Box/{disc}", b"", b"", album="Box")
    (library.music / "Box" / "cover.png").write_bytes(painted(WHITE, kind="PNG"))

    found = service.find(ALBUM, library.scan()["Box"])

    assert (found.image.source, found.image.origin) == ("local", "Box/cover.png")


def test_a_picture_that_lies_with_many_albums_is_of_none_of_them(service, library):
    for number in range(4):
        library.add("Heap", b"", album=f"Single {number}", suffix=f".{number}.flac")
    (library.music / "Heap" / "cover.jpg").write_bytes(painted(RED))
    album = library.scan()["Single 2"]

    service.find(ALBUM, album)

    assert service.attempts(ALBUM, album)["local"] == "miss"


def test_an_artists_picture_lies_in_the_folder_of_most_of_the_music(service, library):
    library.add("Painted/One", b"", b"")
    library.add("Painted/Two", b"")
    (library.music / "Painted" / "Artist.PNG").write_bytes(painted(BLUE, kind="PNG"))
    artist = library.artist_of(library.scan()["One"])

    found = service.find(ARTIST, artist)

    assert (found.image.source, found.image.origin) == ("local", "Painted/Artist.PNG")


def test_a_damaged_picture_gives_way_to_the_next_source_with_the_reason(service, library):
    library.add("Torn", painted(RED)[:900])
    (library.music / "Torn" / "cover.jpg").write_bytes(painted(GREEN))
    album = library.scan()["Torn"]

    found = service.find(ALBUM, album)

    assert (service.attempts(ALBUM, album)["embedded"], found.image.source) == ("rejected", "local")


def test_files_that_cannot_be_reached_say_nothing_about_pictures(service, library):
    library.add("Away", painted(RED))
    album = library.scan()["Away"]
    before = service.find(ALBUM, album)
    shutil.move(library.music / "Away", library.music.parent / "elsewhere")

    service.call("RefreshCover", pb.RefreshCoverRequest(kind=ALBUM, id=album))
    service.work()

    assert service.attempts(ALBUM, album)["embedded"] == "fault"
    after = service.cover(ALBUM, album)
    assert (after.image.id, after.stale, after.state) == (before.image.id, True, pb.Cover.STATE_FOUND)


def test_another_picture_in_the_files_is_shown_after_the_next_scan(service, library):
    library.add("Turning", painted(RED))
    album = library.scan()["Turning"]
    service.find(ALBUM, album)
    library.add("Turning", painted(GREEN))

    library.scan()
    service.work()

    assert is_like(service.image(ALBUM, album).content, GREEN)
    (older,) = service.cover(ALBUM, album).versions
    assert older.source == "embedded"
