import pytest

from services.album.scanning.names import FileName, name_file
from services.album.scanning.tags import Tags, Unreadable

A, B = "00000001-0000-4000-8000-000000000000", "00000002-0000-4000-8000-000000000000"


def tags(title="", artists=(), album="", album_artists=(), *, track=None, disc=None, is_compilation=False, **mbids) -> Tags:
    ids = {"recording_mbid": "", "release_mbid": "", "artist_mbids": (), "album_artist_mbids": ()} | mbids
    return Tags(
        title,
        artists,
        album,
        album_artists,
        track,
        disc,
        None,
        (),
        is_compilation,
        release_group_mbid="",
        duration_ms=None,
        picture="none",
        **ids,
    )


def named(path: str, said: Tags) -> FileName:
    return name_file(path.encode(), said)


@pytest.mark.parametrize(
    ("file", "title", "number", "disc"),
    [
        ("03 - Song.mp3", "Song", 3, None),
        ("03. Song.mp3", "Song", 3, None),
        ("03 Song.mp3", "Song", 3, None),
        ("3-Song.mp3", "Song", 3, None),
        ("1-03 Song.mp3", "Song", 3, 1),
        ("03_my_song.mp3", "my song", 3, None),
        ("12 - 99 Luftballons.mp3", "99 Luftballons", 12, None),
        ("99 Luftballons.mp3", "99 Luftballons", None, None),
        ("1979.mp3", "1979", None, None),
        ("7-11.mp3", "7-11", None, None),
        ("3.14.mp3", "3.14", None, None),
        ("Song.with.dots.mp3", "Song.with.dots", None, None),
        ("e\u0301te\u0301.mp3", "été", None, None),
    ],
)
def test_a_file_without_a_title_is_named_by_its_file(file: str, title: str, number: int | None, disc: int | None):
    found = named(file, tags(artists=("A",)))

    assert (found.track.title.text, found.number, found.disc) == (title, number, disc)


def test_a_name_that_is_no_utf8_is_read_as_latin_1():
    assert name_file(b"Bj\xf6rk.mp3", tags(artists=("A",))).track.title.text == "Björk"


def test_what_tags_say_goes_before_names():
    found = named("X/Y/CD2/01 - Wrong.mp3", tags("Right", ("A",), "Z", track=9, disc=3))

    assert (found.track.title.text, found.track.artist.text, found.track.album and found.track.album.text) == ("Right", "A", "Z")
    assert (found.number, found.disc) == (9, 3)


def test_the_disc_is_that_of_the_folder():
    assert named("A/B/CD2/x.mp3", tags(artists=("A",))).disc == 2


def test_without_an_artist_it_is_the_albums():
    found = named("x.mp3", tags("T", (), "Z", ("Band",), album_artist_mbids=(A,))).track

    assert (found.artist.text, found.artist.mbid, found.album_artist) == ("Band", A, None)


@pytest.mark.parametrize("path", ["Band/Record/01 - T.mp3", "Band/Record/CD1/01 - T.mp3", "more/Band/Record/01 - T.mp3"])
def test_without_any_artist_the_folders_say_whose_it_is(path: str):
    found = named(path, tags()).track

    assert (found.artist.text, found.album and found.album.text, found.title.text) == ("Band", "Record", "T")


@pytest.mark.parametrize("path", ["T.mp3", "Band/T.mp3", "Band/CD1/T.mp3"])
def test_a_file_that_is_nobodys_is_a_problem(path: str):
    with pytest.raises(Unreadable, match="names no artist"):
        named(path, tags("T"))


def test_a_track_of_somebody_else_on_an_album_names_whose_album_it_is():
    found = named("x.mp3", tags("T", ("Guest",), "Z", ("Various Artists",))).track

    assert (found.artist.text, found.album_artist and found.album_artist.text) == ("Guest", "Various Artists")


def test_a_compilation_without_an_album_artist_is_by_various_artists():
    found = named("x.mp3", tags("T", ("Guest",), "Z", is_compilation=True)).track

    assert found.album_artist is not None
    assert found.album_artist.text == "Various Artists"


@pytest.mark.parametrize(
    "said",
    [
        tags("T", ("Band",), "Z", ("BAND",)),
        tags("T", ("Band",), "Z"),
        tags("T", ("Band",), "", ("Other",)),
        tags("T", ("Band",), is_compilation=True),
    ],
)
def test_otherwise_the_album_is_the_artists_own(said: Tags):
    assert named("x.mp3", said).track.album_artist is None


def test_ids_go_with_names_only_where_there_are_as_many():
    both = named("x.mp3", tags("T", ("One", "Two"), artist_mbids=(A, B))).track
    joined = named("x.mp3", tags("T", ("One feat. Two",), artist_mbids=(A, B))).track

    assert (both.artist.text, both.artist.mbid) == ("One", A)
    assert (joined.artist.text, joined.artist.mbid) == ("One feat. Two", "")


def test_a_release_goes_with_an_album_only():
    assert named("x.mp3", tags("T", ("A",), release_mbid=A, recording_mbid=B)).track.album_mbid == ""
    assert named("x.mp3", tags("T", ("A",), "Z", release_mbid=A, recording_mbid=B)).track[3:5] == (B, A)
